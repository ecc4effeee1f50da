//! bandit: a block an issue, or one line.
//!
//! `bandit/formatters/text.py`, `_output_issue_str`: `>> Issue: [{test_id}:{test}] {text}`, then indented facts, of
//! which `Location: {path}:{line}:{column}` is the last (before 1.7 without a column); `screen.py` is the same in colour.
//! `bandit/formatters/custom.py`: `{abspath}:{line}: {test_id}[bandit]: {severity}: {msg}`.

use crate::domain::failure::Kind;
use crate::stages::extract::form::Form;

pub const BLOCK: Form = Form {
    tool: "bandit",
    kind: Kind::LintError,
    wakes: &[">> Issue: ["],
    lines: &[
        r"^>> Issue: \[(?P<code>\w+):\w+\] (?P<message>.+)$",
        r"^ +Location: (?P<path>\S.*?):(?P<line>\d+)(?::(?P<column>\d+))?$",
    ],
    between: Some(r"^ +(?:Severity|CWE|More Info): "),
    ..Form::DEFAULT
};

pub const LINE: Form = Form {
    tool: "bandit",
    kind: Kind::LintError,
    wakes: &["[bandit]: "],
    lines: &[
        r"^(?P<path>\S.*?):(?P<line>\d+): (?P<code>\w+)\[bandit\]: (?:LOW|MEDIUM|HIGH|UNDEFINED): (?P<message>.+)$",
    ],
    ..Form::DEFAULT
};

#[cfg(test)]
mod tests {
    use crate::stages::extract::tests::told;

    // Printed by bandit 1.9.
    #[test]
    fn blocks_and_single_lines_are_read() {
        let log = "\
>> Issue: [B602:subprocess_popen_with_shell_equals_true] subprocess call with shell=True identified, security issue.
   Severity: High   Confidence: High
   CWE: CWE-78 (https://cwe.mitre.org/data/definitions/78.html)
   More Info: https://bandit.readthedocs.io/en/1.9.4/plugins/b602_subprocess_popen_with_shell_equals_true.html
   Location: ./shop/cart.py:9:8
8	        name = 'a'
9	        subprocess.call(name, shell=True)

--------------------------------------------------
/home/runner/work/x/x/shop/cart.py:3: B404[bandit]: LOW: Consider what it implies.
";
        assert_eq!(
            told(log),
            [
                "bandit lint_error | shop/cart.py:9:8 | B602 | subprocess call with shell=True identified, security issue. | @1-5",
                "bandit lint_error | shop/cart.py:3 | B404 | Consider what it implies. | @10-10",
            ]
        );
    }
}
