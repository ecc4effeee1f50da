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
