//! Logs and reports of ours: read in chunks, from a file or a pipe, never whole.

use std::fs::File;
use std::io::{BufWriter, Read, Write as _, stdin};
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use flate2::write::GzEncoder;

use crate::config::inputs::BadInput;
use crate::domain::log::Attention;

/// Large enough that reading costs nothing beside scanning, small enough to stay in the processor's second cache.
const CHUNK_BYTES: usize = 64 << 10;

/// Hands over a log file (`-` is standard input) chunk by chunk; one that cannot be read is bad input.
pub fn read_chunks(path: &Path, each: &mut dyn FnMut(&[u8])) -> anyhow::Result<()> {
    if path == Path::new("-") {
        return chunks(&mut stdin().lock(), each).context("read the log from standard input");
    }
    let unreadable = |error: std::io::Error| {
        let path = path.display();
        BadInput(format!("read the log {path}: {error}: name a file, or - for standard input"))
    };
    let mut file = File::open(path).map_err(unreadable)?;
    Ok(chunks(&mut file, each).map_err(unreadable)?)
}

fn chunks(source: &mut dyn Read, each: &mut dyn FnMut(&[u8])) -> std::io::Result<()> {
    let mut buffer = vec![0; CHUNK_BYTES];
    loop {
        match source.read(&mut buffer) {
            Ok(0) => return Ok(()),
            Ok(length) => each(buffer.get(..length).unwrap_or_default()),
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
}

/// A folder by its full path; the error says why it is none.
pub fn directory(path: &Path) -> std::io::Result<PathBuf> {
    let path = path.canonicalize()?;
    if path.is_dir() { Ok(path) } else { Err(std::io::ErrorKind::NotADirectory.into()) }
}

/// The folder for what is ours alone and may go.
pub fn own_temporary() -> PathBuf {
    std::env::temp_dir()
}

/// A folder of our own, gone when it is dropped.
pub fn scratch() -> anyhow::Result<tempfile::TempDir> {
    tempfile::Builder::new()
        .prefix("self-heal-")
        .tempdir()
        .with_context(|| format!("make a folder in {}: is the disk full?", std::env::temp_dir().display()))
}

/// A small text file, whole; `None` where there is none.
pub fn text(path: &Path, bytes_max: u64) -> anyhow::Result<Option<String>> {
    let file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error).with_context(|| format!("read {}", path.display())),
    };
    let mut text = String::new();
    file.take(bytes_max).read_to_string(&mut text).with_context(|| format!("read {}", path.display()))?;
    Ok(Some(text))
}

/// Whether there is a file of that name.
pub fn is_file(path: &Path) -> bool {
    path.is_file()
}

/// The files below a folder that end so, in order.
pub fn files_below(folder: &Path, extension: &str) -> anyhow::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for entry in walkdir::WalkDir::new(folder).sort_by_file_name() {
        let path = entry?.into_path();
        if path.extension().is_some_and(|own| own == extension) && path.is_file() {
            found.push(path);
        }
    }
    Ok(found)
}

/// Writes a small text file whole.
pub fn write(path: &Path, text: &str) -> anyhow::Result<()> {
    std::fs::write(path, text).with_context(|| format!("write {}: is the disk full?", path.display()))
}

/// Adds a line to a file, which is made where it is not there.
pub fn append(path: &Path, line: &str) -> anyhow::Result<()> {
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder).with_context(|| format!("make the folder {}", folder.display()))?;
    }
    let opened = std::fs::OpenOptions::new().create(true).append(true).open(path);
    let mut file = opened.with_context(|| format!("write {}", path.display()))?;
    writeln!(file, "{line}").with_context(|| format!("write {}: is the disk full?", path.display()))
}

/// Lines on their way into a gzip file that may only grow so large.
pub struct Gzip {
    /// Lines are gathered first: the encoder clears its whole buffer at each call.
    writer: BufWriter<GzEncoder<Vec<u8>>>,
    bytes_max: usize,
    lines_left_out: u64,
}

impl Gzip {
    pub fn new(bytes_max: usize) -> Self {
        let encoder = GzEncoder::new(Vec::new(), flate2::Compression::fast());
        Self { writer: BufWriter::with_capacity(CHUNK_BYTES, encoder), bytes_max, lines_left_out: 0 }
    }

    /// Takes a line, or counts it where the file is full.
    pub fn line(&mut self, text: &str) -> Attention {
        if self.writer.get_ref().get_ref().len() >= self.bytes_max {
            self.lines_left_out += 1;
        } else {
            // Writing to memory cannot fail.
            let _ = self.writer.write_all(text.as_bytes()).and_then(|()| self.writer.write_all(b"\n"));
        }
        Attention::Stay
    }

    /// The file's bytes; where lines were left out its last line says how many.
    pub fn finish(mut self) -> anyhow::Result<Vec<u8>> {
        if self.lines_left_out > 0 {
            writeln!(self.writer, "[self-heal left out {} more lines]", self.lines_left_out)?;
        }
        let encoder = self.writer.into_inner().map_err(std::io::IntoInnerError::into_error)?;
        encoder.finish().context("compress the log")
    }
}
