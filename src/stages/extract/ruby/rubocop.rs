//! RuboCop, in its own forms.
//!
//! `lib/rubocop/formatter/`: `clang_style_formatter.rb` (which `progress`, the default, ends with) prints
//! `path:line:column: C: [Correctable] Style/Foo: message`, then the source line and carets; `emacs_style_formatter.rb` the
//! same with an absolute path; `simple_text_formatter.rb` `== path ==`, then `C:  3:  5: [Correctable] Style/Foo: message`;
//! `tap_formatter.rb` that behind `# `; `json_formatter.rb` all files in one line, each with `path`, then its `offenses`. Releases before 0.5x leave the cop's name out. Every severity but info (`I`)
//! fails the run, and so does nothing that was `[Corrected]` (`cli/command/execute_runner.rb`).

use super::departments::DEPARTMENTS;
use crate::domain::failure::Kind;
use crate::stages::extract::form::Form;
use crate::stages::extract::json_form::JsonForm;

const WAKES: &[&str] = &[": C: ", ": W: ", ": E: ", ": F: ", ": R: ", ": I: "];

/// What the run does not fail for.
const MILD: &[&str] = &["i:", "c: [corrected]", "w: [corrected]", "e: [corrected]", "f: [corrected]", "r: [corrected]"];

pub const CLANG: Form = Form {
    tool: "rubocop",
    kind: Kind::LintError,
    wakes: WAKES,
    lines: &[concat!(
        r"^(?:# |\s{0,2})(?P<path>\S.*?):(?P<line>\d+):(?P<column>\d+): (?P<level>[CWEFR]: \[Corrected\]|[CWEFRI]:) (?:\[(?P<suggestion>Correctable)\] |\[Todo\] )?",
        r"(?:(?P<code>[A-Z]\w*(?:/[A-Z]\w*)+): )?(?P<message>[^\[].*)$",
    )],
    mild: MILD,
    ..Form::DEFAULT
};

pub const SIMPLE: Form = Form {
    tool: "rubocop",
    kind: Kind::LintError,
    wakes: DEPARTMENTS,
    looks_back: true,
    lines: &[
        r"^(?:== |not ok \d+ - )(?P<path>\S.*?)(?: ==)?$",
        concat!(
            r"^(?:# )?(?P<level>[CWEFRI]:)\s*(?P<line>\d+):\s*(?P<column>\d+): (?:\[(?P<suggestion>Correctable)\] )?",
            r"(?:(?P<code>[A-Z]\w*(?:/[A-Z]\w*)+): )?(?P<message>[^\[].*)$",
        ),
    ],
    repeats: true,
    mild: MILD,
    ..Form::DEFAULT
};

pub const JSON: JsonForm = JsonForm {
    tool: "rubocop",
    wakes: &["\"cop_name\":"],
    first: "severity",
    needs: &["cop_name"],
    file_above: Some("path"),
    line: "location.line",
    column: "location.column",
    code: "cop_name",
    level: "severity",
    mild: &["info"],
    taken_back_by: "corrected",
    ..JsonForm::DEFAULT
};

#[cfg(test)]
mod tests {
    use crate::stages::extract::tests::told;

    /// As RuboCop 1.39 prints it.
    const CLANG: &str = "\
Inspecting 2 files
CW

Offenses:

Gemfile:1:1: C: [Correctable] Style/FrozenStringLiteralComment: Missing frozen string literal comment.
source 'https://gems.example'
^
app/my shop.rb:9:3: W: Lint/UselessAssignment: Useless assignment to variable - total.
  total = 1
  ^^^^^
app/my shop.rb:2:1: C: [Corrected] Layout/TrailingWhitespace: Trailing whitespace detected.

2 files inspected, 3 offenses detected, 1 offense corrected, 1 more offense can be corrected with `rubocop -A`
";

    #[test]
    fn every_severity_fails_and_what_was_corrected_does_not() {
        assert_eq!(
            told(CLANG),
            [
                "rubocop lint_error | Gemfile:1:1 | Style/FrozenStringLiteralComment | Missing frozen string literal comment. | -> Correctable | @6-6",
                "rubocop lint_error | app/my shop.rb:9:3 | Lint/UselessAssignment | Useless assignment to variable - total. | @9-9",
            ]
        );
    }

    #[test]
    fn old_releases_name_no_cop() {
        assert_eq!(
            told("lib/a.rb:5:81: C: Line is too long. [83/80]\nlib/a.rb:7:1: E: unexpected token kEND\n"),
            [
                "rubocop lint_error | lib/a.rb:5:81 | Line is too long. [83/80] | @1-1",
                "rubocop lint_error | lib/a.rb:7:1 | unexpected token kEND | @2-2",
            ]
        );
    }

    #[test]
    fn the_simple_form_names_the_file_above() {
        let log = "\
== lib/a.rb ==
C:  1:  1: [Correctable] Style/FrozenStringLiteralComment: Missing frozen string literal comment.
W:120: 12: Lint/Void: Operator == used in void context.
== lib/b.rb ==
C:  2:  5: Naming/MethodName: Use snake_case for method names.

2 files inspected, 3 offenses detected, 1 offense autocorrectable
";
        assert_eq!(
            told(log),
            [
                "rubocop lint_error | lib/a.rb:1:1 | Style/FrozenStringLiteralComment | Missing frozen string literal comment. | -> Correctable | @2-2",
                "rubocop lint_error | lib/a.rb:120:12 | Lint/Void | Operator == used in void context. | @3-3",
                "rubocop lint_error | lib/b.rb:2:5 | Naming/MethodName | Use snake_case for method names. | @5-5",
            ]
        );
    }
}
