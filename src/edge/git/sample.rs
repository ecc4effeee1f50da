//! Repositories for tests, made by the real git.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

use super::repository::Git;

pub struct Sample {
    pub directory: TempDir,
}

impl Sample {
    /// A repository with one commit of these files.
    pub fn new(files: &[(&str, &str)]) -> Self {
        let sample = Self { directory: tempfile::tempdir().expect("a folder") };
        sample.git(&["init", "-q", "-b", "main"]);
        sample.write(files);
        sample.commit("first");
        sample
    }

    pub fn path(&self) -> &Path {
        self.directory.path()
    }

    pub fn write(&self, files: &[(&str, &str)]) {
        for (name, text) in files {
            let path = self.path().join(name);
            fs::create_dir_all(path.parent().expect("a folder")).expect("make a folder");
            fs::write(path, text).expect("write a file");
        }
    }

    pub fn commit(&self, message: &str) -> String {
        self.git(&["add", "-A"]);
        self.git(&["commit", "-q", "--allow-empty", "-m", message]);
        self.git(&["rev-parse", "HEAD"])
    }

    pub fn git(&self, arguments: &[&str]) -> String {
        run_git(self.path(), arguments)
    }

    pub fn open(&self) -> Git {
        Git::open(self.path()).expect("a repository")
    }

    /// Every file below, `.git` included, with its mode and content.
    pub fn bytes(&self) -> BTreeMap<PathBuf, (u32, Vec<u8>)> {
        use std::os::unix::fs::PermissionsExt as _;
        let files = walkdir::WalkDir::new(self.path()).into_iter().map(|entry| entry.expect("an entry"));
        files
            .filter(|entry| !entry.file_type().is_dir())
            .map(|entry| {
                let mode = entry.path().symlink_metadata().expect("a file").permissions().mode();
                let bytes =
                    if entry.file_type().is_symlink() { Vec::new() } else { fs::read(entry.path()).expect("a file") };
                (entry.into_path(), (mode, bytes))
            })
            .collect()
    }
}

/// Git as a person without any configuration would run it.
pub fn run_git(directory: &Path, arguments: &[&str]) -> String {
    let output = Command::new("git")
        .args(["-c", "user.name=A Person", "-c", "user.email=person@example.com", "-c", "protocol.file.allow=always"])
        .args(arguments)
        .current_dir(directory)
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .output()
        .expect("run git");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "git {arguments:?}: {said}");
    String::from_utf8_lossy(&output.stdout).trim().to_owned()
}
