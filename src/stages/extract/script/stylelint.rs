//! stylelint: a file's name with its problems below, or one line each.
//!
//! `lib/formatters/stringFormatter.mjs`: the file, then a table of `line:column`, `✖` or `⚠` (`×`, `‼` where the terminal
//! knows no better), text, rule; `compactFormatter.mjs`: `{file}: line {line}, col {column}, {severity} - {text} ({rule})`;
//! `unixFormatter.mjs`: `{file}:{line}:{column}: {text} ({rule}) [{severity}]`; `jsonFormatter.mjs`: all results in one
//! line, each with `source`, then its `warnings`. Warnings stop it with `--max-warnings`, of which it says nothing.

use crate::domain::failure::Kind;
use crate::stages::extract::form::Form;
use crate::stages::extract::json_form::JsonForm;

/// What a style sheet may stand in.
macro_rules! sheet {
    () => {
        r"(?P<path>\S.*\.(?:css|scss|sass|less|sss|pcss|postcss|styl|vue|svelte|html?|astro|jsx?|tsx?|mjs|md))"
    };
}

pub const STRING: Form = Form {
    tool: "stylelint",
    kind: Kind::LintError,
    wakes: &["  ✖  ", "  ⚠  ", "  ×  ", "  ‼  "],
    lines: &[
        concat!("^", sheet!(), "$"),
        r"^ *(?P<line>\d+):(?P<column>\d+) +(?P<level>[✖⚠×‼])  +(?P<message>\S.*?)(?:  +(?P<code>[@\w/-]+))? *$",
    ],
    repeats: true,
    between: Some("^$"),
    mild: &["⚠", "‼"],
    looks_back: true,
    ..Form::DEFAULT
};

pub const COMPACT: Form = Form {
    tool: "stylelint",
    kind: Kind::LintError,
    wakes: &[", error - ", ", warning - "],
    lines: &[
        r"^(?P<path>\S.*?): line (?P<line>\d+), col (?P<column>\d+), (?P<level>error|warning) - (?P<message>.+?)(?: \((?P<code>[@\w/-]+)\))?$",
    ],
    mild: &["warning"],
    ..Form::DEFAULT
};

pub const UNIX: Form = Form {
    tool: "stylelint",
    kind: Kind::LintError,
    wakes: &[") [error]", ") [warning]"],
    lines: &[
        r"^(?P<path>\S.*?):(?P<line>\d+):(?P<column>\d+): (?P<message>.+?) \((?P<code>[@\w/-]+)\) \[(?P<level>error|warning)\]$",
    ],
    mild: &["warning"],
    ..Form::DEFAULT
};

pub const JSON: JsonForm = JsonForm {
    tool: "stylelint",
    wakes: &["\"invalidOptionWarnings\":"],
    first: "line",
    needs: &["rule", "severity"],
    file_above: Some("source"),
    code: "rule",
    message: "text",
    level: "severity",
    mild: &["warning"],
    ..JsonForm::DEFAULT
};

#[cfg(test)]
mod tests {
    use crate::stages::extract::tests::told;

    // Printed by stylelint 16.
    #[test]
    fn a_file_is_named_above_its_problems() {
        let log = "
src/shop.css
  1:12  ✖  Expected \"#FFFFFF\" to be \"#FFF\"     color-hex-length
  2:1   ✖  Unexpected duplicate selector \"a\"  no-duplicate-selectors
 12:14  ⚠  Unexpected unit                    length-zero-no-unit

src/b.scss
  3:1   ✖  Unknown word a  CssSyntaxError

✖ 4 problems (3 errors, 1 warning)
  1 error potentially fixable with the \"--fix\" option.
";
        assert_eq!(
            told(log),
            [
                "stylelint lint_error | src/shop.css:1:12 | color-hex-length | Expected \"#FFFFFF\" to be \"#FFF\" | @3-3",
                "stylelint lint_error | src/shop.css:2:1 | no-duplicate-selectors | Unexpected duplicate selector \"a\" | @4-4",
                "stylelint lint_error | src/b.scss:3:1 | CssSyntaxError | Unknown word a | @8-8",
            ]
        );
    }

    #[test]
    fn the_forms_of_one_line_say_the_same() {
        let log = "\
/home/runner/work/x/x/src/a.css: line 1, col 3, error - No more than 1 declaration (declaration-max)
/home/runner/work/x/x/src/a.css:2:14: Unexpected unit (length-zero-no-unit) [error]
/home/runner/work/x/x/src/a.css:2:15: Unexpected unit (length-zero-no-unit) [warning]
";
        assert_eq!(
            told(log),
            [
                "stylelint lint_error | src/a.css:1:3 | declaration-max | No more than 1 declaration | @1-1",
                "stylelint lint_error | src/a.css:2:14 | length-zero-no-unit | Unexpected unit | @2-2",
            ]
        );
    }
}
