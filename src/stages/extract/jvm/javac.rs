//! The Java compiler, by itself, behind Ant, Gradle or Maven.
//!
//! True of `BasicDiagnosticFormatter` of the JDK's `javac`, of Ant's `[javac]` before it, of `AbstractCompilerMojo` of
//! Maven's plugin, and of Error Prone, whose checks stand in brackets and say `Did you mean`.

use crate::domain::failure::{Failure, Kind};
use crate::domain::log::{Line, Span};
use crate::stages::extract::pattern::{Pattern, group, number};
use crate::stages::extract::reader::{Attention, Findings, Reader};

/// A message explains itself in a few indented lines.
const MESSAGE_LINES_MAX: usize = 12;

/// Warnings are kept until the compiler says that they fail the build.
const WARNINGS_MAX: usize = 1_000;

#[derive(Default)]
pub struct Javac {
    begun: Option<Begun>,
    warnings: Vec<Failure>,
}

struct Begun {
    failure: Failure,
    warning: bool,
    /// Maven leaves out the source and its caret.
    maven: bool,
    lines: usize,
}

/// Ant's name of its task stands before each line.
static PREFIX: Pattern = Pattern::new(r"^ *\[javac\] ?");

/// `src/a/A.java:6: error: incompatible types: String cannot be converted to int`. Before version 5 Gradle left the line
/// open on which it had named its task.
static PLAIN: Pattern = Pattern::new(r"^(?:(?::[A-Za-z][\w-]*)+)?(\S.*\.java):(\d+): (error|warning): (.*)$");

/// What is wrong with the call, not with the code.
static CALL: Pattern = Pattern::new(
    r"^error: ((?:invalid (?:source|target) release|release version|[Ss]ource (?:option|release)|[Tt]arget option|file not found: |invalid flag: |no source files).*)$",
);

/// `[DeadException] Exception created but not thrown`
static CHECK: Pattern = Pattern::new(r"^\[([\w-]+)\] ");

static MEAN: Pattern = Pattern::new(r"^Did you mean (?:to )?'?(.*?)'?\??$");

/// `[ERROR] /srv/src/a/A.java:[6,20] incompatible types: …`
static MAVEN: Pattern = Pattern::new(r"^\[ERROR\] (\S.*\.java):\[(\d+),(\d+)\] (?:error: )?(.*)$");

/// What javac adds about the symbols it speaks of.
static DETAIL: Pattern = Pattern::new(r"^(?:\[ERROR\] )?\s+(\(?\S.*)$");

impl Reader for Javac {
    fn tool(&self) -> &'static str {
        "javac"
    }

    fn wakes(&self) -> &'static [&'static str] {
        &[
            ".java:\u{2}:",
            ".java:[",
            "warnings found and -Werror specified",
            "error: invalid source release",
            "error: invalid target release",
            "error: release version",
            "error: source option",
            "error: source release",
            "error: target option",
            "error: file not found: ",
            "error: invalid flag: ",
            "error: no source files",
        ]
    }

    fn line(&mut self, line: &Line<'_>, found: &mut Findings) -> Attention {
        let prefix = PREFIX.captures(line.text).map_or(0, |prefix| prefix.get(0).map_or(0, |all| all.end()));
        let line = &Line { number: line.number, text: line.text.get(prefix..).unwrap_or_default(), mark: line.mark };
        if let Some(begun) = &mut self.begun
            && begun.goes_on(line)
        {
            return Attention::Stay;
        }
        self.finish(found);
        if line.text.ends_with("warnings found and -Werror specified") {
            self.warnings.drain(..).for_each(|warning| found.failure(warning));
        }
        self.begun = error(line);
        if self.begun.is_some() { Attention::Stay } else { Attention::Sleep }
    }

    fn end(&mut self, found: &mut Findings) {
        self.finish(found);
        self.warnings.clear();
    }
}

impl Javac {
    fn finish(&mut self, found: &mut Findings) {
        match self.begun.take() {
            Some(Begun { failure, warning: false, .. }) => found.failure(checked(failure)),
            Some(Begun { failure, .. }) if self.warnings.len() < WARNINGS_MAX => self.warnings.push(checked(failure)),
            _ => {}
        }
    }
}

fn error(line: &Line<'_>) -> Option<Begun> {
    let begin = |path: &str, row, column, message: &str| {
        let mut failure = Failure::new(Kind::BuildError, "javac", message, Span::at(line.number));
        failure.path = Some(path.to_owned());
        (failure.line, failure.column) = (row, column);
        failure
    };
    if let Some(found) = MAVEN.captures(line.text) {
        let failure = begin(group(&found, 1), number(&found, 2), number(&found, 3), group(&found, 4));
        return Some(Begun { failure, warning: false, maven: true, lines: 1 });
    }
    if let Some(found) = CALL.captures(line.text) {
        let failure = Failure::new(Kind::BuildError, "javac", group(&found, 1), Span::at(line.number));
        return Some(Begun { failure, warning: false, maven: true, lines: 1 });
    }
    let found = PLAIN.captures(line.text)?;
    let failure = begin(group(&found, 1), number(&found, 2), None, group(&found, 4));
    Some(Begun { failure, warning: group(&found, 3) == "warning", maven: false, lines: 1 })
}

/// With the check's name as the code, and what it says would mend it.
fn checked(mut failure: Failure) -> Failure {
    failure.code = CHECK.captures(&failure.message).map(|check| group(&check, 1).to_owned());
    let meant = failure.message.lines().find_map(|line| MEAN.captures(line.trim()));
    failure.suggestion = meant.map(|meant| group(&meant, 1).to_owned());
    failure
}

impl Begun {
    /// Reads what follows: the source with a caret below it, then what is said of its symbols.
    fn goes_on(&mut self, line: &Line<'_>) -> bool {
        let text = line.text;
        if !self.maven && self.failure.column.is_none() {
            if text.trim() == "^" {
                self.failure.column = u32::try_from(text.chars().count()).ok();
                self.failure.log.last = line.number;
                self.lines = 1;
                return true;
            }
            // The message of an annotation processor may have lines of its own before the source.
            self.lines += 1;
            return self.lines <= MESSAGE_LINES_MAX && !PLAIN.is_match(text);
        }
        let Some(detail) = DETAIL.captures(text).filter(|_| self.lines < MESSAGE_LINES_MAX) else { return false };
        self.lines += 1;
        self.failure.message = format!("{}\n{}", self.failure.message, group(&detail, 1).trim_end());
        self.failure.log.last = line.number;
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stages::extract::tests::read;

    type Row = (String, u32, u32, String, Span);

    fn shown(log: &str) -> Vec<Row> {
        let failures = read(log).failures.into_iter().filter(|failure| failure.tool == "javac");
        failures
            .map(|failure| {
                let (line, column) = (failure.line.unwrap_or(0), failure.column.unwrap_or(0));
                (failure.path.unwrap_or_default(), line, column, failure.message, failure.log)
            })
            .collect()
    }

    fn row(path: &str, line: u32, column: u32, message: &str, log: (u64, u64)) -> Row {
        (path.to_owned(), line, column, message.to_owned(), Span { first: log.0, last: log.1 })
    }

    #[test]
    fn javac_points_with_a_caret() {
        let log = "\
src/a/A.java:3: error: cannot find symbol
import java.util.Lisst;
                ^
  symbol:   class Lisst
  location: package java.util
src/a/A.java:6: error: incompatible types: String cannot be converted to int
  int f() { return \"x\"; }
                   ^
Note: src/a/B.java uses unchecked or unsafe operations.
2 errors
";
        assert_eq!(
            shown(log),
            [
                row(
                    "src/a/A.java",
                    3,
                    17,
                    "cannot find symbol\nsymbol:   class Lisst\nlocation: package java.util",
                    (1, 5)
                ),
                row("src/a/A.java", 6, 20, "incompatible types: String cannot be converted to int", (6, 8)),
            ]
        );
    }

    #[test]
    fn ant_marks_each_line_and_error_prone_says_what_it_means() {
        let log = "\
    [javac] Compiling 2 source files to /srv/tram/build
    [javac] /srv/tram/src/Tram.java:3: error: [DeadException] Exception created but not thrown
    [javac]     new Exception();
    [javac]     ^
    [javac]     (see https://errorprone.example/DeadException)
    [javac]   Did you mean 'throw new Exception();'?
    [javac] 1 error
";
        let failures = read(log).failures;
        assert_eq!(failures[0].code.as_deref(), Some("DeadException"));
        assert_eq!(failures[0].suggestion.as_deref(), Some("throw new Exception();"));
        assert_eq!(
            (failures[0].line, failures[0].column, failures[0].log),
            (Some(3), Some(5), Span { first: 2, last: 6 })
        );
    }

    #[test]
    fn a_tasks_name_that_gradle_left_open_is_no_part_of_the_path() {
        let log = ":tram:compileJava/srv/tram/Tram.java:2: error: no\n  Bell b;\n  ^\n";
        assert_eq!(shown(log), [row("/srv/tram/Tram.java", 2, 3, "no", (1, 3))]);
    }

    #[test]
    fn a_release_that_the_compiler_does_not_know_is_told_without_a_place() {
        let log = "error: release version 99 not supported\nUsage: javac <options> <source files>\n";
        assert_eq!(shown(log), [row("", 0, 0, "release version 99 not supported", (1, 1))]);
    }

    #[test]
    fn maven_tells_the_same_twice_and_it_is_one_failure() {
        let log = "\
[ERROR] COMPILATION ERROR : 
[ERROR] /srv/jc/src/main/java/com/example/Receipt.java:[10,45] cannot find symbol
  symbol:   method sum()
  location: variable basket of type com.example.Basket
[ERROR] /srv/jc/src/main/java/com/example/Voucher.java:[5,18] ';' expected
[ERROR] Failed to execute goal org.apache.maven.plugins:maven-compiler-plugin:3.14.1:compile (default-compile) on project shop: Compilation failure: Compilation failure: 
[ERROR] /srv/jc/src/main/java/com/example/Receipt.java:[10,45] cannot find symbol
[ERROR]   symbol:   method sum()
[ERROR]   location: variable basket of type com.example.Basket
[ERROR] /srv/jc/src/main/java/com/example/Voucher.java:[5,18] ';' expected
[ERROR] -> [Help 1]
[ERROR] 
";
        let message =
            "cannot find symbol\nsymbol:   method sum()\nlocation: variable basket of type com.example.Basket";
        assert_eq!(
            shown(log),
            [
                row("/srv/jc/src/main/java/com/example/Receipt.java", 10, 45, message, (2, 4)),
                row("/srv/jc/src/main/java/com/example/Voucher.java", 5, 18, "';' expected", (5, 5)),
            ]
        );
    }

    #[test]
    fn warnings_are_failures_only_where_the_compiler_says_so() {
        let warning =
            "a/A.java:2: warning: [rawtypes] found raw type: List\n  List l;\n  ^\n  missing type arguments\n";
        assert_eq!(shown(warning), []);
        let failing = format!("{warning}error: warnings found and -Werror specified\n1 error\n");
        let message = "[rawtypes] found raw type: List\nmissing type arguments";
        assert_eq!(shown(&failing), [row("a/A.java", 2, 3, message, (1, 4))]);
    }

    #[test]
    fn what_is_kept_is_bounded() {
        let log = format!("a/A.java:2: error: one\n  List l;\n  ^\n{}", "  more\n".repeat(MESSAGE_LINES_MAX));
        assert_eq!(shown(&log)[0].3.lines().count(), MESSAGE_LINES_MAX);
        let warnings = "a/A.java:2: warning: w\n  l;\n  ^\n".repeat(WARNINGS_MAX + 2);
        let mut reader = Javac::default();
        for (text, number) in warnings.lines().zip(1..) {
            let line = Line { number, text, mark: crate::domain::log::Mark::Plain };
            reader.line(&line, &mut Findings::default());
        }
        assert_eq!(reader.warnings.len(), WARNINGS_MAX);
    }
}
