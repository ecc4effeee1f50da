//! rustc, clippy and cargo itself: an error's head, its place, why it is one, and what would mend it.

use std::sync::LazyLock;

use regex::Regex;

use super::replacement::replacement;
use crate::domain::failure::{Failure, Kind};
use crate::domain::log::{Line, Span};
use crate::stages::extract::place::place;
use crate::stages::extract::reader::{Attention, Findings, Reader};

/// Lints whose level was told once in this log; a compilation that denies more of them is not read by anybody.
const LINTS_MAX: usize = 100;

/// Reads what rustc and cargo print.
#[derive(Default)]
pub struct Rustc {
    block: Option<Block>,
    /// What rustc says of a lint once, it does not say again: the words before the names, and the lint.
    lints: Vec<(String, String)>,
    /// `Checking` was said in this step: clippy or `cargo check` runs.
    checks: bool,
}

/// One diagnostic, until its empty line.
#[derive(Debug)]
struct Block {
    warning: bool,
    failure: Failure,
    placed: bool,
    /// Below the source: notes and help.
    explained: bool,
    lint: Option<String>,
    /// The source line that the place names.
    source: Option<String>,
    help: Option<Help>,
}

/// A `help:` and the source that it shows.
#[derive(Debug)]
struct Help {
    text: String,
    before: Option<String>,
    after: Option<String>,
}

macro_rules! pattern {
    ($name:ident, $pattern:expr) => {
        static $name: LazyLock<Regex> = LazyLock::new(|| Regex::new($pattern).expect("the pattern compiles"));
    };
}

// Under Miri a test's name stands before it.
pattern!(
    HEAD,
    r"^(?:test (?<test>\S+) (?:- should panic )?\.\.\. )?(?<level>error|warning)(?:\[(?<code>E\d{4})\])?: (?<message>.+)$"
);
pattern!(LINT, r"`(?:-D |#!?\[deny\()(?<lint>[a-z_:-]+)(?:\)\])?`|rust-clippy/\S+#(?<clippy>\w+)");
// The source below `note: the lint level is defined here` (rustc's `explain_lint_level_source`).
pattern!(LEVEL, r"^\d+ +\| +#!?\[(?:deny|forbid)\((?<lint>[a-z_:]+)\)\]$");
pattern!(SHOWN, r"^(?:(?<number>\d+)| *) (?<sign>[-+~|]) ?(?<text>.*)$");
pattern!(NOTE, r"^(?: *= |note: |help: |\s*$)");
pattern!(BAR, r"^ *\|\s*$");
pattern!(INLINE_HELP, r"help: [^`]*(?:similar name|similarly named)[^`]*: `(?<name>[^`]+)`");

/// Errors that only say that there were others.
const ECHOES: &[&str] = &[
    "could not compile `",
    "aborting due to ",
    "test failed, to rerun pass",
    "doctest failed, to rerun pass",
    "bench failed, to rerun pass",
    "build failed, waiting for other jobs",
    "could not document `",
];

impl Reader for Rustc {
    fn tool(&self) -> &'static str {
        "rustc"
    }

    fn wakes(&self) -> &'static [&'static str] {
        &["error: ", "error[e", "warning: ", "    checking "]
    }

    fn line(&mut self, line: &Line<'_>, found: &mut Findings) -> Attention {
        if let Some(block) = &mut self.block {
            if block.line(line) {
                return Attention::Stay;
            }
            let placed = block.placed;
            self.close(found);
            if !placed {
                return Attention::Sleep;
            }
        }
        if line.text.starts_with("    Checking ") {
            self.checks = true;
        } else if let Some(head) = HEAD.captures(line.text) {
            return self.head(&head, line.number);
        } else if let Some((failure, warning)) = short(line) {
            if warning { found.mild(failure) } else { found.failure(failure) }
        }
        Attention::Sleep
    }

    fn end(&mut self, found: &mut Findings) {
        self.close(found);
        *self = Self::default();
    }
}

impl Rustc {
    fn head(&mut self, head: &regex::Captures<'_>, number: u64) -> Attention {
        let part = |name| head.name(name).map_or("", |part| part.as_str());
        let message = part("message");
        if ECHOES.iter().any(|echo| message.starts_with(echo)) {
            // It is read here so that nobody takes it for news.
            return Attention::Stay;
        }
        let mut failure = Failure::new(Kind::BuildError, "rustc", message, Span::at(number));
        failure.code = head.name("code").map(|code| code.as_str().to_owned());
        failure.test = head.name("test").map(|test| test.as_str().to_owned());
        self.block = Some(Block {
            warning: part("level") == "warning",
            failure,
            placed: false,
            explained: false,
            lint: None,
            source: None,
            help: None,
        });
        Attention::Stay
    }

    pub fn close(&mut self, found: &mut Findings) {
        let Some(mut block) = self.block.take() else { return };
        // Without a place it is some other tool that says `error:`.
        if !block.placed {
            return;
        }
        block.take_suggestion();
        let mut failure = block.failure;
        let said = failure.message.strip_prefix("Undefined Behavior: ").map(str::to_owned);
        if let Some(said) = said {
            // Miri runs the program; it prints as rustc does (`miri/src/diagnostics.rs`).
            failure.message = said;
            (failure.tool, failure.kind) = ("miri".to_owned(), Kind::RuntimeError);
            failure.code = Some("Undefined Behavior".to_owned());
        } else if failure.path.as_deref().is_some_and(|path| path.ends_with(".toml")) {
            failure.tool = "cargo".to_owned();
        }
        let words = failure.message.split(['`', ':']).next().unwrap_or_default().to_owned();
        let lint = block.lint.or_else(|| {
            let known = self.lints.iter().find(|(known, _)| *known == words)?;
            Some(known.1.clone())
        });
        if let Some(lint) = lint.filter(|_| failure.code.is_none()) {
            failure.kind = Kind::LintError;
            if lint.starts_with("rustdoc::") {
                failure.tool = "rustdoc".to_owned();
            } else if self.checks || lint.starts_with("clippy::") {
                failure.tool = "clippy".to_owned();
            }
            if self.lints.len() < LINTS_MAX {
                self.lints.push((words, lint.clone()));
            }
            failure.code = Some(lint);
        }
        if block.warning {
            failure.kind = Kind::LintError;
            found.mild(failure);
        } else {
            found.failure(failure);
        }
    }
}

impl Block {
    /// Reads a line of the diagnostic; whether it is one.
    fn line(&mut self, line: &Line<'_>) -> bool {
        let text = line.text;
        if text.is_empty() {
            return false;
        }
        if !self.placed {
            let Some(place) = text.trim_start().strip_prefix("--> ").and_then(|at| place(at.trim_end())) else {
                return false;
            };
            self.placed = true;
            self.failure.path = Some(place.path.to_owned());
            self.failure.line = Some(place.line);
            self.failure.column = place.column;
            self.failure.log.last = line.number;
            return true;
        }
        if HEAD.is_match(text) {
            return false;
        }
        self.explained |= NOTE.is_match(text);
        if !self.explained && !BAR.is_match(text) {
            self.failure.log.last = line.number;
        }
        if let Some(lint) = LINT.captures(text) {
            let clippy = lint.name("clippy").map(|name| format!("clippy::{}", name.as_str()));
            let named = lint.name("lint").map(|name| name.as_str().to_owned());
            if let Some(lint) = named.filter(|name| name != "warnings").or(clippy) {
                self.lint.get_or_insert(lint.replace('_', "-"));
            }
        }
        let level = LEVEL.captures(text).map(|level| level["lint"].to_owned());
        if let Some(lint) = level.filter(|lint| lint != "warnings") {
            self.lint.get_or_insert(lint.replace('_', "-"));
        }
        if let Some(name) = INLINE_HELP.captures(text).and_then(|help| help.name("name")) {
            self.failure.suggestion.get_or_insert(name.as_str().to_owned());
        }
        if let Some(help) = text.strip_prefix("help: ") {
            self.take_suggestion();
            self.help = Some(Help { text: help.to_owned(), before: None, after: None });
        } else {
            self.shown(text);
        }
        true
    }

    /// A line of source, below the place or below a `help:`.
    fn shown(&mut self, text: &str) {
        let Some(shown) = SHOWN.captures(text) else { return };
        let (Some(sign), Some(source)) = (shown.name("sign"), shown.name("text")) else { return };
        let number = shown.name("number").and_then(|number| number.as_str().parse::<u32>().ok());
        let Some(help) = &mut self.help else {
            if sign.as_str() == "|" && number.is_some() && number == self.failure.line {
                self.source.get_or_insert(source.as_str().to_owned());
            }
            return;
        };
        let slot = match sign.as_str() {
            "-" => &mut help.before,
            _ if number.is_none() => return,
            _ => &mut help.after,
        };
        slot.get_or_insert(source.as_str().to_owned());
    }

    /// The first help that says what to write is the suggestion; one that only talks is it until then.
    fn take_suggestion(&mut self) {
        let Some(help) = self.help.take() else { return };
        let before = help.before.as_ref().or(self.source.as_ref());
        let name = before.zip(help.after.as_ref()).and_then(|(before, after)| replacement(before, after));
        self.failure.suggestion.get_or_insert(name.unwrap_or(help.text));
    }
}

/// `src/lib.rs:8:5: error[E0599]: …`, as `--message-format short` prints it, and whether it is a warning.
fn short(line: &Line<'_>) -> Option<(Failure, bool)> {
    let place = place(line.text).filter(|place| place.path.ends_with(".rs"))?;
    let head = HEAD.captures(place.rest)?;
    let warning = head.name("level")?.as_str() == "warning";
    let kind = if warning { Kind::LintError } else { Kind::BuildError };
    let mut failure = Failure::new(kind, "rustc", head.name("message")?.as_str(), Span::at(line.number));
    failure.code = head.name("code").map(|code| code.as_str().to_owned());
    failure.path = Some(place.path.to_owned());
    failure.line = Some(place.line);
    failure.column = place.column;
    Some((failure, warning))
}

#[cfg(test)]
mod tests {
    use crate::stages::extract::tests::told;

    // Printed by rustc 1.95, the inline help by those before 1.80.
    #[test]
    fn the_similar_name_is_the_suggestion_however_it_is_shown() {
        let log = r#"   Compiling demo2 v0.1.0 (/home/runner/work/x/x)
error[E0432]: unresolved import `std::collections::HashMpa`
 --> src/main.rs:1:5
  |
1 | use std::collections::HashMpa;
  |     ^^^^^^^^^^^^^^^^^^^^^^^^^ no `HashMpa` in `collections`
  |
help: a similar name exists in the module
  |
1 - use std::collections::HashMpa;
1 + use std::collections::HashMap;
  |

error[E0560]: struct `P` has no field named `nme`
 --> src/main.rs:7:17
  |
7 |     let p = P { nme: "x".to_string() };
  |                 ^^^ unknown field
  |
help: a field with a similar name exists
  |
7 |     let p = P { name: "x".to_string() };
  |                  +

error[E0425]: cannot find value `langest` in this scope
 --> src/report.rs:8:33
  |
8 |     format!("longest word: {}", langest)
  |                                 ^^^^^^^ help: a local variable with a similar name exists: `longest`

Some errors have detailed explanations: E0432, E0560.
For more information about an error, try `rustc --explain E0432`.
error: could not compile `demo2` (bin "demo2") due to 3 previous errors
"#;
        assert_eq!(
            told(log),
            [
                "rustc build_error | src/main.rs:1:5 | E0432 | unresolved import `std::collections::HashMpa` | -> HashMap | @2-6",
                "rustc build_error | src/main.rs:7:17 | E0560 | struct `P` has no field named `nme` | -> name | @14-18",
                "rustc build_error | src/report.rs:8:33 | E0425 | cannot find value `langest` in this scope | -> longest | @25-29",
            ]
        );
    }

    #[test]
    fn a_suggestion_that_is_no_name_is_told_in_words() {
        let log = r#"error[E0308]: mismatched types
 --> src/main.rs:9:21
  |
9 |     let s: String = "x";
  |            ------   ^^^ expected `String`, found `&str`
  |            |
  |            expected due to this
  |
help: try using a conversion method
  |
9 |     let s: String = "x".to_string();
  |                        ++++++++++++

"#;
        assert_eq!(
            told(log),
            [
                "rustc build_error | src/main.rs:9:21 | E0308 | mismatched types | -> try using a conversion method | @1-7"
            ]
        );
    }

    #[test]
    fn a_denied_lint_is_named_each_time_it_is_broken() {
        let log = "    Checking tally v0.1.0 (/home/runner/work/x/x)
error: unused import: `std::fmt::Display`
 --> src/lib.rs:4:5
  |
4 | use std::fmt::Display;
  |     ^^^^^^^^^^^^^^^^^
  |
  = note: `-D unused-imports` implied by `-D warnings`
  = help: to override `-D warnings` add `#[allow(unused_imports)]`

error: unused import: `std::fmt::Debug`
 --> src/lib.rs:5:5
  |
5 | use std::fmt::Debug;
  |     ^^^^^^^^^^^^^^^

error: unneeded `return` statement
 --> src/lib.rs:8:5
  |
8 |     return a + b;
  |     ^^^^^^^^^^^^
  |
  = help: for further information visit https://rust-lang.github.io/rust-clippy/rust-1.95.0/index.html#needless_return
help: remove `return`
  |
8 -     return a + b;
8 +     a + b
  |

error: could not compile `tally` (lib) due to 3 previous errors
";
        assert_eq!(
            told(log),
            [
                "clippy lint_error | src/lib.rs:4:5 | unused-imports | unused import: `std::fmt::Display` | @2-6",
                "clippy lint_error | src/lib.rs:5:5 | unused-imports | unused import: `std::fmt::Debug` | @11-15",
                "clippy lint_error | src/lib.rs:8:5 | clippy::needless-return | unneeded `return` statement | -> remove `return` | @17-21",
            ]
        );
    }

    #[test]
    fn a_lint_that_the_source_denies_is_named_by_its_attribute() {
        let log = "    Checking shop v0.1.0 (/home/runner/work/shop/shop)
error: unused variable: `height`
 --> src/lib.rs:3:25
  |
3 | pub fn area(width: u32, height: u32) -> u32 {
  |                         ^^^^^^ help: if this is intentional, prefix it with an underscore: `_height`
  |
note: the lint level is defined here
 --> src/lib.rs:1:9
  |
1 | #![deny(unused_variables)]
  |         ^^^^^^^^^^^^^^^^

error: unused variable: `unused`
 --> src/lib.rs:4:9
  |
4 |     let unused = width + 1;
  |         ^^^^^^ help: if this is intentional, prefix it with an underscore: `_unused`

";
        assert_eq!(
            told(log),
            [
                "clippy lint_error | src/lib.rs:3:25 | unused-variables | unused variable: `height` | @2-6",
                "clippy lint_error | src/lib.rs:4:9 | unused-variables | unused variable: `unused` | @14-18",
            ]
        );
    }

    #[test]
    fn warnings_are_no_failures() {
        assert_eq!(
            told("warning: unused variable: `x`\n --> src/lib.rs:1:5\n  |\n1 | let x = 1;\n\n"),
            ["[rustc lint_error | src/lib.rs:1:5 | unused variable: `x` | @1-4]"]
        );
    }

    #[test]
    fn the_short_form_is_read() {
        let log = "src/main.rs:4:15: error[E0599]: no method named `lenn` found for struct `Vec<{integer}>` in the current scope\n\
                   error: could not compile `demo2` (bin \"demo2\") due to 1 previous error\n";
        assert_eq!(
            told(log),
            [
                "rustc build_error | src/main.rs:4:15 | E0599 | no method named `lenn` found for struct `Vec<{integer}>` in the current scope | @1-1"
            ]
        );
    }

    #[test]
    fn cargo_says_what_is_wrong_with_dependencies() {
        let log = "error: no matching package named `nosuchcrate-zzz` found\nlocation searched: the registry index\nrequired by package `demo2 v0.1.0 (/w)`\n";
        assert_eq!(told(log), ["cargo dependency_issue | no matching package named `nosuchcrate-zzz` found | @1-1"]);
    }

    #[test]
    fn miri_and_rustdoc_print_as_rustc_does() {
        let log = "\
test tests::reads ... error: Undefined Behavior: out-of-bounds pointer use: expected a pointer to 4 bytes of memory
 --> src/lib.rs:4:9
  |
4 |         *p.add(9)
  |         ^^^^^^^^^

error: unresolved link to `nope`
 --> src/lib.rs:1:17
  |
1 | //! See [`nope`].
  |           ^^^^ no item named `nope` in scope
  |
  = note: `-D rustdoc::broken-intra-doc-links` implied by `-D warnings`
";
        assert_eq!(
            told(log),
            [
                "miri runtime_error | src/lib.rs:4:9 | tests::reads | Undefined Behavior | out-of-bounds pointer use: expected a pointer to 4 bytes of memory | @1-5",
                "rustdoc lint_error | src/lib.rs:1:17 | rustdoc::broken-intra-doc-links | unresolved link to `nope` | @7-11",
            ]
        );
    }
}
