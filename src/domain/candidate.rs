//! A proposed change, before anything is known of its worth.

use super::class::Class;

/// The ladder's rungs, cheapest first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Rung {
    /// A fix that was merged for this fingerprint before.
    Remembered {
        commit: String,
    },
    /// What the compiler or linter itself suggests; the text is the remedy's name: `ruff check --fix`.
    Tool {
        remedy: String,
    },
    Model {
        model: String,
    },
    /// A patch somebody handed to `validate`.
    Given,
}

impl Rung {
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Remembered { .. } => "remembered",
            Self::Tool { .. } => "tool",
            Self::Model { .. } => "model",
            Self::Given => "given",
        }
    }
}

/// One change to one file, as a model writes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Edit {
    /// `search` must be found exactly once.
    Replace {
        file: String,
        search: String,
        replace: String,
    },
    Create {
        file: String,
        content: String,
    },
    Delete {
        file: String,
    },
}

impl Edit {
    pub fn file(&self) -> &str {
        match self {
            Self::Replace { file, .. } | Self::Create { file, .. } | Self::Delete { file } => file,
        }
    }
}

/// What a tool itself would do about its failures, before it was done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Remedy {
    /// The tool rewrites files: this is run in a scratch copy, and what it changed there is the candidate.
    Fixer(Fixer),
    /// Exact edits at the places the tool names; all of them, or none.
    Places {
        /// `tsc: did you mean`.
        name: String,
        places: Vec<Place>,
    },
}

impl Remedy {
    /// What people read: `ruff check --fix`.
    pub fn name(&self) -> &str {
        match self {
            Self::Fixer(fixer) => &fixer.name,
            Self::Places { name, .. } => name,
        }
    }
}

/// A command that mends what its tool found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fixer {
    pub name: String,
    /// A script; what it needs of the failing one (`cd`, an activated environment) is in it.
    pub command: String,
    /// As Actions writes it, with `{0}` for the script.
    pub shell: String,
    /// Relative to the repository root.
    pub directory: String,
}

/// A place in a file of the repository, and what its tool says belongs there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    pub file: String,
    /// 1-based.
    pub line: u32,
    /// 1-based, counted as the tool counts.
    pub column: Option<u32>,
    pub change: Change,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// One identifier becomes another.
    Rename { from: String, to: String },
    /// An imported name becomes another, and so it does wherever the file uses it.
    RenameImport { from: String, to: String },
    /// One imported name goes, and the statement with it when it was the last; `None` is the whole statement.
    DeleteImport { name: Option<String> },
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Proposal {
    Edits(Vec<Edit>),
    /// A git diff: what a fixer did in its scratch copy, or what a person gave.
    Diff(String),
}

#[derive(Clone, Debug, PartialEq)]
pub struct Candidate {
    pub rung: Rung,
    pub rationale: String,
    pub proposal: Proposal,
    /// What it cost to get; `None` where the price is unknown.
    pub cost_usd: Option<f64>,
}

/// What a model says is wrong. Its word can make the program more careful, never less.
#[derive(Clone, Debug, PartialEq)]
pub struct Diagnosis {
    pub root_cause: String,
    pub reasoning: String,
    pub class: Class,
    pub confidence: f64,
    pub files: Vec<String>,
    pub fixable: bool,
    pub risk: String,
}
