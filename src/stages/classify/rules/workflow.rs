//! The workflow file and the account it runs under, in GitHub's words.

use super::super::rule::Rule;
use crate::domain::failure::Kind::WorkflowError;

pub const RULES: &[Rule] = &[
    // actions/runner `ActionManager.cs` and `ActionManifestManager.cs`; the service's own `Unable to resolve action`,
    // which the runner retries although it never gets better.
    Rule::environment(
        "workflow.action-missing",
        &["unable to resolve action", "can't find 'action.yml'", "unable to find version `", "repository or version not found", "top level 'runs:' section is required", "is not supported, use 'docker'"],
        r"unable to resolve action|can't find 'action\.ya?ml'|top level 'runs:' section is required|'using: .{1,40}' is not supported",
        0.95,
        "the workflow names an action that does not exist",
    )
    .of(WorkflowError)
    .above_all()
    .last_word(),
    // actions/languageservices and the runner's `ObjectTemplating`.
    Rule::environment(
        "workflow.invalid",
        &[
            "invalid workflow file",
            "workflow is not valid",
            "template is not valid",
            "unrecognized named-value",
            "unrecognized function",
            "error parsing called workflow",
            "error when evaluating 'strategy'",
            "does not contain any values",
            "depends on unknown job",
            "workflow was not found",
            "a mapping was not expected",
            "unable to process file command",
            "you have an error in your yaml",
            "yaml invalid",
        ],
        r"invalid workflow file|workflow is not valid|the template is not valid|unrecognized (named-value|function): |error parsing called workflow|error when evaluating 'strategy'|matrix vector '.{1,60}' does not contain any values|depends on unknown job|workflow was not found|unable to process file command '|you have an error in your yaml syntax|(jobs|ci) config.{0,40}yaml invalid",
        0.93,
        "the workflow file is not valid",
    )
    .of(WorkflowError)
    .above_all(),
    // GitHub changelog: versions of actions that are switched off; "Managing GitHub Actions settings": allowed actions.
    Rule::environment(
        "workflow.action-forbidden",
        &["automatically failed because it uses a deprecated", "is not allowed to be used in", "are not allowed to be used in", "not allowed by your organization", "actions must be pinned"],
        r"automatically failed because it uses a deprecated version|(is|are) not allowed (to be used )?in .{1,120}|not allowed by your organization|actions? must be (from|pinned)",
        0.9,
        "the workflow uses an action, or a version of it, that may not be used",
    )
    .of(WorkflowError),
    // GitHub "Managing environments for deployment"; actions/deploy-pages, actions/configure-pages.
    Rule::environment(
        "workflow.environment-rules",
        &["environment protection rules", "is not allowed to deploy", "get pages site failed", "ensure github pages has been enabled", "requires approval"],
        r"environment protection rules|is not allowed to deploy to|get pages site failed|ensure github pages has been enabled",
        0.93,
        "the repository's settings do not allow this deployment",
    )
    .of(WorkflowError),
    // actions/toolkit `packages/artifact`: a name can be uploaded once in a run.
    Rule::environment(
        "workflow.artifact-conflict",
        &["an artifact with this name already exists", "artifact name is not valid", "(409) conflict"],
        r"artifact with this name already exists|the artifact name is not valid",
        0.88,
        "two jobs upload an artifact of one name",
    )
    .of(WorkflowError),
    // GitHub "About billing for GitHub Actions"; artifact storage; GitLab compute minutes.
    Rule::environment(
        "account.limit",
        &["spending limit", "account payments", "billing", "artifact storage quota", "quota has been hit", "no more ci minutes", "no more compute minutes", "exceeded its quota", "plan limit", "exceeded the usage limit", "usage limit"],
        r"spending limit|recent account payments have failed|locked due to a billing|billing (is )?(not enabled|disabled|account.{0,40}(disabled|closed|invalid))|storage quota has been hit|no more (ci|compute) minutes|exceeded (its|your|the) (plan|usage|quota)",
        0.92,
        "an account's limit or payment stops this",
    )
    .above_all(),
];
