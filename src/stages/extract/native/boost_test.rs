//! Boost.Test: checks that failed.

use crate::domain::failure::Kind;
use crate::stages::extract::form::Form;

/// Boost.Test's `compiler_log_formatter`.
pub static FORM: Form = Form {
    tool: "boost-test",
    kind: Kind::TestFailure,
    wakes: &["error: in \""],
    lines: &[
        r#"^(?P<path>\S.*?)(?:\(|:)(?P<line>\d+)\)?: (?:[Ff]atal )?[Ee]rror: in "(?P<test>[^"]+)": (?P<message>\S.*)$"#,
    ],
    ..Form::DEFAULT
};

#[cfg(test)]
mod tests {
    use crate::stages::extract::tests::check_only;

    #[test]
    fn the_test_is_named_in_quotes() {
        check_only(
            "tram_test.cpp(6): error: in \"suite/stops\": check 1 == 2 has failed [1 != 2]",
            "boost-test test_failure | tram_test.cpp:6 | suite/stops | check 1 == 2 has failed [1 != 2] | @1-1",
        );
    }
}
