//! mypy: one line a failure, with `--pretty` wrapped to the terminal's width; `--output json` is an object a line.

use std::sync::LazyLock;

use regex::Regex;

use crate::domain::failure::{Failure, Kind};
use crate::domain::log::{Line, Span};
use crate::stages::extract::json_form::JsonForm;
use crate::stages::extract::place::place;
use crate::stages::extract::reader::{Attention, Findings, Reader};

/// Lines that `--pretty` may wrap one message to.
const WRAPPED_LINES_MAX: u64 = 12;

/// Reads what mypy prints.
#[derive(Default)]
pub struct Mypy {
    /// An error whose `[code]` has not come yet: `--pretty` wraps.
    wrapped: Option<Failure>,
}

static CODE: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"^(?<message>.*?)\s*\[(?<code>[a-z][a-z0-9-]*)\]$").expect("the pattern compiles"));

static MAYBE: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r#"; maybe "(?<name>[^"]+)"\?$"#).expect("the pattern compiles"));

/// `mypy/error_formatter.py`.
pub const JSON: JsonForm = JsonForm {
    tool: "mypy",
    kind: Kind::TypeError,
    kinds: &[("syntax", Kind::BuildError)],
    wakes: &["\"hint\": "],
    first: "file",
    needs: &["severity"],
    path: "file",
    code: "code",
    level: "severity",
    mild: &["note"],
    first_column: 0,
    ..JsonForm::DEFAULT
};

impl Reader for Mypy {
    fn tool(&self) -> &'static str {
        "mypy"
    }

    fn wakes(&self) -> &'static [&'static str] {
        &[": error: "]
    }

    fn line(&mut self, line: &Line<'_>, found: &mut Findings) -> Attention {
        let begun = self.wrapped.take();
        let Some((path, rest)) = error(line.text) else {
            return begun.map_or(Attention::Sleep, |failure| self.go_on(failure, line, found));
        };
        if let Some(begun) = begun {
            found.failure(begun);
        }
        let mut failure = Failure::new(Kind::TypeError, "mypy", rest, Span::at(line.number));
        failure.path = Some(path.path.to_owned());
        failure.line = Some(path.line);
        failure.column = path.column;
        if code(&mut failure) {
            found.failure(failure);
            return Attention::Sleep;
        }
        self.wrapped = Some(failure);
        Attention::Stay
    }

    fn end(&mut self, found: &mut Findings) {
        if let Some(failure) = self.wrapped.take() {
            found.failure(failure);
        }
    }
}

impl Mypy {
    /// The next line of a message that was wrapped, until its code comes.
    fn go_on(&mut self, mut failure: Failure, line: &Line<'_>, found: &mut Findings) -> Attention {
        let plain = !line.text.is_empty() && !line.text.starts_with(' ') && place(line.text).is_none();
        if !plain || line.number - failure.log.first >= WRAPPED_LINES_MAX || line.text.starts_with("Found ") {
            found.failure(failure);
            return Attention::Sleep;
        }
        failure.message = format!("{} {}", failure.message.trim_end(), line.text);
        failure.log.last = line.number;
        if code(&mut failure) {
            found.failure(failure);
            return Attention::Sleep;
        }
        self.wrapped = Some(failure);
        Attention::Stay
    }
}

/// `a.py:3: error: …`, of Python's files only: other tools print the same.
fn error(text: &str) -> Option<(crate::stages::extract::place::Place<'_>, &str)> {
    let place = place(text)?;
    let python = [".py", ".pyi", ".ipynb"].iter().any(|end| place.path.ends_with(end));
    let rest = place.rest.strip_prefix("error: ").filter(|_| python)?;
    Some((place, rest))
}

/// Takes `[code]` from the message's end, and the name that mypy thinks was meant; whether there was a code.
fn code(failure: &mut Failure) -> bool {
    let Some(found) = CODE.captures(&failure.message) else { return false };
    let (Some(message), Some(code)) = (found.name("message"), found.name("code")) else { return false };
    let (message, code) = (message.as_str().to_owned(), code.as_str().to_owned());
    failure.kind = if code == "syntax" { Kind::BuildError } else { Kind::TypeError };
    failure.suggestion =
        MAYBE.captures(&message).and_then(|meant| meant.name("name")).map(|name| name.as_str().to_owned());
    failure.message = message;
    failure.code = Some(code);
    true
}

#[cfg(test)]
mod tests {
    use crate::stages::extract::tests::told;

    // Printed by mypy 2.4.
    const PLAIN: &str = r#"bad.py:2: error: Cannot find implementation or library stub for module named "nosuch"  [import-not-found]
bad.py:2: note: See https://mypy.readthedocs.io/en/stable/running_mypy.html#missing-imports
bad.py:4:12:4:12: error: Incompatible return value type (got "int", expected "str")  [return-value]
bad.py:6: error: "str" has no attribute "uper"; maybe "upper"?  [attr-defined]
Found 3 errors in 1 file (checked 1 source file)
"#;

    #[test]
    fn errors_are_told_with_code_and_the_name_that_was_meant() {
        assert_eq!(
            told(PLAIN),
            [
                r#"mypy type_error | bad.py:2 | import-not-found | Cannot find implementation or library stub for module named "nosuch" | @1-1"#,
                r#"mypy type_error | bad.py:4:12 | return-value | Incompatible return value type (got "int", expected "str") | @3-3"#,
                r#"mypy type_error | bad.py:6 | attr-defined | "str" has no attribute "uper"; maybe "upper"? | -> upper | @4-4"#,
            ]
        );
    }

    #[test]
    fn pretty_messages_are_put_together_again() {
        let log = r#"bad.py:4: error: Incompatible return value type (got "int", expected "str") 
[return-value]
        return a
               ^
bad.py:9: error: "Very" has no attribute
"attribute_that_does_not_exist_anywhere_in_the_program_at_all_and_is_long" 
[attr-defined]
        x.attribute_that_does_not_exist_anywhere_in_the_program_at_all_and...
        ^~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~...
Found 2 errors in 1 file (checked 1 source file)
"#;
        assert_eq!(
            told(log),
            [
                r#"mypy type_error | bad.py:4 | return-value | Incompatible return value type (got "int", expected "str") | @1-2"#,
                r#"mypy type_error | bad.py:9 | attr-defined | "Very" has no attribute "attribute_that_does_not_exist_anywhere_in_the_program_at_all_and_is_long" | @5-7"#,
            ]
        );
    }

    #[test]
    fn colour_under_a_dumb_terminal_changes_nothing() {
        let log = "bad.py:6: \u{1b}[1m\u{1b}[31merror:\u{1b}(B\u{1b}[m \u{1b}[1m\"str\"\u{1b}(B\u{1b}[m has no attribute \u{1b}[1m\"uper\"\u{1b}(B\u{1b}[m; maybe \u{1b}[1m\"upper\"\u{1b}(B\u{1b}[m?  \u{1b}(B\u{1b}[m\u{1b}[33m[attr-defined]\u{1b}(B\u{1b}[m\n";
        assert_eq!(
            told(log),
            [
                r#"mypy type_error | bad.py:6 | attr-defined | "str" has no attribute "uper"; maybe "upper"? | -> upper | @1-1"#
            ]
        );
    }
}
