//! Python's virtual environments hold absolute paths: in a copy they must lead into the copy, or its tests run the original.

use std::fs;
use std::os::unix::ffi::OsStrExt as _;
use std::path::{Path, PathBuf};

use walkdir::WalkDir;

use super::error::JailError;

/// What makes a folder a virtual environment.
pub const MARK: &str = "pyvenv.cfg";

/// Scripts and path files are small; a larger file is a program of its own.
const FILE_BYTES_MAX: u64 = 1 << 20;

/// `site-packages` stands this deep below an environment: `lib/python3.13/site-packages/x.pth`.
const DEPTH_MAX: usize = 4;

/// Leads the paths of one environment, which is in a copy of `from` at `to`, from the one to the other.
pub fn relocate(environment: &Path, from: &Path, to: &Path) -> Result<(), JailError> {
    let entries = WalkDir::new(environment).max_depth(DEPTH_MAX).follow_links(false).into_iter();
    for entry in entries.filter_entry(|entry| may_hold_paths(environment, entry.path())).flatten() {
        let small =
            entry.file_type().is_file() && entry.metadata().is_ok_and(|metadata| metadata.len() <= FILE_BYTES_MAX);
        if !small {
            continue;
        }
        let path = entry.path();
        let bytes = fs::read(path).map_err(|error| JailError::io("read", path, error))?;
        if let Some(moved) = moved(&bytes, from.as_os_str().as_bytes(), to.as_os_str().as_bytes()) {
            fs::write(path, moved).map_err(|error| JailError::io("write", path, error))?;
        }
    }
    Ok(())
}

/// The settings, the scripts, and what adds to the path that modules are looked for in; no package itself.
fn may_hold_paths(environment: &Path, path: &Path) -> bool {
    let inside = path.strip_prefix(environment).unwrap_or(path);
    let parts: Vec<_> = inside.iter().map(|part| part.to_string_lossy()).collect();
    match parts.iter().map(AsRef::as_ref).collect::<Vec<_>>().as_slice() {
        [] | [MARK] | ["bin"] | ["bin", _] => true,
        [lib] | [lib, _] | [lib, _, "site-packages"] => lib.starts_with("lib"),
        [lib, _, "site-packages", name] => {
            lib.starts_with("lib")
                && (name.ends_with(".pth") || name.ends_with(".egg-link") || name.starts_with("__editable__"))
        }
        _ => false,
    }
}

/// The text with one path in the place of another; `None` where it is not in it.
fn moved(bytes: &[u8], from: &[u8], to: &[u8]) -> Option<Vec<u8>> {
    let mut out = Vec::with_capacity(bytes.len());
    let mut done = 0;
    for at in memchr::memmem::find_iter(bytes, from) {
        // `/ws` is not the beginning of `/wsx`.
        let ends =
            bytes.get(at + from.len()).is_none_or(|next| !next.is_ascii_alphanumeric() && !b"_-.".contains(next));
        if ends {
            out.extend_from_slice(bytes.get(done..at)?);
            out.extend_from_slice(to);
            done = at + from.len();
        }
    }
    if done == 0 {
        return None;
    }
    out.extend_from_slice(bytes.get(done..)?);
    Some(out)
}

/// The environments among copied files, by the folders they are in.
pub fn environments<'f>(copied: impl IntoIterator<Item = &'f PathBuf>) -> Vec<PathBuf> {
    let marks = copied.into_iter().filter(|file| file.file_name().is_some_and(|name| name == MARK));
    marks.filter_map(|mark| mark.parent()).map(Path::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    use super::*;
    use crate::edge::jail::tree;

    #[test]
    fn a_path_is_moved_where_it_ends_and_nowhere_else() {
        let moved = |text: &str| {
            moved(text.as_bytes(), b"/ws", b"/tmp/copy").map(|bytes| String::from_utf8(bytes).expect("a text"))
        };
        assert_eq!(moved("/ws\n/ws/src\n/wsx\n'/ws'"), Some("/tmp/copy\n/tmp/copy/src\n/wsx\n'/tmp/copy'".to_owned()));
        assert_eq!(moved("/wsx/src"), None);
        assert_eq!(moved(""), None);
    }

    #[test]
    fn an_editable_package_of_the_copy_is_the_copys_own() {
        let (from, to) = (tempfile::tempdir().expect("a folder"), tempfile::tempdir().expect("a folder"));
        let (from, to) = (from.path().canonicalize().expect("a path"), to.path().join("copy"));
        let made = Command::new("python3").args(["-m", "venv", "--without-pip", ".venv"]).current_dir(&from).status();
        assert!(made.is_ok_and(|status| status.success()), "python3 makes a virtual environment");
        fs::create_dir(from.join("src")).expect("a folder");
        fs::write(from.join("src/app.py"), "print('the original')\n").expect("write");
        let site = fs::read_dir(from.join(".venv/lib")).expect("a folder").flatten().next().expect("a version").path();
        fs::write(site.join("site-packages/app.pth"), format!("{}\n", from.join("src").display())).expect("write");
        let tool = from.join(".venv/bin/tool");
        fs::write(&tool, format!("#!{}\nimport app\n", from.join(".venv/bin/python").display())).expect("write");
        fs::set_permissions(&tool, std::os::unix::fs::PermissionsExt::from_mode(0o755)).expect("a mode");

        let copied = tree::copy(&from, &to, &|_| false).expect("a copy");
        for environment in environments(&copied) {
            relocate(&environment, &from, &to).expect("moved");
        }
        fs::write(to.join("src/app.py"), "print('the copy')\n").expect("write");
        let said =
            |tool: PathBuf| String::from_utf8(Command::new(tool).output().expect("it runs").stdout).expect("a text");
        assert_eq!(said(to.join(".venv/bin/tool")), "the copy\n");
        assert_eq!(said(tool), "the original\n");
    }
}
