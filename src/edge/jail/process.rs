//! One command: its own process group, a wall clock, an end to its output, and nothing of it left afterwards.

use std::fs::File;
use std::io::{ErrorKind, Write as _};
use std::os::fd::OwnedFd;
use std::os::unix::process::{CommandExt as _, ExitStatusExt as _};
use std::path::Path;
use std::process::{Command, ExitStatus, Stdio};
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process_group};
use tokio::io::AsyncReadExt as _;
use tokio::net::unix::pipe::Receiver;
use tokio::process::Child;
use tokio::time::{Instant, sleep, sleep_until, timeout};

use super::error::JailError;
use super::interrupt;
use crate::domain::jail::Exit;

/// No log that a person reads is larger; a command that prints for ever reaches it in a second.
pub const OUTPUT_BYTES_MAX: u64 = 256 << 20;

/// Between SIGTERM and SIGKILL: enough to write a report, short beside any test run.
const GRACE: Duration = Duration::from_secs(2);

/// After the command has ended, its last children (`> >(tee log)`) may still write for as long as this.
const LAST_WORDS: Duration = Duration::from_millis(500);

/// How often an interrupt is looked for: a person does not notice this long.
const GLANCE: Duration = Duration::from_millis(50);

pub struct Limits {
    pub wall_clock: Duration,
    pub output_bytes_max: u64,
}

/// Runs `command` until it ends or is ended; both its streams go to `output` in the order it wrote them, and to `show`.
pub fn run(
    command: Command,
    output: &Path,
    limits: &Limits,
    show: &mut dyn FnMut(&[u8]),
) -> Result<(Exit, Duration), JailError> {
    let _held = interrupt::hold();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| JailError::Io { doing: "watch a command".to_owned(), error })?;
    runtime.block_on(attend(command, output, limits, show))
}

async fn attend(
    command: Command,
    output: &Path,
    limits: &Limits,
    show: &mut dyn FnMut(&[u8]),
) -> Result<(Exit, Duration), JailError> {
    let file = File::create(output).map_err(|error| JailError::io("write", output, error))?;
    let started = Instant::now();
    let (mut child, pipe) = spawn(command).await?;
    let group = Group::of(&child);
    let mut sink = Sink { pipe: Some(pipe), file, bytes: 0, bytes_max: limits.output_bytes_max, show };
    let ending = watch(&mut child, &mut sink, started + limits.wall_clock).await;
    let exit = match ending {
        Ending::Ended(status) => {
            // Whoever is left gets a moment for its last words, then it is gone.
            timeout(LAST_WORDS, sink.drain()).await.ok();
            group.kill(Signal::KILL);
            timeout(LAST_WORDS, sink.drain()).await.ok();
            exit_of(status)
        }
        Ending::TimedOut => {
            group.kill(Signal::TERM);
            timeout(GRACE, async { tokio::join!(sink.drain(), child.wait()) }).await.ok();
            Exit::TimedOut
        }
        Ending::TooMuchOutput => Exit::TooMuchOutput,
        Ending::Interrupted => return Err(JailError::Interrupted),
        Ending::Unwritable(error) => return Err(JailError::io("write", output, error)),
    };
    group.kill(Signal::KILL);
    child.wait().await.map_err(|error| JailError::io("wait for the command that writes", output, error))?;
    Ok((exit, started.elapsed()))
}

enum Ending {
    Ended(ExitStatus),
    TimedOut,
    TooMuchOutput,
    Interrupted,
    Unwritable(std::io::Error),
}

async fn watch(child: &mut Child, sink: &mut Sink<'_>, deadline: Instant) -> Ending {
    loop {
        tokio::select! {
            status = child.wait() => return match status {
                Ok(status) => Ending::Ended(status),
                Err(error) => Ending::Unwritable(error),
            },
            took = sink.take(), if sink.pipe.is_some() => match took {
                Ok(Took::Some | Took::End) => {}
                Ok(Took::TooMuch) => return Ending::TooMuchOutput,
                Err(error) => return Ending::Unwritable(error),
            },
            () = sleep_until(deadline) => return Ending::TimedOut,
            () = sleep(GLANCE) => if interrupt::seen() { return Ending::Interrupted },
        }
    }
}

/// Where a command's output goes.
struct Sink<'a> {
    /// `None` after its end.
    pipe: Option<Receiver>,
    file: File,
    bytes: u64,
    bytes_max: u64,
    show: &'a mut dyn FnMut(&[u8]),
}

enum Took {
    Some,
    End,
    TooMuch,
}

impl Sink<'_> {
    async fn take(&mut self) -> std::io::Result<Took> {
        let Some(pipe) = &mut self.pipe else { return Ok(Took::End) };
        let mut buffer = [0; 64 << 10];
        let length = pipe.read(&mut buffer).await?;
        let read = buffer.get(..length).unwrap_or_default();
        if read.is_empty() {
            self.pipe = None;
            return Ok(Took::End);
        }
        let room = usize::try_from(self.bytes_max.saturating_sub(self.bytes)).unwrap_or(usize::MAX);
        let kept = read.get(..room.min(length)).unwrap_or_default();
        self.file.write_all(kept)?;
        (self.show)(kept);
        self.bytes += kept.len() as u64;
        Ok(if kept.len() < length { Took::TooMuch } else { Took::Some })
    }

    /// Until its end, or until it was too much.
    async fn drain(&mut self) {
        while let Ok(Took::Some) = self.take().await {}
    }
}

/// Starts the command with no way to gain privileges, in a process group of its own.
async fn spawn(mut command: Command) -> Result<(Child, Receiver), JailError> {
    let program = command.get_program().to_string_lossy().into_owned();
    let failed = |error: std::io::Error| match error.kind() {
        ErrorKind::NotFound | ErrorKind::PermissionDenied => {
            JailError::CommandMissing { program: program.clone(), error }
        }
        _ => JailError::Io { doing: format!("run `{program}`"), error },
    };
    let (reader, writer) = std::io::pipe().map_err(failed)?;
    let errors = writer.try_clone().map_err(failed)?;
    command.stdin(Stdio::null()).stdout(writer).stderr(errors).process_group(0);
    let runtime = tokio::runtime::Handle::current();
    // The promise holds for the thread that makes it and for all that it starts: a thread of its own keeps it off us.
    let spawned = std::thread::spawn(move || {
        rustix::thread::set_no_new_privs(true)?;
        let _entered = runtime.enter();
        let mut command = tokio::process::Command::from(command);
        command.kill_on_drop(true).spawn()
    });
    let child = match spawned.join() {
        Ok(child) => child.map_err(failed)?,
        Err(_) => return Err(failed(std::io::Error::other("the thread that starts it has failed"))),
    };
    let pipe = Receiver::from_owned_fd(OwnedFd::from(reader)).map_err(failed)?;
    Ok((child, pipe))
}

/// A process group that does not outlive its owner.
struct Group(Option<Pid>);

impl Group {
    fn of(child: &Child) -> Self {
        Self(child.id().and_then(|id| i32::try_from(id).ok()).and_then(Pid::from_raw))
    }

    fn kill(&self, signal: Signal) {
        if let Some(leader) = self.0 {
            // It fails when nobody is left, which is what is wanted.
            kill_process_group(leader, signal).ok();
        }
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        self.kill(Signal::KILL);
    }
}

fn exit_of(status: ExitStatus) -> Exit {
    match (status.code(), status.signal()) {
        (Some(code), _) => Exit::Code(code),
        (None, Some(signal)) => Exit::Signal(signal),
        (None, None) => Exit::Signal(0),
    }
}
