//! The bundle folder: written file by file, each flushed; read back with every limit a hostile one must meet.

use std::collections::BTreeMap;
use std::fs::{self, File, OpenOptions};
use std::io::{Read as _, Write as _};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};

use crate::domain::id::Sha256;

/// A bundle's largest file is the gzipped log; this is far above what a 1 GiB log becomes as kept.
const FILE_BYTES_MAX: u64 = 64 << 20;

/// A bundle that is being written.
pub struct BundleWriter {
    folder: PathBuf,
    hashes: BTreeMap<String, String>,
}

impl BundleWriter {
    /// Makes the folder and takes the files of an earlier run out of it; what is not ours in it stays.
    pub fn create(folder: &Path, names: &[&str]) -> anyhow::Result<Self> {
        fs::create_dir_all(folder)
            .with_context(|| format!("make the bundle folder {}: choose another with --bundle", folder.display()))?;
        for name in names.iter().chain(&["bundle.json"]) {
            match fs::remove_file(folder.join(name)) {
                Ok(()) => {}
                Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
                Err(error) => {
                    return Err(error).with_context(|| format!("replace {} in {}", name, folder.display()));
                }
            }
        }
        Ok(Self { folder: folder.to_owned(), hashes: BTreeMap::new() })
    }

    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Writes one file whole.
    pub fn write(&mut self, name: &str, bytes: &[u8]) -> anyhow::Result<()> {
        let path = self.folder.join(name);
        write_whole(&path, bytes)?;
        self.hashes.insert(name.to_owned(), Sha256::of(bytes).to_string());
        Ok(())
    }

    /// Adds one line to a file and flushes it, so that a kill loses at most the line being written.
    pub fn append(&mut self, name: &str, line: &str) -> anyhow::Result<()> {
        let path = self.folder.join(name);
        let mut file = OpenOptions::new()
            .create(true)
            .append(true)
            .open(&path)
            .with_context(|| format!("write {}", path.display()))?;
        writeln!(file, "{line}").with_context(|| format!("write {}: is the disk full?", path.display()))
    }

    /// The hash of every file, those that were appended to included.
    pub fn hashes(&mut self) -> anyhow::Result<BTreeMap<String, String>> {
        for name in ["audit.jsonl", "egress.jsonl"] {
            let path = self.folder.join(name);
            if path.exists() {
                let bytes = fs::read(&path).with_context(|| format!("read {}", path.display()))?;
                self.hashes.insert(name.to_owned(), Sha256::of(&bytes).to_string());
            }
        }
        Ok(self.hashes.clone())
    }

    /// Writes `bundle.json`, last, and gives its hash.
    pub fn finish(&self, bundle_json: &str) -> anyhow::Result<Sha256> {
        write_whole(&self.folder.join("bundle.json"), bundle_json.as_bytes())?;
        Ok(Sha256::of(bundle_json.as_bytes()))
    }
}

fn write_whole(path: &Path, bytes: &[u8]) -> anyhow::Result<()> {
    let mut file = File::create(path).with_context(|| format!("write {}", path.display()))?;
    file.write_all(bytes)
        .and_then(|()| file.flush())
        .with_context(|| format!("write {}: is the disk full?", path.display()))
}

/// A bundle as it lies there: `bundle.json`, and the other files by name. Nothing of it is trusted yet.
pub struct BundleFiles {
    pub bundle_json: Vec<u8>,
    pub files: BTreeMap<String, Vec<u8>>,
}

/// Reads a bundle folder: regular files only, of the names given, each within the size limit.
pub fn read(folder: &Path, names: &[&str]) -> anyhow::Result<BundleFiles> {
    let bundle_json = read_file(&folder.join("bundle.json"))?.with_context(|| {
        format!("{} holds no bundle.json: give the bundle folder of a run that ended", folder.display())
    })?;
    let mut files = BTreeMap::new();
    for name in names {
        if let Some(bytes) = read_file(&folder.join(name))? {
            files.insert((*name).to_owned(), bytes);
        }
    }
    Ok(BundleFiles { bundle_json, files })
}

fn read_file(path: &Path) -> anyhow::Result<Option<Vec<u8>>> {
    let meta = match fs::symlink_metadata(path) {
        Ok(meta) => meta,
        Err(error) if matches!(error.kind(), std::io::ErrorKind::NotFound | std::io::ErrorKind::NotADirectory) => {
            return Ok(None);
        }
        Err(error) => return Err(error).with_context(|| format!("read {}", path.display())),
    };
    if !meta.is_file() {
        bail!("{} is not a regular file; fetch the bundle again", path.display());
    }
    if meta.len() > FILE_BYTES_MAX {
        bail!("{} is {} bytes, over the limit of {FILE_BYTES_MAX}", path.display(), meta.len());
    }
    let mut bytes = Vec::new();
    File::open(path)
        .and_then(|file| file.take(FILE_BYTES_MAX).read_to_end(&mut bytes))
        .with_context(|| format!("read {}", path.display()))?;
    Ok(Some(bytes))
}

/// The bundle folder in `bundles` whose `bundle.json` was written last.
pub fn newest(bundles: &Path) -> std::io::Result<Option<PathBuf>> {
    let entries = match fs::read_dir(bundles) {
        Ok(entries) => entries,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error),
    };
    let mut newest = None;
    for entry in entries {
        let folder = entry?.path();
        let Ok(written) = fs::metadata(folder.join("bundle.json")).and_then(|meta| meta.modified()) else { continue };
        if newest.as_ref().is_none_or(|(before, _)| written > *before) {
            newest = Some((written, folder));
        }
    }
    Ok(newest.map(|(_, folder)| folder))
}
