//! perl: what a program dies of.

use crate::domain::failure::Kind;
use crate::stages::extract::form::Form;

/// What perl dies of (`util.c`, `mess_sv`): `message at path line 3.`; warnings look alike, so it is a guess.
pub const FORM: Form = Form {
    tool: "perl",
    kind: Kind::RuntimeError,
    wakes: &[".pl line ", ".pm line ", ".t line "],
    lines: &[
        r"^(?P<message>[^#\s].*) at (?P<path>\S+\.(?:pl|pm|t|PL)) line (?P<line>\d+)(?:\.|, near .*|, <\w+> line \d+\.)$",
    ],
    guesses: true,
    ..Form::DEFAULT
};

#[cfg(test)]
mod tests {
    use crate::stages::extract::tests::check_only;

    #[test]
    fn what_a_program_dies_of_is_told_with_its_place() {
        check_only("no till at lib/Till.pm line 7.", "perl runtime_error | lib/Till.pm:7 | no till | @1-1");
    }
}
