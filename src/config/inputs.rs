//! The inputs of one call: the command line's flags, or the action's inputs by their variables.

use std::path::PathBuf;

use crate::domain::receipt::Zones;
use crate::domain::secret::Secret;

/// Which model is asked: `none`, `PROVIDER/NAME`, `PROVIDER` or `command:PROGRAM ARGS`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ModelChoice {
    None,
    Anthropic { name: Option<String> },
    OpenAi { name: Option<String> },
    Command { program: String, arguments: Vec<String> },
}

impl ModelChoice {
    /// Reads what a person wrote; nothing at all is `none`.
    pub fn parse(text: &str) -> Result<Self, BadInput> {
        let text = text.trim();
        if let Some(line) = text.strip_prefix("command:") {
            let mut words = shlex::split(line).unwrap_or_default().into_iter();
            let program = words.next().filter(|program| !program.is_empty()).ok_or_else(|| {
                BadInput(format!("model `{}` names no program: give `command:PROGRAM ARGS`", text.escape_debug()))
            })?;
            return Ok(Self::Command { program, arguments: words.collect() });
        }
        let (provider, name) = match text.split_once('/') {
            Some((provider, name)) => (provider, Some(name.trim().to_owned()).filter(|name| !name.is_empty())),
            None => (text, None),
        };
        match provider.trim() {
            "" | "none" => Ok(Self::None),
            "anthropic" => Ok(Self::Anthropic { name }),
            "openai" => Ok(Self::OpenAi { name }),
            _ => Err(BadInput(format!(
                "model `{}` is not known: give `none`, `anthropic/NAME`, `openai/NAME` or `command:PROGRAM ARGS`",
                text.escape_debug()
            ))),
        }
    }

    /// Reads what a repository's policy wrote, which can never name a program to run (T4).
    pub fn of_policy(text: &str) -> Result<Self, BadInput> {
        match Self::parse(text)? {
            Self::Command { .. } => Err(BadInput(
                "the policy names a `command:` model: a program can only be named by the `model` input".to_owned(),
            )),
            choice => Ok(choice),
        }
    }
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
    pub matchers: Option<String>,
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
    /// Given to us by name: for whichever model was chosen.
    pub api_key: Option<Secret>,
    pub anthropic_key: Option<Secret>,
    pub openai_key: Option<Secret>,
    pub github_token: Option<Secret>,
}

impl Keys {
    /// The key that this model is asked with. A vendor's own key goes to no other vendor.
    pub fn for_model(&self, choice: &ModelChoice) -> Option<&Secret> {
        match choice {
            ModelChoice::None | ModelChoice::Command { .. } => None,
            ModelChoice::Anthropic { .. } => self.api_key.as_ref().or(self.anthropic_key.as_ref()),
            ModelChoice::OpenAi { .. } => self.api_key.as_ref().or(self.openai_key.as_ref()),
        }
    }

    /// Where a model's key is held in the job that runs the repository's code, the zones are shared, whether it is used
    /// or not (T1).
    pub fn zones(&self) -> Zones {
        let held = [&self.api_key, &self.anthropic_key, &self.openai_key].into_iter().any(Option::is_some);
        if held { Zones::Shared } else { Zones::Split }
    }

    /// Every key that there is.
    pub fn all(&self) -> impl Iterator<Item = &Secret> {
        [&self.api_key, &self.anthropic_key, &self.openai_key, &self.github_token].into_iter().flatten()
    }
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

#[cfg(test)]
mod tests {
    use super::{Keys, ModelChoice};
    use crate::domain::receipt::Zones;
    use crate::domain::secret::Secret;

    #[test]
    fn every_form_of_a_model_is_read() {
        let read = |text: &str| ModelChoice::parse(text).ok();
        assert_eq!(read(""), Some(ModelChoice::None));
        assert_eq!(read("none"), Some(ModelChoice::None));
        assert_eq!(read("anthropic"), Some(ModelChoice::Anthropic { name: None }));
        assert_eq!(read("openai/"), Some(ModelChoice::OpenAi { name: None }));
        let name = Some("meta/llama-4".to_owned());
        assert_eq!(read("openai/meta/llama-4"), Some(ModelChoice::OpenAi { name }));
        let arguments = vec!["-x".to_owned(), "two words".to_owned()];
        assert_eq!(
            read("command:./my model.sh -x"),
            Some(ModelChoice::Command {
                program: "./my".to_owned(),
                arguments: vec!["model.sh".to_owned(), "-x".to_owned()]
            })
        );
        assert_eq!(
            read("command:'./my model.sh' -x 'two words'"),
            Some(ModelChoice::Command { program: "./my model.sh".to_owned(), arguments })
        );
        assert_eq!(read("command:"), None);
        assert_eq!(read("claude"), None);
    }

    #[test]
    fn t4_a_policy_names_no_program() {
        assert!(ModelChoice::of_policy("command:/bin/sh -c id").is_err());
        assert!(ModelChoice::of_policy("anthropic").is_ok());
    }

    #[test]
    fn t1_a_model_s_key_in_the_job_makes_its_zones_shared() {
        let token = Keys { github_token: Secret::new("of-the-job"), ..Keys::default() };
        assert_eq!(token.zones(), Zones::Split);
        assert_eq!(Keys { api_key: Secret::new(" "), ..Keys::default() }.zones(), Zones::Split);
        assert_eq!(Keys { api_key: Secret::new("ours"), ..token.clone() }.zones(), Zones::Shared);
        assert_eq!(Keys { openai_key: Secret::new("theirs"), ..token }.zones(), Zones::Shared);
    }

    #[test]
    fn a_vendor_s_key_goes_to_that_vendor_and_ours_wins() {
        let anthropic = ModelChoice::Anthropic { name: None };
        let openai = ModelChoice::OpenAi { name: None };
        let command = ModelChoice::Command { program: "ask".to_owned(), arguments: Vec::new() };
        let mut keys = Keys { anthropic_key: Secret::new("of-one"), ..Keys::default() };
        assert_eq!(keys.for_model(&anthropic), keys.anthropic_key.as_ref());
        assert_eq!(keys.for_model(&openai), None);
        keys.openai_key = Secret::new("of-two");
        assert_eq!(keys.for_model(&openai), keys.openai_key.as_ref());
        keys.api_key = Secret::new("ours");
        assert_eq!(keys.for_model(&anthropic), keys.api_key.as_ref());
        assert_eq!(keys.for_model(&openai), keys.api_key.as_ref());
        assert_eq!(keys.for_model(&ModelChoice::None), None);
        assert_eq!(keys.for_model(&command), None);
        assert_eq!(keys.all().count(), 3);
    }
}
