//! What tsc names: the property or name that was meant, and the import that nobody uses.

use std::sync::LazyLock;

use regex::Regex;

use super::case::{Case, of_import, rename};
use crate::domain::candidate::{Change, Remedy};
use crate::domain::failure::Failure;

pub fn remedies(case: &Case<'_>) -> Vec<Remedy> {
    case.places("tsc: the name it suggests", &changes)
}

fn changes(failure: &Failure) -> Vec<Change> {
    match failure.code.as_deref() {
        // `All imports in import declaration are unused.`
        Some("TS6192") => vec![Change::DeleteImport { name: None }],
        // `'x' is declared but its value is never read.`: the edit looks whether it is an import at all.
        Some("TS6133" | "TS6196") => {
            let name = failure.message.strip_prefix('\'').and_then(|rest| rest.split('\'').next());
            name.map(|name| Change::DeleteImport { name: Some(name.to_owned()) }).into_iter().collect()
        }
        _ => did_you_mean(failure).into_iter().collect(),
    }
}

/// The name that is not there, as TS2551, TS2552, TS2561, TS2663, TS2724, TS2820 and TS2833 say it.
static MISSPELT: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r#"^(?:Property '([^']+)' (?:does|may) not exist|Cannot find (?:name|namespace) '([^']+)'|Object literal may only specify known properties, but '([^']+)' does not exist|'?"[^"]*"'? has no exported member named '([^']+)'|Type '"([^"]+)"' is not assignable)"#,
    )
    .expect("the pattern compiles")
});

fn did_you_mean(failure: &Failure) -> Option<Change> {
    let from = MISSPELT.captures(&failure.message)?.iter().flatten().nth(1)?.as_str();
    let change = rename(from, failure.suggestion.as_deref()?.trim_matches('"'))?;
    Some(if failure.message.contains("has no exported member") { of_import(change) } else { change })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::failure::Kind;
    use crate::domain::log::Span;

    fn failure(code: &str, message: &str, suggestion: Option<&str>) -> Failure {
        let mut failure = Failure::new(Kind::TypeError, "tsc", message, Span::at(1));
        failure.code = Some(code.to_owned());
        failure.suggestion = suggestion.map(str::to_owned);
        failure
    }

    #[test]
    fn what_tsc_suggests_becomes_a_rename() {
        for (code, message, from, to) in [
            ("TS2551", "Property 'fooBar' does not exist on type 'Bar'. Did you mean 'foobar'?", "fooBar", "foobar"),
            ("TS2552", "Cannot find name 'lognName'. Did you mean 'longName'?", "lognName", "longName"),
            (
                "TS2561",
                "Object literal may only specify known properties, but 'fooBar' does not exist in type 'Bar'. Did you mean to write 'foobar'?",
                "fooBar",
                "foobar",
            ),
            ("TS2663", "Cannot find name 'baz'. Did you mean the instance member 'this.baz'?", "baz", "this.baz"),
            (
                "TS2724",
                "'\"./bar\"' has no exported member named 'Describe'. Did you mean 'describe'?",
                "Describe",
                "describe",
            ),
        ] {
            let (from, suggested) = (from.to_owned(), to.to_owned());
            let expected = match code {
                "TS2724" => Change::RenameImport { from, to: suggested },
                _ => Change::Rename { from, to: suggested },
            };
            assert_eq!(changes(&failure(code, message, Some(to))), [expected], "{message}");
        }
    }

    #[test]
    fn what_tsc_only_complains_of_is_left_to_others() {
        assert_eq!(changes(&failure("TS2304", "Cannot find name 'fooo'.", None)), []);
        assert_eq!(changes(&failure("TS2345", "Argument of type 'number' is not assignable.", Some("x"))), []);
        assert_eq!(changes(&failure("TS2552", "Cannot find name 'a'.", Some("b; evil()"))), []);
    }

    #[test]
    fn an_unused_name_may_be_an_import() {
        let unused = failure("TS6133", "'fs' is declared but its value is never read.", None);
        assert_eq!(changes(&unused), [Change::DeleteImport { name: Some("fs".to_owned()) }]);
        let all = failure("TS6192", "All imports in import declaration are unused.", None);
        assert_eq!(changes(&all), [Change::DeleteImport { name: None }]);
    }
}
