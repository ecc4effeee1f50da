//! Failures become what their own tools would do about them.
//!
//! A remedy is either a command that lets the tool mend its own complaint in a scratch copy, as near to the failing
//! command as can be and limited to what failed; or an exact edit at the place that the tool names. Nothing here says
//! that a remedy is right: that is for the proof.

pub mod shell;
pub mod script;
pub mod cut;
pub mod go_imports;
pub mod ts_imports;
pub mod locate;
pub mod case;
pub mod rust;
pub mod python;
pub mod ruff;
pub mod typescript;
pub mod node;
pub mod go;
pub mod java;

use crate::domain::candidate::{Change, Edit, Place, Remedy};
use crate::domain::failure::{Failure, Reading, Reproduce};
use case::Case;
use cut::{Cut, Lines};

/// What the tools that failed would do, in order of preference. `exists` says whether a path is in the tree.
pub fn remedies(reading: &Reading, exists: &dyn Fn(&str) -> bool, reproduce: &Reproduce) -> Vec<Remedy> {
    let mut by_tool: Vec<(&str, Vec<&Failure>)> = Vec::new();
    for failure in reading.roots() {
        match by_tool.iter_mut().find(|(tool, _)| *tool == failure.tool) {
            Some((_, failures)) => failures.push(failure),
            None => by_tool.push((&failure.tool, vec![failure])),
        }
    }
    let mut remedies: Vec<Remedy> = Vec::new();
    for (tool, failures) in by_tool {
        for remedy in of_tool(tool, &Case::new(failures, exists, reproduce)) {
            if !remedies.contains(&remedy) {
                remedies.push(remedy);
            }
        }
    }
    remedies
}

fn of_tool(tool: &str, case: &Case<'_>) -> Vec<Remedy> {
    match tool {
        "rustc" => rust::rustc_remedies(case),
        "clippy" => rust::clippy_remedies(case),
        "rustfmt" => rust::rustfmt_remedies(case),
        "ruff" => ruff::remedies(case),
        "mypy" => python::mypy_remedies(case),
        "python" | "pytest" | "unittest" => python::remedies(case),
        "tsc" => typescript::remedies(case),
        "eslint" => node::eslint_remedies(case),
        "prettier" => node::prettier_remedies(case),
        "go-build" | "go-vet" | "go-test" => go::remedies(case),
        "gofmt" => go::format_remedies(case),
        "spotless" => java::spotless_remedies(case),
        _ => Vec::new(),
    }
}

/// A place-bound remedy as edits; `None` for a fixer, or where one of its places is not what the tool said it is.
/// `read` gives a file's text at the failing commit.
pub fn edits(remedy: &Remedy, read: &dyn Fn(&str) -> Option<String>) -> Option<Vec<Edit>> {
    let Remedy::Places { places, .. } = remedy else { return None };
    let mut files: Vec<&str> = Vec::new();
    for place in places {
        if !files.contains(&place.file.as_str()) {
            files.push(&place.file);
        }
    }
    let mut edits = Vec::new();
    for file in files {
        let source = read(file)?;
        let places: Vec<&Place> = places.iter().filter(|place| place.file == file).collect();
        edits.extend(cut::edits(file, &source, cuts(file, &source, &places)?)?);
    }
    (!edits.is_empty()).then_some(edits)
}

fn cuts(file: &str, source: &str, places: &[&Place]) -> Option<Vec<Cut>> {
    let lines = Lines::new(source);
    let mut cuts = Vec::new();
    let mut unused = Vec::new();
    for place in places {
        match &place.change {
            Change::Rename { from, to } => {
                let at = usize::try_from(place.line).ok()?.checked_sub(1)?;
                let line = lines.bytes(&(at..at.checked_add(1)?));
                let start = line.start + locate::locate(&source[line], place.column, from)?;
                cuts.push(Cut { range: start..start + from.len(), replace: to.clone() });
            }
            Change::DeleteImport { name } => unused.push((place.line, name.as_deref())),
        }
    }
    if file.ends_with(".go") {
        let named: Option<Vec<(u32, &str)>> = unused.iter().map(|(line, path)| Some((*line, (*path)?))).collect();
        cuts.extend(go_imports::cuts(source, &named?)?);
    } else if !unused.is_empty() {
        cuts.extend(ts_imports::cuts(source, &unused)?);
    }
    Some(cuts)
}
