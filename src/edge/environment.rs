//! What our environment tells us: the keys, which leave it before anything else happens, the inputs, the runner's word.

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::io::{Read as _, Write as _};
use std::os::fd::{AsRawFd as _, RawFd};
use std::os::unix::fs::FileTypeExt as _;
use std::os::unix::process::CommandExt as _;
use std::process::Command;

use anyhow::Context as _;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rustix::fs::{Mode, OFlags};
use rustix::io::{FdFlags, fcntl_setfd};
use rustix::pipe::{PipeFlags, pipe_with};
use rustix::process::{DumpableBehavior, set_dumpable_behavior};
use tracing_subscriber::filter::{EnvFilter, filter_fn};
use tracing_subscriber::layer::{Layer as _, SubscriberExt as _};
use tracing_subscriber::util::SubscriberInitExt as _;

use crate::config::inputs::{BadInput, Keys};
use crate::domain::secret::Secret;

/// Where keys come from, and what no program that we start may see.
pub const KEY_VARIABLES: &[&str] =
    &["SELF_HEAL_API_KEY", "ANTHROPIC_API_KEY", "OPENAI_API_KEY", "SELF_HEAL_GITHUB_TOKEN", "GITHUB_TOKEN", "GH_TOKEN"];

/// The runner's own powers (artifacts, caches, OIDC), and inputs of an action that is no composite: we use none of them.
const POWER_PREFIXES: &[&str] = &["ACTIONS_", "INPUT_"];
const POWER_SUFFIXES: &[&str] = &["TOKEN", "KEY"];

/// Names the descriptor that the keys come over, in the second start.
const HANDED: &str = "SELF_HEAL_KEYS_FD";

/// Half of what a pipe holds (64 KiB, pipe(7)), so that writing never waits; the largest token known has a few KiB.
const KEYS_BYTES_MAX: usize = 32 << 10;

/// Takes the keys out of this process's environment (T3). Called before any other program runs and any thread starts.
///
/// `/proc/PID/environ` shows what a process was started with, whatever it does later. So a process that finds keys
/// there starts itself again, in place, with the same environment but for the secrets, and with these in a pipe.
/// Everything else stays, because the command that a person types after `run --` needs it, proxies included; repository
/// code gets an allow-list of it (`edge/jail`), and our own calls ask no variable for their way (`edge/http`, T4).
pub fn take_keys() -> anyhow::Result<Keys> {
    // From here on nobody of our own user reads our memory, our environment or our pipes. Starting again undoes it for
    // as long as it takes to come back to this line: hence before any other program runs.
    set_dumpable_behavior(DumpableBehavior::NotDumpable).context("close our memory to other programs")?;
    let secrets = secrets(std::env::vars_os())?;
    if !secrets.is_empty() {
        return Err(start_again(&secrets));
    }
    match std::env::var_os(HANDED) {
        Some(descriptor) => receive(&descriptor).context("receive the keys"),
        None => Ok(Keys::default()),
    }
}

/// What the runner must mask: each key, and its base64 form, which headers and git's configuration hold.
pub fn masks(keys: &Keys) -> Vec<String> {
    keys.all().flat_map(|key| [key.expose().to_owned(), STANDARD.encode(key.expose())]).collect()
}

/// The action's input of that name; an empty one is none.
pub fn input(name: &str) -> Option<String> {
    let variable = format!("SELF_HEAL_{}", name.to_uppercase().replace('-', "_"));
    std::env::var(variable).ok().filter(|value| !value.trim().is_empty())
}

/// Whether a GitHub runner has started us.
pub fn in_actions() -> bool {
    std::env::var_os("GITHUB_ACTIONS").is_some_and(|value| value == "true")
}

/// Tells on standard error what `SELF_HEAL_TRACE` asks for, such as `debug`; nothing without it.
///
/// Only our own events: what a library traces of a request may hold its headers.
pub fn start_tracing() {
    let Some(wanted) = input("trace") else { return };
    let ours = filter_fn(|event| event.target().starts_with(env!("CARGO_CRATE_NAME")));
    let lines = tracing_subscriber::fmt::layer().with_writer(std::io::stderr).with_ansi(false).with_filter(ours);
    // It fails when somebody listens already, who is then the one to tell.
    let _ = tracing_subscriber::registry().with(EnvFilter::new(wanted)).with(lines).try_init();
}

/// The variables that hold a secret, with what they hold; an empty one holds none.
fn secrets(variables: impl Iterator<Item = (OsString, OsString)>) -> Result<BTreeMap<String, String>, BadInput> {
    let mut secrets = BTreeMap::new();
    for (name, value) in variables.filter(|(name, _)| is_secret(name)) {
        let name = name.to_string_lossy().into_owned();
        let Ok(value) = value.into_string() else {
            return Err(BadInput(format!("the variable {name} is no text: set it to the key again")));
        };
        if !value.trim().is_empty() {
            secrets.insert(name, value);
        }
    }
    Ok(secrets)
}

fn is_secret(name: &OsStr) -> bool {
    let Some(name) = name.to_str() else { return false };
    let power = || {
        POWER_PREFIXES.iter().any(|prefix| name.starts_with(prefix))
            && POWER_SUFFIXES.iter().any(|suffix| name.ends_with(suffix))
    };
    KEY_VARIABLES.contains(&name) || power()
}

fn keys(secrets: &BTreeMap<String, String>) -> Keys {
    let key = |name: &str| secrets.get(name).and_then(|value| Secret::new(value));
    Keys {
        api_key: key("SELF_HEAL_API_KEY"),
        anthropic_key: key("ANTHROPIC_API_KEY"),
        openai_key: key("OPENAI_API_KEY"),
        github_token: key("SELF_HEAL_GITHUB_TOKEN").or_else(|| key("GITHUB_TOKEN")).or_else(|| key("GH_TOKEN")),
    }
}

/// Becomes the same program without the secrets in its environment; returns only why that cannot be.
fn start_again(secrets: &BTreeMap<String, String>) -> anyhow::Error {
    let started = || -> anyhow::Result<std::convert::Infallible> {
        let handed = packed(secrets)?;
        let (reader, writer) = pipe_with(PipeFlags::CLOEXEC | PipeFlags::NONBLOCK).context("make a pipe")?;
        let written = File::from(writer).write(&handed).context("write to a pipe")?;
        anyhow::ensure!(written == handed.len(), "the pipe took {written} of {} bytes", handed.len());
        fcntl_setfd(&reader, FdFlags::empty()).context("keep a pipe open")?;
        let mut arguments = std::env::args_os();
        let mut command = Command::new("/proc/self/exe");
        command.arg0(arguments.next().unwrap_or_else(|| env!("CARGO_PKG_NAME").into())).args(arguments);
        command.env_clear().envs(std::env::vars_os().filter(|(name, _)| !is_secret(name)));
        command.env(HANDED, reader.as_raw_fd().to_string());
        Err(anyhow::Error::from(command.exec()).context("execute /proc/self/exe"))
    };
    match started() {
        Ok(never) => match never {},
        Err(error) => error.context("start again without the keys in the environment"),
    }
}

/// The secrets as they go over the pipe.
fn packed(secrets: &BTreeMap<String, String>) -> anyhow::Result<Vec<u8>> {
    let used = secrets.iter().filter(|(name, _)| KEY_VARIABLES.contains(&name.as_str()));
    let used: BTreeMap<_, _> = used.collect();
    let packed = serde_json::to_vec(&used).context("write the keys as JSON")?;
    if packed.len() > KEYS_BYTES_MAX {
        let largest = used.iter().max_by_key(|(_, value)| value.len()).map_or("", |(name, _)| name.as_str());
        let text = format!("{largest} is too large for a key: all keys together may have {KEYS_BYTES_MAX} bytes");
        return Err(BadInput(text).into());
    }
    Ok(packed)
}

/// Reads what the first start has written, and closes the pipe, so that no child inherits it.
fn receive(descriptor: &OsStr) -> anyhow::Result<Keys> {
    let not_ours = || BadInput(format!("the variable {HANDED} is our own: unset it"));
    let number: RawFd = descriptor.to_str().and_then(|text| text.parse().ok()).ok_or_else(not_ours)?;
    let path = format!("/proc/self/fd/{number}");
    let is_pipe = std::fs::metadata(&path).is_ok_and(|metadata| metadata.file_type().is_fifo());
    if number <= 2 || !is_pipe {
        return Err(not_ours().into());
    }
    // Without waiting: a pipe that somebody else has put there may never end.
    let pipe = rustix::fs::open(&path, OFlags::RDONLY | OFlags::NONBLOCK | OFlags::CLOEXEC, Mode::empty())?;
    let mut packed = Vec::new();
    let read = File::from(pipe).take(KEYS_BYTES_MAX as u64).read_to_end(&mut packed);
    nix::unistd::close(number).context("close the pipe")?;
    read.map_err(|_| not_ours())?;
    // Executed as /proc/self/exe, we are called `exe` in lists of processes.
    rustix::thread::set_name(c"self-heal").context("take our name again")?;
    let secrets: BTreeMap<String, String> = serde_json::from_slice(&packed).map_err(|_| not_ours())?;
    Ok(keys(&secrets))
}

#[cfg(test)]
mod tests {
    use super::{KEYS_BYTES_MAX, is_secret, keys, masks, packed, secrets};
    use crate::domain::secret::Secret;
    use std::collections::BTreeMap;
    use std::ffi::{OsStr, OsString};
    use std::os::unix::ffi::OsStringExt as _;

    fn found(variables: &[(&str, &str)]) -> BTreeMap<String, String> {
        secrets(variables.iter().map(|(name, value)| (name.into(), value.into()))).expect("they are text")
    }

    fn exposed(key: Option<&Secret>) -> Option<&str> {
        key.map(Secret::expose)
    }

    #[test]
    fn t3_keys_and_the_runner_s_powers_are_secrets_and_other_variables_are_not() {
        for name in super::KEY_VARIABLES {
            assert!(is_secret(OsStr::new(name)), "{name}");
        }
        for name in ["ACTIONS_RUNTIME_TOKEN", "ACTIONS_ID_TOKEN_REQUEST_TOKEN", "INPUT_API-KEY", "INPUT_GITHUB-TOKEN"] {
            assert!(is_secret(OsStr::new(name)), "{name}");
        }
        for name in ["PATH", "HTTPS_PROXY", "SELF_HEAL_MODEL", "GITHUB_REPOSITORY", "ACTIONS_CACHE_URL", "NPM_TOKEN"] {
            assert!(!is_secret(OsStr::new(name)), "{name}");
        }
    }

    #[test]
    fn p16_an_empty_key_is_no_key() {
        let found = found(&[("SELF_HEAL_API_KEY", ""), ("ANTHROPIC_API_KEY", " \n"), ("OPENAI_API_KEY", "made-up")]);
        assert_eq!(found.keys().collect::<Vec<_>>(), ["OPENAI_API_KEY"]);
        let keys = keys(&found);
        assert_eq!((keys.api_key, keys.anthropic_key), (None, None));
        assert_eq!(exposed(keys.openai_key.as_ref()), Some("made-up"));
    }

    #[test]
    fn the_token_that_was_given_to_us_by_name_wins() {
        let token = |variables: &[(&str, &str)]| keys(&found(variables)).github_token;
        assert_eq!(exposed(token(&[("GH_TOKEN", "c")]).as_ref()), Some("c"));
        assert_eq!(exposed(token(&[("GH_TOKEN", "c"), ("GITHUB_TOKEN", "b")]).as_ref()), Some("b"));
        let all = [("GH_TOKEN", "c"), ("GITHUB_TOKEN", "b"), ("SELF_HEAL_GITHUB_TOKEN", "a")];
        assert_eq!(exposed(token(&all).as_ref()), Some("a"));
    }

    #[test]
    fn a_key_that_is_no_text_is_told_by_name_and_not_shown() {
        let variable = ("ANTHROPIC_API_KEY".into(), OsString::from_vec(b"made-up\xff".to_vec()));
        let told = secrets([variable].into_iter()).expect_err("it is no text").to_string();
        assert_eq!(told, "the variable ANTHROPIC_API_KEY is no text: set it to the key again");
    }

    #[test]
    fn keys_go_over_the_pipe_up_to_the_limit_and_powers_not_at_all() {
        let around = r#"{"GH_TOKEN":""}"#.len();
        let fits = "a".repeat(KEYS_BYTES_MAX - around);
        let both = found(&[("GH_TOKEN", &fits), ("ACTIONS_RUNTIME_TOKEN", "power")]);
        assert_eq!(packed(&both).expect("it fits").len(), KEYS_BYTES_MAX);
        let error = packed(&found(&[("GH_TOKEN", &format!("{fits}a"))])).expect_err("it is too large");
        assert_eq!(error.to_string(), "GH_TOKEN is too large for a key: all keys together may have 32768 bytes");
        assert!(error.is::<crate::config::inputs::BadInput>());
    }

    #[test]
    fn each_key_is_masked_as_it_is_and_in_base64() {
        let keys = keys(&found(&[("OPENAI_API_KEY", "made-up"), ("GH_TOKEN", "token")]));
        assert_eq!(masks(&keys), ["made-up", "bWFkZS11cA==", "token", "dG9rZW4="]);
    }
}
