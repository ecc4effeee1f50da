//! scalastyle: the style of Scala, told on its command line.

use crate::domain::failure::Kind;
use crate::stages::extract::form::Form;

/// scalastyle's command line (`TextOutput` of its `Main`).
pub static FORM: Form = Form {
    tool: "scalastyle",
    kind: Kind::LintError,
    wakes: &["error file=", "warning file="],
    lines: &[concat!(
        r"^(?P<level>error|warning) file=(?P<path>.+?) message=(?P<message>.*?)(?: line=(?P<line>\d+))?",
        r"(?: column=(?P<column>\d+))?$",
    )],
    ..Form::DEFAULT
};

#[cfg(test)]
mod tests {
    use crate::stages::extract::tests::check_only;

    #[test]
    fn a_warning_names_its_file_and_its_line() {
        check_only(
            "warning file=/srv/tram/src/Tram.scala message=Object name does not match line=6 column=7",
            "scalastyle lint_error | ?/srv/tram/src/Tram.scala:6:7 | Object name does not match | @1-1",
        );
    }
}
