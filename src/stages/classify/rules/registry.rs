//! Package registries and mirrors, in the words of the tools that fetch from them.

use super::super::rule::Rule;
use crate::domain::failure::Kind::DependencyIssue;

pub const RULES: &[Rule] = &[
    // apt: methods/http, `pkgAcquire::Item`; apt-pkg/fileutl (`GetLock`).
    Rule::transient(
        "apt.mirror",
        &["hash sum mismatch", "mirror sync in progress", "file has unexpected size", "could not get lock", "unable to acquire the dpkg"],
        r"hash sum mismatch|mirror sync in progress|file has unexpected size|could not get lock /var/lib|unable to acquire the dpkg frontend lock",
        0.85,
        "the package mirror was being changed, or another process held its lock",
    ),
    // apt: methods/connect.cc.
    Rule::transient(
        "apt.connect",
        &["unable to connect to", "could not connect to", "cannot initiate the connection", "connection failed [ip", "failed to fetch http"],
        r"(unable to|could not) connect to \S+:(http|https|\d+):|cannot initiate the connection to|connection failed \[IP|E: failed to fetch \S+ +(50\d|connection|could not|unable to|error reading|temporary|undetermined)",
        0.8,
        "the package mirror could not be reached",
    ),
    // apt: the index on the machine names a version that the mirror has replaced; `apt-get update` mends it.
    Rule::environment(
        "apt.index-old",
        &["failed to fetch http"],
        r"E: failed to fetch \S+\.deb +404 ",
        0.75,
        "the machine's package index is older than the mirror",
    )
    .of(DependencyIssue),
    // apt: apt-get's `E:` lines.
    Rule::environment(
        "apt.package-unknown",
        &["unable to locate package", "has no installation candidate", "no longer has a release file", "does not have a release file"],
        r"E: unable to locate package|has no installation candidate|(no longer|does not) ha(s|ve) a release file",
        0.8,
        "the system's package list does not have the package",
    )
    .of(DependencyIssue),
    // pip: `urllib3.util.retry.Retry` printed by pip/_internal; the last of the tries has none left. Poetry and requests
    // say `Max retries exceeded`.
    Rule::transient(
        "pip.gave-up",
        &["retry(total=0", "max retries exceeded", "all attempts to connect to"],
        r"Retry\(total=0,|Max retries exceeded with url|All attempts to connect to \S+ failed",
        0.8,
        "the package index could not be reached, however often it was tried",
    )
    .last_word(),
    // npm: `lib/utils/error-message.js`, the cases of network codes.
    Rule::transient(
        "npm.network",
        &["npm err! network", "npm error network", "err_pnpm_meta_fetch_fail", "trouble with your network"],
        r"npm (ERR!|error) network|ERR_PNPM_META_FETCH_FAIL|there appears to be trouble with your network connection\.?$",
        0.8,
        "the registry could not be reached",
    ),
    // npm: a registry answers `PUT` with 404 where the token is expired or has no right to the package
    // (the registry's documentation, "npm publish 404").
    Rule::environment(
        "npm.put-not-found",
        &["npm err! 404", "npm error 404"],
        r"npm (ERR!|error) 404.{0,40}\bPUT\b",
        0.92,
        "the registry answers a publish with 404: its token is expired or has no right to the package",
    ),
    // npm: the same version cannot be published twice; `EPUBLISHCONFLICT`. Also twine, cargo, NuGet, Maven releases.
    Rule::environment(
        "registry.version-exists",
        &["cannot publish over", "file already exists", "already uploaded", "is already uploaded", "already exists on", "epublishconflict"],
        r"cannot publish over (the )?(previously published|existing)|You cannot publish over|400 File already exists|crate version .{1,60} is already uploaded|already exists on (crates|the feed)|EPUBLISHCONFLICT",
        0.85,
        "this version is published already",
    ),
    // cargo: `src/cargo/sources/registry/download.rs` and `util/network`; rustup: `could not download file`.
    Rule::transient(
        "cargo.download",
        &["failed to download from", "to get 200 response",
            "successful http response", "could not download file from", "unable to update registry", "network failure seems to have happened"],
        r"failed to get (200|successful HTTP) response from .{1,200} got (5\d\d|429)|could not download file from|network failure seems to have happened",
        0.7,
        "the crate registry did not deliver",
    ),
    // Gradle: `Could not GET|HEAD … Received status code N from server`; Maven resolver: `Could not transfer artifact`.
    Rule::transient(
        "maven.transfer",
        &["could not transfer", "received status code", "was not found in", "failed to transfer"],
        r"received status code (5\d\d|429) from server|could not transfer (artifact|metadata).{0,300}(status code: 5\d\d|timed out|reset|refused|unknown host|temporary failure|handshake|no route|unexpected end|broke|service unavailable|bad gateway|premature)|failed to transfer .{1,300} during a previous attempt",
        0.85,
        "the artifact repository did not deliver",
    ),
    // uv: `crates/uv-python/src/downloads.rs`, `uv-client`; python-build-standalone is fetched from a release page.
    Rule::transient(
        "uv.fetch",
        &["while fetching", "failed to fetch: `http", "failed to download `http", "request failed after"],
        r"error while fetching remote|failed to (fetch|download):? `https?://|request failed after \d+ retries",
        0.75,
        "a download failed",
    ),
    // NuGet NU1301; Bundler `Bundler::HTTPError`; Composer's curl downloader; dart pub; conda; Hex.
    Rule::transient(
        "registry.unreachable",
        &[
            "nu1301",
            "unable to load the service index",
            "network error while fetching",
            "could not reach host",
            "remotefetcher::fetcherror",
            "curl error",
            "condahttperror",
            "got socket error",
            "failed to fetch record for",
        ],
        r"\bNU1301\b|unable to load the service index for source|network error while fetching|could not reach host|RemoteFetcher::FetchError|curl error \d+ while downloading|CondaHTTPError: HTTP (000|5\d\d|429)|got socket error trying to find package|failed to fetch record for .{1,80} from registry",
        0.75,
        "the package registry could not be reached",
    ),
    // actions/toolkit `packages/tool-cache` (`Unexpected HTTP response`) and the setup actions that use it.
    Rule::transient(
        "download.failed",
        &["unexpected http response: ", "download failed after", "failed to download after", "failed after", "failed to download from"],
        r"unexpected HTTP response: (5\d\d|429)|(download|fetch\w*|clone)\b.{0,80}\bfailed after \d+ (attempts|tries|retries)|failed to (download|fetch|clone)\b.{0,200}\bafter \d+ (attempts|tries|retries)",
        0.75,
        "a download failed, however often it was tried",
    )
    .last_word(),
];
