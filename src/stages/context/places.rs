//! Where a log points: files and lines of failures, of the traces around them, and of the failing tests.

use std::sync::LazyLock;

use regex::Regex;

use super::index::Index;
use crate::domain::failure::Reading;

/// Places read from traces; a deep recursion repeats itself.
pub const TRACE_PLACES_MAX: usize = 200;

/// A longer line of a log is data, not a trace.
const LINE_BYTES_MAX: usize = 2_000;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    pub file: String,
    pub line: Option<u32>,
}

/// Every place of the commit that the log points at, the most telling first.
pub fn places(reading: &Reading, index: &Index<'_>) -> Vec<Place> {
    let mut places = Vec::new();
    let mut push = |file: &str, line: Option<u32>| {
        let place = Place { file: file.to_owned(), line };
        if !places.contains(&place) {
            places.push(place);
        }
    };
    let (roots, others): (Vec<_>, Vec<_>) = reading.failures.iter().partition(|failure| failure.primary);
    for failure in &roots {
        let file = failure.file.as_deref().filter(|file| index.holds(file));
        if let Some(file) = file.or_else(|| failure.path.as_deref().and_then(|path| index.named(path))) {
            push(file, failure.line);
        }
    }
    for (file, line) in traces(reading, index) {
        push(file, line);
    }
    for failure in roots.iter().chain(&others) {
        let own = failure.test.as_deref().and_then(|test| test.split("::").next());
        if let Some(file) = own.filter(|own| own.contains('.')).and_then(|own| index.named(own)) {
            push(file, None);
        }
    }
    for failure in &others {
        if let Some(file) = failure.file.as_deref().filter(|file| index.holds(file)) {
            push(file, failure.line);
        }
    }
    places
}

/// `path:12`, `path:12:3`, `path(12,3)`, `File "path", line 12`, and a path alone: how traces name places.
static PLACE: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(
        r#"(?x)
        (?P<path> [A-Za-z0-9_@./\\\-+\[\]$]* [A-Za-z0-9_\])] \. [A-Za-z][A-Za-z0-9]{0,9} )
        (?: :(?P<colon>[0-9]{1,7}) | \((?P<paren>[0-9]{1,7})[,)] | ",\ line\ (?P<word>[0-9]{1,7}) )?
        "#,
    )
    .ok()
});

fn traces<'a>(reading: &Reading, index: &Index<'a>) -> Vec<(&'a str, Option<u32>)> {
    let Some(place) = &*PLACE else { return Vec::new() };
    let lines = reading.excerpts.iter().flat_map(|excerpt| &excerpt.lines).filter(|line| line.len() <= LINE_BYTES_MAX);
    let mut found = Vec::new();
    for line in lines {
        for captures in place.captures_iter(line) {
            let Some(file) = captures.name("path").and_then(|path| index.named(path.as_str())) else { continue };
            let number = ["colon", "paren", "word"].iter().find_map(|name| captures.name(name));
            found.push((file, number.and_then(|number| number.as_str().parse().ok())));
            if found.len() == TRACE_PLACES_MAX {
                return found;
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::log::{Excerpt, Span};

    fn of(lines: &[&str], files: &[&str]) -> Vec<(String, Option<u32>)> {
        let files: Vec<String> = files.iter().map(|file| (*file).to_owned()).collect();
        let excerpt = Excerpt { span: Span::at(1), lines: lines.iter().map(|line| (*line).to_owned()).collect() };
        let reading = Reading { excerpts: vec![excerpt], ..Reading::default() };
        places(&reading, &Index::new(&files)).into_iter().map(|place| (place.file, place.line)).collect()
    }

    #[test]
    fn traces_of_every_language_are_read() {
        let files =
            ["app.py", "src/lib.rs", "src/a.ts", "calc/calc.go", "src/main/java/demo/Calc.java", "web/[id].tsx"];
        for (line, file, number) in [
            ("  File \"/home/runner/work/x/x/app.py\", line 12, in f", "app.py", Some(12)),
            ("app.py:7: TypeError", "app.py", Some(7)),
            ("  --> src/lib.rs:3:5", "src/lib.rs", Some(3)),
            ("src/a.ts(4,9): error TS2551", "src/a.ts", Some(4)),
            ("    at Object.<anonymous> (/work/src/a.ts:10:3)", "src/a.ts", Some(10)),
            ("    calc.go:9: undefined", "calc/calc.go", Some(9)),
            ("\tat demo.Calc.add(Calc.java:5)", "src/main/java/demo/Calc.java", Some(5)),
            ("web/[id].tsx:2:1", "web/[id].tsx", Some(2)),
            ("would reformat app.py", "app.py", None),
        ] {
            assert_eq!(of(&[line], &files), [(file.to_owned(), number)], "{line}");
        }
    }

    #[test]
    fn a_recursion_s_trace_is_bounded() {
        let lines: Vec<String> = (0..TRACE_PLACES_MAX + 5).map(|line| format!("app.py:{line}: in f")).collect();
        let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
        assert_eq!(of(&lines, &["app.py"]).len(), TRACE_PLACES_MAX);
    }
}
