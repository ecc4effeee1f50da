//! Failures become what their own tools would do about them.
//!
//! A remedy is either a command that lets the tool mend its own complaint in a scratch copy, as near to the failing
//! command as can be and limited to what failed; or an exact edit at the place that the tool names. Nothing here says
//! that a remedy is right: that is for the proof.

pub mod shell;
pub mod script;
pub mod unfold;
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
        match by_tool.iter_mut().find(|(tool, _)| *tool == failure.known_tool()) {
            Some((_, failures)) => failures.push(failure),
            None => by_tool.push((failure.known_tool(), vec![failure])),
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
            Change::Rename { from, to } | Change::RenameImport { from, to } => {
                let at = usize::try_from(place.line).ok()?.checked_sub(1)?;
                let line = lines.bytes(&(at..at.checked_add(1)?));
                let start = line.start + locate::locate(&source[line], place.column, from)?;
                cuts.push(Cut { range: start..start + from.len(), replace: to.clone() });
                if matches!(place.change, Change::RenameImport { .. }) {
                    let uses = locate::uses(source, from, file.ends_with(".rs")).into_iter().filter(|at| *at != start);
                    cuts.extend(uses.map(|at| Cut { range: at..at + from.len(), replace: to.clone() }));
                }
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

#[cfg(test)]
pub mod tests {
    use super::*;
    use crate::domain::failure::{Kind, ReproduceFrom};
    use crate::domain::log::Span;

    /// What is run, where every remedy is a program's own.
    pub fn fixer_commands(remedies: Vec<Remedy>) -> Vec<String> {
        let command = |remedy| match remedy {
            Remedy::Fixer(fixer) => fixer.command,
            other => panic!("{other:?}"),
        };
        remedies.into_iter().map(command).collect()
    }

    fn failure(tool: &str, file: &str, place: (u32, Option<u32>), code: &str, message: &str) -> Failure {
        let mut failure = Failure::new(Kind::TypeError, tool, message, Span::at(1));
        failure.file = Some(file.to_owned());
        (failure.line, failure.column) = (Some(place.0), place.1);
        failure.code = Some(code.to_owned());
        failure
    }

    /// The files after each remedy's edits.
    fn mended(failures: Vec<Failure>, files: &[(&str, &str)]) -> Vec<Option<Vec<String>>> {
        let reading = Reading { failures, ..Reading::default() };
        let reproduce = Reproduce::at_root("make", ReproduceFrom::Workflow);
        let read = |path: &str| files.iter().find(|(file, _)| *file == path).map(|(_, text)| (*text).to_owned());
        remedies(&reading, &|path| read(path).is_some(), &reproduce)
            .iter()
            .map(|remedy| {
                let edits = edits(remedy, &read)?;
                let after = files.iter().map(|(file, text)| {
                    edits.iter().filter(|edit| edit.file() == *file).fold((*text).to_owned(), |text, edit| match edit {
                        Edit::Replace { search, replace, .. } => text.replacen(search.as_str(), replace, 1),
                        other => panic!("{other:?}"),
                    })
                });
                Some(after.collect())
            })
            .collect()
    }

    #[test]
    fn all_places_that_a_tool_names_are_mended_at_once() {
        let source = "package price\n\nimport \"os\"\n\nfunc Show(i Item) string { return i.total() + i.total() }\n";
        let failures = vec![
            failure("go-build", "price.go", (3, Some(8)), "", r#""os" imported and not used"#),
            failure(
                "go-build",
                "price.go",
                (5, Some(37)),
                "",
                "i.total undefined (type Item has no field or method total, but does have method Total)",
            ),
            failure(
                "go-build",
                "price.go",
                (5, Some(49)),
                "",
                "i.total undefined (type Item has no field or method total, but does have method Total)",
            ),
        ];
        let after = "package price\n\nfunc Show(i Item) string { return i.Total() + i.Total() }\n";
        assert_eq!(mended(failures, &[("price.go", source)]), [Some(vec![after.to_owned()])]);
    }

    #[test]
    fn two_files_are_mended_together() {
        let unused =
            |file: &str| failure("tsc", file, (1, Some(10)), "TS6133", "'x' is declared but its value is never read.");
        let files = [("a.ts", "import { x } from './m';\nf();\n"), ("b.ts", "import { x, y } from './m';\ny();\n")];
        let after = vec!["f();\n".to_owned(), "import { y } from './m';\ny();\n".to_owned()];
        assert_eq!(mended(vec![unused("a.ts"), unused("b.ts")], &files), [Some(after)]);
    }

    #[test]
    fn a_place_that_is_not_what_the_tool_said_is_no_remedy() {
        let message = "'x' is declared but its value is never read.";
        let local = failure("tsc", "a.ts", (2, Some(7)), "TS6133", message);
        assert_eq!(mended(vec![local], &[("a.ts", "f();\nconst x = 1;\n")]), [None]);
        let elsewhere = failure("tsc", "a.ts", (9, Some(7)), "TS6133", message);
        assert_eq!(mended(vec![elsewhere], &[("a.ts", "f();\n")]), [None]);
        let unknown = failure("tsc", "gone.ts", (1, Some(7)), "TS6133", message);
        assert_eq!(mended(vec![unknown], &[("a.ts", "f();\n")]), []);
    }

    #[test]
    fn a_tool_that_offers_several_names_gives_several_remedies() {
        let message = r#""Foo" has no attribute "nam"; maybe "name" or "named"?"#;
        let failures = vec![failure("mypy", "a.py", (2, None), "attr-defined", message)];
        let after = mended(failures, &[("a.py", "f = Foo()\nf.nam\n")]);
        assert_eq!(after, ["f = Foo()\nf.name\n", "f = Foo()\nf.named\n"].map(|text| Some(vec![text.to_owned()])));
    }

    #[test]
    fn an_imported_name_takes_its_uses_with_it() {
        let message = "'\"./m\"' has no exported member named 'descrbe'. Did you mean 'describe'?";
        let mut import = failure("tsc", "a.ts", (1, Some(10)), "TS2724", message);
        import.suggestion = Some("describe".to_owned());
        let source = "import { descrbe } from './m';\nconsole.log(descrbe('descrbe'), x.descrbe);\n";
        let after = "import { describe } from './m';\nconsole.log(describe('descrbe'), x.descrbe);\n";
        assert_eq!(mended(vec![import], &[("a.ts", source)]), [Some(vec![after.to_owned()])]);
    }

    #[test]
    fn a_tool_without_a_remedy_of_its_own_has_none() {
        let jest = failure("jest", "a.js", (2, Some(3)), "TypeError", "x is not a function. Did you mean 'y'?");
        assert_eq!(mended(vec![jest], &[("a.js", "x\nx()\n")]), []);
    }
}
