//! A scratch copy of the workspace, with a home and a temporary folder of its own, and commands that run in it.

use std::fs;
use std::path::{Component, Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use tempfile::TempDir;

use super::environment;
use super::error::JailError;
use super::process::{self, Limits, OUTPUT_BYTES_MAX};
use super::relocate;
use super::tree;
use crate::domain::jail::{Exit, Isolation, Leg};
use crate::edge::interrupt::{self, Held};

/// Makes copies of one workspace.
#[derive(Clone, Debug)]
pub struct Jail {
    workspace: PathBuf,
}

/// A copy of the workspace, removed when it is dropped.
#[derive(Debug)]
pub struct ScratchCopy {
    workspace: PathBuf,
    directory: Option<TempDir>,
    tree: PathBuf,
    home: PathBuf,
    temporary: PathBuf,
    ran: AtomicU32,
    /// Until the copy is removed an interrupt must not end us where we stand.
    _held: Held,
}

/// How a command ended, and where its output is; the file goes with the copy.
#[derive(Clone, Debug)]
pub struct Ran {
    pub exit: Exit,
    pub duration: Duration,
    pub output: PathBuf,
}

impl Jail {
    /// `workspace` is the top of the work tree.
    pub fn new(workspace: &Path) -> Self {
        Self { workspace: workspace.to_owned() }
    }

    /// A fresh copy, without `.git`. `leave_out` is asked about every file by its path in the workspace.
    pub fn copy(&self, leave_out: &dyn Fn(&Path) -> bool) -> Result<ScratchCopy, JailError> {
        let above = std::env::temp_dir();
        let directory = tempfile::Builder::new()
            .prefix("self-heal-")
            .tempdir_in(&above)
            .map_err(|error| JailError::io("make a scratch folder in", &above, error))?;
        // The copy has the workspace's own name, which tools print and derive names from.
        let name = self.workspace.file_name().unwrap_or("workspace".as_ref());
        let path = directory.path().to_owned();
        let copy = ScratchCopy {
            workspace: self.workspace.clone(),
            tree: path.join("copy").join(name),
            home: path.join("home"),
            temporary: path.join("tmp"),
            directory: Some(directory),
            ran: AtomicU32::new(0),
            _held: interrupt::hold(),
        };
        for folder in [&path.join("copy"), &copy.home, &copy.temporary] {
            fs::create_dir(folder).map_err(|error| JailError::io("make", folder, error))?;
        }
        let files = tree::copy(&self.workspace, &copy.tree, leave_out)?;
        for environment in relocate::environments(&files) {
            relocate::relocate(&environment, &self.workspace, &copy.tree)?;
        }
        Ok(copy)
    }

    /// What this jail really is.
    pub fn isolation() -> Isolation {
        Isolation {
            file_system: "none",
            network: "full",
            namespaces: Vec::new(),
            limits: vec!["wall-clock", "output", "process-group", "no-new-privileges"],
            path: "elsewhere",
            environment: "allow-list",
        }
    }
}

impl ScratchCopy {
    /// The top of the copied tree.
    pub fn tree(&self) -> &Path {
        &self.tree
    }

    /// A folder beside the tree, empty at first: `TMPDIR` of what runs here.
    pub fn temporary(&self) -> &Path {
        &self.temporary
    }

    /// Regular files of the tree that `wanted` says yes to, in order.
    pub fn find(&self, wanted: &dyn Fn(&Path) -> bool) -> Vec<PathBuf> {
        tree::find(&self.tree, wanted)
    }

    /// Runs a leg's command by its shell, as Actions does: from a script file.
    pub fn run(&self, leg: &Leg) -> Result<Ran, JailError> {
        let number = self.ran.fetch_add(1, Ordering::Relaxed);
        let beside = self.temporary.parent().unwrap_or(&self.temporary);
        let script = beside.join(format!("command-{number}.sh"));
        fs::write(&script, format!("{}\n", leg.command)).map_err(|error| JailError::io("write", &script, error))?;
        let mut words = shell_words(&leg.shell, &script).into_iter();
        let mut command = Command::new(words.next().unwrap_or_else(|| "bash".to_owned()));
        command.args(words);
        command.current_dir(self.inside(&leg.directory)?);
        command.env_clear();
        command.envs(environment::scrubbed(
            std::env::vars_os(),
            &self.workspace,
            &self.tree,
            &self.home,
            &self.temporary,
        ));
        command.envs(leg.variables.iter().map(|(name, value)| (name, value)));
        let output = beside.join(format!("output-{number}.log"));
        let limits = Limits { wall_clock: leg.timeout, output_bytes_max: OUTPUT_BYTES_MAX };
        let (exit, duration) = process::run(command, &output, &limits, &mut |_| {})?;
        Ok(Ran { exit, duration, output })
    }

    /// A variable of the scrubbed environment: a plan that adds to one must know what is in it.
    pub fn variable(&self, name: &str) -> Option<String> {
        environment::scrubbed(std::env::vars_os(), &self.workspace, &self.tree, &self.home, &self.temporary)
            .get(std::ffi::OsStr::new(name))
            .and_then(|value| value.to_str().map(str::to_owned))
    }

    fn inside(&self, directory: &str) -> Result<PathBuf, JailError> {
        let missing = || JailError::DirectoryMissing(directory.to_owned());
        let plain =
            Path::new(directory).components().all(|part| matches!(part, Component::Normal(_) | Component::CurDir));
        let tree = self.tree.canonicalize().map_err(|error| JailError::io("find", &self.tree, error))?;
        let path = tree.join(directory).canonicalize().map_err(|_| missing())?;
        if plain && path.is_dir() && path.starts_with(&tree) { Ok(path) } else { Err(missing()) }
    }
}

impl Drop for ScratchCopy {
    fn drop(&mut self) {
        if let Some(directory) = self.directory.take() {
            // What cannot be removed is left to the system's own cleaning; there is nobody to tell here.
            tree::remove(&directory.keep()).ok();
        }
    }
}

/// The words of a `shell:` line, quotes taken away, the script's path in the place of `{0}`.
fn shell_words(shell: &str, script: &Path) -> Vec<String> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut quote = None;
    for character in shell.chars() {
        match (quote, character) {
            (Some(open), _) if character == open => quote = None,
            (None, '"' | '\'') => {
                quote = Some(character);
                word.get_or_insert_default();
            }
            (None, _) if character.is_whitespace() => words.extend(word.take()),
            _ => word.get_or_insert_default().push(character),
        }
    }
    words.extend(word);
    words.into_iter().map(|word| word.replace("{0}", &script.to_string_lossy())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn leg(command: &str) -> Leg {
        Leg {
            command: command.to_owned(),
            shell: "bash -e {0}".to_owned(),
            directory: ".".to_owned(),
            variables: vec![("ADDED".to_owned(), "yes".to_owned())],
            timeout: Duration::from_secs(30),
        }
    }

    fn workspace() -> TempDir {
        let workspace = tempfile::tempdir().expect("a folder");
        fs::create_dir(workspace.path().join("sub")).expect("a folder");
        fs::write(workspace.path().join("sub/a.txt"), "original").expect("write");
        workspace
    }

    fn said(ran: &Ran) -> String {
        fs::read_to_string(&ran.output).expect("an output")
    }

    #[test]
    fn a_command_runs_in_the_copy_and_leaves_the_workspace_alone() {
        let workspace = workspace();
        let copy = Jail::new(workspace.path()).copy(&|_| false).expect("a copy");
        let command = "pwd; cat sub/a.txt; echo changed > sub/a.txt; echo $ADDED; false; echo never";
        let ran = copy.run(&leg(command)).expect("it is run");
        assert_eq!(ran.exit, Exit::Code(1), "the shell stops at the first error");
        let tree = copy.tree().canonicalize().expect("a path");
        assert_eq!(said(&ran), format!("{}\noriginalyes\n", tree.display()));
        assert_eq!(copy.tree().file_name(), workspace.path().file_name(), "the copy has the workspace's name");
        assert_eq!(fs::read_to_string(workspace.path().join("sub/a.txt")).expect("a file"), "original");
    }

    #[test]
    fn every_copy_has_a_home_and_a_temporary_folder_of_its_own() {
        let workspace = workspace();
        let jail = Jail::new(workspace.path());
        let mut homes = Vec::new();
        for _ in 0..2 {
            let copy = jail.copy(&|_| false).expect("a copy");
            let counts = "echo x >> $HOME/runs; echo x >> $TMPDIR/runs; cat $HOME/runs $TMPDIR/runs; echo $HOME $CI";
            let text = said(&copy.run(&leg(counts)).expect("it is run"));
            assert!(text.starts_with("x\nx\n/") && text.ends_with(" true\n"), "{text}");
            homes.push(text);
        }
        assert_ne!(homes.first(), homes.last());
    }

    #[test]
    fn nothing_is_left_of_a_copy() {
        let workspace = workspace();
        let copy = Jail::new(workspace.path()).copy(&|_| false).expect("a copy");
        copy.run(&leg("mkdir -p $HOME/a/b && touch $HOME/a/b/c && chmod -R a-w $HOME/a")).expect("it is run");
        let above = copy.temporary().parent().expect("a folder").to_owned();
        assert!(above.is_dir());
        drop(copy);
        assert!(!above.exists());
    }

    #[test]
    fn the_directory_is_one_of_the_copy() {
        let workspace = workspace();
        std::os::unix::fs::symlink("/usr", workspace.path().join("out")).expect("a link");
        let copy = Jail::new(workspace.path()).copy(&|_| false).expect("a copy");
        let run = |directory: &str| copy.run(&Leg { directory: directory.to_owned(), ..leg("cat a.txt") });
        assert_eq!(said(&run("sub").expect("it is run")), "original");
        assert_eq!(said(&run("./sub").expect("it is run")), "original");
        for directory in ["missing", "..", "sub/../..", "/usr", "out", "sub/a.txt"] {
            let error = run(directory).expect_err(directory);
            assert_eq!(
                error.to_string(),
                format!("the directory `{directory}` to run the command in is not in the repository")
            );
        }
    }

    #[test]
    fn another_shell_is_run_as_it_is_written() {
        let workspace = workspace();
        let copy = Jail::new(workspace.path()).copy(&|_| false).expect("a copy");
        let run = |shell: &str, command: &str| copy.run(&Leg { shell: shell.to_owned(), ..leg(command) });
        let pipe = "false | cat; echo here";
        assert_eq!(said(&run("bash --noprofile --norc -eo pipefail {0}", pipe).expect("it is run")), "");
        assert_eq!(said(&run("sh -e {0}", pipe).expect("it is run")), "here\n");
        assert_eq!(said(&run("sh -c \"cat '{0}'\"", "a script").expect("it is run")), "a script\n");
        let missing = run("no-such-shell {0}", "true").expect_err("it is not there").to_string();
        assert!(missing.starts_with("run `no-such-shell`: "), "{missing}");
    }

    #[test]
    fn the_jail_says_what_it_is() {
        let isolation = Jail::isolation();
        assert_eq!((isolation.file_system, isolation.network, isolation.path), ("none", "full", "elsewhere"));
    }
}
