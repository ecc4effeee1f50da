//! Julia's Test.

use crate::domain::failure::Kind;
use crate::stages::extract::form::Form;

/// Julia's Test (`stdlib/Test/src/Test.jl`, `Base.show(io::IO, t::Fail)`): `opens: Test Failed at path:5`, then the expression.
pub const FORM: Form = Form {
    tool: "julia-test",
    kind: Kind::TestFailure,
    wakes: &["Test Failed at ", "Error During Test at "],
    lines: &[r"^(?:(?P<test>\S.*?): )?(?:Test Failed|Error During Test) at (?P<path>\S.*?):(?P<line>\d+)$"],
    more: Some(r"^\s+(?P<message>\S.*)$"),
    says: "the test failed",
    ..Form::DEFAULT
};

#[cfg(test)]
mod tests {
    use crate::stages::extract::tests::check_only;

    #[test]
    fn the_expression_stands_below_the_place() {
        check_only(
            "opens: Test Failed at /home/runner/work/shop/shop/test/runtests.jl:5\n  Expression: open(1, 2) == 3\n   Evaluated: -1 == 3\n",
            "julia-test test_failure | test/runtests.jl:5 | opens | Expression: open(1, 2) == 3\nEvaluated: -1 == 3 | @1-3",
        );
    }
}
