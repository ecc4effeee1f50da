//! `self-heal eval`: the golden set, read as `classify` reads, scored, and held against its baseline.

use std::path::{Path, PathBuf};

use anyhow::Context as _;

use super::read::{LogRead, ReadOptions, read_log};
use crate::config::inputs::BadInput;
use crate::config::written::Problem;
use crate::edge::store;
use crate::stages::eval::baseline::Baseline;
use crate::stages::eval::case::Case;
use crate::stages::eval::page;
use crate::stages::eval::score::{Judged, Said, Score};

/// Where this project keeps its own.
const FOLDER_DEFAULT: &str = "fixtures/golden";

const BASELINE: &str = "baseline.toml";

/// A case's script is short, and a baseline has a line a slice.
const FILE_BYTES_MAX: u64 = 1 << 20;

/// What was asked for.
pub struct Asked {
    /// The golden set; `None` is this project's own.
    pub folder: Option<PathBuf>,
    pub json: bool,
    /// Whether the scores become the baseline.
    pub bless: bool,
}

/// What came of it.
pub struct Evaluated {
    pub page: String,
    /// Whether nothing fell and nothing is left to be checked.
    pub good: bool,
}

/// Scores a golden set.
pub fn eval(asked: &Asked) -> anyhow::Result<Evaluated> {
    let folder = asked.folder.clone().unwrap_or_else(|| PathBuf::from(FOLDER_DEFAULT));
    let (mut judged, mut unchecked) = (Vec::new(), Vec::new());
    for file in cases(&folder)? {
        let case = case(&folder, &file)?;
        if case.checked {
            let said = said(read_case(&file)?);
            judged.push(Judged::new(case, said));
        } else {
            unchecked.push(case.name);
        }
    }
    let names: Vec<&str> = judged.iter().map(|one| one.case.name.as_str()).collect();
    for one in &judged {
        if let Some(other) = one.case.same_as.as_deref().filter(|other| !names.contains(other)) {
            let file = folder.join(&one.case.name).display().to_string();
            return Err(BadInput(format!("{file}.toml: `same-as` names `{other}`: there is no such case")).into());
        }
    }
    let score = Score::of(&judged);
    let baseline = folder.join(BASELINE);
    if asked.bless {
        store::write(&baseline, &Baseline::of(&score).written())?;
    }
    let changes = match store::text(&baseline, FILE_BYTES_MAX)? {
        Some(text) => Some(Baseline::parse(&text).map_err(|problem| bad(&baseline, &problem))?.against(&score)),
        None => None,
    };
    let shown = if asked.json { page::json } else { page::text };
    Ok(Evaluated {
        page: shown(&judged, &unchecked, &score, changes.as_ref()),
        good: unchecked.is_empty() && changes.as_ref().is_none_or(|changes| changes.fallen.is_empty()),
    })
}

/// Writes beside a log what the program says of it, for a person to check; the file's name.
pub fn add(log: &Path) -> anyhow::Result<String> {
    let file = log.with_extension("toml");
    if log.extension().is_none_or(|extension| extension != "log") {
        return Err(BadInput(format!("{}: a case's log is called NAME.log", log.display())).into());
    }
    if store::text(&file, FILE_BYTES_MAX)?.is_some() {
        return Err(BadInput(format!("{} is there already: it is a case", file.display())).into());
    }
    let read = read_case(&file)?;
    store::write(&file, &Case::draft(&read.reading, &read.classification))?;
    Ok(format!("{} is written: check it, complete it, and take `checked = false` out", file.display()))
}

/// The cases' files, in order.
fn cases(folder: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let found = store::files_below(folder, "toml")
        .map_err(|error| BadInput(format!("list the golden set {}: {error}: name its folder", folder.display())))?;
    let cases: Vec<PathBuf> =
        found.into_iter().filter(|file| file.file_name().is_some_and(|name| name != BASELINE)).collect();
    if cases.is_empty() {
        return Err(BadInput(format!("the golden set {} has no case: name its folder", folder.display())).into());
    }
    Ok(cases)
}

fn case(folder: &Path, file: &Path) -> anyhow::Result<Case> {
    let text = store::text(file, FILE_BYTES_MAX)?.with_context(|| format!("read {}", file.display()))?;
    let name = file.strip_prefix(folder).unwrap_or(file).with_extension("");
    Ok(Case::parse(&name.to_string_lossy(), &text).map_err(|problem| bad(file, &problem))?)
}

fn bad(file: &Path, Problem { line, text }: &Problem) -> BadInput {
    BadInput(format!("{}, line {line}: {text}", file.display()))
}

/// A case's log, with the green one where there is one.
fn read_case(file: &Path) -> anyhow::Result<LogRead> {
    let green = Some(file.with_extension("green.log")).filter(|green| store::is_file(green));
    read_log(&file.with_extension("log"), &ReadOptions { green, ..ReadOptions::default() })
}

fn said(LogRead { reading, classification, fingerprint }: LogRead) -> Said {
    Said {
        class: classification.class,
        kind: classification.kind,
        confidence: classification.confidence,
        fingerprint: fingerprint.map(|fingerprint| fingerprint.to_string()),
        roots: reading.failures.into_iter().filter(|failure| failure.primary).collect(),
    }
}
