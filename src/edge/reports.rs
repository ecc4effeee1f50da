//! Test reports on disk: found by globs, opened with care, never larger than a limit.

use std::fs::File;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use glob::Pattern;
use rustix::fs::{Mode, OFlags};

/// The report of a suite of a hundred thousand tests; a larger file is not a report that a person can use.
pub const REPORT_BYTES_MAX: u64 = 64 << 20;

/// The clock that stamps files ticks this seldom, at the most.
const TICK: Duration = Duration::from_millis(20);

/// A moment after which reports are new.
#[derive(Clone, Copy, Debug)]
pub struct Since(SystemTime);

impl Since {
    pub fn now() -> Self {
        Self(SystemTime::now().checked_sub(TICK).unwrap_or(SystemTime::UNIX_EPOCH))
    }

    fn has(self, path: &Path) -> bool {
        path.metadata().and_then(|metadata| metadata.modified()).is_ok_and(|modified| modified >= self.0)
    }
}

/// The files below `base` that `globs` name, in order; a relative one that leads out of `base` is none. A glob that
/// begins with `!` takes out. The error says which glob cannot be read.
pub fn find(base: &Path, globs: &[String], since: Option<Since>) -> Result<Vec<PathBuf>, String> {
    let canonical = base.canonicalize().unwrap_or_else(|_| base.to_owned());
    let mut found = Vec::new();
    for glob in globs {
        let (takes_out, glob) = glob.strip_prefix('!').map_or((false, glob.as_str()), |rest| (true, rest));
        let is_relative = Path::new(glob).is_relative();
        let below = if is_relative { format!("{}/", Pattern::escape(&base.to_string_lossy())) } else { String::new() };
        let paths = glob::glob(&(below + glob)).map_err(|error| format!("`{glob}` is not a glob: {error}"))?;
        let paths: Vec<PathBuf> = paths.flatten().collect();
        if takes_out {
            found.retain(|path| !paths.contains(path));
            continue;
        }
        let stays = |path: &PathBuf| !is_relative || path.canonicalize().is_ok_and(|path| path.starts_with(&canonical));
        found.extend(paths.into_iter().filter(|path| !path.is_dir() && stays(path)));
    }
    found.retain(|path| since.is_none_or(|since| since.has(path)));
    found.sort();
    found.dedup();
    Ok(found)
}

/// A report's bytes. What is no regular file is not opened: a pipe would never end, a symlink could lead anywhere. The
/// error says in one phrase what it is instead.
pub fn read(path: &Path) -> Result<Vec<u8>, String> {
    let file = rustix::fs::open(path, OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK, Mode::empty());
    let file = File::from(file.map_err(|error| std::io::Error::from(error).to_string())?);
    let metadata = file.metadata().map_err(|error| error.to_string())?;
    if !metadata.is_file() {
        return Err("it is no regular file".to_owned());
    }
    if metadata.len() > REPORT_BYTES_MAX {
        return Err(format!("it is larger than {} MiB", REPORT_BYTES_MAX >> 20));
    }
    let mut bytes = Vec::new();
    file.take(REPORT_BYTES_MAX).read_to_end(&mut bytes).map_err(|error| error.to_string())?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::symlink;
    use std::process::Command;

    use super::*;

    fn folder(files: &[&str]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().expect("a folder");
        for file in files {
            let path = folder.path().join(file);
            fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
            fs::write(path, "<a/>\n").expect("a file");
        }
        folder
    }

    fn names(base: &Path, globs: &[&str], since: Option<Since>) -> Vec<String> {
        let globs: Vec<String> = globs.iter().map(|glob| (*glob).to_owned()).collect();
        let found = find(base, &globs, since).expect("good globs");
        found.iter().map(|path| path.strip_prefix(base).unwrap_or(path).display().to_string()).collect()
    }

    #[test]
    fn reports_are_found_by_globs_and_taken_out_by_an_exclamation_mark() {
        let folder = folder(&["out/a.xml", "out/b.xml", "deep/out/c.xml"]);
        let base = folder.path();
        assert_eq!(names(base, &["out/*.xml", "out/a.xml"], None), ["out/a.xml", "out/b.xml"]);
        assert_eq!(names(base, &["**/*.xml", "!out/b.xml"], None), ["deep/out/c.xml", "out/a.xml"]);
        let whole = base.join("out/*.xml").display().to_string();
        assert_eq!(names(base, &[&whole], None), ["out/a.xml", "out/b.xml"]);
        assert!(find(base, &["a[".to_owned()], None).is_err_and(|error| error.contains("`a[` is not a glob")));
    }

    #[test]
    fn a_glob_does_not_lead_out_of_the_folder() {
        let folder = folder(&["in/a.xml", "secret.xml"]);
        let base = folder.path().join("in");
        symlink("..", base.join("up")).expect("a link");
        assert_eq!(names(&base, &["../*.xml", "up/*.xml", "*.xml"], None), ["a.xml"]);
    }

    #[test]
    fn yesterdays_reports_are_none_of_todays_run() {
        let folder = folder(&["old.xml"]);
        let old = File::open(folder.path().join("old.xml")).expect("a file");
        old.set_modified(SystemTime::now() - Duration::from_secs(5)).expect("a time");
        let since = Since::now();
        fs::write(folder.path().join("new.xml"), "<a/>").expect("a file");
        assert_eq!(names(folder.path(), &["*.xml"], Some(since)), ["new.xml"]);
    }

    #[test]
    fn only_a_regular_file_is_a_report() {
        let folder = folder(&["a.xml"]);
        let at = |name: &str| folder.path().join(name);
        assert!(Command::new("mkfifo").arg(at("pipe.xml")).status().expect("mkfifo").success());
        symlink("/etc/passwd", at("link.xml")).expect("a link");
        fs::create_dir(at("d.xml")).expect("a folder");
        assert_eq!(read(&at("a.xml")).as_deref(), Ok(b"<a/>\n".as_slice()));
        for name in ["pipe.xml", "link.xml", "d.xml", "missing.xml"] {
            read(&at(name)).expect_err(name);
        }
    }

    #[test]
    fn a_report_at_the_limit_is_read_and_one_above_it_is_not() {
        let folder = folder(&[]);
        let path = folder.path().join("large.xml");
        let large = File::create(&path).expect("a file");
        large.set_len(REPORT_BYTES_MAX).expect("a size");
        assert!(read(&path).is_ok());
        large.set_len(REPORT_BYTES_MAX + 1).expect("a size");
        assert_eq!(read(&path), Err("it is larger than 64 MiB".to_owned()));
    }
}
