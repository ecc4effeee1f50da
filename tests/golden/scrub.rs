//! Nothing of the machine that recorded a log is in it: its folders become a runner's, registries become examples.

use std::path::Path;

use anyhow::{Context as _, bail};
use sha2::{Digest as _, Sha256};

use crate::run::{Workspace, tools};

/// Package registries: what stands for them, and the start of the SHA-256 of their host names, which this project does
/// not write.
const REGISTRIES: [(&str, &str); 27] = [
    ("files.pypi", "c899567ee9068517"),
    ("pypi", "a4aa2ac280bb8d1a"),
    ("npm", "0dc11026ac75c015"),
    ("npm", "fd0c6a9279196963"),
    ("yarn", "70bb4000cd2fab03"),
    ("cargo-index", "eb7e11c7f9ecbcf4"),
    ("cargo-files", "3d01f3609be82d98"),
    ("cargo", "789e46d79514e280"),
    ("maven", "317d2d52829b7812"),
    ("maven", "43c04ed1dabe979b"),
    ("maven.google", "b7414beeef75771c"),
    ("plugins.gradle", "f483c1237e51a1fa"),
    ("services.gradle", "e41a0296d2409bbc"),
    ("proxy.go", "00a7dc5a0cc38858"),
    ("sum.go", "9da5f32d96412512"),
    ("debian", "e680c440a2e92079"),
    ("security.debian", "1ba4e37997a2e986"),
    ("ubuntu", "a0f007d863a0ed19"),
    ("index.gems", "be549aaf28b65cd0"),
    ("gems", "71741fe2460a6150"),
    ("composer", "4189e62695dc2b69"),
    ("packagist", "2c77714df232b07f"),
    ("nuget", "7117c828d2afa4e2"),
    ("nuget", "fcb9af86680af88f"),
    ("hex", "384fe328e9cc3d5c"),
    ("pub", "75c5f478b8eabe83"),
    ("docker", "dcb6cc3991f9799e"),
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
        let mut log = log;
        for (from, to) in &self.table {
            log = replaced(&log, from.as_bytes(), to.as_bytes());
        }
        let log = without_registries(&log);
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

/// The log with each registry's host name replaced.
fn without_registries(log: &[u8]) -> Vec<u8> {
    let in_host = |byte: &u8| byte.is_ascii_alphanumeric() || b".-".contains(byte);
    log.chunk_by(|one, two| in_host(one) == in_host(two))
        .flat_map(|word| registry(word).map_or_else(|| word.to_vec(), String::into_bytes))
        .collect()
}

fn registry(host: &[u8]) -> Option<String> {
    if !host.contains(&b'.') {
        return None;
    }
    let digest: String = Sha256::digest(host.to_ascii_lowercase()).iter().map(|byte| format!("{byte:02x}")).collect();
    let (name, _) = REGISTRIES.iter().find(|(_, start)| digest.starts_with(start))?;
    Some(format!("{name}.registry.example"))
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
