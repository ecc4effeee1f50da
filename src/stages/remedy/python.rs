//! What Python and mypy name: the attribute, name or argument that was meant.

use std::sync::LazyLock;

use regex::Regex;

use super::case::{Case, of_import, rename};
use crate::domain::candidate::{Change, Remedy};
use crate::domain::failure::Failure;

/// The interpreter's own words, whichever test tool printed them; the place is the innermost frame of the repository.
pub fn remedies(case: &Case<'_>) -> Vec<Remedy> {
    case.places("python: the name it suggests", &interpreter)
}

pub fn mypy_remedies(case: &Case<'_>) -> Vec<Remedy> {
    case.places("mypy: the name it suggests", &mypy)
}

static INTERPRETER: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r"(?:^name|has no attribute|cannot import name|unexpected keyword argument) '([^']+)'.*?(?:\. )?Did you mean:? '([^']+)'\?",
    )
    .expect("the pattern compiles")
});

fn interpreter(failure: &Failure) -> Vec<Change> {
    let named = INTERPRETER.captures(&failure.message);
    let change = named.and_then(|found| rename(found.get(1)?.as_str(), found.get(2)?.as_str()));
    let imported = failure.message.starts_with("cannot import name");
    change.map(|change| if imported { of_import(change) } else { change }).into_iter().collect()
}

static MYPY: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r#"(?:has no attribute|^Name|Unexpected keyword argument|has no key) "([^"]+)".*?(?:; maybe|; did you mean) (.+)\?$"#,
    )
    .expect("the pattern compiles")
});

/// `maybe "a", "b", or "c"?` gives one change for each.
fn mypy(failure: &Failure) -> Vec<Change> {
    let Some(named) = MYPY.captures(&failure.message) else { return Vec::new() };
    let from = named.get(1).map_or("", |name| name.as_str());
    let offered = named.get(2).map_or("", |names| names.as_str());
    // `from m import x`; a module's attribute that is used without being imported has no name before it.
    let imported = failure.message.starts_with("Module \"");
    let changes = offered.split('"').skip(1).step_by(2).filter_map(|to| rename(from, to));
    changes.map(|change| if imported { of_import(change) } else { change }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::failure::Kind;
    use crate::domain::log::Span;

    fn renames(read: fn(&Failure) -> Vec<Change>, message: &str) -> Vec<(String, String)> {
        let changes = read(&Failure::new(Kind::TypeError, "python", message, Span::at(1)));
        changes
            .into_iter()
            .map(|change| match change {
                Change::Rename { from, to } | Change::RenameImport { from, to } => (from, to),
                other => panic!("{other:?}"),
            })
            .collect()
    }

    fn pairs(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
        pairs.iter().map(|(from, to)| ((*from).to_owned(), (*to).to_owned())).collect()
    }

    #[test]
    fn what_the_interpreter_asks_becomes_a_rename() {
        for (message, from, to) in [
            ("name 'colouur' is not defined. Did you mean: 'colour'?", "colouur", "colour"),
            ("name 'foo' is not defined. Did you mean: 'self.foo'?", "foo", "self.foo"),
            ("module 'pkg.m' has no attribute 'biuld'. Did you mean: 'build'?", "biuld", "build"),
            ("'Foo' object has no attribute 'nmae'. Did you mean: 'name'?", "nmae", "name"),
            ("cannot import name 'buidl' from 'pkg.m' (/srv/pkg/m.py). Did you mean: 'build'?", "buidl", "build"),
            (
                "Foo.total() got an unexpected keyword argument 'discout'. Did you mean 'discount'?",
                "discout",
                "discount",
            ),
        ] {
            assert_eq!(renames(interpreter, message), pairs(&[(from, to)]), "{message}");
        }
        assert_eq!(renames(interpreter, "name 'sys' is not defined. Did you forget to import 'sys'?"), []);
        assert_eq!(renames(interpreter, "unsupported operand type(s) for +: 'int' and 'str'"), []);
    }

    #[test]
    fn what_mypy_asks_becomes_a_rename_for_every_name_it_offers() {
        for (message, from, to) in [
            (r#"Module "pkg.m" has no attribute "buidl"; maybe "build"?"#, "buidl", "build"),
            (r#""Foo" has no attribute "totl"; maybe "total"?"#, "totl", "total"),
            (r#"Module has no attribute "biuld"; maybe "build"?"#, "biuld", "build"),
            (r#"Name "colouur" is not defined; did you mean "colour"?"#, "colouur", "colour"),
            (
                r#"Unexpected keyword argument "discout" for "total" of "Foo"; did you mean "discount"?"#,
                "discout",
                "discount",
            ),
        ] {
            assert_eq!(renames(mypy, message), pairs(&[(from, to)]), "{message}");
        }
        let several = r#""Foo" has no attribute "nam"; maybe "name", "named", or "names"?"#;
        assert_eq!(renames(mypy, several), pairs(&[("nam", "name"), ("nam", "named"), ("nam", "names")]));
        assert_eq!(renames(mypy, r#""Foo" has no attribute "nmae""#), []);
    }
}
