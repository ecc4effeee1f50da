//! Zip files that somebody else made, artifacts and logs: read entry by entry, never unpacked, every claim held to a limit.

use std::fmt;
use std::fs::File;
use std::io::{BufReader, Read as _};
use std::path::Path;

use memchr::memmem;
use zip::ZipArchive;

use crate::text::{one_line, truncate};

/// A run has at most 256 jobs of one matrix, and a job some dozens of steps with a file each; an artifact of reports has
/// fewer: the action that uploads artifacts advises against more than 10,000 files.
const ENTRIES_MAX: usize = 50_000;

/// What Linux takes for a path (PATH_MAX, limits.h); a longer name is no file's.
const NAME_BYTES_MAX: usize = 4_096;

/// What each entry of an archive's list begins with (APPNOTE.TXT 4.3.12).
const LISTED: &[u8] = b"PK\x01\x02";

/// What a name may take up in a sentence.
const SHOWN_BYTES_MAX: usize = 100;

/// As much as is inflated at once.
const CHUNK_BYTES: usize = 64 << 10;

/// Why an archive, or one entry of it, is not read: a phrase.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BadZip(String);

impl BadZip {
    pub fn new(why: &str) -> Self {
        Self(why.to_owned())
    }
}

impl fmt::Display for BadZip {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for BadZip {}

/// An archive whose list of entries was read and found decent.
pub struct Zip {
    archive: ZipArchive<BufReader<File>>,
    /// Of its files, sorted.
    names: Vec<String>,
}

impl Zip {
    /// Reads the list of entries. An archive that names a place outside itself, a link, or one name twice is refused
    /// whole: nobody makes one by accident.
    pub fn open(path: &Path) -> Result<Self, BadZip> {
        let local = |error: std::io::Error| BadZip(format!("it cannot be opened: {error}"));
        let file = || File::open(path).map_err(local);
        // Counted first: the list is read into memory as long as it claims to be.
        if count(file()?, LISTED).map_err(local)? > ENTRIES_MAX {
            return Err(BadZip(format!("it has more than {ENTRIES_MAX} entries")));
        }
        let archive = ZipArchive::new(BufReader::new(file()?)).map_err(|error| unreadable(&error))?;
        if archive.has_duplicate_names() {
            return Err(BadZip("it has two entries of one name".to_owned()));
        }
        let mut names = Vec::new();
        for index in 0..archive.len() {
            let entry = archive.by_index_data(index).map_err(|error| unreadable(&error))?;
            let name = entry.name().map_err(|error| unreadable(&error))?;
            if let Some(why) = indecent(&name).or_else(|| entry.is_symlink().then_some("is a link")) {
                return Err(BadZip(format!("its entry `{}` {why}", shown(&name))));
            }
            if entry.is_file() {
                names.push(name.into_owned());
            }
        }
        names.sort_unstable();
        Ok(Self { archive, names })
    }

    /// The names of its files, sorted. None of them may become a path of ours.
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// A file's bytes; one that inflates to more than `bytes_max` is refused, whatever the archive says of its size.
    pub fn read(&mut self, name: &str, bytes_max: usize) -> Result<Vec<u8>, BadZip> {
        let mut bytes = Vec::new();
        self.chunks(name, &mut |chunk| {
            if bytes.len() + chunk.len() > bytes_max {
                return Err(std::io::Error::other(format!("it is larger than {bytes_max} bytes")));
            }
            bytes.extend_from_slice(chunk);
            Ok(())
        })?;
        Ok(bytes)
    }

    /// Hands over a file chunk by chunk until it ends or `each` objects.
    pub fn chunks(&mut self, name: &str, each: &mut dyn FnMut(&[u8]) -> std::io::Result<()>) -> Result<(), BadZip> {
        let broken =
            |why: &dyn fmt::Display| BadZip(format!("its entry `{}`: {}", shown(name), one_line(&why.to_string())));
        let mut file = self.archive.by_name(name).map_err(|error| broken(&error))?;
        let mut buffer = vec![0; CHUNK_BYTES];
        loop {
            match file.read(&mut buffer) {
                Ok(0) => return Ok(()),
                Ok(length) => each(buffer.get(..length).unwrap_or_default()).map_err(|error| broken(&error))?,
                Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
                Err(error) => return Err(broken(&error)),
            }
        }
    }
}

/// How often `needle` stands in a file.
fn count(mut file: File, needle: &[u8]) -> std::io::Result<usize> {
    let finder = memmem::Finder::new(needle);
    let mut buffer = vec![0; CHUNK_BYTES];
    let (mut kept, mut found) = (0, 0);
    loop {
        let length = file.read(buffer.get_mut(kept..).unwrap_or_default())?;
        let seen = buffer.get(..kept + length).unwrap_or_default();
        found += finder.find_iter(seen).count();
        if length == 0 {
            return Ok(found);
        }
        // What may be the beginning of one; too short to be one itself.
        let rest = seen.len().saturating_sub(needle.len() - 1);
        let end = seen.len();
        buffer.copy_within(rest..end, 0);
        kept = end - rest;
    }
}

/// Why a name is no file's inside an archive.
fn indecent(name: &str) -> Option<&'static str> {
    let parts = || name.split(['/', '\\']);
    if name.is_empty() || name.contains('\0') {
        return Some("has no name");
    }
    if name.len() > NAME_BYTES_MAX {
        return Some("has a name that no file has");
    }
    if name.starts_with(['/', '\\']) || parts().next().is_some_and(|first| first.ends_with(':') && first.len() == 2) {
        return Some("is an absolute path");
    }
    parts().any(|part| part == "..").then_some("leads out of the archive")
}

fn unreadable(error: &zip::result::ZipError) -> BadZip {
    BadZip(format!("it is no zip file that can be read: {}", one_line(&error.to_string())))
}

fn shown(name: &str) -> String {
    truncate(&name.escape_debug().to_string(), SHOWN_BYTES_MAX)
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;
    use std::path::PathBuf;

    use zip::ZipWriter;
    use zip::write::SimpleFileOptions;

    use super::*;

    /// An archive of these files, on disk.
    fn archive(files: &[(&str, &[u8])]) -> (tempfile::TempDir, PathBuf) {
        let mut writer = ZipWriter::new(std::io::Cursor::new(Vec::new()));
        for (name, bytes) in files {
            writer.start_file(*name, SimpleFileOptions::default()).expect("an entry");
            writer.write_all(bytes).expect("memory");
        }
        stored(&writer.finish().expect("an archive").into_inner())
    }

    fn stored(bytes: &[u8]) -> (tempfile::TempDir, PathBuf) {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("some.zip");
        std::fs::write(&path, bytes).expect("a file");
        (folder, path)
    }

    fn refused(bytes: &[u8]) -> String {
        let (_folder, path) = stored(bytes);
        Zip::open(&path).map(|_| ()).expect_err("it is refused").to_string()
    }

    fn bytes_of(files: &[(&str, &[u8])]) -> Vec<u8> {
        std::fs::read(archive(files).1).expect("the archive")
    }

    #[test]
    fn a_file_is_read_by_its_name() {
        let long = b"line\n".repeat(100_000);
        let (_folder, path) = archive(&[("bundle.json", b"{}"), ("deep/größe.txt", &long)]);
        let mut zip = Zip::open(&path).expect("an archive");
        assert_eq!(zip.names(), ["bundle.json", "deep/größe.txt"]);
        assert_eq!(zip.read("bundle.json", 2).expect("a file"), b"{}");
        assert_eq!(zip.read("deep/größe.txt", long.len()).expect("a file"), long);
        assert!(zip.read("other", 9).expect_err("none").to_string().contains("other"));
    }

    #[test]
    fn a_file_above_the_limit_is_refused_while_it_is_inflated() {
        let (_folder, path) = archive(&[("bomb", &vec![0; 1 << 20])]);
        let mut zip = Zip::open(&path).expect("an archive");
        assert!(zip.read("bomb", 1 << 20).is_ok());
        assert!(zip.read("bomb", (1 << 20) - 1).expect_err("too large").to_string().contains("larger than 1048575"));
    }

    /// The sizes that an archive claims, in its list and before the file itself, set to another one.
    fn lying(bytes: &[u8], size: u32) -> Vec<u8> {
        let mut bytes = bytes.to_vec();
        for at in 0..bytes.len() - 4 {
            let offset = match &bytes[at..at + 4] {
                b"PK\x03\x04" => 22,
                b"PK\x01\x02" => 24,
                _ => continue,
            };
            bytes[at + offset..at + offset + 4].copy_from_slice(&size.to_le_bytes());
        }
        bytes
    }

    #[test]
    fn a_zip_that_lies_about_a_size_is_not_believed() {
        let honest = bytes_of(&[("a.txt", &[b'x'; 50_000])]);
        for size in [1, 49_999, 50_001, u32::MAX - 1] {
            let (_folder, path) = stored(&lying(&honest, size));
            let read = Zip::open(&path).and_then(|mut zip| zip.read("a.txt", 100_000));
            assert!(read.as_ref().is_err() || read.as_ref().is_ok_and(|bytes| bytes.len() == 50_000), "{size}");
            let (_folder, path) = stored(&lying(&honest, size));
            let read = Zip::open(&path).and_then(|mut zip| zip.read("a.txt", 1_000));
            assert!(read.is_err(), "{size}: more than the limit was given");
        }
    }

    #[test]
    fn a_broken_checksum_is_found() {
        let mut bytes = bytes_of(&[("a.txt", b"hello")]);
        let at = bytes.windows(4).position(|four| four == b"PK\x01\x02").expect("a list");
        bytes[at + 16] ^= 1;
        let (_folder, path) = stored(&bytes);
        assert!(Zip::open(&path).and_then(|mut zip| zip.read("a.txt", 10)).is_err());
    }

    #[test]
    fn a_name_that_leads_out_is_refused_with_its_archive() {
        // Same length as the name that a decent writer writes.
        for (name, why) in [
            ("../../../etc/x", "leads out"),
            ("a/b/../../../x", "leads out"),
            ("..\\..\\..\\etc\\x", "leads out"),
            ("/etc/cron.d/xy", "absolute"),
            ("\\etc\\cron.d\\xy", "absolute"),
            ("C:/windows/syst", "absolute"),
        ] {
            let decent = "x".repeat(name.len());
            let bytes = bytes_of(&[("ok.txt", b"1"), (&decent, b"2")]);
            let hostile: Vec<u8> = replaced(&bytes, decent.as_bytes(), name.as_bytes());
            assert!(refused(&hostile).contains(why), "{name}: {}", refused(&hostile));
        }
    }

    fn replaced(bytes: &[u8], from: &[u8], to: &[u8]) -> Vec<u8> {
        let mut bytes = bytes.to_vec();
        while let Some(at) = bytes.windows(from.len()).position(|window| window == from) {
            bytes[at..at + from.len()].copy_from_slice(to);
        }
        bytes
    }

    #[test]
    fn a_link_and_a_name_twice_are_refused_with_their_archive() {
        let mut writer = ZipWriter::new(std::io::Cursor::new(Vec::new()));
        writer.add_symlink("bundle.json", "/etc/passwd", SimpleFileOptions::default()).expect("a link");
        assert!(refused(&writer.finish().expect("an archive").into_inner()).contains("is a link"));
        let twice =
            replaced(&bytes_of(&[("bundle.json", b"1"), ("bundle.jso2", b"2")]), b"bundle.jso2", b"bundle.json");
        assert!(refused(&twice).contains("two entries of one name"));
    }

    #[test]
    fn what_is_no_zip_is_refused() {
        for bytes in [&b""[..], b"PK", b"<html>not found</html>", &[0; 100_000]] {
            assert!(refused(bytes).contains("no zip file"));
        }
        let whole = bytes_of(&[("a.txt", b"hello")]);
        assert!(refused(&whole[..whole.len() - 1]).contains("no zip file"), "broken off");
    }

    /// An archive that is a list of this many empty files alone; writing so many properly takes a while.
    fn list_of(entries: usize) -> Vec<u8> {
        let mut bytes = Vec::new();
        for number in 0..entries {
            let name = format!("{number:08}");
            let mut header = [0; 46];
            header[..4].copy_from_slice(LISTED);
            header[28] = name.len() as u8;
            bytes.extend_from_slice(&header);
            bytes.extend_from_slice(name.as_bytes());
        }
        let count = u16::try_from(entries).expect("no more than a plain archive has").to_le_bytes();
        let size = u32::try_from(bytes.len()).expect("a small list").to_le_bytes();
        bytes.extend_from_slice(b"PK\x05\x06\0\0\0\0");
        bytes.extend([count, count].concat());
        bytes.extend(size);
        bytes.extend([0; 6]);
        bytes
    }

    #[test]
    fn an_archive_of_too_many_entries_is_refused_before_they_are_read() {
        let (_folder, path) = stored(&list_of(ENTRIES_MAX));
        assert_eq!(Zip::open(&path).expect("at the limit").names().len(), ENTRIES_MAX);
        assert!(refused(&list_of(ENTRIES_MAX + 1)).contains("more than 50000 entries"));
    }

    #[test]
    fn names_with_control_characters_stay_one_line() {
        let name = "a\nb\u{1b}[31m::error::c\u{202e}";
        let bytes = bytes_of(&[(name, b"1"), ("x", b"2")]);
        let (_folder, path) = stored(&bytes);
        let mut zip = Zip::open(&path).expect("an archive");
        let said = zip.read(name, 0).expect_err("too large").to_string();
        assert!(!said.contains(['\n', '\u{1b}', '\u{202e}']), "{said:?}");
    }
}
