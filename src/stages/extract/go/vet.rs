//! Vet: what compiles and is wrong all the same.

use super::lines::{By, GoLines, is_anothers, is_loading, is_vets_in_test};
use crate::domain::failure::Kind;
use crate::domain::log::Line;
use crate::stages::extract::pattern::Pattern;
use crate::stages::extract::reader::{Attention, Findings, Reader};

pub struct GoVet {
    lines: GoLines,
}

impl Default for GoVet {
    fn default() -> Self {
        Self { lines: GoLines::new("go-vet", own) }
    }
}

/// Before Go 1.10 vet told no columns: then only its own words tell it from a program that logs.
static WITHOUT_COLUMN: Pattern = Pattern::new(concat!(
    r"(?:\+build comment|^self-assignment of |^direct assignment to atomic value|^unreachable code$",
    r"|composite literal uses unkeyed fields|^struct field tag |^struct field \S+ repeats|passes lock by value",
    r"|copies lock value|^result of \S+ call not used|^missing return at end of function|possible misuse of unsafe\.Pointer",
    r"|should have signature|^range variable \S+ captured by func literal|^loop variable \S+ captured|^declaration of .+ shadows ",
    r"|^arg .+ for printf verb|^wrong number of args for format|^no formatting directive in|^unrecognized printf verb",
    r"|^missing argument for |^possible formatting directive in|^the \S+ function (?:is not used|returned by))"
));

impl Reader for GoVet {
    fn tool(&self) -> &'static str {
        "go-vet"
    }

    fn wakes(&self) -> &'static [&'static str] {
        GoLines::WAKES
    }

    fn looks_back(&self) -> bool {
        true
    }

    fn line(&mut self, line: &Line<'_>, found: &mut Findings) -> Attention {
        let (ended, more) = self.lines.line(line);
        if let Some(failure) = ended {
            found.failure(failure);
        }
        if more { Attention::Stay } else { Attention::Sleep }
    }

    fn end(&mut self, found: &mut Findings) {
        if let Some(failure) = self.lines.end() {
            found.failure(failure);
        }
    }
}

/// Vet's sentences stand alone, below a name in brackets, or in `go test` below the package's name.
fn own(message: &str, by: By, has_column: bool) -> Option<Kind> {
    let lint = match by {
        // What does not compile is the compiler's complaint, passed on.
        By::Marked => return Some(Kind::BuildError),
        By::Vetted => true,
        By::Package => is_vets_in_test(message),
        By::Nobody if is_loading(message) || is_anothers(message) => false,
        By::Nobody => has_column || WITHOUT_COLUMN.is_match(message),
    };
    lint.then_some(Kind::LintError)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stages::extract::tests::read;

    fn shown(log: &str) -> Vec<(Kind, String, u32, String)> {
        let failures = read(log).failures.into_iter().filter(|failure| failure.tool == "go-vet");
        failures
            .map(|failure| (failure.kind, failure.path.unwrap_or_default(), failure.line.unwrap_or(0), failure.message))
            .collect()
    }

    #[test]
    fn vet_speaks_alone_or_below_a_name_in_brackets() {
        let log = "\
price/price.go:5:24: fmt.Printf format %d has arg \"x\" of wrong type string
price/price.go:5:45: unreachable code
# example.com/shop/tree
# [example.com/shop/tree]
./tree.go:7:2: self-assignment of x to x
# example.com/shop/brk
# [example.com/shop/brk]
vet: brk/brk_test.go:5:28: undefined: nope
";
        let row = |kind, path: &str, line, message: &str| (kind, path.to_owned(), line, message.to_owned());
        let no_string = "fmt.Printf format %d has arg \"x\" of wrong type string";
        assert_eq!(
            shown(log),
            [
                row(Kind::LintError, "price/price.go", 5, no_string),
                row(Kind::LintError, "price/price.go", 5, "unreachable code"),
                row(Kind::LintError, "./tree.go", 7, "self-assignment of x to x"),
                row(Kind::BuildError, "brk/brk_test.go", 5, "undefined: nope"),
            ]
        );
    }

    #[test]
    fn in_go_test_vet_and_compiler_are_told_apart_by_their_words() {
        let log = "\
# example.com/shop/price
price/price.go:5:24: fmt.Printf format %d has arg \"x\" of wrong type string
# example.com/shop/brk [example.com/shop/brk.test]
brk/brk_test.go:5:28: undefined: nope
FAIL\texample.com/shop/brk [build failed]
";
        let tools: Vec<_> = read(log).failures.into_iter().map(|failure| failure.tool).collect();
        assert_eq!(tools, ["go-vet", "go-build"]);
    }

    #[test]
    fn without_a_column_vet_is_known_by_its_words() {
        let log =
            "tag.go:7: possible malformed +build comment\nassign.go:15: self-assignment of x to x\nexit status 1\n";
        let lines: Vec<_> = shown(log).into_iter().map(|(_, path, line, _)| (path, line)).collect();
        assert_eq!(lines, [("tag.go".to_owned(), 7), ("assign.go".to_owned(), 15)]);
    }

    #[test]
    fn another_linters_sentence_is_not_vets() {
        assert_eq!(shown("price/price.go:5:24: Error return value is not checked (errcheck)\n"), []);
        assert_eq!(shown("price/price.go:5: a log line\n"), []);
    }
}
