//! Formatters' checks that keep their findings to themselves: `test -z "$(gofmt -l .)"` fails without a word.

use super::pattern::Pattern;
use crate::domain::failure::{Failure, Kind};
use crate::domain::log::Span;

/// A tool, and the calls of it after which a log does not tell what it found, or only a list of names.
static CHECKS: [(&str, Pattern); 4] = [
    (
        "gofmt",
        Pattern::new(r"(?:\$\(|`|<\()[^)`]*\b(?:gofmt|gofumpt|goimports)\b|\b(?:gofmt|gofumpt|goimports)\b[^;&]*\|"),
    ),
    ("prettier", Pattern::new(r#"\bprettier\b[^;&|]*\s(?:-l|--list-different|--log-?level[ =]silent)(?:[\s'\")]|$)"#)),
    ("rustfmt", Pattern::new(r#"\b(?:cargo fmt|rustfmt)\b[^;&|]*\s(?:-l|--files-with-diff|-q|--quiet)(?:[\s'\")]|$)"#)),
    ("ruff", Pattern::new(r#"\bruff format\b[^;&|]*\s(?:--diff|-q|--quiet|-s|--silent)(?:[\s'\")]|$)"#)),
];

/// Remembers which of them the script runs.
#[derive(Default)]
pub struct Silent {
    tools: Vec<&'static str>,
}

impl Silent {
    pub fn of(script: &[String]) -> Self {
        let mut silent = Self::default();
        script.iter().for_each(|line| silent.runs(line));
        silent
    }

    /// A line of the script that is about to run.
    pub fn runs(&mut self, script_line: &str) {
        for (tool, check) in &CHECKS {
            if !self.tools.contains(tool) && check.is_match(script_line) {
                self.tools.push(tool);
            }
        }
    }

    /// What must have failed where the failing script says nothing else; one failure a tool, without a file.
    pub fn failures(&self, line: u64) -> impl Iterator<Item = Failure> {
        self.tools.iter().map(move |tool| {
            let message = format!("{tool} finds files that are not formatted, and the log does not name them");
            Failure::new(Kind::FormatError, tool, message, Span::at(line))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::Silent;
    use crate::stages::extract::tests::read;

    #[test]
    fn checks_that_say_nothing_are_known_by_their_script() {
        let tools = |script: &str| {
            let mut silent = Silent::default();
            silent.runs(script);
            silent.tools
        };
        for script in [
            "test -z \"$(gofmt -l .)\"",
            "[ -z \"`gofmt -s -l cmd`\" ]",
            "diff <(gofmt -d .) /dev/null",
            "out=$(cd go && gofmt -l .)",
            "[ $(gofmt -l . | wc -l) -eq 0 ]",
            "gofmt -l *.go | xargs -r false",
        ] {
            assert_eq!(tools(script), ["gofmt"], "{script}");
        }
        assert_eq!(tools("sh -c 'npx prettier -l'"), ["prettier"]);
        assert_eq!(tools("cargo fmt --all -- --check -l"), ["rustfmt"]);
        assert_eq!(tools("ruff format --diff src"), ["ruff"]);
        for script in
            ["gofmt -l .", "npx prettier --check . && ls -l", "cargo fmt --check", "ruff check -q", "echo gofmt"]
        {
            assert_eq!(tools(script), [""; 0], "{script}");
        }
    }

    #[test]
    fn a_step_that_says_nothing_fails_for_its_silent_check_and_one_that_speaks_does_not() {
        let log = |script: &str, output: &str| {
            format!(
                "##[group]Run {script}\n{script}\nshell: /usr/bin/bash -e {{0}}\n##[endgroup]\n{output}##[error]Process completed with exit code 1.\n"
            )
        };
        let gate = "test -z \"$(gofmt -l .)\"";
        let tools = |log: &str| {
            let roots = read(log).failures.into_iter().filter(|failure| failure.primary);
            roots.map(|failure| (failure.tool, failure.path)).collect::<Vec<_>>()
        };
        assert_eq!(tools(&log(gate, "")), [("gofmt".to_owned(), None)]);
        let vet = "# example.com/a\n./a.go:4:2: undefined: x\n";
        assert_eq!(tools(&log(&format!("{gate} && go build ./..."), vet)).len(), 1);
        assert_eq!(tools(&log(&format!("{gate} && go build ./..."), vet))[0].1.as_deref(), Some("./a.go"));
        let before = log(gate, "").replace("##[error]Process completed with exit code 1.\n", "");
        assert!(!tools(&(before + &log("false", ""))).iter().any(|(tool, _)| tool == "gofmt"));
    }
}
