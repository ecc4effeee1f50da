//! yamllint, in its formats `standard` (and `colored`), `parsable` and `github`, which it takes by itself in Actions.
//!
//! `yamllint/cli.py`, class `Format`: `parsable` is `%(file)s:%(line)s:%(column)s: [%(level)s] %(message)s` with the rule in
//! round brackets; `standard` is the file's name alone, then two blanks, the place, the level at column 12 and the message
//! at column 21; `github` is `::group::FILE`, then `::error file=…,line=…,col=…::LINE:COLUMN [RULE] MESSAGE`, of which the
//! runner shows what follows the second `::`. Warnings fail only with `--strict`.

use crate::stages::extract::form::Form;

pub const PARSABLE: Form = Form {
    tool: "yamllint",
    wakes: &[": [error] ", ": [warning] "],
    lines: &[
        r"^(?P<path>\S[^:]*|[A-Za-z]:[^:]+):(?P<line>\d+):(?P<column>\d+): \[(?P<level>error|warning)\] (?P<message>.+?)(?: \((?P<code>[a-z][\w-]*)\))?$",
    ],
    mild: &["warning"],
    tells_mild: true,
    ..Form::DEFAULT
};

pub const STANDARD: Form = Form {
    tool: "yamllint",
    wakes: &[" error    ", " warning  "],
    looks_back: true,
    lines: &[
        r"^(?P<path>[^\s:]+(?: [^\s:]+)*\.\w+|\.[\w.-]+)$",
        r"^  (?P<line>\d+):(?P<column>\d+) +(?P<level>error|warning) +(?P<message>\S.*?)  \((?P<code>[a-z][\w-]*)\)$",
    ],
    repeats: true,
    mild: &["warning"],
    tells_mild: true,
    ..Form::DEFAULT
};

pub const GITHUB: Form = Form {
    tool: "yamllint",
    wakes: &[
        "[document-start] ",
        "[line-length] ",
        "[trailing-spaces] ",
        "[indentation] ",
        "[empty-lines] ",
        "[truthy] ",
        "[colons] ",
        "[commas] ",
        "[braces] ",
        "[brackets] ",
        "[comments] ",
        "[comments-indentation] ",
        "[hyphens] ",
        "[key-duplicates] ",
        "[key-ordering] ",
        "[new-line-at-end-of-file] ",
        "[new-lines] ",
        "[octal-values] ",
        "[quoted-strings] ",
        "[document-end] ",
        "[empty-values] ",
        "[float-values] ",
        "[anchors] ",
    ],
    looks_back: true,
    lines: &[
        r"^(?:::group::)?(?P<path>[^\s:]+(?: [^\s:]+)*\.\w+)$",
        r"^(?:::(?P<level>error|warning) file=[^:]+::)?(?P<line>\d+):(?P<column>\d+) \[(?P<code>[a-z][\w-]*)\] (?P<message>.+)$",
    ],
    repeats: true,
    mild: &["warning"],
    tells_mild: true,
    ..Form::DEFAULT
};

#[cfg(test)]
mod tests {
    use crate::stages::extract::tests::told;

    const EXPECTED: [&str; 2] = [
        "yamllint lint_error | ci/x.yml:2:1 | key-duplicates | duplication of key \"a\" in mapping | @2-2",
        "yamllint lint_error | ci/x.yml:3:8 | commas | too few spaces after comma | @3-3",
    ];

    fn roots(log: &str) -> Vec<String> {
        told(log).into_iter().filter(|told| !told.starts_with('[')).collect()
    }

    #[test]
    fn the_parsable_form_is_read() {
        let log = "\
ci/x.yml:1:1: [warning] missing document start \"---\" (document-start)
ci/x.yml:2:1: [error] duplication of key \"a\" in mapping (key-duplicates)
ci/x.yml:3:8: [error] too few spaces after comma (commas)
";
        assert_eq!(roots(log), EXPECTED);
    }

    #[test]
    fn the_standard_form_is_read_with_colour_or_without() {
        let log = "\
\u{1b}[4mci/x.yml\u{1b}[0m
  \u{1b}[2m2:1\u{1b}[0m       \u{1b}[31merror\u{1b}[0m    duplication of key \"a\" in mapping  \u{1b}[2m(key-duplicates)\u{1b}[0m
  3:8       error    too few spaces after comma  (commas)
";
        assert_eq!(roots(log), EXPECTED);
    }

    #[test]
    fn what_the_runner_leaves_of_the_github_form_is_read_under_its_group() {
        let log = "\
##[group]ci/x.yml
##[error]2:1 [key-duplicates] duplication of key \"a\" in mapping
##[error]3:8 [commas] too few spaces after comma
##[endgroup]
";
        assert_eq!(roots(log), EXPECTED);
    }
}
