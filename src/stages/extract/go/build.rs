//! The go compiler, and go itself where it cannot load what it should compile.

use super::lines::{By, GoLines, is_anothers, is_loading, is_missing_module, is_vets_in_test};
use crate::domain::failure::{Failure, Kind};
use crate::domain::log::{Line, Span};
use crate::stages::extract::pattern::Pattern;
use crate::stages::extract::reader::{Attention, Findings, Reader};

pub struct GoBuild {
    lines: GoLines,
}

impl Default for GoBuild {
    fn default() -> Self {
        Self { lines: GoLines::new("go-build", own) }
    }
}

/// `go: github.com/none/such@v1.0.0: …`
static MODULE: Pattern = Pattern::new(
    r"^go: (?:\S+@v\S+: .+|updates to go\.mod needed.*|inconsistent vendoring.*|cannot find main module.*|go\.mod file not found.*|module .+)$",
);

/// `found packages a (x.go) and b (y.go) in /srv/a`
static MIXED: Pattern = Pattern::new(r"^found packages .+ in \S+$");

impl Reader for GoBuild {
    fn tool(&self) -> &'static str {
        "go-build"
    }

    fn wakes(&self) -> &'static [&'static str] {
        &[".go:\u{1}", "go: ", "found packages ", "import cycle not allowed"]
    }

    /// The package's name, `# example.com/shop`, stands above the first error.
    fn looks_back(&self) -> bool {
        true
    }

    fn line(&mut self, line: &Line<'_>, found: &mut Findings) -> Attention {
        let (ended, more) = self.lines.line(line);
        if let Some(failure) = ended {
            found.failure(failure);
        }
        if more {
            return Attention::Stay;
        }
        let text = line.text;
        if MODULE.is_match(text) && !text.contains("downloading") {
            let message = text.trim_start_matches("go: ");
            found.failure(Failure::new(Kind::DependencyIssue, "go-build", message, Span::at(line.number)));
        } else if MIXED.is_match(text) || text.trim_end().ends_with(": import cycle not allowed") {
            found.failure(Failure::new(Kind::BuildError, "go-build", text.trim(), Span::at(line.number)));
        }
        Attention::Sleep
    }

    fn end(&mut self, found: &mut Findings) {
        if let Some(failure) = self.lines.end() {
            found.failure(failure);
        }
    }
}

/// The compiler's sentences stand below the package's name, those of a go that could not load it stand alone.
fn own(message: &str, by: By, _: bool) -> Option<Kind> {
    let own = match by {
        By::Package => !is_vets_in_test(message),
        By::Vetted | By::Marked => false,
        By::Nobody => is_loading(message) && !is_anothers(message),
    };
    own.then(|| if is_missing_module(message) { Kind::DependencyIssue } else { Kind::BuildError })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stages::extract::tests::read;

    fn shown(log: &str) -> Vec<(String, u32, u32, Option<String>, String)> {
        let failures = read(log).failures.into_iter().filter(|failure| failure.tool == "go-build");
        failures
            .map(|failure| {
                let (line, column) = (failure.line.unwrap_or(0), failure.column.unwrap_or(0));
                (failure.path.unwrap_or_default(), line, column, failure.suggestion, failure.message)
            })
            .collect()
    }

    /// As go 1.26 prints it.
    const BUILD: &str = "\
# example.com/shop/price
price/price.go:4:2: \"fmt\" imported and not used
price/price.go:5:2: \"strings\" imported as str and not used
price/price.go:12:37: i.total undefined (type Item has no field or method total, but does have method Total)
price/price.go:12:57: undefined: undefinedThing
price/price.go:13:35: not enough return values
\thave (number)
\twant (int, string)
price/price.go:16:14: unknown field cents in struct literal of type Item, but does have Cents
# example.com/shop/tree [example.com/shop/tree.test]
./tree_test.go:11:17: undefined: strings.contains (but have Contains)
";

    #[test]
    fn errors_stand_below_their_package() {
        let found = shown(BUILD);
        let row = |path: &str, line, column, suggestion: Option<&str>, message: &str| {
            (path.to_owned(), line, column, suggestion.map(str::to_owned), message.to_owned())
        };
        let no_total = "i.total undefined (type Item has no field or method total, but does have method Total)";
        let no_cents = "unknown field cents in struct literal of type Item, but does have Cents";
        assert_eq!(
            found,
            [
                row("price/price.go", 4, 2, None, "\"fmt\" imported and not used"),
                row("price/price.go", 5, 2, None, "\"strings\" imported as str and not used"),
                row("price/price.go", 12, 37, Some("Total"), no_total),
                row("price/price.go", 12, 57, None, "undefined: undefinedThing"),
                row("price/price.go", 13, 35, None, "not enough return values\nhave (number)\nwant (int, string)"),
                row("price/price.go", 16, 14, Some("Cents"), no_cents),
                row("./tree_test.go", 11, 17, Some("Contains"), "undefined: strings.contains (but have Contains)"),
            ]
        );
        assert_eq!(read(BUILD).failures[4].log, Span { first: 6, last: 8 });
    }

    #[test]
    fn what_cannot_be_loaded_has_no_package_above_it() {
        let log = "\
ok/imp.go:4:8: no required module provides package example.com/shop/missing; to add it:
\tgo get example.com/shop/missing
ok/imp.go:3:8: package nopkg is not in std (/usr/local/go/src/nopkg)
ok/syn.go:2:10: expected ')', found '{'
found packages okk (imp.go) and ok (ok.go) in /srv/go/ok
package example.com/shop/cyc
\timports example.com/shop/cyc from c.go: import cycle not allowed
go: github.com/none/such@v1.0.0: invalid version: unknown revision v1.0.0
go: downloading github.com/some/such v1.0.0
";
        let kinds: Vec<_> = read(log).failures.into_iter().map(|failure| (failure.kind, failure.line)).collect();
        assert_eq!(
            kinds,
            [
                (Kind::DependencyIssue, Some(4)),
                (Kind::DependencyIssue, Some(3)),
                (Kind::BuildError, Some(2)),
                (Kind::BuildError, None),
                (Kind::BuildError, None),
                (Kind::DependencyIssue, None),
            ]
        );
    }
}
