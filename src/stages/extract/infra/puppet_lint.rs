//! puppet-lint: one line a problem.
//!
//! `lib/puppet-lint/checks.rb` and `lib/puppet-lint.rb`, `format_message`: `%{KIND}: %{message} on line %{line}` with `(check: NAME)` since
//! version 3, the file and ` - ` before it where several are checked (`--with-filename`). Warnings fail only when asked to.

use crate::stages::extract::form::Form;

pub const FORM: Form = Form {
    tool: "puppet-lint",
    wakes: &[" - ERROR: ", " - WARNING: ", " (check: "],
    lines: &[
        r"^(?:(?P<path>\S.*?) - )?(?P<level>ERROR|WARNING): (?P<message>.+) on line (?P<line>\d+)(?: col(?:umn)? (?P<column>\d+))?(?: \(check: (?P<code>\w+)\))?$",
    ],
    mild: &["warning"],
    ..Form::DEFAULT
};

#[cfg(test)]
mod tests {
    use crate::stages::extract::tests::told;

    #[test]
    fn errors_are_read_with_the_file_or_without() {
        let log = "\
modules/web/manifests/init.pp - ERROR: web not in autoload module layout on line 7
ERROR: two-space soft tabs not used on line 3 (check: 2sp_soft_tabs)
WARNING: class not documented on line 1 (check: documentation)
";
        assert_eq!(
            told(log),
            [
                "puppet-lint lint_error | modules/web/manifests/init.pp:7 | web not in autoload module layout | @1-1",
                "puppet-lint lint_error | 2sp_soft_tabs | two-space soft tabs not used | @2-2",
            ]
        );
    }
}
