//! An opened repository: its head, its files and its blobs, read from objects and never from the work tree.

use std::fs;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use super::discover::{self, Found};
use super::error::GitError;
use super::program::{CONFIGURATION, Program};
use crate::domain::id::CommitId;
use crate::domain::patch::{Blob, Mode};

/// Attributes under which git shows every file as text, or every file in letters. A repository's own attributes are not
/// asked when trees are compared, so that it cannot choose how its changes look to us.
pub(super) const AS_TEXT: &str = "info/as-text";
pub(super) const AS_LETTERS: &str = "info/as-letters";

/// What tools install or build, in a folder whose owner has not said what git should leave out.
const EXCLUDED_IN_A_FOLDER: &[u8] = b"node_modules\n.venv\nvenv\n__pycache__\n.*_cache\n/target\n.gradle\n";

/// What Python leaves beside every file that it runs is nobody's work, whether or not a repository says so.
const EXCLUDED_ALWAYS: &[u8] = b"\n__pycache__/\n";

/// A repository, read through a git directory of our own over its objects.
#[derive(Debug)]
pub struct Git {
    found: Found,
    head: CommitId,
    shallow: Option<String>,
    pub(super) program: Program,
    /// Our own git directory; what snapshots write is in it, and goes with it.
    own: TempDir,
}

impl Git {
    /// Opens the repository that `workspace` is in.
    pub fn open(workspace: &Path) -> Result<Self, GitError> {
        let found = discover::find(workspace)?;
        let head = found.head()?;
        let excludes = fs::read(found.common_directory.join("info/exclude")).unwrap_or_default();
        Self::over(found, head, own_directory()?, &excludes)
    }

    /// A folder without commits of its own: what lies in it becomes a commit on an empty one, all in our own directory.
    pub fn of_folder(workspace: &Path) -> Result<Self, GitError> {
        let root = workspace
            .canonicalize()
            .map_err(|error| GitError::io(format!("find the workspace {}", workspace.display()), error))?;
        let own = own_directory()?;
        let nothing = own.path().join("nothing");
        fs::create_dir_all(nothing.join("objects"))
            .map_err(|error| GitError::io("furnish a temporary git directory", error))?;
        let found = Found { root, git_directory: nothing.clone(), common_directory: nothing };
        let git = Self::over(found, CommitId::of_nothing(), own, EXCLUDED_IN_A_FOLDER)?;
        let tree = git.program.call("write an empty tree", &["mktree"]).input(b"").text()?;
        let head = git.program.call("write an empty commit", &["commit-tree", &tree]).input(b"Nothing yet\n").text()?;
        let head = CommitId::parse(&head).ok_or(GitError::Failed { doing: "write an empty commit", said: head })?;
        fs::write(git.own.path().join("HEAD"), format!("{head}\n"))
            .map_err(|error| GitError::io("furnish a temporary git directory", error))?;
        Ok(Self { head, ..git })
    }

    fn over(found: Found, head: CommitId, own: TempDir, excludes: &[u8]) -> Result<Self, GitError> {
        let shallow = found.shallow();
        let git = Self { program: Program::new(own.path().to_owned()), found, head, shallow, own };
        git.furnish(git.own.path(), &git.head, CONFIGURATION)
            .map_err(|error| GitError::io("furnish a temporary git directory", error))?;
        // The user's own list of what not to look at is plain patterns; it runs nothing.
        fs::write(git.own.path().join("info/exclude"), [excludes, EXCLUDED_ALWAYS].concat())
            .and_then(|()| fs::write(git.own.path().join(AS_TEXT), "* diff\n"))
            .and_then(|()| fs::write(git.own.path().join(AS_LETTERS), "* -diff\n"))
            .map_err(|error| GitError::io("furnish a temporary git directory", error))?;
        Ok(git)
    }

    /// The same repository, where these untracked paths are nobody's work: what a job has left behind.
    pub fn ignoring(self, paths: &[String]) -> Result<Self, GitError> {
        let file = self.own.path().join("info/exclude");
        let mut patterns = fs::read(&file).unwrap_or_default();
        for path in paths.iter().filter(|path| !path.contains('\n')) {
            patterns.extend_from_slice(b"/");
            for byte in path.bytes() {
                // In a pattern these mean more than themselves.
                if matches!(byte, b'*' | b'?' | b'[' | b'\\' | b' ' | b'!' | b'#') {
                    patterns.push(b'\\');
                }
                patterns.push(byte);
            }
            patterns.push(b'\n');
        }
        fs::write(&file, patterns).map_err(|error| GitError::io("furnish a temporary git directory", error))?;
        Ok(self)
    }

    /// The top of the work tree: paths in commits and patches are relative to it.
    pub fn root(&self) -> &Path {
        &self.found.root
    }

    pub fn head(&self) -> &CommitId {
        &self.head
    }

    /// Whether history was cut off when the repository was fetched (P20).
    pub fn is_shallow(&self) -> bool {
        self.shallow.is_some()
    }

    /// Every file of a commit.
    pub fn files(&self, commit: &CommitId) -> Result<Vec<(Mode, String)>, GitError> {
        let listing = self
            .program
            .call("list the files of a commit", &["ls-tree", "-r", "-z", "--full-tree", commit.as_str()])
            .bytes()?;
        Ok(entries(&listing).map(|entry| (entry.mode, entry.path)).collect())
    }

    /// A file's content at a commit; `None` for what is no regular file there, so that a symlink leads nowhere (T7).
    pub fn blob(&self, commit: &CommitId, path: &str) -> Result<Option<Blob>, GitError> {
        let entry = self.entry(commit, path)?;
        Ok(entry.filter(|blob| matches!(blob.mode, Mode::File | Mode::Executable)))
    }

    /// Whatever stands at a path of a commit: of a symlink where it leads, of a submodule its commit.
    pub fn entry(&self, commit: &CommitId, path: &str) -> Result<Option<Blob>, GitError> {
        let listing = self
            .program
            .call("find a file in a commit", &["ls-tree", "-z", "--full-tree", commit.as_str(), "--", path])
            .bytes()?;
        let Some(entry) = entries(&listing).find(|entry| entry.path == path) else { return Ok(None) };
        let bytes = match entry.mode {
            Mode::Submodule => entry.id.into_bytes(),
            _ => self.program.call("read a blob", &["cat-file", "blob", &entry.id]).bytes()?,
        };
        Ok(Some(Blob { mode: entry.mode, bytes }))
    }

    /// A file's text at a commit; `None` where there is none, or it is no text.
    pub fn file_at(&self, commit: &CommitId, path: &str) -> Result<Option<String>, GitError> {
        Ok(self.blob(commit, path)?.and_then(|blob| blob.text().map(str::to_owned)))
    }

    pub(super) fn found(&self) -> &Found {
        &self.found
    }

    pub(super) fn own(&self) -> &Path {
        self.own.path()
    }

    /// Writes what makes a directory a git directory over our objects, with `head` checked out.
    pub(super) fn furnish(&self, directory: &Path, head: &CommitId, configuration: &str) -> std::io::Result<()> {
        for part in ["objects/info", "objects/pack", "refs/heads", "refs/tags", "info"] {
            fs::create_dir_all(directory.join(part))?;
        }
        fs::write(directory.join("HEAD"), format!("{head}\n"))?;
        let format = Found::object_format(head);
        let repository = if format == "sha1" {
            "[core]\n\trepositoryFormatVersion = 0\n".to_owned()
        } else {
            format!("[core]\n\trepositoryFormatVersion = 1\n[extensions]\n\tobjectFormat = {format}\n")
        };
        fs::write(directory.join("config"), repository + configuration)?;
        let mut alternates = vec![self.found.common_directory.join("objects")];
        if directory != self.own.path() {
            alternates.push(self.own.path().join("objects"));
        }
        fs::write(directory.join("objects/info/alternates"), alternates_file(&alternates)?)?;
        if let Some(shallow) = &self.shallow {
            fs::write(directory.join("shallow"), shallow)?;
        }
        Ok(())
    }
}

fn own_directory() -> Result<TempDir, GitError> {
    tempfile::Builder::new()
        .prefix("self-heal-git-")
        .tempdir()
        .map_err(|error| GitError::io("make a temporary git directory", error))
}

fn alternates_file(directories: &[PathBuf]) -> std::io::Result<Vec<u8>> {
    use std::os::unix::ffi::OsStrExt as _;
    let mut lines = Vec::new();
    for directory in directories {
        let path = directory.as_os_str().as_bytes();
        if path.contains(&b'\n') || path.starts_with(b"\"") {
            return Err(std::io::Error::other(format!("git cannot name the path {}", directory.display())));
        }
        lines.extend_from_slice(path);
        lines.push(b'\n');
    }
    Ok(lines)
}

struct Entry {
    mode: Mode,
    id: String,
    path: String,
}

/// Reads `MODE TYPE ID\tPATH`, ended by zero bytes.
fn entries(listing: &[u8]) -> impl Iterator<Item = Entry> {
    listing.split(|byte| *byte == 0).filter_map(|entry| {
        let entry = std::str::from_utf8(entry).ok()?;
        let (facts, path) = entry.split_once('\t')?;
        let mut facts = facts.split(' ');
        let mode = Mode::parse(facts.next()?)?;
        let id = facts.nth(1)?.to_owned();
        Some(Entry { mode, id, path: path.to_owned() })
    })
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::symlink;

    use super::super::sample::{Sample, run_git};
    use super::*;

    #[test]
    fn files_and_blobs_come_from_the_commit_and_not_from_the_work_tree() {
        let sample = Sample::new(&[("src/a.py", "one\n"), ("b \u{fc}.txt", "two")]);
        sample.write(&[("src/a.py", "changed"), ("new.py", "new")]);
        let git = sample.open();
        let files = git.files(git.head()).expect("files");
        assert_eq!(files, [(Mode::File, "b \u{fc}.txt".to_owned()), (Mode::File, "src/a.py".to_owned())]);
        assert_eq!(git.file_at(git.head(), "src/a.py").expect("a text").as_deref(), Some("one\n"));
        assert_eq!(git.file_at(git.head(), "new.py").expect("no error"), None);
        assert_eq!(git.blob(git.head(), "src").expect("no error"), None);
        assert_eq!(git.blob(git.head(), "*.py").expect("no error"), None);
    }

    #[test]
    fn t7_context_reads_blobs_of_regular_files_only() {
        let sample = Sample::new(&[("a.py", "x = 1\n")]);
        symlink("/proc/self/environ", sample.path().join("settings.py")).expect("a link");
        sample.commit("a link");
        let git = sample.open();
        assert_eq!(git.blob(git.head(), "settings.py").expect("no error"), None);
        assert_eq!(git.file_at(git.head(), "settings.py").expect("no error"), None);
        let entry = git.entry(git.head(), "settings.py").expect("no error").expect("an entry");
        assert_eq!((entry.mode, entry.bytes.as_slice()), (Mode::Symlink, b"/proc/self/environ".as_slice()));
        assert!(git.blob(git.head(), "a.py").expect("no error").is_some());
    }

    #[test]
    fn p20_a_shallow_checkout_is_normal_input() {
        let sample = Sample::new(&[("a", "1")]);
        sample.write(&[("a", "2")]);
        let tip = sample.commit("second");
        let clone = tempfile::tempdir().expect("a folder");
        let url = format!("file://{}", sample.path().display());
        run_git(clone.path(), &["clone", "-q", "--depth=1", &url, "."]);
        let git = Git::open(clone.path()).expect("a repository");
        assert!(git.is_shallow() && !sample.open().is_shallow());
        assert_eq!(git.head().as_str(), tip);
        assert_eq!(git.file_at(git.head(), "a").expect("a text").as_deref(), Some("2"));
        fs::write(clone.path().join("a"), "3").expect("write");
        let now = git.snapshot(clone.path(), git.head()).expect("a snapshot");
        assert_eq!(git.patch_between(git.head(), &now).expect("a patch").lines(), 2);
    }

    #[test]
    fn a_repository_with_longer_ids_is_read_the_same() {
        let folder = tempfile::tempdir().expect("a folder");
        run_git(folder.path(), &["init", "-q", "--object-format=sha256"]);
        fs::write(folder.path().join("a"), "1\n").expect("write");
        run_git(folder.path(), &["add", "-A"]);
        run_git(folder.path(), &["commit", "-qm", "first"]);
        let git = Git::open(folder.path()).expect("a repository");
        assert_eq!(git.head().as_str().len(), 64);
        fs::write(folder.path().join("a"), "2\n").expect("write");
        let now = git.snapshot(folder.path(), git.head()).expect("a snapshot");
        assert_eq!(git.patch_between(git.head(), &now).expect("a patch").lines(), 2);
    }
}
