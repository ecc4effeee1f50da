//! One run of the git program: a scrubbed environment, our own git directory, no configuration but ours.

use std::ffi::OsString;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use super::error::GitError;

/// Everything that could make git start another program, ask somebody, or answer differently on another machine.
///
/// Written into our own git directory, which is the only configuration that git reads.
pub const CONFIGURATION: &str = "\
[core]
\tbare = false
\thooksPath = /dev/null
\tfsmonitor = false
\tuntrackedCache = false
\tattributesFile = /dev/null
\texcludesFile = /dev/null
\tautocrlf = false
\tsafecrlf = false
\tfileMode = true
\tsymlinks = true
\tquotePath = false
\tpager = cat
[diff]
\tignoreSubmodules = all
[submodule]
\trecurse = false
[commit]
\tgpgSign = false
[gc]
\tauto = 0
[maintenance]
\tauto = false
[protocol]
\tallow = never
";

/// Commits that we make for ourselves have one author and date, so that the same tree gives the same id.
const NOBODY: [(&str, &str); 6] = [
    ("GIT_AUTHOR_NAME", "self-heal"),
    ("GIT_AUTHOR_EMAIL", "self-heal@localhost"),
    ("GIT_AUTHOR_DATE", "1970-01-01T00:00:00Z"),
    ("GIT_COMMITTER_NAME", "self-heal"),
    ("GIT_COMMITTER_EMAIL", "self-heal@localhost"),
    ("GIT_COMMITTER_DATE", "1970-01-01T00:00:00Z"),
];

#[derive(Clone, Debug)]
pub struct Program {
    git_directory: PathBuf,
}

/// One call of git, as it is put together.
pub struct Call<'a> {
    doing: &'static str,
    command: Command,
    input: Option<&'a [u8]>,
    codes: &'a [i32],
    own: &'a Path,
}

impl Program {
    pub fn new(git_directory: PathBuf) -> Self {
        Self { git_directory }
    }

    /// `doing` names the call in an error.
    pub fn call<'a>(&'a self, doing: &'static str, arguments: &[&str]) -> Call<'a> {
        let mut command = Command::new("git");
        command.env_clear();
        command.env("PATH", absolute_path_entries());
        command.env("HOME", &self.git_directory);
        command.env("XDG_CONFIG_HOME", &self.git_directory);
        for (name, value) in [
            ("GIT_CONFIG_NOSYSTEM", "1"),
            ("GIT_CONFIG_GLOBAL", "/dev/null"),
            ("GIT_ATTR_NOSYSTEM", "1"),
            ("GIT_TERMINAL_PROMPT", "0"),
            ("GIT_OPTIONAL_LOCKS", "0"),
            ("GIT_NO_REPLACE_OBJECTS", "1"),
            ("GIT_NO_LAZY_FETCH", "1"),
            ("GIT_LITERAL_PATHSPECS", "1"),
            ("LC_ALL", "C"),
            ("TZ", "UTC"),
        ] {
            command.env(name, value);
        }
        command.envs(NOBODY);
        command.env("GIT_DIR", &self.git_directory);
        command.current_dir(&self.git_directory);
        command.args(arguments);
        Call { doing, command, input: None, codes: &[0], own: &self.git_directory }
    }
}

impl<'a> Call<'a> {
    pub fn work_tree(mut self, tree: &Path) -> Self {
        self.command.env("GIT_WORK_TREE", tree).current_dir(tree);
        self
    }

    pub fn index(mut self, index: &Path) -> Self {
        self.command.env("GIT_INDEX_FILE", index);
        self
    }

    pub fn input(mut self, input: &'a [u8]) -> Self {
        self.input = Some(input);
        self
    }

    /// The exit codes that are no error.
    pub fn codes(mut self, codes: &'a [i32]) -> Self {
        self.codes = codes;
        self
    }

    /// What git printed.
    pub fn bytes(self) -> Result<Vec<u8>, GitError> {
        let (doing, codes, own) = (self.doing, self.codes, self.own);
        let output = self.output()?;
        if output.status.code().is_some_and(|code| codes.contains(&code)) {
            return Ok(output.stdout);
        }
        let said = said(&output.stderr);
        Err(if said.contains("No space left on device") {
            GitError::DiskFull(own.to_owned())
        } else {
            GitError::Failed { doing, said }
        })
    }

    pub fn text(self) -> Result<String, GitError> {
        Ok(String::from_utf8_lossy(&self.bytes()?).trim_end().to_owned())
    }

    pub fn output(mut self) -> Result<Output, GitError> {
        let doing = self.doing;
        self.command.stdin(if self.input.is_some() { Stdio::piped() } else { Stdio::null() });
        self.command.stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = self.command.spawn().map_err(|error| match error.kind() {
            std::io::ErrorKind::NotFound => GitError::GitMissing(error),
            _ => GitError::io(doing, error),
        })?;
        let pipe = child.stdin.take();
        std::thread::scope(|scope| {
            // Git may answer before it has read everything: writing must not wait for our reading.
            if let (Some(mut pipe), Some(input)) = (pipe, self.input) {
                scope.spawn(move || pipe.write_all(input));
            }
            child.wait_with_output()
        })
        .map_err(|error| GitError::io(doing, error))
    }
}

/// The last lines that git wrote on its standard error: short enough for a sentence.
pub fn said(stderr: &[u8]) -> String {
    const LINES_MAX: usize = 6;
    let text = String::from_utf8_lossy(stderr);
    let lines: Vec<_> = text.lines().filter(|line| !line.starts_with("hint:")).map(str::trim).collect();
    let first = lines.len().saturating_sub(LINES_MAX);
    lines.get(first..).unwrap_or_default().join("; ")
}

/// A relative entry of `PATH` would find a `git` that lies in the workspace.
fn absolute_path_entries() -> OsString {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let entries: Vec<_> = std::env::split_paths(&path).filter(|entry| entry.is_absolute()).collect();
    std::env::join_paths(entries).unwrap_or_else(|_| "/usr/local/bin:/usr/bin:/bin".into())
}
