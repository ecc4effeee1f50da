//! doctest: an example in a docstring that gave something else.
//!
//! `Lib/doctest.py` of CPython, `DocTestRunner._failure_header`: a line of 70 stars, `File "{file}", line {line}, in
//! {name}`, `Failed example:`, the example; then `Expected:` and `Got:` (`OutputChecker.output_difference`), or
//! `Exception raised:` with an indented traceback. What pytest makes of it is read with pytest.

use crate::domain::failure::Kind;
use crate::stages::extract::form::Form;

pub const FORM: Form = Form {
    tool: "doctest",
    kind: Kind::TestFailure,
    wakes: &["file \""],
    lines: &[r#"^File "(?P<path>.+)", line (?P<line>\d+), in (?P<test>\S+)$"#, r"^(?P<message>Failed example:)$"],
    more: Some(concat!(
        r"^(?:(?P<message>(?:Expected|Got|Expected nothing|Got nothing|Exception raised|Differences .*)(?::|$)|    \S.*)",
        r"|    .*)$"
    )),
    ..Form::DEFAULT
};

#[cfg(test)]
mod tests {
    use crate::stages::extract::tests::told;

    // Printed by Python 3.11.
    #[test]
    fn an_example_is_a_test_and_its_message_says_what_was_expected() {
        let log = "\
**********************************************************************
File \"/home/runner/work/x/x/shop/price.py\", line 3, in price.net
Failed example:
    net(2)
Expected:
    5
Got:
    4
**********************************************************************
1 items had failures:
   1 of   1 in price.net
***Test Failed*** 1 failures.
";
        assert_eq!(
            told(log)[0],
            "doctest test_failure | shop/price.py:3 | price.net | Failed example:\nnet(2)\nExpected:\n5\nGot:\n4 | @2-8"
        );
    }
}
