//! A copy of a directory tree: modes and file times kept, symlinks as symlinks, everything that is ignored included.

use std::fs::{self, Metadata};
use std::io::ErrorKind;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, symlink};
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use rustix::fs::{AtFlags, CWD, Timespec, Timestamps, utimensat};
use walkdir::WalkDir;

use super::error::JailError;
use crate::edge::interrupt;

/// Measured (`facts`, 4.7): two threads copy 50,000 files in half of the time that one takes, more gain nothing.
const THREADS: usize = 2;

/// Copies what is in `from` to `to`, which must not be there yet. The `.git` at its top is left out: the copy gets a
/// fresh one. Sockets, pipes and devices are left out; a file that goes away meanwhile is no error.
///
/// `leave_out` is asked about every file by its path below `from`. The answer is the files of the copy.
pub fn copy(from: &Path, to: &Path, leave_out: &dyn Fn(&Path) -> bool) -> Result<Vec<PathBuf>, JailError> {
    let mut files = Vec::new();
    let mut directories = Vec::new();
    let entries = WalkDir::new(from).follow_links(false).into_iter();
    for entry in entries.filter_entry(|entry| !(entry.depth() == 1 && entry.file_name() == ".git")) {
        let entry = match entry {
            Ok(entry) => entry,
            Err(error) if error.depth() > 0 && is_gone(&error) => continue,
            Err(error) => {
                let path = error.path().unwrap_or(from).to_owned();
                return Err(JailError::io("copy", &path, error.into()));
            }
        };
        let inside = entry.path().strip_prefix(from).unwrap_or(Path::new(""));
        let target = if inside.as_os_str().is_empty() { to.to_owned() } else { to.join(inside) };
        let kind = entry.file_type();
        if kind.is_dir() {
            fs::create_dir(&target).map_err(|error| JailError::io("make", &target, error))?;
            directories.push((entry.into_path(), target));
        } else if (kind.is_file() || kind.is_symlink()) && !leave_out(inside) {
            files.push((entry.into_path(), target));
        }
    }
    copy_files(&files)?;
    // Last and from the inside out, because every file that is made changes its directory's time.
    for (source, target) in directories.iter().rev() {
        let metadata = fs::symlink_metadata(source).map_err(|error| JailError::io("copy", source, error))?;
        fs::set_permissions(target, fs::Permissions::from_mode(metadata.mode() & 0o7777))
            .and_then(|()| keep_times(target, &metadata))
            .map_err(|error| JailError::io("copy", target, error))?;
    }
    Ok(files.into_iter().map(|(_, target)| target).collect())
}

/// Regular files below `top` that `wanted` says yes to, by their paths below `top`, in order.
pub fn find(top: &Path, wanted: &dyn Fn(&Path) -> bool) -> Vec<PathBuf> {
    let entries = WalkDir::new(top).follow_links(false).sort_by_file_name().into_iter().flatten();
    entries
        .filter(|entry| entry.file_type().is_file())
        .filter(|entry| entry.path().strip_prefix(top).is_ok_and(wanted))
        .map(walkdir::DirEntry::into_path)
        .collect()
}

/// Removes a tree that somebody else's program has filled: read-only directories too (Go's module cache is).
pub fn remove(directory: &Path) -> std::io::Result<()> {
    if fs::remove_dir_all(directory).is_ok() {
        return Ok(());
    }
    for entry in WalkDir::new(directory).follow_links(false).into_iter().flatten() {
        if entry.file_type().is_dir() {
            fs::set_permissions(entry.path(), fs::Permissions::from_mode(0o700)).ok();
        }
    }
    match fs::remove_dir_all(directory) {
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
        ended => ended,
    }
}

fn is_gone(error: &walkdir::Error) -> bool {
    error.io_error().is_some_and(|error| error.kind() == ErrorKind::NotFound)
}

fn copy_files(files: &[(PathBuf, PathBuf)]) -> Result<(), JailError> {
    let next = AtomicUsize::new(0);
    let failed: Mutex<Option<JailError>> = Mutex::new(None);
    std::thread::scope(|scope| {
        for _ in 0..THREADS {
            scope.spawn(|| {
                while let Some((source, target)) = files.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let copied =
                        if interrupt::seen() { Err(JailError::Interrupted) } else { copy_file(source, target) };
                    if let Err(error) = copied {
                        // The other thread finds nothing left to do.
                        next.store(files.len(), Ordering::Relaxed);
                        failed.lock().unwrap_or_else(std::sync::PoisonError::into_inner).get_or_insert(error);
                    }
                }
            });
        }
    });
    failed.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner).map_or(Ok(()), Err)
}

fn copy_file(source: &Path, target: &Path) -> Result<(), JailError> {
    let metadata = match fs::symlink_metadata(source) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(()),
        other => other.map_err(|error| JailError::io("copy", source, error))?,
    };
    let copied = if metadata.is_symlink() {
        fs::read_link(source).and_then(|leads_to| symlink(leads_to, target))
    } else {
        // The file system shares the blocks where it can: this is `copy_file_range`.
        fs::copy(source, target).map(drop)
    };
    match copied.and_then(|()| keep_times(target, &metadata)) {
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
        other => other.map_err(|error| JailError::io("copy", source, error)),
    }
}

fn keep_times(target: &Path, metadata: &Metadata) -> std::io::Result<()> {
    let times = Timestamps {
        last_access: Timespec { tv_sec: metadata.atime(), tv_nsec: metadata.atime_nsec() },
        last_modification: Timespec { tv_sec: metadata.mtime(), tv_nsec: metadata.mtime_nsec() },
    };
    utimensat(CWD, target, &times, AtFlags::SYMLINK_NOFOLLOW)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::os::unix::net::UnixListener;

    use super::*;

    fn all(_: &Path) -> bool {
        false
    }

    #[test]
    fn modes_times_links_and_ignored_files_are_copied() {
        let (from, to) = (tempfile::tempdir().expect("a folder"), tempfile::tempdir().expect("a folder"));
        let (from, to) = (from.path(), to.path().join("copy"));
        for folder in ["src", "node_modules/.bin", ".git", "sub/.git", "empty"] {
            fs::create_dir_all(from.join(folder)).expect("a folder");
        }
        for file in ["src/a.py", "node_modules/.bin/tool", ".git/config", "sub/.git/config", ".env"] {
            fs::write(from.join(file), file).expect("write");
        }
        fs::set_permissions(from.join("node_modules/.bin/tool"), fs::Permissions::from_mode(0o755)).expect("a mode");
        fs::set_permissions(from.join("empty"), fs::Permissions::from_mode(0o555)).expect("a mode");
        symlink("src/a.py", from.join("link")).expect("a link");
        symlink("/nowhere", from.join("dangling")).expect("a link");
        let old = std::time::SystemTime::UNIX_EPOCH + std::time::Duration::new(1_000_000_000, 123_456_789);
        fs::File::open(from.join("src/a.py")).and_then(|file| file.set_modified(old)).expect("a time");
        fs::File::open(from.join("src")).and_then(|folder| folder.set_modified(old)).expect("a time");
        copy(from, &to, &all).expect("a copy");
        assert!(!to.join(".git").exists(), "the copy gets a fresh one");
        for file in ["src/a.py", "node_modules/.bin/tool", "sub/.git/config", ".env"] {
            assert_eq!(fs::read_to_string(to.join(file)).expect("a file"), file);
        }
        let mode = |name: &str| fs::metadata(to.join(name)).expect("a file").mode() & 0o777;
        assert_eq!((mode("node_modules/.bin/tool"), mode("empty")), (0o755, 0o555));
        assert_eq!(fs::read_link(to.join("link")).expect("a link"), Path::new("src/a.py"));
        assert_eq!(fs::read_link(to.join("dangling")).expect("a link"), Path::new("/nowhere"));
        for name in ["src/a.py", "src"] {
            assert_eq!(fs::metadata(to.join(name)).and_then(|found| found.modified()).expect("a time"), old, "{name}");
        }
    }

    #[test]
    fn what_is_no_file_is_left_out_and_so_is_what_nobody_wants() {
        let (from, to) = (tempfile::tempdir().expect("a folder"), tempfile::tempdir().expect("a folder"));
        let _socket = UnixListener::bind(from.path().join("socket")).expect("a socket");
        rustix::fs::mknodat(CWD, from.path().join("pipe"), rustix::fs::FileType::Fifo, rustix::fs::Mode::RWXU, 0)
            .expect("a pipe");
        fs::write(from.path().join("old.xml"), "x").expect("write");
        fs::write(from.path().join("a.py"), "x").expect("write");
        let copied = to.path().join("copy");
        copy(from.path(), &copied, &|path| path.ends_with("old.xml")).expect("a copy");
        let names: Vec<_> = fs::read_dir(&copied).expect("a folder").flatten().map(|entry| entry.file_name()).collect();
        assert_eq!(names, ["a.py"]);
        assert_eq!(find(&copied, &|path| path.extension().is_some()), [copied.join("a.py")]);
    }

    #[test]
    fn what_cannot_be_read_is_named() {
        let (from, to) = (tempfile::tempdir().expect("a folder"), tempfile::tempdir().expect("a folder"));
        let missing = from.path().join("missing");
        let said = copy(&missing, &to.path().join("copy"), &all).map_err(|error| error.to_string());
        assert!(said.is_err_and(|said| said.starts_with("copy ") && said.contains("missing")));
    }

    /// A real disk of one megabyte, where we may make one.
    #[test]
    fn a_disk_that_is_full_is_told_with_the_file_that_did_not_fit() {
        let (from, to) = (tempfile::tempdir().expect("a folder"), tempfile::tempdir().expect("a folder"));
        let command = |program: &str, arguments: &[&str]| {
            std::process::Command::new(program)
                .args(arguments)
                .arg(to.path())
                .status()
                .is_ok_and(|status| status.success())
        };
        if !rustix::process::geteuid().is_root() || !command("mount", &["-t", "tmpfs", "-o", "size=1m", "none"]) {
            return;
        }
        fs::write(from.path().join("large"), vec![1; 2 << 20]).expect("write");
        let ended = copy(from.path(), &to.path().join("copy"), &all);
        assert!(command("umount", &[]), "the disk is taken away again");
        assert!(matches!(&ended, Err(JailError::DiskFull(path)) if path.ends_with("large")), "{ended:?}");
    }

    #[test]
    fn a_tree_of_read_only_folders_is_removed() {
        let folder = tempfile::tempdir().expect("a folder");
        let top = folder.path().join("top");
        fs::create_dir_all(top.join("a/b")).expect("a folder");
        fs::write(top.join("a/b/c"), "x").expect("write");
        for name in ["a/b", "a"] {
            fs::set_permissions(top.join(name), fs::Permissions::from_mode(0o500)).expect("a mode");
        }
        remove(&top).expect("removed");
        assert!(!top.exists());
    }
}
