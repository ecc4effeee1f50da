//! What go names: the import that nobody uses, the method or field that was meant; and gofmt on the files it lists.

use std::sync::LazyLock;

use regex::Regex;

use super::case::{Case, rename};
use crate::domain::candidate::{Change, Remedy};
use crate::domain::failure::Failure;

pub fn remedies(case: &Case<'_>) -> Vec<Remedy> {
    case.places("go: the name it suggests", &changes)
}

/// `gofmt -w` on exactly the files that are not formatted, simplified where the failing command simplifies.
pub fn format_remedies(case: &Case<'_>) -> Vec<Remedy> {
    let call = case.calls("gofmt").into_iter().next().unwrap_or_else(|| case.bare_call("", "gofmt"));
    let args: Vec<String> = match case.files(&call) {
        Some(files) => {
            let simplify = if call.has("-s") { Some("-s".to_owned()) } else { None };
            simplify.into_iter().chain(["-w".to_owned()]).chain(files).collect()
        }
        // A script that keeps the names to itself: all that it checked.
        None if !call.args.is_empty() && case.names_no_file() => {
            let stays = call.args.iter().filter(|word| !matches!(word.text.as_str(), "-d" | "-l" | "-w"));
            ["-w".to_owned()].into_iter().chain(stays.map(|word| word.raw.clone())).collect()
        }
        None => return Vec::new(),
    };
    vec![case.fixer("gofmt -w", call.with(&args))]
}

static UNUSED_IMPORT: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r#"^"([^"]+)" imported (?:as \S+ )?and not used"#).expect("the pattern compiles"));

static MISSPELT: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r"(?:no field or method|unknown field) (\w+)\b.*but does have (?:(?:method|field) )?(\w+)|^undefined: (?:\w+\.)?(\w+) \(but have (\w+)\)",
    )
    .expect("the pattern compiles")
});

fn changes(failure: &Failure) -> Vec<Change> {
    if let Some(path) = UNUSED_IMPORT.captures(&failure.message).and_then(|found| found.get(1)) {
        return vec![Change::DeleteImport { name: Some(path.as_str().to_owned()) }];
    }
    let names: Vec<&str> = match MISSPELT.captures(&failure.message) {
        Some(found) => found.iter().skip(1).flatten().map(|name| name.as_str()).collect(),
        None => return Vec::new(),
    };
    match names.as_slice() {
        [from, to] => rename(from, to).into_iter().collect(),
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::candidate::Remedy;
    use crate::domain::failure::{Kind, Reproduce, ReproduceFrom};
    use crate::domain::log::Span;

    fn failure(message: &str) -> Failure {
        Failure::new(Kind::BuildError, "go-build", message, Span::at(1))
    }

    #[test]
    fn what_go_suggests_becomes_a_rename() {
        for (message, from, to) in [
            (
                "i.total undefined (type Item has no field or method total, but does have method Total)",
                "total",
                "Total",
            ),
            (
                "p.cents undefined (type *Item has no field or method cents, but does have field Cents)",
                "cents",
                "Cents",
            ),
            ("unknown field cents in struct literal of type Item, but does have Cents", "cents", "Cents"),
            ("undefined: strings.contains (but have Contains)", "contains", "Contains"),
        ] {
            let expected = Change::Rename { from: from.to_owned(), to: to.to_owned() };
            assert_eq!(changes(&failure(message)), [expected], "{message}");
        }
        assert_eq!(changes(&failure("Item.Bar undefined (type Item has no field or method Bar)")), []);
        assert_eq!(changes(&failure("undefined: strings.ToUppr")), []);
    }

    #[test]
    fn an_unused_import_is_named_by_its_path() {
        for (message, path) in [
            (r#""os" imported and not used"#, "os"),
            (r#""strings" imported as str and not used"#, "strings"),
            (r#""github.com/go-chi/chi/v5" imported as chi and not used"#, "github.com/go-chi/chi/v5"),
        ] {
            assert_eq!(changes(&failure(message)), [Change::DeleteImport { name: Some(path.to_owned()) }]);
        }
    }

    #[test]
    fn gofmt_writes_only_the_files_it_listed() {
        let mut unformatted = Failure::new(Kind::FormatError, "gofmt", "cmd/a b.go", Span::at(1));
        unformatted.file = Some("cmd/a b.go".to_owned());
        let reproduce = Reproduce::at_root(r#"test -z "$(gofmt -s -l . | tee /dev/stderr)""#, ReproduceFrom::Workflow);
        let remedies = format_remedies(&Case::new(vec![&unformatted], &|_| true, &reproduce));
        let [Remedy::Fixer(fixer)] = remedies.as_slice() else { panic!("{remedies:?}") };
        assert_eq!(fixer.command, "gofmt -s -w 'cmd/a b.go'");
    }

    #[test]
    fn a_check_that_names_no_file_is_made_a_fixer_of_all_that_it_checked() {
        let silent = Failure::new(Kind::FormatError, "gofmt", "no", Span::at(1));
        let reproduce = Reproduce::at_root("cd svc\ntest -z \"$(gofmt -s -l cmd pkg)\"", ReproduceFrom::Workflow);
        let remedies = format_remedies(&Case::new(vec![&silent], &|_| true, &reproduce));
        let [Remedy::Fixer(fixer)] = remedies.as_slice() else { panic!("{remedies:?}") };
        assert_eq!(fixer.command, "cd svc\ngofmt -w -s cmd pkg");
    }
}
