//! Logs and reports of ours: read in chunks, from a file or a pipe, never whole.

use std::fs::File;
use std::io::{Read, stdin};
use std::path::Path;

use anyhow::Context as _;

/// Large enough that reading costs nothing beside scanning, small enough to stay in the processor's second cache.
const CHUNK_BYTES: usize = 256 << 10;

/// Hands over a file (`-` is standard input) chunk by chunk.
pub fn read_chunks(path: &Path, each: &mut dyn FnMut(&[u8])) -> anyhow::Result<()> {
    if path == Path::new("-") {
        return chunks(&mut stdin().lock(), each).context("read the log from standard input");
    }
    let mut file = File::open(path).with_context(|| format!("read the log {}", path.display()))?;
    chunks(&mut file, each).with_context(|| format!("read the log {}", path.display()))
}

fn chunks(source: &mut dyn Read, each: &mut dyn FnMut(&[u8])) -> anyhow::Result<()> {
    let mut buffer = vec![0; CHUNK_BYTES];
    loop {
        match source.read(&mut buffer) {
            Ok(0) => return Ok(()),
            Ok(length) => each(buffer.get(..length).unwrap_or_default()),
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error.into()),
        }
    }
}
