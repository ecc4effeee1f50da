//! What a test runner prints below the name of a failing test: what was thrown, its message, its frames.

use super::frames::{Frame, frame, simple, thrown};
use crate::domain::failure::Failure;
use crate::stages::extract::pattern::Pattern;

/// An exception's message over more lines is a document.
const MESSAGE_LINES_MAX: usize = 20;

/// Deeper than the stack of nearly every test; what is below are the runner's own frames.
const FRAMES_MAX: usize = 200;

/// What is read so far.
pub struct Trace {
    class: String,
    said: Vec<String>,
    frames: Vec<Frame>,
    in_frames: bool,
}

/// `at a.B.c(B.java:3)`, `... 12 more`, as `Throwable.printStackTrace` writes them.
static STACK: Pattern = Pattern::new(r"^\s*(?:at \S.*\)|\.\.\. \d+ (?:more|common frames omitted))\s*$");

/// The heads of what is thrown further down.
static CAUSE: Pattern = Pattern::new(r"^\s*(?:Caused by|Suppressed|Wrapped by)\b");

impl Trace {
    /// `class` is the test's, with its package where the runner tells it.
    pub fn of(class: &str) -> Self {
        Self { class: class.to_owned(), said: Vec::new(), frames: Vec::new(), in_frames: false }
    }

    /// Reads one line, without what the runner puts before each.
    pub fn read(&mut self, text: &str) {
        if STACK.is_match(text) {
            self.in_frames = true;
            if self.frames.len() < FRAMES_MAX {
                self.frames.extend(frame(text));
            }
        } else if !self.in_frames && self.said.len() < MESSAGE_LINES_MAX {
            self.said.push(text.to_owned());
        }
    }

    /// Whether the message has ended.
    pub fn in_frames(&self) -> bool {
        self.in_frames
    }

    /// Whether this line may go on below frames.
    pub fn goes_on(text: &str) -> bool {
        STACK.is_match(text) || CAUSE.is_match(text)
    }

    /// The class in whose method of this name the trace ends, where the runner names the method alone.
    pub fn class_of(&self, method: &str) -> Option<&str> {
        self.frames.iter().rev().find(|frame| frame.method == method).map(|frame| frame.class.as_str())
    }

    /// The test's class, where it was not known before.
    pub fn belongs_to(&mut self, class: &str) {
        class.clone_into(&mut self.class);
    }

    /// Puts into the failure what was thrown, with which message, from where in the project.
    pub fn tell(self, failure: &mut Failure) {
        if let Some(frame) = self.own_frame() {
            (failure.path, failure.line) = (Some(frame.path()), Some(frame.line));
        }
        // Some runners print the message before what `toString` gives.
        let at = self.said.iter().position(|line| thrown(line).is_some());
        let mut message = match at.and_then(|at| Some((at, thrown(self.said.get(at)?)?))) {
            Some((at, (class, first))) => {
                failure.code = Some(class);
                let before = self.said.get(..at).unwrap_or_default().join("\n");
                if at == 0 || before.trim().is_empty() || before.trim() == "null" {
                    let rest = self.said.get(at + 1..).unwrap_or_default();
                    std::iter::once(first).chain(rest.iter().cloned()).collect::<Vec<_>>().join("\n")
                } else {
                    before
                }
            }
            None => self.said.join("\n"),
        };
        message.truncate(message.trim_end().len());
        failure.message = message.trim_start_matches(['\n', ' ']).to_owned();
        if failure.message.is_empty() {
            failure.message = failure.code.clone().unwrap_or_else(|| "the test failed".to_owned());
        }
    }

    /// The deepest frame of the project: the code of one project begins with the same packages, and the test's own
    /// frame tells which where its name does not.
    fn own_frame(&self) -> Option<&Frame> {
        let top = |class: &str| simple(class).split('$').next().unwrap_or_default().to_owned();
        let test = self.frames.iter().find(|frame| top(&frame.class) == top(&self.class));
        let class = match test {
            Some(test) => &test.class,
            None if self.class.contains('.') => &self.class,
            None => return None,
        };
        self.frames.iter().find(|frame| frame.is_near(class))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::failure::Kind;
    use crate::domain::log::Span;

    fn told(class: &str, lines: &str) -> (Option<String>, Option<u32>, Option<String>, String) {
        let mut trace = Trace::of(class);
        lines.lines().for_each(|line| trace.read(line));
        let mut failure = Failure::new(Kind::TestFailure, "t", "", Span::at(1));
        trace.tell(&mut failure);
        (failure.path, failure.line, failure.code, failure.message)
    }

    #[test]
    fn the_deepest_frame_of_the_project_is_where_it_failed() {
        let lines = "\
java.lang.IllegalStateException: no fare
  for zone 3
\tat org.junit.Assert.fail(Assert.java:8)
\tat org.example.tram.Fares.of(Fares.java:14)
\tat org.example.tram.FaresTest.zones(FaresTest.java:30)
\tat java.base/java.lang.reflect.Method.invoke(Method.java:569)
";
        let expected = (
            Some("…/org/example/tram/Fares.java".to_owned()),
            Some(14),
            Some("IllegalStateException".to_owned()),
            "no fare\n  for zone 3".to_owned(),
        );
        assert_eq!(told("org.example.tram.FaresTest", lines), expected);
        assert_eq!(told("FaresTest", lines), expected);
    }

    #[test]
    fn a_message_that_stands_before_what_was_thrown_is_told_once() {
        let lines = "zone 3\njava.lang.AssertionError: zone 3\n\tat a.BTest.c(BTest.java:3)\n";
        assert_eq!(told("a.BTest", lines).3, "zone 3");
        assert_eq!(told("a.BTest", "\njava.lang.AssertionError\n\tat a.BTest.c(BTest.java:3)\n").3, "AssertionError");
    }

    #[test]
    fn what_is_kept_is_bounded() {
        let mut trace = Trace::of("a.BTest");
        for _ in 0..=MESSAGE_LINES_MAX {
            trace.read("more");
        }
        for _ in 0..=FRAMES_MAX {
            trace.read("\tat a.BTest.c(BTest.java:3)");
        }
        assert_eq!((trace.said.len(), trace.frames.len()), (MESSAGE_LINES_MAX, FRAMES_MAX));
    }
}
