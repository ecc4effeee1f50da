//! Lines that say that something went wrong, of any program: the last to be asked, and the first to be doubted.

use super::pattern::Pattern;
use super::reader::{Attention, Findings, Reader};
use crate::domain::failure::{Failure, Kind};
use crate::domain::log::{Line, Mark, Span};

/// A chain of Java's exceptions has a few hundred lines; what goes on longer is a listing.
const BLOCK_LINES_MAX: u64 = 500;

/// What it calls the tool of its failures: nobody knows which it was.
pub const TOOL: &str = "words";

/// Reads lines by their words.
#[derive(Default)]
pub struct Words {
    begun: Option<Failure>,
}

/// What goes on about the line before: indented, or the next cause of a chain.
static GOES_ON: Pattern = Pattern::new(r"^(?:\s+\S|Caused by: )");

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
    // What the C library says of a failed call (`strerror`), after the name of what was tried.
    r"|: (?:No space left on device|Operation not permitted|Connection (?:refused|timed out|reset by peer)|Cannot allocate memory|Read-only file system|Too many open files|Device or resource busy|Disk quota exceeded|Exec format error|Argument list too long|Input/output error|Broken pipe|Is a directory|Not a directory|No such device|Network is unreachable|No route to host)",
    r"|Segmentation fault|core dumped|\bKilled$|Out of memory|Traceback \(most recent call last\)",
    r"|^exit status [1-9]|\*\*\* .*(?:Error \d+|Stop\.)|\bFAILED$|(?i:failed with (?:exit )?(?:code|status|an? )|(?:exited|exits|terminated|finished) with (?:non-?zero|code [1-9]|an error)|has failed\b|build failed|did not succeed))",
));

/// What only speaks of errors.
static HARMLESS: Pattern = Pattern::new(concat!(
    r"(?i:\b(?:0|no|zero|without|any) (?:errors?|failures?|failed|fatal)|(?:errors?|failures?|failed)\W{1,3}0\b|\b0 failed",
    r"|fail-?fast|fail-?on|fail_on|--fail\b|on-?error|continue-on|\berror\.log|error-prone|error_prone|if-no-files|ignor(?:ed|ing)|\bwarn(?:ing)?\b|\bretry|\bdeprecat|\bxfail|expected (?:error|failure|exception))",
));

impl Reader for Words {
    fn tool(&self) -> &'static str {
        TOOL
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
            "no such ",
            "permission denied",
            "no space left",
            "not permitted",
            "connection re",
            "connection timed out",
            "allocate memory",
            "read-only file",
            "too many open files",
            "resource busy",
            "quota exceeded",
            "format error",
            "list too long",
            "broken pipe",
            "is a directory",
            "not a directory",
            "is unreachable",
            "no route to host",
            "exit status ",
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
        let says_so = says_so(line);
        if let Some(begun) = &mut self.begun
            && line.number - begun.log.first < BLOCK_LINES_MAX
        {
            // One blank line may stand between two that belong together.
            let next = line.number - begun.log.last;
            if (says_so && next <= 2) || (next == 1 && GOES_ON.is_match(line.text)) {
                begun.log.last = line.number;
                return Attention::Stay;
            }
            if next == 1 && line.text.trim().is_empty() {
                return Attention::Stay;
            }
        }
        self.end(found);
        if !says_so {
            return Attention::Sleep;
        }
        self.begun = Some(Failure::new(kind(line.text), TOOL, message(line.text), Span::at(line.number)));
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
        use crate::stages::extract::tests::{read, told};
        assert_eq!(told("ERROR one\nERROR two\nfine\n"), ["words runtime_error | ERROR one | @1-2"]);
        let chain = "Error: no\n\tin the third part\nCaused by: why\n\t... 3 more\n\nfine\n  error: too late\n";
        assert_eq!(
            told(chain),
            ["words runtime_error | Error: no | @1-4", "words runtime_error | error: too late | @7-7",]
        );
        let listing = "error: x\n".repeat(BLOCK_LINES_MAX as usize + 1);
        let last = read(&listing).failures.iter().map(|failure| failure.log.last).collect::<Vec<_>>();
        assert_eq!(last, [BLOCK_LINES_MAX]);
    }
}
