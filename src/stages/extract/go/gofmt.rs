//! gofmt: the files it lists, or the diff it prints.

use crate::domain::failure::{Failure, Kind};
use crate::domain::log::{Line, Span};
use crate::stages::extract::pattern::{Pattern, group};
use crate::stages::extract::reader::{Attention, Findings, Reader};

#[derive(Default)]
pub struct Gofmt {
    /// The script runs a gofmt that lists: a line that is nothing but a file's name is then a finding.
    lists: bool,
}

static LISTS: Pattern = Pattern::new(r"\b(?:gofmt|gofumpt|goimports)\b.*\s-\w*l|\bgo fmt\b");

/// `diff cmd/a.go.orig cmd/a.go`, also where another diff holds it against nothing.
static DIFF: Pattern = Pattern::new(r"^(?:[<>] |[-+])?diff (?:-u )?\S+\.go\.orig (\S+\.go)$");

static FILE: Pattern = Pattern::new(r"^\S(?:[^:]*[^:\s])?\.go$");

impl Reader for Gofmt {
    fn tool(&self) -> &'static str {
        "gofmt"
    }

    fn wakes(&self) -> &'static [&'static str] {
        &[".go", "gofmt "]
    }

    fn runs(&mut self, script_line: &str) {
        self.lists |= LISTS.is_match(script_line);
    }

    fn line(&mut self, line: &Line<'_>, found: &mut Findings) -> Attention {
        // A makefile shows the command that it runs.
        self.runs(line.text);
        let file = match DIFF.captures(line.text) {
            Some(diff) => group(&diff, 1),
            None if self.lists && FILE.is_match(line.text) => line.text,
            None => return Attention::Sleep,
        };
        let message = format!("{file} is not formatted as gofmt does it");
        let mut failure = Failure::new(Kind::FormatError, "gofmt", message, Span::at(line.number));
        failure.path = Some(file.to_owned());
        found.failure(failure);
        Attention::Sleep
    }

    fn end(&mut self, _: &mut Findings) {
        self.lists = false;
    }
}

#[cfg(test)]
mod tests {
    use crate::stages::extract::tests::read;

    fn files(log: &str) -> Vec<String> {
        let failures = read(log).failures.into_iter().filter(|failure| failure.tool == "gofmt");
        failures.filter_map(|failure| failure.path).collect()
    }

    #[test]
    fn listed_files_are_findings_of_a_step_that_runs_gofmt() {
        let block =
            |script: &str| format!("##[group]Run {script}\n{script}\nshell: /usr/bin/bash -e {{0}}\n##[endgroup]\n");
        let listed = "cmd/report/main.go\ntariff/tariff_test.go\n";
        let script = "test -z \"$(gofmt -l . | tee /dev/stderr)\"";
        assert_eq!(files(&format!("{}{listed}", block(script))), ["cmd/report/main.go", "tariff/tariff_test.go"]);
        assert_eq!(files(&format!("{}{listed}", block("ls *.go"))), [""; 0]);
        let later = format!("{}{}{listed}", block(script), block("ls *.go"));
        assert_eq!(files(&later), [""; 0], "the step that ran gofmt is over");
    }

    #[test]
    fn a_makefile_tells_what_it_runs() {
        assert_eq!(files("gofmt -s -l ./cmd\ncmd/main.go\ncmd/main.go:3: see there\n"), ["cmd/main.go"]);
    }

    #[test]
    fn a_diff_names_its_file() {
        let log = "diff ok/bad.go.orig ok/bad.go\n--- ok/bad.go.orig\n+++ ok/bad.go\n@@ -1,2 +1,3 @@\n package ok\n";
        assert_eq!(files(log), ["ok/bad.go"]);
        assert_eq!(files("1,9d0\n< diff a.go.orig a.go\n< --- a.go.orig\n"), ["a.go"]);
        assert_eq!(files("--- /dev/fd/63\n+++ /dev/null\n-diff a.go.orig a.go\n---- a.go.orig\n"), ["a.go"]);
    }
}
