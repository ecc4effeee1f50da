//! Nothing of the machine that recorded a log is in it: its folders become a runner's, registries become examples.

use std::path::Path;

use anyhow::{Context as _, bail};

use crate::run::{Workspace, tools};

/// Package registries: what stands for them, and their host names in two halves, so that a search of this project for
/// one finds mistakes alone.
const REGISTRIES: [(&str, &str, &str); 27] = [
    ("files.pypi", "files.pythonhosted", "org"),
    ("pypi", "pypi", "org"),
    ("npm", "registry.npmjs", "org"),
    ("npm", "registry.npmjs", "com"),
    ("yarn", "registry.yarnpkg", "com"),
    ("index.crates", "index.crates", "io"),
    ("static.crates", "static.crates", "io"),
    ("crates", "crates", "io"),
    ("maven", "repo.maven.apache", "org"),
    ("maven", "repo1.maven", "org"),
    ("maven.google", "dl.google", "com"),
    ("plugins.gradle", "plugins.gradle", "org"),
    ("services.gradle", "services.gradle", "org"),
    ("proxy.go", "proxy.golang", "org"),
    ("sum.go", "sum.golang", "org"),
    ("debian", "deb.debian", "org"),
    ("security.debian", "security.debian", "org"),
    ("ubuntu", "archive.ubuntu", "com"),
    ("index.gems", "index.rubygems", "org"),
    ("gems", "rubygems", "org"),
    ("composer", "repo.packagist", "org"),
    ("packagist", "packagist", "org"),
    ("nuget", "api.nuget", "org"),
    ("nuget", "www.nuget", "org"),
    ("hex", "repo.hex", "pm"),
    ("pub", "pub", "dev"),
    ("docker", "registry-1.docker", "io"),
];

/// What must not be left: a home, a place of work, the variables that name this machine.
const NEVER: [&str; 2] = ["/root", "/work/"];
const NAMED_BY: [&str; 2] = ["CONTAINER_NAME", "HOSTNAME"];

/// A host name as short as this is a word of other things too: it is only refused where it stands as a host.
const HOST_BYTES_PLAIN: usize = 6;

/// What becomes what, in the order in which it is done.
pub struct Scrub {
    table: Vec<(String, String)>,
    root: String,
}

impl Scrub {
    /// `given` comes first; `root` is where the CI has the checkout.
    pub fn new(given: &[(String, String)], root: String) -> Self {
        Self { table: given.to_vec(), root }
    }

    pub fn of_workspace(mut self, workspace: &Workspace) -> Self {
        let home = if self.root.starts_with("/home/runner/") { "/home/runner" } else { "/home/ci" };
        let mut add = |from: &Path, to: String| self.table.push((from.display().to_string(), to));
        add(&workspace.root(), self.root.clone());
        add(&workspace.home(), home.to_owned());
        add(&workspace.temporary(), "/tmp".to_owned());
        add(&workspace.scripts(), format!("{home}/work/_temp"));
        add(&tools().join("node/node_modules"), format!("{}/node_modules", self.root));
        add(&tools().join("python"), format!("{home}/.venv"));
        if let Some(own) = std::env::home_dir() {
            for version in ["3.9", "3.10", "3.11", "3.12", "3.13", "3.14"] {
                for patch in 0..30 {
                    let version = format!("{version}.{patch}");
                    let to = format!("/opt/hostedtoolcache/Python/{version}/x64");
                    add(&own.join(".pyenv/versions").join(version), to);
                }
            }
            for kept in [".cache", ".cargo", ".gradle", ".m2", ".npm", ".nuget", ".rustup", "go", ".config", ".local"] {
                add(&own.join(kept), format!("{home}/{kept}"));
            }
        }
        if let Ok(version) = std::fs::read_to_string("/usr/local/go/VERSION") {
            let version = version.lines().next().unwrap_or_default().trim_start_matches("go");
            add(Path::new("/usr/local/go"), format!("/opt/hostedtoolcache/go/{version}/x64"));
        }
        self.table.push(("/pytest-of-root".to_owned(), "/pytest-of-runner".to_owned()));
        self
    }

    /// The log without this machine; refused where something of it is left.
    pub fn clean(&self, log: Vec<u8>) -> anyhow::Result<Vec<u8>> {
        let registries =
            REGISTRIES.map(|(name, host, end)| (format!("{host}.{end}"), format!("{name}.registry.example")));
        let mut log = log;
        for (from, to) in self.table.iter().chain(&registries) {
            log = replaced(&log, from.as_bytes(), to.as_bytes());
        }
        let text = String::from_utf8_lossy(&log);
        let named = NAMED_BY.iter().filter_map(|name| std::env::var(name).ok()).filter(|name| !name.is_empty());
        let host = std::fs::read_to_string("/proc/sys/kernel/hostname").context("read this machine's name")?;
        let host = host.trim().to_owned();
        let host = if host.len() < HOST_BYTES_PLAIN {
            vec![format!("@{host}"), format!("hostname=\"{host}\""), format!("host {host} ")]
        } else {
            vec![host]
        };
        for never in NEVER.iter().map(|never| (*never).to_owned()).chain(named).chain(host) {
            // Inside a longer path it is somebody else's: `src/root`, `/home/runner/work/`.
            let left = |line: &&str| line.match_indices(&never).any(|(at, _)| is_free(line, at));
            if let Some(line) = text.lines().find(left) {
                bail!("`{never}` of this machine is left, say --replace FROM=TO: {line}");
            }
        }
        Ok(log)
    }
}

/// Whether no path goes on to this place from before it.
fn is_free(line: &str, at: usize) -> bool {
    let before = line.get(..at).and_then(|before| before.chars().next_back());
    before.is_none_or(|before| !before.is_alphanumeric() && !matches!(before, '_' | '-' | '.' | '~'))
}

/// Every `from` that no name goes on after.
fn replaced(text: &[u8], from: &[u8], to: &[u8]) -> Vec<u8> {
    let mut clean = Vec::with_capacity(text.len());
    let mut copied = 0;
    for at in memchr::memmem::find_iter(text, from) {
        let goes_on =
            text.get(at + from.len()).is_some_and(|next| next.is_ascii_alphanumeric() || b"_-".contains(next));
        if at >= copied && !goes_on {
            clean.extend_from_slice(&text[copied..at]);
            clean.extend_from_slice(to);
            copied = at + from.len();
        }
    }
    clean.extend_from_slice(&text[copied..]);
    clean
}
