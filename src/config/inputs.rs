//! The inputs of one call: the command line's flags, or the action's inputs by their variables.

use std::path::PathBuf;

use crate::domain::secret::Secret;

/// Which model is asked: `none`, `PROVIDER/NAME`, `PROVIDER` or `command:PROGRAM ARGS`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ModelChoice {
    None,
    Anthropic { name: Option<String> },
    OpenAi { name: Option<String> },
    Command { program: String, arguments: Vec<String> },
}

/// Flags that mean the same in every command (design §3).
#[derive(Clone, Debug, Default)]
pub struct Inputs {
    pub workspace: Option<PathBuf>,
    pub policy: Option<PathBuf>,
    pub model: Option<ModelChoice>,
    pub base_url: Option<String>,
    pub bundle: Option<PathBuf>,
    pub bundle_sha256: Option<String>,
    pub rounds: Option<u32>,
    pub repository: Option<String>,
    pub run_id: Option<u64>,
    pub job: Option<String>,
    pub log: Option<String>,
    pub green: Option<PathBuf>,
    pub reports: Option<String>,
    pub tool: Option<String>,
    pub command: Option<String>,
    pub may: May,
    pub show_prompt: bool,
    pub dry_run: bool,
    pub yes: bool,
    pub json: bool,
}

/// What `publish` may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct May {
    pub rerun: bool,
    pub report: bool,
    pub patch: bool,
}

impl Default for May {
    fn default() -> Self {
        Self { rerun: true, report: true, patch: true }
    }
}

impl May {
    /// Reads `rerun,report,patch`; nothing said allows all three.
    pub fn parse(list: Option<&str>) -> Result<Self, BadInput> {
        let Some(list) = list else { return Ok(Self::default()) };
        let mut may = Self { rerun: false, report: false, patch: false };
        for name in list.split(',').map(str::trim).filter(|name| !name.is_empty()) {
            match name {
                "rerun" => may.rerun = true,
                "report" => may.report = true,
                "patch" => may.patch = true,
                other => {
                    let text = format!("may names `{}`: give any of rerun, report, patch", other.escape_debug());
                    return Err(BadInput(text));
                }
            }
        }
        Ok(may)
    }
}

/// What must never be shown or handed to a child.
#[derive(Clone, Debug, Default)]
pub struct Keys {
    pub api_key: Option<Secret>,
    pub github_token: Option<Secret>,
}

/// What the caller gave us is wrong: exit code 2, and one sentence that names the place and the mend.
#[derive(Debug)]
pub struct BadInput(pub String);

impl std::fmt::Display for BadInput {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for BadInput {}
