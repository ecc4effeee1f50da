//! Docker, image registries and Kubernetes.

use super::super::rule::Rule;

pub const RULES: &[Rule] = &[
    // OCI distribution-spec error code MANIFEST_UNKNOWN, as dockerd and containerd print it; a platform that an image
    // has not is `no matching manifest`.
    Rule::environment(
        "image.not-found",
        &["manifest unknown", "no matching manifest", "name unknown", "name_unknown", "repository does not exist", "manifest for "],
        r"manifest unknown|manifest for \S+ not found|no matching manifest for|name[ _]unknown: |repository does not exist or may require|requested image's platform .{1,60} does not match",
        0.88,
        "the registry has no such image, tag or platform",
    ),
    // dockerd: distribution/xfer; buildkit `failed to do request`.
    Rule::transient(
        "image.pull-failed",
        &["error pulling image configuration", "download failed after attempts", "failed to do request", "failed to copy: httpreadseeker", "failed commit on ref", "layer does not exist"],
        r"error pulling image configuration|download failed after attempts=\d+|failed to do request: |failed to copy: httpReadSeeker|failed commit on ref .{1,120}(unexpected|eof)",
        0.75,
        "an image could not be fetched",
    ),
    // docker/cli `client/errors.go`: ErrorConnectionFailed.
    Rule::environment(
        "docker.daemon",
        &["cannot connect to the docker daemon", "docker daemon socket", "docker api at unix", "error during connect: ", "is the docker daemon running", "could not find docker"],
        r"cannot connect to the docker daemon|permission denied while trying to connect to the docker (daemon|api)|is the docker daemon running|could not find docker executable",
        0.88,
        "there is no docker daemon that this job can talk to",
    ),
    // actions/runner `ContainerOperationProvider.cs`: service containers that do not come up.
    Rule::environment(
        "docker.service",
        &["failed to initialize container", "one or more containers failed to start"],
        r"failed to initialize container \S|one or more containers failed to start",
        0.6,
        "a service container of the job did not start",
    ),
    // actions/runner-container-hooks `packages/k8s/src/hooks/prepare-job.ts`, `k8s/index.ts` (`waitForPodPhases`,
    // `BackOffManager`): the cluster had no place for the job's pod, or lost it.
    Rule::transient(
        "k8s.pod-not-online",
        &["pod failed to come online", "is unhealthy with phase status", "failed to create job pod", "backoff timeout", "cptopod failed after", "execcptopod"],
        r"pod failed to come online|pod .{1,160} is unhealthy with phase status|failed to create job pod|: backoff timeout|cpToPod failed after|error from execCpToPod",
        0.88,
        "the cluster could not start the job's pod",
    )
    .above_all(),
    // Kubernetes: eviction by node pressure, preemption, lost nodes (`pkg/kubelet/eviction`, `NodeLost`).
    Rule::transient(
        "k8s.pod-lost",
        &["evicted", "the node was low on resource", "nodelost", "preempted", "preempting", "lost connection to pod", "error dialing backend", "node is not ready", "pod was deleted", "pod deleted", "websocket closed", "etcdserver:", "nodes are available"],
        r"\bpod\b.{0,120}\b(was |been |is )?(evicted|preempted|deleted)\b|reason: (evicted|nodelost|preempt\w+)|the node was low on resource|lost connection to pod|error dialing backend|node is not ready|etcdserver: (request timed out|leader changed)|\d+/\d+ nodes are available: .{0,120}insufficient",
        0.82,
        "the cluster took the pod away, or lost it",
    )
    .above_all(),
    // Kubernetes "Images": ErrImagePull, ImagePullBackOff.
    Rule::environment(
        "k8s.image-pull",
        &["imagepullbackoff", "errimagepull", "invalidimagename", "errimageneverpull"],
        r"ImagePullBackOff|ErrImagePull|InvalidImageName|ErrImageNeverPull",
        0.8,
        "the cluster cannot get the image: its name is wrong, or there is no right to it",
    ),
    // client-go: an unauthenticated or unauthorised user; apimachinery `errors.NewForbidden`.
    Rule::environment(
        "k8s.access",
        &["must be logged in to the server", "cannot create resource", "cannot get resource", "cannot list resource", "cannot patch resource", "cannot delete resource", "no configuration has been provided", "provide credentials"],
        r"must be logged in to the server|cannot (create|get|list|patch|delete|update|watch) resource|invalid configuration: no configuration has been provided|the server has asked for the client to provide credentials",
        0.9,
        "the cluster does not know this user, or gives no right to this",
    ),
];
