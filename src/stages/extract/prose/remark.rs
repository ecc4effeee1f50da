//! remark-lint and alex, as unified's reporter prints them.
//!
//! `vfile-reporter` (`lib/index.js`): the file's name, then a line a message: place, label, reason, rule and source in columns.
//! The place is `3:1` or `3:1-3:9`. remark fails on warnings only with `--frail`; then they are all there is to tell.

use crate::stages::extract::form::Form;

pub const FORM: Form = Form {
    tool: "remark-lint",
    wakes: &["remark-lint", " retext-"],
    looks_back: true,
    lines: &[
        r"^(?P<path>[^\s:]+(?: [^\s:]+)*\.\w+)$",
        r"^ *(?P<line>\d+):(?P<column>\d+)(?:-\d+:\d+)? +(?:error|warning|info) +(?P<message>\S.*?) +(?P<code>[\w.-]+) +(?:remark-lint|retext-[\w-]+)$",
    ],
    repeats: true,
    ..Form::DEFAULT
};

#[cfg(test)]
mod tests {
    use crate::stages::extract::tests::told;

    #[test]
    fn a_list_under_a_files_name_is_read() {
        let log = "\
docs/a.md
 25:3          warning Incorrect list-item indent: add 2 spaces      list-item-indent remark-lint
  1:1-1:7      warning Unexpected heading rank                       first-heading-level remark-lint

⚠ 2 warnings
";
        assert_eq!(
            told(log),
            [
                "remark-lint lint_error | docs/a.md:25:3 | list-item-indent | Incorrect list-item indent: add 2 spaces | @2-2",
                "remark-lint lint_error | docs/a.md:1:1 | first-heading-level | Unexpected heading rank | @3-3",
            ]
        );
    }
}
