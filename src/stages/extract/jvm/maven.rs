//! Maven's own last words: the goal that failed, what could not be resolved, a project that could not be read.
//!
//! True of `MavenCli.logSummary` and `DefaultExceptionHandler` of Maven 3 and 4: the summary is one block of lines that
//! begin with `[ERROR]`, ends in `-> [Help 1]` and says what that means; and of `DefaultModelProblem` for POM files.

use crate::domain::failure::{Failure, Kind};
use crate::domain::log::{Line, Span};
use crate::stages::extract::pattern::{Pattern, group, number};
use crate::stages::extract::reader::{Attention, Findings, Reader};

/// The message of a goal that lists what it found is told by who found it.
const MESSAGE_LINES_MAX: usize = 20;

#[derive(Default)]
pub struct Maven {
    begun: Option<Failure>,
    /// Whether its message goes on.
    says: bool,
    lines: usize,
}

/// `[ERROR] Failed to execute goal org.x:y-maven-plugin:1.0:check (default) on project shop: You have 3 violations.`
static GOAL: Pattern = Pattern::new(
    r"^\[ERROR\] Failed to execute goal (?:(\S+:[\w.-]+)(?: \(([^)]*)\))? )?on project (\S+?):(?: (.*))?$",
);

/// Any other summary: `[ERROR] The goal you specified requires a project … -> [Help 1]`
static SUMMARY: Pattern = Pattern::new(
    r"^\[ERROR\] ((?:Plugin|Error resolving|Unknown lifecycle phase|No plugin found|No goals|The goal you|The build could not|Could not find the selected|Could not resolve|Error building POM|Unable to parse|Internal error|Error executing Maven|Unresolveable build extension|The project|Project|Missing|Unrecognised|Malformed|[\w.]+Exception)\b.*)$",
);

/// `[FATAL] Non-resolvable parent POM for … @ line 7, column 11`, `[ERROR] 'dependencies.dependency.version' … is missing. @ line 3, column 5`
static MODEL: Pattern = Pattern::new(
    r"^\[(?:ERROR|FATAL)\] +(?:\[(?:ERROR|FATAL)\] +)?(\S.*?) @ (?:[\w.:${}-]+, )?(?:(\S.*?\.xml), )?line (\d+), column (\d+)(?: -> \[Help \d+\])?$",
);

static HELP: Pattern = Pattern::new(r" *-> \[Help \d+\]\s*$");

impl Reader for Maven {
    fn tool(&self) -> &'static str {
        "maven"
    }

    fn wakes(&self) -> &'static [&'static str] {
        &["[ERROR] Failed to execute goal", "-> [Help 1]", "[FATAL] ", " @ line ", ", line "]
    }

    fn wraps(&self) -> bool {
        true
    }

    fn line(&mut self, line: &Line<'_>, found: &mut Findings) -> Attention {
        if self.begun.is_some() && self.goes_on(line) {
            return Attention::Stay;
        }
        self.end(found);
        let text = line.text.trim_end();
        if let Some(model) = MODEL.captures(text) {
            found.failure(of_model(&model, line.number));
            return Attention::Sleep;
        }
        self.begun = GOAL.captures(text).map(|goal| of_goal(&goal, line.number)).or_else(|| summary(text, line.number));
        self.says = !HELP.is_match(text);
        self.lines = 1;
        if self.begun.is_some() { Attention::Stay } else { Attention::Sleep }
    }

    fn end(&mut self, found: &mut Findings) {
        if let Some(mut failure) = self.begun.take() {
            failure.message = failure.message.trim().to_owned();
            failure.kind = kind(failure.code.as_deref().unwrap_or_default(), &failure.message);
            found.failure(failure);
        }
    }
}

impl Maven {
    fn goes_on(&mut self, line: &Line<'_>) -> bool {
        let Some(failure) = &mut self.begun else { return false };
        let text = line.text.trim_end();
        let marked = text.strip_prefix("[ERROR]");
        if marked.is_some_and(|said| said.starts_with(" Failed to execute goal")) {
            return false;
        }
        // The message may have lines of its own, and only what follows it is marked again.
        if !self.says && marked.is_none() {
            return false;
        }
        if self.says {
            let said = marked.map_or(text, |said| said.strip_prefix(' ').unwrap_or(said));
            let ends = HELP.captures(said).and_then(|help| help.get(0)).map(|help| help.start());
            let said = said.get(..ends.unwrap_or(said.len())).unwrap_or_default();
            self.lines += 1;
            if self.lines > MESSAGE_LINES_MAX && marked.is_none() || text.starts_with("[INFO]") {
                return false;
            }
            if self.lines <= MESSAGE_LINES_MAX && !said.trim().is_empty() {
                failure.message = format!("{}\n{said}", failure.message.trim_end());
            }
            self.says = ends.is_none();
        }
        if !text.is_empty() && text != "[ERROR]" {
            failure.log.last = line.number;
        }
        true
    }
}

fn of_goal(goal: &regex::Captures<'_>, line: u64) -> Failure {
    let message = group(goal, 4);
    let end = HELP.captures(message).and_then(|help| help.get(0)).map_or(message.len(), |help| help.start());
    let message = message.get(..end).unwrap_or_default();
    let mut failure = Failure::new(Kind::BuildError, "maven", message, Span::at(line));
    failure.code = Some(group(goal, 1)).filter(|goal| !goal.is_empty()).map(str::to_owned);
    failure.task = Some(group(goal, 3)).filter(|project| !project.is_empty()).map(str::to_owned);
    failure
}

fn summary(text: &str, line: u64) -> Option<Failure> {
    let said = SUMMARY.captures(text)?;
    let message = group(&said, 1);
    let end = HELP.captures(message).and_then(|help| help.get(0))?.start();
    Some(Failure::new(Kind::BuildError, "maven", message.get(..end).unwrap_or_default(), Span::at(line)))
}

fn of_model(model: &regex::Captures<'_>, line: u64) -> Failure {
    let message = group(model, 1).trim_end_matches(':');
    let mut failure = Failure::new(kind("", message), "maven", message, Span::at(line));
    failure.path = Some(group(model, 2)).map(|path| if path.is_empty() { "pom.xml" } else { path }.to_owned());
    (failure.line, failure.column) = (number(model, 3), number(model, 4));
    failure
}

/// What sort of thing failed, by the plugin that the goal belongs to, then by what is said.
fn kind(goal: &str, message: &str) -> Kind {
    let plugin = |names: &[&str]| names.iter().any(|name| goal.contains(name));
    let says = |words: &[&str]| words.iter().any(|word| message.contains(word));
    if says(&[
        "Could not resolve",
        "could not be resolved",
        "Non-resolvable",
        "Could not find artifact",
        "Could not transfer",
    ]) {
        Kind::DependencyIssue
    } else if plugin(&["surefire", "failsafe"]) {
        Kind::TestFailure
    } else if plugin(&[
        "checkstyle",
        "pmd",
        "spotbugs",
        "findbugs",
        "detekt",
        "ktlint",
        "scalastyle",
        "errorprone",
        "license",
    ]) {
        Kind::LintError
    } else if plugin(&["spotless", "formatter", "fmt-maven", "sortpom", "impsort"]) {
        Kind::FormatError
    } else if says(&["Some Enforcer rules have failed"]) && says(&["ependency", "ersion"]) {
        Kind::DependencyIssue
    } else {
        Kind::BuildError
    }
}

#[cfg(test)]
mod tests {
    use crate::stages::extract::tests::told;

    fn mavens(log: &str) -> Vec<String> {
        told(log).into_iter().filter(|row| row.trim_start_matches('[').starts_with("maven")).collect()
    }

    #[test]
    fn a_goal_that_failed_is_told_with_the_block_that_explains_it() {
        let log = "\
[INFO] BUILD FAILURE
[ERROR] Failed to execute goal org.apache.maven.plugins:maven-enforcer-plugin:3.4.1:enforce (default) on project tram: 
[ERROR] Rule 0: org.apache.maven.enforcer.rules.version.RequireJavaVersion failed with message:
[ERROR] Detected JDK version 17 is not in the allowed range [21,).
[ERROR] -> [Help 1]
[ERROR] 
[ERROR] To see the full stack trace of the errors, re-run Maven with the -e switch.
[ERROR] [Help 1] https://wiki.example/MojoExecutionException
Done.
";
        assert_eq!(
            mavens(log),
            [
                "maven build_error | org.apache.maven.plugins:maven-enforcer-plugin:3.4.1:enforce | Rule 0: org.apache.maven.enforcer.rules.version.RequireJavaVersion failed with message:\nDetected JDK version 17 is not in the allowed range [21,). | @2-8"
            ]
        );
    }

    #[test]
    fn what_cannot_be_resolved_is_a_dependencys_issue() {
        let log = "\
[ERROR] Failed to execute goal on project tram: Could not resolve dependencies for project org.example:tram:jar:1.0: Could not find artifact org.example:bell:jar:9 in central (https://registry.example/maven2) -> [Help 1]
";
        let rows = mavens(log);
        assert!(rows[0].starts_with("maven dependency_issue | Could not resolve dependencies for project"), "{rows:?}");
        assert!(rows[0].ends_with("(https://registry.example/maven2) | @1-1"), "{rows:?}");
    }

    #[test]
    fn a_goal_is_a_cascade_where_the_tool_that_it_ran_has_spoken() {
        let log = "\
[ERROR] COMPILATION ERROR : 
[ERROR] /srv/tram/src/main/java/Tram.java:[5,18] ';' expected
[INFO] 1 error
[ERROR] Failed to execute goal org.apache.maven.plugins:maven-compiler-plugin:3.8.1:compile (default-compile) on project tram: Compilation failure
[ERROR] /srv/tram/src/main/java/Tram.java:[5,18] ';' expected
[ERROR] 
[ERROR] -> [Help 1]
";
        let rows = told(log);
        assert_eq!(rows.iter().filter(|row| !row.starts_with('[')).count(), 1, "{rows:?}");
        assert!(rows[0].starts_with("javac"), "{rows:?}");
        assert!(mavens(log)[0].ends_with("@4-7]"), "{rows:?}");
    }

    #[test]
    fn a_pom_that_cannot_be_read_is_a_place_in_it() {
        let log = "\
[ERROR] [ERROR] Some problems were encountered while processing the POMs:
[ERROR] 'dependencies.dependency.version' for org.example:bell:jar is missing. @ line 12, column 17
[FATAL] Non-resolvable parent POM for org.example:tram:1.0: Could not find artifact org.example:city:pom:1 @ org.example:tram:1.0, /srv/tram/pom.xml, line 7, column 11
 @ 
[ERROR] The build could not read 1 project -> [Help 1]
";
        assert_eq!(
            mavens(log),
            [
                "maven build_error | pom.xml:12:17 | 'dependencies.dependency.version' for org.example:bell:jar is missing. | @2-2",
                "maven dependency_issue | ?/srv/tram/pom.xml:7:11 | Non-resolvable parent POM for org.example:tram:1.0: Could not find artifact org.example:city:pom:1 | @3-3",
                "[maven build_error | The build could not read 1 project | @5-5]",
            ]
        );
    }
}
