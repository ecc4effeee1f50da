//! A server of released files on loopback, and the action in a folder of its own beside it.

use std::collections::BTreeMap;
use std::fs;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::thread;

use sha2::{Digest, Sha256};

use super::machine::{Machine, Program, package};

/// What the action is made of, beside its workflow-facing `action.yml`.
const FILES: [&str; 4] = ["action.yml", "Cargo.toml", "dist-scripts/boot.sh", "dist-scripts/checksums.json"];

/// How the server answers for one file.
#[derive(Clone)]
pub enum Answer {
    Whole(Vec<u8>),
    /// Promises all of it and hangs up in the middle.
    Cut(Vec<u8>),
}

/// Serves until the test program ends; what it does not have is a 404.
pub struct Assets {
    url: String,
    answers: Arc<Mutex<BTreeMap<String, Answer>>>,
    requests: Arc<Mutex<Vec<String>>>,
}

impl Assets {
    pub fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("listen on loopback");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        let assets = Self { url, answers: Arc::default(), requests: Arc::default() };
        let (answers, requests) = (Arc::clone(&assets.answers), Arc::clone(&assets.requests));
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                // A client that hangs up has what it wanted.
                let _ = serve(stream, &answers, &requests);
            }
        });
        assets
    }

    pub fn url(&self) -> &str {
        &self.url
    }

    pub fn put(&self, path: &str, answer: Answer) {
        self.answers.lock().expect("the answers").insert(path.to_owned(), answer);
    }

    /// Every request so far, its headers included.
    pub fn requests(&self) -> Vec<String> {
        self.requests.lock().expect("the requests").clone()
    }
}

fn serve(
    mut stream: TcpStream,
    answers: &Mutex<BTreeMap<String, Answer>>,
    requests: &Mutex<Vec<String>>,
) -> std::io::Result<()> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        let mut byte = [0];
        if stream.read(&mut byte)? == 0 {
            return Ok(());
        }
        head.push(byte[0]);
    }
    let head = String::from_utf8_lossy(&head).into_owned();
    let path = head.split(' ').nth(1).unwrap_or_default().to_owned();
    requests.lock().expect("the requests").push(head);
    let answer = answers.lock().expect("the answers").get(&path).cloned();
    let mut send = |status: &str, promised: usize, bytes: &[u8]| {
        let head = format!("HTTP/1.1 {status}\r\ncontent-length: {promised}\r\nconnection: close\r\n\r\n");
        stream.write_all(head.as_bytes())?;
        stream.write_all(bytes)
    };
    match answer {
        Some(Answer::Whole(bytes)) => send("200 OK", bytes.len(), &bytes),
        Some(Answer::Cut(bytes)) => send("200 OK", bytes.len(), &bytes[..bytes.len() / 2]),
        None => send("404 Not Found", 0, &[]),
    }
}

/// The action as a runner has fetched it, of a version that is released.
pub struct Action<'a> {
    machine: &'a Machine,
    folder: PathBuf,
}

impl<'a> Action<'a> {
    /// A copy of it, in a folder with a space in its name; no version of it is released yet.
    pub fn copy(machine: &'a Machine) -> Self {
        let folder = machine.folder().join("the action");
        for file in FILES {
            let to = folder.join(file);
            fs::create_dir_all(to.parent().expect("a path in the folder")).expect("make the folder");
            fs::copy(package().join(file), to).expect("copy the action");
        }
        Self { machine, folder }
    }

    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// The released binary's name for the machine that the tests run on.
    pub fn asset() -> String {
        format!("self-heal-{}-{}-unknown-linux-musl", env!("CARGO_PKG_VERSION"), std::env::consts::ARCH)
    }

    /// Where the server has it.
    pub fn asset_path() -> String {
        format!("/v{}/{}", env!("CARGO_PKG_VERSION"), Self::asset())
    }

    /// Makes this the released binary, as the commit of a release names it.
    pub fn release(&self, binary: &[u8]) {
        let sha256: String = Sha256::digest(binary).iter().map(|byte| format!("{byte:02x}")).collect();
        let text = format!("{{\n  \"other\": \"{}\",\n  \"{}\": \"{sha256}\"\n}}\n", "0".repeat(64), Self::asset());
        fs::write(self.folder.join("dist-scripts/checksums.json"), text).expect("write the checksums");
    }

    /// Lets the boot script find its programs in this folder alone, which on a real machine are the system's folders.
    pub fn find_programs_in(&self, folder: &Path) {
        let boot = self.folder.join("dist-scripts/boot.sh");
        let text = fs::read_to_string(&boot).expect("read the boot script");
        let line = text.lines().find(|line| line.starts_with("system_path=")).expect("the line that names the folders");
        let ours = format!("system_path=\"{}\"", folder.display());
        fs::write(&boot, text.replacen(line, &ours, 1)).expect("write the boot script");
    }

    pub fn runner_temp(&self) -> PathBuf {
        self.machine.folder().join("runner temp")
    }

    pub fn tool_cache(&self) -> PathBuf {
        self.machine.folder().join("tool cache")
    }

    /// The boot script as `action.yml` starts it.
    pub fn boot(&self, mode: &str) -> Program {
        for folder in [self.runner_temp(), self.tool_cache()] {
            fs::create_dir_all(folder).expect("make the runner's folders");
        }
        let boot = self.folder.join("dist-scripts/boot.sh");
        let flags = ["--noprofile", "--norc", "-peuo", "pipefail"].map(Into::into);
        let arguments = flags.into_iter().chain([boot.into_os_string()]);
        self.machine
            .program("/bin/bash", arguments)
            .variable("RUNNER_TEMP", self.runner_temp())
            .variable("RUNNER_TOOL_CACHE", self.tool_cache())
            .variable("SELF_HEAL_MODE", mode)
    }
}

/// Writes a program that bash runs.
pub fn script(path: &Path, text: &str) {
    fs::create_dir_all(path.parent().expect("a folder")).expect("make the folder");
    fs::write(path, format!("#!/bin/bash\n{text}")).expect("write the program");
    fs::set_permissions(path, fs::Permissions::from_mode(0o755)).expect("make it executable");
}
