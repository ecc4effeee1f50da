//! Lines that say that something went wrong, of any program: the last to be asked, and the first to be doubted.

use super::pattern::Pattern;
use super::reader::{Attention, Findings, Reader};
use crate::domain::failure::{Failure, Kind};
use crate::domain::log::{Line, Mark, Span};

/// A message over more lines is a listing.
const BLOCK_LINES_MAX: u64 = 20;

/// Reads lines by their words.
#[derive(Default)]
pub struct Words {
    begun: Option<Failure>,
}

/// The line begins by saying that it is an error.
static HEAD: Pattern = Pattern::new(concat!(
    r"^\s{0,4}(?:\S{1,40}: )?(?:",
    r"(?i:\[error\]|\[fatal\]|\(error\)|error|fatal error|fatal|exception|panic|failure|critical)(?:\[\w+\])?(?::|!| [A-Z0-9]|\s*$| in | while | when | at )",
    r"|(?i:npm err(?:!|or)) |E: |ERROR\b|FATAL\b|FAILED\b|FAIL\b|CRITICAL\b|BUILD FAILED|FAILURE\b|[✗✘✖×❌] ",
    r"|(?:Caused by: |Exception in thread .{1,60} )?(?:[a-z]\w*\.)+[A-Z]\w*(?:Exception|Error)\b)",
));

/// Somewhere in the line.
static INSIDE: Pattern = Pattern::new(concat!(
    r"(?:: (?i:fatal |internal )?(?i:error): |: command not found$|: not found$|: No such file or directory|: Permission denied",
    r"|cannot find |Cannot find |Could not (?:find|resolve|load|open|connect|read)|undefined reference to|cannot open shared object",
    r"|Segmentation fault|core dumped|\bKilled$|Out of memory|Traceback \(most recent call last\)",
    r"|\*\*\* .*(?:Error \d+|Stop\.)|\bFAILED$|(?i:failed with (?:exit )?(?:code|status|an? )|(?:exited|exits|terminated|finished) with (?:non-?zero|code [1-9]|an error)|has failed\b|build failed|did not succeed))",
));

/// What only speaks of errors.
static HARMLESS: Pattern = Pattern::new(concat!(
    r"(?i:\b(?:0|no|zero|without|any) (?:errors?|failures?|failed|fatal)|(?:errors?|failures?|failed)\W{1,3}0\b|\b0 failed",
    r"|fail-?fast|fail-?on|fail_on|--fail\b|on-?error|continue-on|\berror\.log|error-prone|error_prone|if-no-files|ignor(?:ed|ing)|\bwarn(?:ing)?\b|\bretry|\bdeprecat|\bxfail|expected (?:error|failure|exception))",
));

impl Reader for Words {
    fn tool(&self) -> &'static str {
        "words"
    }

    fn wakes(&self) -> &'static [&'static str] {
        &[
            "error:",
            "error ",
            "error!",
            "error]",
            "error[",
            "error(",
            "npm err",
            "failed",
            "fail:",
            "failure:",
            "failure ",
            "fail ",
            "exception",
            "fatal",
            "panic",
            "not found",
            "no such file",
            "permission denied",
            "cannot ",
            "could not ",
            "undefined reference",
            "segmentation fault",
            "core dumped",
            "killed",
            "out of memory",
            "critical",
            "e: unable",
            "e: package",
            "e: failed",
            "e: could not",
            "e: sub-process",
            "e: version",
            "e: the ",
            "*** ",
            "traceback",
            "✗ ",
            "✘ ",
            "✖ ",
            "❌ ",
            "× ",
            "exited with",
            "terminated with",
        ]
    }

    fn guesses(&self) -> bool {
        true
    }

    fn line(&mut self, line: &Line<'_>, found: &mut Findings) -> Attention {
        let begun = self.begun.take();
        if !says_so(line) {
            // The lines after, as far as they go on about it, are shown in the excerpt: they are not what failed.
            if let Some(begun) = begun {
                found.failure(begun);
            }
            return Attention::Sleep;
        }
        match begun {
            Some(mut begun) if begun.log.last + 1 == line.number && line.number - begun.log.first < BLOCK_LINES_MAX => {
                begun.log.last = line.number;
                self.begun = Some(begun);
            }
            begun => {
                if let Some(begun) = begun {
                    found.failure(begun);
                }
                self.begun = Some(Failure::new(kind(line.text), "words", message(line.text), Span::at(line.number)));
            }
        }
        Attention::Stay
    }

    fn end(&mut self, found: &mut Findings) {
        if let Some(begun) = self.begun.take() {
            found.failure(begun);
        }
    }
}

fn says_so(line: &Line<'_>) -> bool {
    if line.mark == Mark::Error {
        return true;
    }
    matches!(line.mark, Mark::Plain | Mark::Command)
        && (HEAD.is_match(line.text) || INSIDE.is_match(line.text))
        && !HARMLESS.is_match(line.text)
}

/// What is said, without the shout before it.
fn message(text: &str) -> String {
    let command = text.strip_prefix("::error").and_then(|command| Some(command.split_once("::")?.1));
    command.unwrap_or(text).trim().to_owned()
}

fn kind(text: &str) -> Kind {
    let lower = text.to_ascii_lowercase();
    let has = |words: &[&str]| words.iter().any(|word| lower.contains(word));
    if has(&[
        "could not resolve dependenc",
        "unable to resolve dependency",
        "no matching distribution",
        "eresolve",
        "could not find artifact",
    ]) {
        Kind::DependencyIssue
    } else if has(&["compil", "undefined reference", "build failed", "linker", "syntax error", "syntaxerror"]) {
        Kind::BuildError
    } else if has(&["test", "assert", "expected"]) {
        Kind::TestFailure
    } else {
        Kind::RuntimeError
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn says(text: &str) -> bool {
        says_so(&Line { number: 1, text, mark: Mark::Plain })
    }

    #[test]
    fn lines_that_say_that_something_went_wrong_are_heard() {
        for text in [
            "error: pathspec 'x' did not match",
            "ERROR: could not open requirements.txt",
            "fatal: not a git repository",
            "npm ERR! code ELIFECYCLE",
            "E: Unable to locate package foo",
            "make: *** [Makefile:2: all] Error 2",
            "/bin/bash: line 1: foo: command not found",
            "java.lang.IllegalStateException: no",
            "Caused by: org.x.FooException: no",
            "BUILD FAILED in 3s",
            "app.c:(.text+0x5): undefined reference to `f'",
            "Command failed with exit code 1.",
        ] {
            assert!(says(text), "{text}");
        }
    }

    #[test]
    fn lines_that_only_speak_of_errors_are_not() {
        for text in [
            "0 errors, 3 warnings",
            "Tests: 0 failed, 12 passed",
            "Using --fail-fast",
            "Downloading error-chain 0.12",
            "test errors_are_told ... ok",
            "warning: error handling is missing",
            "Copying src/errors.js",
            "Errors: 0, Failures: 0",
        ] {
            assert!(!says(text), "{text}");
        }
    }

    #[test]
    fn lines_that_follow_each_other_are_one_failure_and_a_listing_is_cut() {
        use crate::stages::extract::tests::told;
        assert_eq!(
            told("npm ERR! code ELIFECYCLE\nnpm ERR! errno 1\nfine\n"),
            ["words runtime_error | npm ERR! code ELIFECYCLE | @1-2"]
        );
        assert_eq!(told(&"error: x\n".repeat(BLOCK_LINES_MAX as usize + 1)).len(), 1);
    }
}
