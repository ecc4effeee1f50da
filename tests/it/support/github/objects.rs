//! The fake GitHub's git: a real bare repository driven by the real git, so that every id is a true one.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use crate::support::machine::found;

/// As GitHub names the author of a commit made with a job's token.
pub const BOT: (&str, &str) = ("github-actions[bot]", "41898282+github-actions[bot]@users.noreply.github.com");
const DATE: &str = "2026-11-20T10:30:00Z";

#[derive(Clone)]
pub struct Objects {
    folder: PathBuf,
    /// Whose token is used: name and address of every author.
    pub made_by: (String, String),
}

/// One line of a tree.
pub struct Entry {
    pub mode: String,
    pub kind: String,
    pub sha: String,
    pub path: String,
}

pub struct Commit {
    pub sha: String,
    pub tree: String,
    pub parents: Vec<String>,
    pub message: String,
    pub author: (String, String, String),
}

impl Objects {
    /// A bare clone of `source`: every branch and tag of it.
    pub fn clone_of(source: &Path, folder: PathBuf) -> Self {
        let mut clone = git();
        clone.args(["clone", "--quiet", "--bare"]).arg(source).arg(&folder);
        assert!(clone.status().expect("start git").success(), "clone {}", source.display());
        Self { folder, made_by: (BOT.0.to_owned(), BOT.1.to_owned()) }
    }

    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Takes over what the work tree has committed since.
    pub fn fetch(&self, source: &Path) {
        self.ok(&["fetch", "--quiet", &source.to_string_lossy(), "+refs/heads/*:refs/heads/*"]);
    }

    /// The commit of a full ref; `None` when there is none.
    pub fn resolve(&self, reference: &str) -> Option<String> {
        let output = self.run(&["rev-parse", "--verify", "--quiet", &format!("{reference}^{{commit}}")], b"");
        output.status.success().then(|| text(&output.stdout).trim().to_owned())
    }

    pub fn tree(&self, treeish: &str) -> Option<(String, Vec<Entry>)> {
        let sha = self.run(&["rev-parse", "--verify", "--quiet", &format!("{treeish}^{{tree}}")], b"");
        if !sha.status.success() {
            return None;
        }
        let sha = text(&sha.stdout).trim().to_owned();
        let list = self.ok(&["ls-tree", "-z", &sha]);
        let entries = list.split('\0').filter(|line| !line.is_empty()).map(|line| {
            let (meta, path) = line.split_once('\t').expect("a line of ls-tree");
            let mut meta = meta.split(' ').map(str::to_owned);
            let mut next = || meta.next().expect("a field of ls-tree");
            Entry { mode: next(), kind: next(), sha: next(), path: path.to_owned() }
        });
        Some((sha, entries.collect()))
    }

    pub fn blob(&self, sha: &str) -> Option<Vec<u8>> {
        let output = self.run(&["cat-file", "blob", sha], b"");
        output.status.success().then_some(output.stdout)
    }

    pub fn commit(&self, sha: &str) -> Option<Commit> {
        let output = self.run(&["show", "--no-patch", "--format=%H%x00%T%x00%P%x00%an%x00%ae%x00%aI%x00%B", sha], b"");
        if !output.status.success() {
            return None;
        }
        let all = text(&output.stdout);
        let mut fields = all.splitn(7, '\0').map(str::to_owned);
        let mut next = || fields.next().expect("a field of a commit");
        Some(Commit {
            sha: next(),
            tree: next(),
            parents: next().split_whitespace().map(str::to_owned).collect(),
            author: (next(), next(), next()),
            message: next().trim_end().to_owned(),
        })
    }

    pub fn store_blob(&self, bytes: &[u8]) -> String {
        text(&self.run(&["hash-object", "-w", "--stdin"], bytes).stdout).trim().to_owned()
    }

    /// `base` with these changes: `(mode, blob or none to delete, path)`.
    pub fn store_tree(&self, base: Option<&str>, changes: &[(String, Option<String>, String)]) -> Option<String> {
        let index = self.folder.join("index.of-the-fake");
        std::fs::remove_file(&index).ok();
        if let Some(base) = base
            && !self.indexed(&index, &["read-tree", base], b"").status.success()
        {
            return None;
        }
        let lines: String = changes
            .iter()
            .map(|(mode, sha, path)| match sha {
                Some(sha) => format!("{mode} {sha}\t{path}\n"),
                None => format!("0 {}\t{path}\n", "0".repeat(40)),
            })
            .collect();
        if !self.indexed(&index, &["update-index", "--index-info"], lines.as_bytes()).status.success() {
            return None;
        }
        let written = self.indexed(&index, &["write-tree"], b"");
        written.status.success().then(|| text(&written.stdout).trim().to_owned())
    }

    pub fn store_commit(&self, tree: &str, parents: &[String], message: &str) -> Option<String> {
        let mut arguments = vec!["commit-tree", tree];
        for parent in parents {
            arguments.extend(["-p", parent]);
        }
        let output = self.run(&arguments, message.as_bytes());
        output.status.success().then(|| text(&output.stdout).trim().to_owned())
    }

    /// Whether the ref now stands at `sha`; it must not have been there.
    pub fn create_ref(&self, reference: &str, sha: &str) -> bool {
        self.run(&["update-ref", reference, sha, &"0".repeat(40)], b"").status.success()
    }

    pub fn move_ref(&self, reference: &str, sha: &str) -> bool {
        self.run(&["update-ref", reference, sha], b"").status.success()
    }

    pub fn is_ancestor(&self, older: &str, newer: &str) -> bool {
        self.run(&["merge-base", "--is-ancestor", older, newer], b"").status.success()
    }

    pub fn merge_base(&self, one: &str, other: &str) -> Option<String> {
        let output = self.run(&["merge-base", one, other], b"");
        output.status.success().then(|| text(&output.stdout).trim().to_owned())
    }

    /// The commits of `head` that `base` has not, oldest first.
    pub fn between(&self, base: &str, head: &str) -> Vec<String> {
        let list = self.ok(&["rev-list", "--reverse", "--topo-order", &format!("{base}..{head}")]);
        list.lines().map(str::to_owned).collect()
    }

    /// The commits of `tip`'s history, newest first.
    pub fn history(&self, tip: &str) -> Vec<String> {
        self.ok(&["rev-list", tip]).lines().map(str::to_owned).collect()
    }

    /// What a commit changed; `None` where there is no such commit.
    pub fn diff(&self, sha: &str) -> Option<String> {
        let output = self.run(&["show", "--format=", "--full-index", sha], b"");
        output.status.success().then(|| text(&output.stdout))
    }

    /// Runs git in it and gives back what it printed; the test fails when git does.
    #[track_caller]
    pub fn ok(&self, arguments: &[&str]) -> String {
        let output = self.run(arguments, b"");
        assert!(output.status.success(), "git {arguments:?}: {}", text(&output.stderr));
        text(&output.stdout)
    }

    fn run(&self, arguments: &[&str], input: &[u8]) -> Output {
        self.indexed(&self.folder.join("index"), arguments, input)
    }

    fn indexed(&self, index: &Path, arguments: &[&str], input: &[u8]) -> Output {
        let mut git = git();
        git.args(arguments)
            .env("GIT_DIR", &self.folder)
            .env("GIT_INDEX_FILE", index)
            .env("GIT_CONFIG_NOSYSTEM", "1")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        for role in ["AUTHOR", "COMMITTER"] {
            git.env(format!("GIT_{role}_NAME"), &self.made_by.0).env(format!("GIT_{role}_EMAIL"), &self.made_by.1);
            git.env(format!("GIT_{role}_DATE"), DATE);
        }
        let mut child = git.spawn().expect("start git");
        let mut stdin = child.stdin.take().expect("a piped input");
        let bytes = input.to_vec();
        // Written beside, so that a long answer cannot block a long question.
        let writer = std::thread::spawn(move || stdin.write_all(&bytes).ok());
        let output = child.wait_with_output().expect("wait for git");
        writer.join().expect("write to git");
        output
    }
}

/// Git, with nothing of this machine but what it finds programs by.
fn git() -> Command {
    let search_path = std::env::var_os("PATH").unwrap_or_default();
    let mut git = Command::new(found("git", &search_path));
    git.env_clear().env("PATH", search_path);
    git
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}
