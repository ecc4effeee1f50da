//! Ant's own last words: which line of which build file failed, and why.
//!
//! True of `DefaultLogger.buildFinished` and `BuildException.toString` of Ant 1.5 to 1.10: `BUILD FAILED`, then a line
//! for each build file on the way, the last of which says why.

use crate::domain::failure::{Failure, Kind};
use crate::domain::log::{Line, Span};
use crate::stages::extract::pattern::{Pattern, group};
use crate::stages::extract::reader::{Attention, Findings, Reader};

/// An explanation over more lines is a listing.
const MESSAGE_LINES_MAX: usize = 20;

#[derive(Default)]
pub struct Ant {
    /// Where `BUILD FAILED` stands.
    ended: Option<u64>,
    begun: Option<Failure>,
    lines: usize,
}

/// `/srv/tram/build.xml:86: Test org.example.TramTest failed`
static PLACE: Pattern = Pattern::new(r"^((?:[A-Za-z]:)?[^\s:][^:]*\.xml):(\d+): (.*)$");

impl Reader for Ant {
    fn tool(&self) -> &'static str {
        "ant"
    }

    fn wakes(&self) -> &'static [&'static str] {
        &["BUILD FAILED"]
    }

    fn wraps(&self) -> bool {
        true
    }

    fn line(&mut self, line: &Line<'_>, found: &mut Findings) -> Attention {
        let text = line.text.trim_end();
        if text == "BUILD FAILED" {
            self.end(found);
            self.ended = Some(line.number);
            return Attention::Stay;
        }
        let Some(first) = self.ended else { return Attention::Sleep };
        if let Some(place) = PLACE.captures(text) {
            // Which line of the build file called a task that failed mends nothing: it is said, and is no place.
            let said = format!("{} ({}:{})", group(&place, 3), group(&place, 1), group(&place, 2));
            let mut failure = Failure::new(kind(group(&place, 3)), "ant", said, Span { first, last: line.number });
            failure.path = Some(group(&place, 1).to_owned());
            self.begun = Some(failure);
            return Attention::Stay;
        }
        self.lines += 1;
        match &mut self.begun {
            Some(failure) if !text.is_empty() && self.lines <= MESSAGE_LINES_MAX => {
                failure.message = format!("{}\n{text}", failure.message);
                failure.log.last = line.number;
                Attention::Stay
            }
            _ => {
                self.end(found);
                Attention::Sleep
            }
        }
    }

    fn end(&mut self, found: &mut Findings) {
        self.begun.take().into_iter().for_each(|failure| found.failure(failure));
        (self.ended, self.lines) = (None, 0);
    }
}

fn kind(message: &str) -> Kind {
    if message.starts_with("Test ") || message.contains("est(s) failed") || message.contains("ests failed") {
        Kind::TestFailure
    } else if message.contains("impossible to resolve dependencies") || message.contains("Unable to resolve artifact") {
        Kind::DependencyIssue
    } else {
        Kind::BuildError
    }
}

#[cfg(test)]
mod tests {
    use super::MESSAGE_LINES_MAX;
    use crate::stages::extract::tests::told;

    #[test]
    fn the_last_build_file_says_why() {
        let log = "\
BUILD FAILED
/srv/tram/build.xml:12: The following error occurred while executing this line:
/srv/tram/common.xml:86: Warning: Could not find file /srv/bell.txt to copy.

Total time: 1 second
";
        assert_eq!(
            told(log),
            [
                "ant build_error | ?/srv/tram/common.xml | Warning: Could not find file /srv/bell.txt to copy. (/srv/tram/common.xml:86) | @1-3"
            ]
        );
    }

    #[test]
    fn gradles_last_line_is_none_of_ants() {
        assert!(!told("BUILD FAILED in 3s\nBUILD FAILED\n\nTotal time: 2s\n").iter().any(|row| row.contains("ant ")));
    }

    #[test]
    fn what_is_kept_is_bounded() {
        let log = format!("BUILD FAILED\n/srv/build.xml:1: no\n{}", "more\n".repeat(MESSAGE_LINES_MAX + 5));
        assert_eq!(told(&log)[0].matches("more").count(), MESSAGE_LINES_MAX);
    }
}
