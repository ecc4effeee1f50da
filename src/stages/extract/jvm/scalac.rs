//! The Scala compilers, by themselves, behind sbt, Maven and Gradle.
//!
//! True of `ConsoleReporter`/`Reporting` of Scala 2.10 to 2.13, of sbt's `ManagedLogger` reporter (`[error] path:line:column: …`,
//! in sbt 0.13 without the column), of Zinc behind Maven and Gradle (`[Error]`), and of `MessageRendering.messageAndPos` of Scala 3.

use super::scala_test::PREFIX as SBT;
use crate::domain::failure::{Failure, Kind};
use crate::domain::log::{Line, Span};
use crate::stages::extract::pattern::{Pattern, group, number};
use crate::stages::extract::reader::{Attention, Findings, Reader};

/// A message explains itself in a few lines, then shows one of the source.
const MESSAGE_LINES_MAX: usize = 20;

#[derive(Default)]
pub struct Scalac {
    begun: Option<Begun>,
}

struct Begun {
    failure: Failure,
    lines: Vec<String>,
    /// Whether what follows stands behind the bars of Scala 3.
    bars: bool,
    /// Whether a build tool marks each line.
    marked: bool,
}

/// `[error] /src/Tram.scala:3:7: not found: value x`, `Tram.scala:3: error: not found: value x`
static TWO: Pattern = Pattern::new(
    r"^((?:\[(?:error|ERROR|Error|info|INFO)\] ?)*)((?:[A-Za-z]:)?[^\s:\[][^:\[]*\.(?:scala|sc|sbt|java)):(\d+)(?::(\d+))?: (error: )?(\S.*)$",
);

/// `-- [E006] Not Found Error: /src/Tram.scala:3:8 ------`
static THREE: Pattern = Pattern::new(
    r"^(?:\[(?:error|ERROR|Error)\] )*-- (?:\[(E\d+)\] )?([\w -]*Error): ((?:[A-Za-z]:)?[^:]+\.(?:scala|sc|sbt)):(\d+):(\d+) -*$",
);

/// `3 |  val y = x`, `  |          ^`
static BAR: Pattern = Pattern::new(r"^ *\d* *\|(.*)$");

impl Reader for Scalac {
    fn tool(&self) -> &'static str {
        "scalac"
    }

    fn wakes(&self) -> &'static [&'static str] {
        &[".scala:\u{2}:", ".sbt:\u{2}:", ".sc:\u{2}:"]
    }

    fn line(&mut self, line: &Line<'_>, found: &mut Findings) -> Attention {
        if let Some(begun) = &mut self.begun {
            match begun.goes_on(line) {
                Goes::On => return Attention::Stay,
                Goes::Last => {
                    self.end(found);
                    return Attention::Sleep;
                }
                Goes::Past => self.end(found),
            }
        }
        self.begun = error(line);
        if self.begun.is_some() { Attention::Stay } else { Attention::Sleep }
    }

    fn end(&mut self, found: &mut Findings) {
        if let Some(begun) = self.begun.take() {
            found.failure(begun.told());
        }
    }
}

enum Goes {
    On,
    /// This line is the last.
    Last,
    /// The line before was.
    Past,
}

fn error(line: &Line<'_>) -> Option<Begun> {
    let begin = |path: &str, row, column, message: &str| {
        let mut failure = Failure::new(Kind::BuildError, "scalac", message, Span::at(line.number));
        failure.path = Some(path.to_owned());
        (failure.line, failure.column) = (row, column);
        failure
    };
    if let Some(found) = THREE.captures(line.text) {
        let mut failure = begin(group(&found, 3), number(&found, 4), number(&found, 5), group(&found, 2));
        failure.code = Some(group(&found, 1)).filter(|code| !code.is_empty()).map(str::to_owned);
        return Some(Begun { failure, lines: Vec::new(), bars: true, marked: false });
    }
    let found = TWO.captures(line.text)?;
    let marked = group(&found, 1).to_ascii_lowercase().contains("error");
    let java = group(&found, 2).ends_with(".java");
    // A task that failed also ends with a place at times.
    if !marked && group(&found, 5).is_empty() || java && group(&found, 1).is_empty() {
        return None;
    }
    let failure = begin(group(&found, 2), number(&found, 3), number(&found, 4), group(&found, 6));
    Some(Begun { failure, lines: Vec::new(), bars: false, marked })
}

impl Begun {
    fn goes_on(&mut self, line: &Line<'_>) -> Goes {
        let prefix = SBT.captures(line.text).map_or(0, |prefix| prefix.get(0).map_or(0, |all| all.end()));
        let text = line.text.get(prefix..).unwrap_or_default();
        if self.bars {
            let Some(bar) = BAR.captures(text).filter(|_| self.lines.len() < MESSAGE_LINES_MAX) else {
                return Goes::Past;
            };
            let said = group(&bar, 1).trim();
            let source = !text.trim_start().starts_with('|');
            let carets = said.chars().all(|c| c == '^' || c == '-');
            if !source && !carets && !said.is_empty() && !said.starts_with("longer explanation available") {
                self.lines.push(said.to_owned());
            }
            self.failure.log.last = line.number;
            return Goes::On;
        }
        let caret = text.trim();
        if caret.starts_with('^') && caret.chars().all(|c| c == '^') {
            let at = text.len() - text.trim_start().len() + 1;
            self.failure.column = self.failure.column.or_else(|| u32::try_from(at).ok());
            // The line above is the source.
            self.lines.pop();
            self.failure.log.last = line.number;
            return Goes::Last;
        }
        // Without a caret a message is one line: what follows may be anything.
        if self.marked && prefix == 0
            || self.lines.len() >= MESSAGE_LINES_MAX
            || text.is_empty()
            || TWO.is_match(line.text)
        {
            return Goes::Past;
        }
        self.lines.push(text.to_owned());
        Goes::On
    }

    fn told(mut self) -> Failure {
        if self.bars {
            let kind = std::mem::take(&mut self.failure.message);
            self.failure.message = if self.lines.is_empty() { kind } else { self.lines.join("\n") };
        } else if self.failure.log.last > self.failure.log.first {
            let said = std::iter::once(std::mem::take(&mut self.failure.message)).chain(self.lines);
            self.failure.message = said.collect::<Vec<_>>().join("\n");
        }
        self.failure
    }
}

#[cfg(test)]
mod tests {
    use crate::stages::extract::tests::told;

    fn scalacs(log: &str) -> Vec<String> {
        told(log).into_iter().filter(|row| row.starts_with("scalac")).collect()
    }

    #[test]
    fn scala_2_points_with_a_caret() {
        let log = "\
Tram.scala:6: error: missing argument list for method ring
Write it as a function if you mean that.
  ring
  ^
Tram.scala:4: warning: private val in object Tram is never used
  private val unused = 1
              ^
one error found
";
        assert_eq!(
            scalacs(log),
            [
                "scalac build_error | Tram.scala:6:3 | missing argument list for method ring\nWrite it as a function if you mean that. | @1-4"
            ]
        );
    }

    #[test]
    fn sbt_marks_each_line() {
        let log = "\
[info] Compiling 1 Scala source to /src/target/classes ...
[error] /src/main/scala/Tram.scala:3:7: not found: value bell
[error]   bell.ring()
[error]   ^
[warn] /src/main/scala/Tram.scala:9:7: unused value
[warn]   x
[warn]   ^
[error] one error found
";
        assert_eq!(
            scalacs(log),
            ["scalac build_error | ?/src/main/scala/Tram.scala:3:7 | not found: value bell | @2-4"]
        );
    }

    #[test]
    fn scala_3_draws_bars() {
        let log = "\
[error] -- [E006] Not Found Error: /src/Tram.scala:3:8 -------------
[error] 3 |  val y = bell
[error]   |          ^^^^
[error]   |          Not found: bell
[error]   |
[error]   | longer explanation available when compiling with `-explain`
[error] one error found
-- Error: Tram.scala:9:2 ---
9 |  f(1)
  |  ^
  |  no
";
        assert_eq!(
            scalacs(log),
            [
                "scalac build_error | ?/src/Tram.scala:3:8 | E006 | Not found: bell | @1-6",
                "scalac build_error | Tram.scala:9:2 | no | @8-11",
            ]
        );
    }
}
