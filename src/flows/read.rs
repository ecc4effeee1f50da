//! Steps 2 to 5: a log of any size becomes a reading and a classification.

use std::path::{Path, PathBuf};

use crate::domain::class::Classification;
use crate::domain::failure::Reading;
use crate::domain::fingerprint::Fingerprint;
use crate::domain::log::Attention;
use crate::edge::store;
use crate::stages::classify::{self, Sightings};
use crate::stages::clean::cursor::Cursor;
use crate::stages::extract::Extraction;
use crate::stages::extract::green::GreenLines;
use crate::stages::fingerprint;

/// What is known beside the log.
#[derive(Clone, Debug, Default)]
pub struct ReadOptions {
    /// The job's name as GitHub shows it.
    pub job: Option<String>,
    /// Readers to force; empty finds out.
    pub tools: Vec<String>,
    /// The same job's log of the last green run.
    pub green: Option<PathBuf>,
    /// A glob of test reports.
    pub reports: Option<String>,
    /// The commit's files, to tell which printed paths are ours; `None` where they are not known.
    pub files: Option<Vec<String>>,
}

/// What one log says.
#[derive(Clone, Debug)]
pub struct LogRead {
    pub reading: Reading,
    pub classification: Classification,
    /// `None` where nothing failed that could be named.
    pub fingerprint: Option<Fingerprint>,
}

/// Reads a log file; `-` is standard input.
pub fn read_log(path: &Path, options: &ReadOptions) -> anyhow::Result<LogRead> {
    let green = options.green.as_deref().map(read_green).transpose()?;
    let mut extraction = Extraction::new(&options.tools, green);
    let mut sightings = Sightings::new();
    let mut cursor = Cursor::new();
    store::read_chunks(path, &mut |chunk| {
        cursor.push(chunk, &mut |line, before| {
            sightings.line(line);
            extraction.line(line, before)
        });
    })?;
    let size = cursor.finish(40, &mut |line, before| {
        sightings.line(line);
        extraction.line(line, before)
    });
    let reading = extraction.finish(size);
    let classification = classify::classify(&reading, &sightings);
    let fingerprint = fingerprint::fingerprint(&reading);
    Ok(LogRead { reading, classification, fingerprint })
}

fn read_green(path: &Path) -> anyhow::Result<GreenLines> {
    let mut green = GreenLines::default();
    let mut cursor = Cursor::new();
    store::read_chunks(path, &mut |chunk| {
        cursor.push(chunk, &mut |line, _| {
            green.add(line);
            Attention::Stay
        });
    })?;
    Ok(green)
}
