//! What a log says went wrong.

use super::log::{Excerpt, LogSize, RunBlock, Span};

/// What sort of thing failed; `type` of a failure and `kind` of a whole log.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    BuildError,
    TestFailure,
    LintError,
    TypeError,
    FormatError,
    DependencyIssue,
    RuntimeError,
    WorkflowError,
    Infrastructure,
}

impl Kind {
    pub const ALL: [Self; 9] = [
        Self::BuildError,
        Self::TestFailure,
        Self::LintError,
        Self::TypeError,
        Self::FormatError,
        Self::DependencyIssue,
        Self::RuntimeError,
        Self::WorkflowError,
        Self::Infrastructure,
    ];

    /// The name in every published format.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::BuildError => "build_error",
            Self::TestFailure => "test_failure",
            Self::LintError => "lint_error",
            Self::TypeError => "type_error",
            Self::FormatError => "format_error",
            Self::DependencyIssue => "dependency_issue",
            Self::RuntimeError => "runtime_error",
            Self::WorkflowError => "workflow_error",
            Self::Infrastructure => "infrastructure",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text)
    }
}

/// One thing that failed, told as exactly as its tool tells it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    pub kind: Kind,
    /// The reader's name: `pytest`, `rustc`, `go-test`, …
    pub tool: String,
    /// `job / step`, or the target a monorepo runner names.
    pub task: Option<String>,
    /// Relative to the repository root; `None` when it cannot be mapped, never a guess.
    pub file: Option<String>,
    /// As printed.
    pub path: Option<String>,
    pub line: Option<u32>,
    pub column: Option<u32>,
    pub test: Option<String>,
    /// An error code, a rule's name or an exception's class.
    pub code: Option<String>,
    pub message: String,
    /// What the tool itself says would mend it, in its own words or as replacement text.
    pub suggestion: Option<String>,
    /// A root, not a cascade of another failure.
    pub primary: bool,
    pub log: Span,
    /// Of what a user's matcher has named: the tool that our own reader knows it by.
    pub known_as: Option<String>,
}

impl Failure {
    /// A failure with everything that is optional left out.
    pub fn new(kind: Kind, tool: &str, message: impl Into<String>, log: Span) -> Self {
        Self {
            kind,
            tool: tool.to_owned(),
            task: None,
            file: None,
            path: None,
            line: None,
            column: None,
            test: None,
            code: None,
            message: message.into(),
            suggestion: None,
            primary: true,
            log,
            known_as: None,
        }
    }

    /// The tool by the name that we know it by, whatever a user calls it.
    pub fn known_tool(&self) -> &str {
        self.known_as.as_deref().unwrap_or(&self.tool)
    }
}

/// How one test ended, by the name its tool gives it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TestEnd {
    Passed,
    Failed,
    Skipped,
}

/// How many tests ended how, where a tool counts them at its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct TestCounts {
    pub passed: u32,
    pub failed: u32,
    pub skipped: u32,
}

/// Something that could not be read; never a stop.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Warning {
    /// A stable code: `report.unreadable`, `report.missing`, `report.left-out`, `matcher.unreadable`, `matcher.missing`,
    /// `matcher.slow`, `matcher.left-out`, `rule.unknown`, `run.other-job`.
    pub code: &'static str,
    pub file: Option<String>,
    pub message: String,
}

/// Everything that reading one log gave: bounded, whatever the log's size.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Reading {
    /// The job's name, as it was given or as the log says.
    pub job: Option<String>,
    /// The folder that the repository's absolute paths in the log start with, where it is known.
    pub root: Option<String>,
    pub failures: Vec<Failure>,
    pub omitted_failures: u64,
    /// How single tests ended, where the tool names them. Bounded.
    pub tests: Vec<(String, TestEnd)>,
    /// What the tools counted, added up; `None` where none counts.
    pub counts: Option<TestCounts>,
    pub warnings: Vec<Warning>,
    /// Lines around the failures, then the end of the failing step: what a person would look at.
    pub excerpts: Vec<Excerpt>,
    /// The steps' `Run` blocks in order; the failing one is the last before the first `##[error]`.
    pub run_blocks: Vec<RunBlock>,
    /// The failing step: from its `Run` block to the first line that says how it ended. `None` where the log does not say.
    pub failing_step: Option<Span>,
    /// The exit status the runner or shell printed (`Process completed with exit code 1`).
    pub exit_code: Option<i32>,
    pub size: LogSize,
}

impl Reading {
    /// The failures that are roots: what the fingerprint and the proof are about.
    pub fn roots(&self) -> impl Iterator<Item = &Failure> {
        self.failures.iter().filter(|failure| failure.primary)
    }
}

/// How to make the failure happen again, and who says so (P13).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reproduce {
    pub command: String,
    /// As Actions writes it: `bash -e {0}`; the script's path takes the place of `{0}`.
    pub shell: String,
    /// Relative to the repository root.
    pub directory: String,
    /// Variables with literal values that the workflow, job or step sets.
    pub env: Vec<(String, String)>,
    pub from: ReproduceFrom,
}

/// What Actions runs a script with on Linux where nothing names a shell.
pub const SHELL_DEFAULT: &str = "bash -e {0}";

impl Reproduce {
    /// A command that was told without shell and directory: Actions' own, at the repository's root.
    pub fn at_root(command: impl Into<String>, from: ReproduceFrom) -> Self {
        Self {
            command: command.into(),
            shell: SHELL_DEFAULT.to_owned(),
            directory: ".".to_owned(),
            env: Vec::new(),
            from,
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReproduceFrom {
    /// The workflow file at the failing commit.
    Workflow,
    /// `[jobs] reproduce` of the policy.
    Policy,
    /// The `command` input, or the command line of `run`.
    Person,
    /// Only the log says so; never low risk (T10).
    Log,
}

impl ReproduceFrom {
    pub const ALL: [Self; 4] = [Self::Workflow, Self::Policy, Self::Person, Self::Log];

    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|from| from.as_str() == text)
    }

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Workflow => "workflow",
            Self::Policy => "policy",
            Self::Person => "person",
            Self::Log => "log",
        }
    }
}
