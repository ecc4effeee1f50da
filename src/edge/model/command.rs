//! `command:PROGRAM ARGS`: a model that is a program. One object on standard input, one answer on standard output.

use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process_group};
use serde_json::json;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWriteExt as _};
use tokio::process::{Child, Command};

use super::answer::Answer;
use super::error::ModelError;
use crate::domain::context::Prompt;
use crate::text::{one_line, truncate};

/// Many times what the largest answer we ask for can be.
pub const OUTPUT_BYTES_MAX: usize = 1024 * 1024;

/// The end of what the program says on standard error is shown up to here.
const REASON_BYTES_MAX: usize = 300;

/// A program that has ended may leave a child behind which holds its output open; this long it is listened to.
const LEFTOVER_WAIT: Duration = Duration::from_millis(500);

/// What the program gets of our environment: where things are, and in which language; no key, no runner's file.
const VARIABLES: [&str; 12] = [
    "PATH",
    "HOME",
    "USER",
    "LOGNAME",
    "SHELL",
    "LANG",
    "LC_ALL",
    "LC_CTYPE",
    "TZ",
    "TMPDIR",
    "XDG_CONFIG_HOME",
    "XDG_CACHE_HOME",
];

#[derive(Debug)]
pub struct CommandModel {
    program: String,
    arguments: Vec<String>,
    timeout: Duration,
}

impl CommandModel {
    pub fn new(program: &str, arguments: &[String], timeout: Duration) -> Self {
        Self { program: program.to_owned(), arguments: arguments.to_vec(), timeout }
    }

    pub fn request(&self, prompt: &Prompt) -> Vec<u8> {
        json!({
            "schema": "self-heal/ask/v1",
            "step": prompt.step.as_str(),
            "round": prompt.round,
            "system": prompt.system.as_str(),
            "prompt": prompt.prompt.as_str(),
            "answer_schema": prompt.answer_schema,
            "tokens_max": prompt.tokens_max,
        })
        .to_string()
        .into_bytes()
    }

    pub async fn ask(&self, request: Vec<u8>) -> Result<Answer, ModelError> {
        let variables = VARIABLES.iter().filter_map(|name| std::env::var_os(name).map(|value| (name, value)));
        let mut child = Command::new(&self.program)
            .args(&self.arguments)
            .env_clear()
            .envs(variables)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .process_group(0)
            .spawn()
            .map_err(|error| self.failed(format!("it cannot be started ({error}): check the path after `command:`")))?;
        let _group = Group::of(&child);
        let ended = tokio::time::timeout(self.timeout, converse(&mut child, request)).await;
        let Ok(ended) = ended else {
            return Err(ModelError::TimedOut { place: self.place(), seconds: self.timeout.as_secs() });
        };
        let Ended { status, output, complaint } = ended.map_err(|error| self.failed(error.to_string()))?;
        let Some(status) = status else {
            return Err(ModelError::TooLong { place: self.place(), what: "the answer" });
        };
        if !status.success() {
            let complaint = one_line(&String::from_utf8_lossy(&complaint));
            let complaint = if complaint.is_empty() { "it said nothing on standard error" } else { complaint.trim() };
            return Err(self.failed(format!("it ended with {status}: {}", truncate(complaint, REASON_BYTES_MAX))));
        }
        let text = String::from_utf8_lossy(&output).into_owned();
        Ok(Answer { text, usage: None, model: self.place() })
    }

    /// `command:PROGRAM`.
    pub fn place(&self) -> String {
        format!("command:{}", truncate(&one_line(&self.program), REASON_BYTES_MAX))
    }

    fn failed(&self, why: String) -> ModelError {
        ModelError::Failed { place: self.place(), why }
    }
}

struct Ended {
    /// `None` when it printed more than the limit and was not waited for.
    status: Option<ExitStatus>,
    output: Vec<u8>,
    complaint: Vec<u8>,
}

/// Writes the request, reads both outputs, waits for the end.
async fn converse(child: &mut Child, request: Vec<u8>) -> std::io::Result<Ended> {
    let (stdin, stdout, stderr) = (child.stdin.take(), child.stdout.take(), child.stderr.take());
    let write = async move {
        if let Some(mut stdin) = stdin {
            // A program that has read enough, or none of it, may close its end: its answer is what counts.
            let _closed = stdin.write_all(&request).await;
        }
        Ok(())
    };
    let (mut output, mut complaint) = (Vec::new(), Vec::new());
    let status = {
        let read = async { tokio::try_join!(write, read_all(stdout, &mut output), read_last(stderr, &mut complaint)) };
        tokio::pin!(read);
        tokio::select! {
            status = child.wait() => {
                let over = matches!(tokio::time::timeout(LEFTOVER_WAIT, &mut read).await, Ok(Err(TooMuch)));
                if over { None } else { Some(status?) }
            }
            read = &mut read => if read.is_err() { None } else { Some(child.wait().await?) },
        }
    };
    Ok(Ended { status, output, complaint })
}

/// It printed more than the limit.
struct TooMuch;

async fn read_all(from: Option<impl AsyncRead + Unpin>, into: &mut Vec<u8>) -> Result<(), TooMuch> {
    let Some(from) = from else { return Ok(()) };
    let _broken = from.take(OUTPUT_BYTES_MAX as u64 + 1).read_to_end(into).await;
    if into.len() > OUTPUT_BYTES_MAX { Err(TooMuch) } else { Ok(()) }
}

/// Reads everything and keeps the end.
async fn read_last(from: Option<impl AsyncRead + Unpin>, into: &mut Vec<u8>) -> Result<(), TooMuch> {
    let Some(mut from) = from else { return Ok(()) };
    let mut chunk = [0_u8; 4096];
    while let Ok(count @ 1..) = from.read(&mut chunk).await {
        into.extend_from_slice(chunk.get(..count).unwrap_or_default());
        let surplus = into.len().saturating_sub(REASON_BYTES_MAX);
        into.drain(..surplus);
    }
    Ok(())
}

/// The program's process group: killed when the call is over, however it ended.
struct Group(Option<Pid>);

impl Group {
    fn of(child: &Child) -> Self {
        Self(child.id().and_then(|id| i32::try_from(id).ok()).and_then(Pid::from_raw))
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        if let Some(group) = self.0 {
            // No such group is the good case: everybody has gone home.
            let _gone = kill_process_group(group, Signal::KILL);
        }
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may stop")]

    use std::time::Instant;

    use super::*;
    use crate::domain::context::PromptStep;
    use crate::domain::secret::Redacted;

    fn prompt() -> Prompt {
        Prompt {
            step: PromptStep::Diagnose,
            round: 2,
            system: Redacted::by_redaction("rules".to_owned()),
            prompt: Redacted::by_redaction("q".repeat(200_000)),
            answer_schema: json!({ "type": "object" }),
            tokens_max: 4_000,
        }
    }

    /// What a shell script answers within two seconds.
    fn ask(script: &str) -> Result<Answer, ModelError> {
        let model = CommandModel::new("sh", &["-c".to_owned(), script.to_owned()], Duration::from_secs(2));
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(model.ask(model.request(&prompt())))
    }

    #[track_caller]
    fn fails(script: &str, code: &str) -> String {
        let error = ask(script).unwrap_err();
        assert_eq!(error.code(), code, "{error}");
        error.to_string()
    }

    #[test]
    fn it_reads_one_object_and_prints_one_answer() {
        let answer = ask("cat").unwrap();
        let asked: serde_json::Value = serde_json::from_str(&answer.text).unwrap();
        let schema = include_str!("../../../fixtures/schemas/ask.v1.json");
        assert!(jsonschema::is_valid(&serde_json::from_str(schema).unwrap(), &asked));
        assert_eq!(
            (&asked["step"], &asked["round"], &asked["system"]),
            (&json!("diagnose"), &json!(2), &json!("rules"))
        );
        assert_eq!((answer.usage, answer.model.as_str()), (None, "command:sh"));
    }

    #[test]
    fn one_that_reads_nothing_may_answer_all_the_same() {
        assert_eq!(ask("exec <&-; sleep 0.1; echo done").unwrap().text, "done\n");
    }

    #[test]
    fn a_non_zero_end_is_a_failed_call_and_tells_why() {
        let text = fails("echo '{}'; echo 'no such model\u{1b}[31m' >&2; exit 3", "model.failed");
        assert_eq!(text, "command:sh gave no usable answer: it ended with exit status: 3: no such model [31m");
        assert!(fails("kill -9 $$", "model.failed").contains("signal: 9"));
    }

    #[test]
    fn a_program_that_is_not_there_is_named() {
        let model = CommandModel::new("/no/such/program", &[], Duration::from_secs(2));
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let error = runtime.block_on(model.ask(Vec::new())).unwrap_err();
        assert!(error.to_string().contains("command:/no/such/program"), "{error}");
    }

    #[test]
    fn one_that_never_ends_is_killed_with_all_it_started() {
        let folder = tempfile::tempdir().unwrap();
        let sign = folder.path().join("alive");
        let script = format!("trap '' TERM; (sleep 3; touch {}) & sleep 60", sign.display());
        let started = Instant::now();
        fails(&script, "model.timeout");
        assert!(started.elapsed() < Duration::from_secs(4));
        std::thread::sleep(Duration::from_secs(2));
        assert!(!sign.exists(), "what it started lives on");
    }

    #[test]
    fn one_that_prints_for_ever_is_stopped_at_the_limit() {
        let print = |bytes: usize| format!("head -c {bytes} /dev/zero | tr '\\0' x");
        assert_eq!(ask(&print(OUTPUT_BYTES_MAX)).unwrap().text.len(), OUTPUT_BYTES_MAX);
        fails(&print(OUTPUT_BYTES_MAX + 1), "model.too-long");
        let started = Instant::now();
        fails("trap '' PIPE; while :; do echo xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx; done", "model.too-long");
        assert!(started.elapsed() < Duration::from_secs(2));
    }

    #[test]
    fn a_child_that_keeps_the_output_open_is_not_waited_for() {
        let started = Instant::now();
        assert_eq!(ask("echo answer; sleep 60 &").unwrap().text, "answer\n");
        assert!(started.elapsed() < Duration::from_secs(2));
    }

    #[test]
    fn it_is_told_where_things_are_and_nothing_else() {
        let names = ask("env").unwrap().text;
        for line in names.lines() {
            let name = line.split('=').next().unwrap_or_default();
            // A shell sets these itself.
            assert!(VARIABLES.contains(&name) || ["PWD", "_", "SHLVL", "OLDPWD"].contains(&name), "{name}");
        }
    }
}
