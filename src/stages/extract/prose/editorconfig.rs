//! editorconfig-checker: a file's name, then what is wrong in it.
//!
//! `pkg/error/error.go`, `printDefault`: `NAME:`, then a tab, `LINE: ` or `FROM-TO: ` where there is a line, and one of the sentences of
//! `pkg/validation/validators`. `gcc` is `NAME:LINE:0: error: SENTENCE`, which reads like a compiler's.

use crate::domain::failure::Kind;
use crate::stages::extract::form::Form;

pub const FORM: Form = Form {
    tool: "editorconfig-checker",
    kind: Kind::FormatError,
    wakes: &[
        "Trailing whitespace",
        "Wrong indentation type",
        "Wrong amount of left-padding spaces",
        "Wrong line endings or no final newline",
        "Not all lines have the correct end of line character",
    ],
    looks_back: true,
    lines: &[
        r"^(?P<path>[^\s:]+):$",
        r"^\s+(?:(?P<line>\d+)(?:-\d+)?: )?(?P<message>(?:Trailing|Wrong|Not all lines|No final|Line too long|Final newline).+)$",
    ],
    repeats: true,
    ..Form::DEFAULT
};

#[cfg(test)]
mod tests {
    use crate::stages::extract::tests::told;

    #[test]
    fn what_is_wrong_in_a_file_stands_below_its_name() {
        let log = "src/a.txt:\n\t2: Trailing whitespace\n\t4-6: Wrong indentation type(spaces instead of tabs found)\n\tWrong line endings or no final newline\n\n3 errors found\n";
        assert_eq!(
            told(log),
            [
                "editorconfig-checker format_error | src/a.txt:2 | Trailing whitespace | @2-2",
                "editorconfig-checker format_error | src/a.txt:4 | Wrong indentation type(spaces instead of tabs found) | @3-3",
                "editorconfig-checker format_error | src/a.txt | Wrong line endings or no final newline | @4-4",
            ]
        );
    }
}
