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
use tokio::time::{Instant, sleep_until, timeout};

use super::error::JailError;
use crate::domain::jail::Exit;
use crate::edge::interrupt;

/// No log that a person reads is larger; a command that prints for ever reaches it in a second.
pub const OUTPUT_BYTES_MAX: u64 = 256 << 20;

/// Between SIGTERM and SIGKILL: enough to write a report, short beside any test run.
const GRACE: Duration = Duration::from_secs(2);

/// After the command has ended, its last children (`> >(tee log)`) may still write for as long as this.
const LAST_WORDS: Duration = Duration::from_millis(500);

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
    let unwritable = |error| JailError::io("write", output, error);
    let exit = match watch(&mut child, &mut sink, started + limits.wall_clock).await {
        Ending::Ended(status) => {
            // Whoever is left gets a moment for its last words, then it is gone.
            let first = sink.drain(LAST_WORDS).await.map_err(unwritable)?;
            group.kill(Signal::KILL);
            let rest = sink.drain(LAST_WORDS).await.map_err(unwritable)?;
            // The command may end before what it printed is read: the limit holds for that too.
            if matches!((first, rest), (Took::TooMuch, _) | (_, Took::TooMuch)) {
                Exit::TooMuchOutput
            } else {
                exit_of(status)
            }
        }
        Ending::TimedOut => {
            group.kill(Signal::TERM);
            let (said, _) = tokio::join!(sink.drain(GRACE), timeout(GRACE, child.wait()));
            said.map_err(unwritable)?;
            Exit::TimedOut
        }
        Ending::TooMuchOutput => Exit::TooMuchOutput,
        Ending::Interrupted => return Err(JailError::Interrupted),
        Ending::Unwritable(error) => return Err(unwritable(error)),
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
            () = interrupt::noticed() => return Ending::Interrupted,
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

    /// Until its end, until it was too much, or until the time is over; the last that it took.
    async fn drain(&mut self, time: Duration) -> std::io::Result<Took> {
        let end = Instant::now() + time;
        loop {
            match tokio::time::timeout_at(end, self.take()).await {
                Ok(Ok(Took::Some)) => {}
                Ok(took) => return took,
                Err(_) => return Ok(Took::Some),
            }
        }
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

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::*;

    struct Tried {
        ended: Result<Exit, JailError>,
        duration: Duration,
        output: Vec<u8>,
        shown: Vec<u8>,
        folder: tempfile::TempDir,
    }

    fn sh(script: &str, limits: &Limits) -> Tried {
        let folder = tempfile::tempdir().expect("a folder");
        let output = folder.path().join("output");
        let mut command = Command::new("sh");
        command.args(["-c", script]).current_dir(folder.path());
        let mut shown = Vec::new();
        let started = std::time::Instant::now();
        let ended = run(command, &output, limits, &mut |bytes| shown.extend_from_slice(bytes));
        let output = std::fs::read(output).unwrap_or_default();
        Tried { ended: ended.map(|(exit, _)| exit), duration: started.elapsed(), output, shown, folder }
    }

    fn limits(seconds: f64, bytes: u64) -> Limits {
        Limits { wall_clock: Duration::from_secs_f64(seconds), output_bytes_max: bytes }
    }

    fn exit(tried: &Tried) -> Exit {
        *tried.ended.as_ref().expect("it was run")
    }

    /// Whether the process that wrote its id down goes away: a signal takes a moment.
    fn is_gone(tried: &Tried) -> bool {
        let id = std::fs::read_to_string(tried.folder.path().join("id")).expect("an id");
        let stat = PathBuf::from("/proc").join(id.trim()).join("stat");
        (0..100).any(|_| {
            let state = std::fs::read_to_string(&stat).unwrap_or_default();
            std::thread::sleep(Duration::from_millis(20));
            state.is_empty() || state.contains(") Z")
        })
    }

    #[test]
    fn both_streams_are_kept_in_the_order_they_were_written() {
        let tried = sh("echo one; echo two >&2; echo three; exit 7", &limits(20.0, 1_000));
        assert_eq!(exit(&tried), Exit::Code(7));
        assert_eq!(tried.output, b"one\ntwo\nthree\n");
        assert_eq!(tried.shown, tried.output);
    }

    #[test]
    fn a_signal_is_told_as_a_signal() {
        assert_eq!(exit(&sh("kill -11 $$", &limits(20.0, 1_000))), Exit::Signal(11));
    }

    #[test]
    fn a_command_that_is_not_there_is_named() {
        let folder = tempfile::tempdir().expect("a folder");
        let command = Command::new("no-such-command-anywhere");
        let ended = run(command, &folder.path().join("output"), &limits(5.0, 10), &mut |_| {});
        let said = ended.expect_err("it is not there").to_string();
        assert!(
            said.starts_with("run `no-such-command-anywhere`: ") && said.ends_with("name another command"),
            "{said}"
        );
    }

    #[test]
    fn a_command_that_never_ends_is_ended_with_its_children() {
        let tried = sh("echo begun; sleep 600 & echo $! > id; wait", &limits(0.3, 1_000));
        assert_eq!(exit(&tried), Exit::TimedOut);
        assert_eq!(tried.output, b"begun\n");
        assert!(tried.duration < Duration::from_secs(10) && is_gone(&tried));
    }

    #[test]
    fn a_command_that_ignores_term_is_killed() {
        let tried = sh(
            "trap '' TERM; (trap '' TERM; echo $$ > /dev/null; while :; do sleep 0.05; done) & echo $! > id; while :; do sleep 0.05; done",
            &limits(0.3, 1_000),
        );
        assert_eq!(exit(&tried), Exit::TimedOut);
        assert!(tried.duration >= GRACE && tried.duration < GRACE + Duration::from_secs(8) && is_gone(&tried));
    }

    #[test]
    fn what_a_command_says_after_term_is_kept() {
        let tried = sh("trap 'echo last words; exit 0' TERM; while :; do sleep 0.05; done", &limits(0.3, 1_000));
        assert_eq!(exit(&tried), Exit::TimedOut);
        let said = String::from_utf8_lossy(&tried.output);
        assert!(said.ends_with("last words\n"), "{said}");
    }

    #[test]
    fn a_command_that_prints_for_ever_is_ended_at_the_limit() {
        let tried = sh("yes", &limits(30.0, 100_000));
        assert_eq!(exit(&tried), Exit::TooMuchOutput);
        assert_eq!(tried.output.len(), 100_000);
        assert!(tried.duration < Duration::from_secs(10));
    }

    #[test]
    fn output_at_the_limit_is_not_too_much() {
        let tried = sh("printf 1234567890", &limits(20.0, 10));
        assert_eq!((exit(&tried), tried.output.as_slice()), (Exit::Code(0), b"1234567890".as_slice()));
        let tried = sh("printf 12345678901", &limits(20.0, 10));
        assert_eq!((exit(&tried), tried.output.as_slice()), (Exit::TooMuchOutput, b"1234567890".as_slice()));
    }

    #[test]
    fn whoever_is_left_when_the_command_ends_is_gone_too() {
        let tried = sh("sleep 600 & echo $! > id; echo done", &limits(20.0, 1_000));
        assert_eq!(exit(&tried), Exit::Code(0));
        assert_eq!(tried.output, b"done\n");
        assert!(tried.duration < Duration::from_secs(10) && is_gone(&tried));
    }

    #[test]
    fn what_a_child_says_last_is_kept() {
        let tried = sh("(sleep 0.1; echo late) & exit 3", &limits(20.0, 1_000));
        assert_eq!((exit(&tried), tried.output.as_slice()), (Exit::Code(3), b"late\n".as_slice()));
    }

    #[test]
    fn a_disk_that_is_full_is_told() {
        // The kernel's own full disk; a file is made there as anywhere.
        let ended = run(Command::new("yes"), Path::new("/dev/full"), &limits(20.0, 1_000_000), &mut |_| {});
        assert!(matches!(ended, Err(JailError::DiskFull(path)) if path == Path::new("/dev/full")));
    }

    #[test]
    fn a_command_can_gain_no_privileges() {
        let tried = sh("grep NoNewPrivs /proc/self/status", &limits(20.0, 1_000));
        assert_eq!(tried.output, b"NoNewPrivs:\t1\n");
        let own = std::fs::read_to_string("/proc/self/status").expect("a status");
        assert!(own.contains("NoNewPrivs:\t0"), "we keep our own");
    }
}
