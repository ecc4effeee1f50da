//! cfn-lint: the rule's line above the place.
//!
//! `src/cfnlint/formatters/__init__.py`, `BaseFormatter`: `RULE MESSAGE`, and below it `FILE:LINE:COLUMN`; `ParseableFormatter`:
//! `FILE:LINE:COLUMN:ENDLINE:ENDCOLUMN:RULE:MESSAGE`. Warnings fail too.

use crate::stages::extract::form::Form;

pub const FORM: Form = Form {
    tool: "cfn-lint",
    wakes: &[".yml:\u{1}", ".yaml:\u{1}", ".json:\u{1}", ".template:\u{1}"],
    looks_back: true,
    lines: &[
        r"^(?P<code>[EWI]\d{4}) (?P<message>\S.*)$",
        r"^(?P<path>\S.*\.(?:ya?ml|json|template)):(?P<line>\d+):(?P<column>\d+)$",
    ],
    ..Form::DEFAULT
};

pub const PARSEABLE: Form = Form {
    tool: "cfn-lint",
    wakes: &[".yml:\u{1}", ".yaml:\u{1}", ".json:\u{1}", ".template:\u{1}"],
    lines: &[
        r"^(?P<path>\S.*\.(?:ya?ml|json|template)):(?P<line>\d+):(?P<column>\d+):\d+:\d+:(?P<code>[EWI]\d{4}):(?P<message>.+)$",
    ],
    ..Form::DEFAULT
};

#[cfg(test)]
mod tests {
    use crate::stages::extract::tests::told;

    #[test]
    fn both_formats_are_read() {
        let log = "\
E3002 Additional properties are not allowed ('BucketNam' was unexpected. Did you mean 'BucketName'?)
stack/app.yml:6:7

stack/app.yml:9:3:9:12:W2001:Parameter Size not used.
";
        assert_eq!(
            told(log),
            [
                "cfn-lint lint_error | stack/app.yml:6:7 | E3002 | Additional properties are not allowed ('BucketNam' was unexpected. Did you mean 'BucketName'?) | @1-2",
                "cfn-lint lint_error | stack/app.yml:9:3 | W2001 | Parameter Size not used. | @4-4",
            ]
        );
    }
}
