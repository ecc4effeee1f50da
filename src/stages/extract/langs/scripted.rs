//! Perl, R and Julia.

use crate::domain::failure::Kind;
use crate::stages::extract::form::Form;

/// What perl dies of (`util.c`, `mess_sv`): `message at path line 3.`; warnings look alike, so it is a guess.
pub const PERL: Form = Form {
    tool: "perl",
    kind: Kind::RuntimeError,
    wakes: &[".pl line ", ".pm line ", ".t line "],
    lines: &[
        r"^(?P<message>[^#\s].*) at (?P<path>\S+\.(?:pl|pm|t|PL)) line (?P<line>\d+)(?:\.|, near .*|, <\w+> line \d+\.)$",
    ],
    guesses: true,
    ..Form::DEFAULT
};

/// perlcritic (`lib/Perl/Critic/Violation.pm`, formats 1 to 5): `path: message at line 1, column 1.  why.  (Severity: 4)`.
pub const PERLCRITIC: Form = Form {
    tool: "perlcritic",
    kind: Kind::LintError,
    wakes: &["(Severity: "],
    lines: &[
        r"^(?:(?P<path>\S+\.\w+): )?(?P<message>\S.*?) at line (?P<line>\d+), column (?P<column>\d+)\.\s+(?P<suggestion>.*?)\.?\s+\(Severity: \d\)$",
    ],
    ..Form::DEFAULT
};

/// testthat (`R/reporter-check.R`, `R/reporter-summary.R`): `── Failure (test-till.R:4:3): opens ──`, then why.
pub const TESTTHAT: Form = Form {
    tool: "testthat",
    kind: Kind::TestFailure,
    wakes: &["── Failure (", "── Error (", ". Failure (", ". Error ("],
    lines: &[
        r"^── (?:\d+\. )?(?:Failure|Error) \((?P<path>[^):]+):(?P<line>\d+)(?::(?P<column>\d+))?\): (?P<test>.+?) ─+$",
    ],
    more: Some(r"^(?P<message>[^─═\s].*|\s+\S.*)$"),
    says: "the test failed",
    ..Form::DEFAULT
};

/// lintr (`R/methods.R`, `format.lint`): `path:3:5: style: [line_length_linter] message`.
pub const LINTR: Form = Form {
    tool: "lintr",
    kind: Kind::LintError,
    wakes: &[": style: [", "_linter] "],
    lines: &[
        r"^(?P<path>\S.*?\.\w+):(?P<line>\d+):(?P<column>\d+): (?:style|warning|error): \[(?P<code>\w+)\] (?P<message>\S.*)$",
    ],
    ..Form::DEFAULT
};

/// Rscript that stopped (`src/main/errors.c`, `verrorcall_dflt`): `Error in f(1) : message`, then `Execution halted`.
pub const RSCRIPT: Form = Form {
    tool: "r",
    kind: Kind::RuntimeError,
    wakes: &["Error in "],
    lines: &[r"^Error in .+? ?: ?(?P<message>\S.*)$", r"^Execution halted$"],
    between: Some(r"^Calls: |^ {2}|^In addition: |^Backtrace:|^\s*$"),
    ..Form::DEFAULT
};

/// The same where nothing was called: `Error: message`, as every other tool writes too.
pub const RSCRIPT_BARE: Form = Form {
    wakes: &["Execution halted"],
    looks_back: true,
    lines: &[r"^Error: (?P<message>\S.*)$", r"^Execution halted$"],
    between: None,
    ..RSCRIPT
};

/// Julia's Test (`stdlib/Test/src/Test.jl`, `Base.show(io::IO, t::Fail)`): `opens: Test Failed at path:5`, then the expression.
pub const JULIA_TEST: Form = Form {
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
    fn perl_and_its_linter_are_read() {
        check_only(
            "lib/Till.pm: Code before warnings are enabled at line 2, column 1.  See page 431 of PBP.  (Severity: 4)",
            "perlcritic lint_error | lib/Till.pm:2:1 | Code before warnings are enabled | -> See page 431 of PBP | @1-1",
        );
        check_only("no till at lib/Till.pm line 7.", "perl runtime_error | lib/Till.pm:7 | no till | @1-1");
    }

    #[test]
    fn r_and_julia_are_read() {
        check_only(
            "── Failure (test-till.R:4:3): opens ──────────────\n`open(1, 2)` not equal to 3.\n1/1 mismatches\n\n[ FAIL 1 | WARN 0 | SKIP 0 | PASS 2 ]",
            "testthat test_failure | test-till.R:4:3 | opens | `open(1, 2)` not equal to 3.\n1/1 mismatches | @1-3",
        );
        check_only(
            "R/till.R:3:81: style: [line_length_linter] Lines should not be more than 80 characters.",
            "lintr lint_error | R/till.R:3:81 | line_length_linter | Lines should not be more than 80 characters. | @1-1",
        );
        check_only("Error in open(1) : no till\nCalls: open\nExecution halted", "r runtime_error | no till | @1-3");
        check_only("Error: no till\nExecution halted", "r runtime_error | no till | @1-2");
        check_only(
            "opens: Test Failed at /home/runner/work/shop/shop/test/runtests.jl:5\n  Expression: open(1, 2) == 3\n   Evaluated: -1 == 3\n",
            "julia-test test_failure | test/runtests.jl:5 | opens | Expression: open(1, 2) == 3\nEvaluated: -1 == 3 | @1-3",
        );
    }
}
