//! Runs a script as a runner runs a step: in a fresh folder where a runner has its own, without a terminal.

use std::collections::BTreeMap;
use std::io::Read as _;
use std::os::unix::fs::symlink;
use std::os::unix::process::ExitStatusExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::mpsc;
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail};
use rustix::process::{Pid, Signal, kill_process_group};

use crate::github_log::SHELL_DEFAULT;

/// Enough for a first build on a busy machine; what hangs must not hang the recorder.
const SECONDS_MAX: u64 = 900;

/// A case is read by people: a log beyond this is a mistake.
const OUTPUT_BYTES_MAX: u64 = 32 << 20;

/// What the last process may still have in the pipe after the shell has ended.
const AFTER_END: Duration = Duration::from_secs(5);

/// Where a hosted runner has its workspaces.
const WORK: &str = "/home/runner/work";

/// What package managers and toolchains keep at home: shared, so that not every case fetches it.
const SHARED_IN_HOME: [&str; 17] = [
    ".bundle",
    ".cache/go-build",
    ".cache/pip",
    ".cache/uv",
    ".cargo",
    ".composer",
    ".gem",
    ".gradle",
    ".ivy2",
    ".m2",
    ".mix",
    ".npm",
    ".nuget",
    ".pub-cache",
    ".rustup",
    ".sbt",
    "go/pkg/mod",
];

/// Variables that are passed on: where things are, and which certificates hold.
const PASSED_ON: [&str; 15] = [
    "CURL_CA_BUNDLE",
    "DOTNET_ROOT",
    "GIT_SSL_CAINFO",
    "GOFLAGS",
    "GOPROXY",
    "GOTOOLCHAIN",
    "JAVA_HOME",
    "NODE_EXTRA_CA_CERTS",
    "PATH",
    "PIP_CERT",
    "PYENV_ROOT",
    "REQUESTS_CA_BUNDLE",
    "RUSTUP_AUTO_INSTALL",
    "SSL_CERT_DIR",
    "SSL_CERT_FILE",
];

/// What a script printed, errors and all, in the order in which it came.
pub struct Printed {
    pub output: Vec<u8>,
    pub exit: i32,
}

/// `/home/runner/work/NAME/NAME` with a home and a temporary folder beside it; gone when it is dropped.
pub struct Workspace {
    folder: PathBuf,
    name: String,
    env: BTreeMap<String, String>,
}

impl Workspace {
    pub fn make(name: &str, env: &BTreeMap<String, String>) -> anyhow::Result<Self> {
        let folder = Path::new(WORK).join(name);
        std::fs::create_dir_all(WORK).with_context(|| format!("make {WORK}"))?;
        std::fs::create_dir(&folder)
            .with_context(|| format!("make {}: another recorder is at it, or was killed", folder.display()))?;
        let workspace = Self { folder, name: name.to_owned(), env: env.clone() };
        for made in [workspace.root(), workspace.home(), workspace.temporary(), workspace.scripts()] {
            std::fs::create_dir_all(&made).with_context(|| format!("make {}", made.display()))?;
        }
        let own_home = std::env::home_dir().context("there is no home folder")?;
        for shared in SHARED_IN_HOME.iter().filter(|shared| own_home.join(shared).exists()) {
            let link = workspace.home().join(shared);
            std::fs::create_dir_all(link.parent().unwrap_or(&link)).context("make the home")?;
            symlink(own_home.join(shared), link).context("link what toolchains keep at home")?;
        }
        Ok(workspace)
    }

    pub fn root(&self) -> PathBuf {
        self.folder.join(&self.name)
    }

    pub fn home(&self) -> PathBuf {
        self.folder.join("_home")
    }

    pub fn temporary(&self) -> PathBuf {
        self.folder.join("_tmp")
    }

    pub fn scripts(&self) -> PathBuf {
        self.folder.join("_temp")
    }

    /// Runs a step's script to its end, with everything that it started.
    pub fn run(&self, script: &str, shell: &str) -> anyhow::Result<Printed> {
        // As a runner names it; bash puts the name before its own messages.
        let file = self.scripts().join("0c1a4a77-6cbd-4b7e-9f32-5d1b7c0f8e21.sh");
        std::fs::write(&file, script).context("write the script")?;
        let (mut reader, writer) = std::io::pipe().context("make a pipe")?;
        let mut command = Command::new("setsid");
        command.arg(shell_of(shell).0).args(shell_of(shell).1).arg(&file);
        command.current_dir(self.root()).env_clear();
        command.envs(PASSED_ON.iter().filter_map(|name| Some((name, std::env::var_os(name)?))));
        command.env("PATH", search_path()?).env("HOME", self.home()).env("TMPDIR", self.temporary());
        command.env("TOOLS", tools()).env("LANG", "C.UTF-8").env("CI", "true").env("USER", "runner").envs(&self.env);
        command.stdin(Stdio::null()).stdout(writer.try_clone()?).stderr(writer);
        let mut child = command.spawn().context("start bash through setsid: is util-linux there?")?;
        drop(command);
        let (sender, printed) = mpsc::channel();
        std::thread::spawn(move || {
            let mut output = Vec::new();
            let read = reader.by_ref().take(OUTPUT_BYTES_MAX).read_to_end(&mut output);
            let _ = sender.send(read.map(|_| output));
        });
        let group = Pid::from_child(&child);
        let started = Instant::now();
        let status = loop {
            if let Some(status) = child.try_wait().context("wait for the script")? {
                break status;
            }
            if started.elapsed().as_secs() >= SECONDS_MAX {
                let _ = kill_process_group(group, Signal::KILL);
                let _ = child.wait();
                bail!("the script did not end within {SECONDS_MAX} s");
            }
            std::thread::sleep(Duration::from_millis(20));
        };
        // What it left running would keep the pipe open, and would outlive its folder.
        let _ = kill_process_group(group, Signal::KILL);
        let output =
            printed.recv_timeout(AFTER_END).context("something that the script started keeps its output open")?;
        let exit = status.code().or_else(|| status.signal().map(|signal| 128 + signal)).unwrap_or(1);
        Ok(Printed { output: output.context("read what the script printed")?, exit })
    }
}

impl Drop for Workspace {
    fn drop(&mut self) {
        // Go writes its modules read-only.
        let _ = Command::new("chmod").args(["-R", "u+w", "--"]).arg(&self.folder).status();
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

/// What the machine has, then the tools of the project's own tests: a `pip install` of a case must not land in those.
fn search_path() -> anyhow::Result<std::ffi::OsString> {
    let own = std::env::var_os("PATH").unwrap_or_default();
    let tools = tools();
    let first = [tools.join("python/bin"), tools.join("node/node_modules/.bin")];
    Ok(std::env::join_paths(std::env::split_paths(&own).filter(|path| !path.as_os_str().is_empty()).chain(first))?)
}

/// Where `dist-scripts/tools.sh` puts the tools of the tests.
pub fn tools() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("target/tools")
}

/// What a runner starts for `shell:` left out, `bash`, and whatever else is written there.
fn shell_of(shell: &str) -> (&str, Vec<&str>) {
    match shell {
        "" => ("bash", vec!["-e"]),
        "bash" => ("bash", vec!["--noprofile", "--norc", "-e", "-o", "pipefail"]),
        other => {
            let mut words = other.split_whitespace().filter(|word| *word != "{0}");
            (words.next().unwrap_or("bash"), words.collect())
        }
    }
}

/// The same as the runner shows it.
pub fn shown_shell(shell: &str) -> String {
    if shell.is_empty() {
        return SHELL_DEFAULT.to_owned();
    }
    let (program, arguments) = shell_of(shell);
    format!("/usr/bin/{program} {} {{0}}", arguments.join(" "))
}
