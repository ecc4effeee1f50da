//! typos: an error and the place below it, or one line.
//!
//! typos' `crates/typos-cli/src/report.rs`: `PrintLong` draws like rustc, `error: \`x\` should be \`y\`` and below it the place
//! after `-->`, or `╭▸` where it draws in Unicode; `PrintBrief` is `path:line:column: \`x\` -> \`y\``, since version 1.40 `… error: \`x\` should be \`y\``.

use crate::stages::extract::form::Form;

pub const LONG: Form = Form {
    tool: "typos",
    wakes: &["` should be `"],
    lines: &[
        r"^error: (?P<message>`[^`]+` should be (?P<suggestion>`.+`))$",
        r"^ *(?:-->|╭▸) (?P<path>.+):(?P<line>\d+):(?P<column>\d+)$",
    ],
    more: Some(r"^ *(?:\d+ *)?[|│╰]"),
    ..Form::DEFAULT
};

pub const BRIEF: Form = Form {
    tool: "typos",
    wakes: &["` -> `", "error: `"],
    lines: &[
        r"^(?P<path>.+?):(?P<line>\d+):(?P<column>\d+): (?:error: )?(?P<message>`[^`]+` (?:->|should be) (?P<suggestion>`.+`))$",
    ],
    ..Form::DEFAULT
};

#[cfg(test)]
mod tests {
    use crate::stages::extract::tests::told;

    #[test]
    fn the_drawn_form_and_the_brief_one_are_read() {
        let log = "\
error: `recieve` should be `receive`
  --> docs/a.md:4:7
  |
4 | we recieve it
  |    ^^^^^^^
  |
error: `teh` should be `the`
  ╭▸ docs/a.md:5:1
  │
5 │ teh end
  ╰╴━━━
docs/a.md:9:1: `ans` -> `and`, `answer`
docs/a.md:10:1: error: `teh` should be `the`
";
        assert_eq!(
            told(log),
            [
                "typos lint_error | docs/a.md:4:7 | `recieve` should be `receive` | -> `receive` | @1-6",
                "typos lint_error | docs/a.md:5:1 | `teh` should be `the` | -> `the` | @7-11",
                "typos lint_error | docs/a.md:9:1 | `ans` -> `and`, `answer` | -> `and`, `answer` | @12-12",
                "typos lint_error | docs/a.md:10:1 | `teh` should be `the` | -> `the` | @13-13",
            ]
        );
    }
}
