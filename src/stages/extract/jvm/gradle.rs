//! Gradle's own last words: what went wrong, in which script or task.
//!
//! True of `BuildExceptionReporter` of Gradle 2 to 9: per failure an optional `* Where:`, a `* What went wrong:`, then
//! `* Try:` or `* Exception is:`.

use crate::domain::failure::{Failure, Kind};
use crate::domain::log::{Line, Span};
use crate::stages::extract::pattern::{Pattern, group, number};
use crate::stages::extract::reader::{Attention, Findings, Reader};

/// A longer explanation is a report.
const MESSAGE_LINES_MAX: usize = 40;

#[derive(Default)]
pub struct Gradle {
    failure: Option<Failure>,
    part: Part,
    said: Vec<String>,
}

#[derive(Clone, Copy, Default, PartialEq)]
enum Part {
    #[default]
    None,
    Where,
    What,
}

/// `Build file '/srv/tram/build.gradle' line: 12`
static WHERE: Pattern = Pattern::new(r"^(?:\w+ file|\w+ script|.*[Ss]cript plugin) '([^']+)'(?: line: (\d+))?$");

/// `Execution failed for task ':app:test'.`
static TASK: Pattern = Pattern::new(r"(?:task|dependencies of task|for task) '(:[^']+)'");

/// `  Line 3: foo("x")`, `Could not compile … build.gradle': 7: unexpected token`
static SCRIPT_LINE: Pattern = Pattern::new(r"^(?:  Line (\d+): |(?:build|settings|init) file '([^']+)': (\d+): )");

impl Reader for Gradle {
    fn tool(&self) -> &'static str {
        "gradle"
    }

    fn wakes(&self) -> &'static [&'static str] {
        &["* What went wrong:", "* Where:"]
    }

    fn wraps(&self) -> bool {
        true
    }

    fn line(&mut self, line: &Line<'_>, found: &mut Findings) -> Attention {
        let text = line.text.trim_end();
        match text {
            "* Where:" => {
                self.end(found);
                self.failure = Some(Failure::new(Kind::BuildError, "gradle", "", Span::at(line.number)));
                self.part = Part::Where;
                return Attention::Stay;
            }
            "* What went wrong:" => {
                if self.part != Part::Where {
                    self.end(found);
                }
                self.failure.get_or_insert_with(|| Failure::new(Kind::BuildError, "gradle", "", Span::at(line.number)));
                self.part = Part::What;
                return Attention::Stay;
            }
            _ => {}
        }
        let Some(failure) = &mut self.failure else { return Attention::Sleep };
        let ends = text.starts_with("* ") || text.starts_with("BUILD FAILED") || text.starts_with("======");
        // What a formatter lists and what a compiler says again is theirs to read.
        let listed = text.ends_with("had format violations:")
            || self.said.last().is_some_and(|said| said.ends_with("see the compiler output below."));
        if ends || listed || self.said.len() >= MESSAGE_LINES_MAX {
            self.end(found);
            return Attention::Sleep;
        }
        if self.part == Part::Where {
            if let Some(place) = WHERE.captures(text) {
                failure.path = Some(group(&place, 1).to_owned());
                failure.line = number(&place, 2);
            }
        } else if !text.is_empty() {
            self.said.push(text.to_owned());
            failure.log.last = line.number;
        }
        Attention::Stay
    }

    fn end(&mut self, found: &mut Findings) {
        let said = std::mem::take(&mut self.said);
        self.part = Part::None;
        let Some(mut failure) = self.failure.take().filter(|_| !said.is_empty()) else { return };
        failure.message = said.join("\n");
        failure.task = TASK.captures(&failure.message).map(|task| group(&task, 1).to_owned());
        for place in said.iter().filter_map(|line| SCRIPT_LINE.captures(line)).take(1) {
            failure.line = failure.line.or(number(&place, 1)).or(number(&place, 3));
            if !group(&place, 2).is_empty() {
                failure.path = Some(group(&place, 2).to_owned());
            }
        }
        failure.kind = kind(&failure.message, failure.task.as_deref().unwrap_or_default());
        found.failure(failure);
    }
}

fn kind(message: &str, task: &str) -> Kind {
    let says = |words: &[&str]| words.iter().any(|word| message.contains(word));
    let runs = |words: &[&str]| words.iter().any(|word| task.to_ascii_lowercase().contains(word));
    if says(&[
        "Could not resolve",
        "Could not find any",
        "Could not download",
        "Could not GET",
        "was not found in any of the",
    ]) {
        Kind::DependencyIssue
    } else if says(&["There were failing tests", "here were failing tests", "No tests found for given includes"]) {
        Kind::TestFailure
    } else if runs(&["checkstyle", "pmd", "spotbugs", "findbugs", "detekt", "ktlint", "lint", "codenarc"]) {
        Kind::LintError
    } else if runs(&["spotless", "googlejavaformat", "license"]) {
        Kind::FormatError
    } else {
        Kind::BuildError
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stages::extract::tests::told;

    fn gradles(log: &str) -> Vec<String> {
        told(log).into_iter().filter(|row| row.trim_start_matches('[').starts_with("gradle ")).collect()
    }

    #[test]
    fn a_script_that_fails_is_a_place_in_it() {
        let log = "\
FAILURE: Build failed with an exception.

* Where:
Build file '/srv/tram/build.gradle' line: 12

* What went wrong:
A problem occurred evaluating root project 'tram'.
> Could not find method ring() for arguments [2] on root project 'tram' of type org.gradle.api.Project.

* Try:
> Run with --stacktrace option to get the stack trace.
";
        assert_eq!(
            gradles(log),
            [
                "gradle build_error | ?/srv/tram/build.gradle:12 | A problem occurred evaluating root project 'tram'.\n> Could not find method ring() for arguments [2] on root project 'tram' of type org.gradle.api.Project. | @3-8"
            ]
        );
    }

    #[test]
    fn each_of_several_failures_is_one_and_a_task_that_only_ran_a_tool_is_a_cascade() {
        let log = "\
TramTest > stops() FAILED
    java.lang.AssertionError at TramTest.java:3

FAILURE: Build completed with 2 failures.

1: Task failed with an exception.
-----------
* What went wrong:
Execution failed for task ':tram:test'.
> There were failing tests. See the report at: file:///srv/index.html

* Try:
> Run with --scan.
==============================================================================

2: Task failed with an exception.
-----------
* What went wrong:
Execution failed for task ':bell:compileJava'.
> Could not resolve all files for configuration ':bell:compileClasspath'.
   > Could not find org.example:clapper:9.

* Try:
> Run with --scan.
BUILD FAILED in 3s
";
        let rows = gradles(log);
        assert_eq!(rows.len(), 2);
        assert!(rows[0].starts_with("[gradle test_failure | Execution failed for task ':tram:test'."), "{rows:?}");
        assert!(rows[1].starts_with("gradle dependency_issue | Execution failed"), "{rows:?}");
        assert!(rows[1].ends_with("@18-21"), "{rows:?}");
    }

    #[test]
    fn a_kotlin_script_names_its_line_itself() {
        let log = "\
* Where:
Build file '/srv/tram/build.gradle.kts' line: 3

* What went wrong:
Script compilation error:

  Line 3: ring(2)
          ^ Unresolved reference: ring

1 error

* Try:
";
        assert_eq!(gradles(log).len(), 1);
        assert!(
            gradles(log)[0]
                .starts_with("gradle build_error | ?/srv/tram/build.gradle.kts:3 | Script compilation error:")
        );
    }

    #[test]
    fn what_is_kept_is_bounded() {
        let log = format!("* What went wrong:\n{}", "more\n".repeat(MESSAGE_LINES_MAX + 5));
        assert!(gradles(&log)[0].matches("more").count() == MESSAGE_LINES_MAX);
    }
}
