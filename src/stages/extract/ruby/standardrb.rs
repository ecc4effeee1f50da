//! Standard: RuboCop inside, and a form of its own.

use super::departments::DEPARTMENTS;
use crate::domain::failure::Kind;
use crate::stages::extract::form::Form;

/// `standardrb` (`lib/standard/formatter.rb`): `  path:line:column: Style/Foo: message`.
pub const FORM: Form = Form {
    tool: "standardrb",
    kind: Kind::LintError,
    wakes: DEPARTMENTS,
    lines: &[
        r"^  (?P<path>\S.*?):(?P<line>\d+):(?P<column>\d+): (?P<code>[A-Z]\w*(?:/[A-Z]\w*)+): (?:\[(?P<suggestion>Correctable)\] )?(?P<message>[^\[].*)$",
    ],
    ..Form::DEFAULT
};

#[cfg(test)]
mod tests {
    use crate::stages::extract::tests::told;

    #[test]
    fn it_prints_its_own_form() {
        let log = "\
standard: Use Ruby Standard Style (https://github.com/standardrb/standard)
standard: Run `standardrb --fix` to automatically fix some problems.
  lib/a.rb:3:7: Style/StringLiterals: Prefer double-quoted strings.
";
        assert_eq!(
            told(log),
            ["standardrb lint_error | lib/a.rb:3:7 | Style/StringLiterals | Prefer double-quoted strings. | @3-3"]
        );
    }
}
