//! A panic of a go program, and the trace that follows it.

use crate::domain::failure::{Failure, Kind};
use crate::domain::log::{Line, Span};
use crate::stages::extract::pattern::{Pattern, group, number};

/// Frames of a trace that are looked at.
const FRAMES_MAX: usize = 100;

#[derive(Default)]
pub struct Panic {
    pub message: String,
    pub log: Option<Span>,
    /// The test that was running, where the panic says it.
    pub test: Option<String>,
    frame: Option<(String, u32)>,
    frames: usize,
    /// A goroutine's trace stands below.
    pub traced: bool,
    /// What is below `panic(` in the trace is what panicked; what is above is the runtime's.
    below_panic: bool,
}

static PANIC: Pattern = Pattern::new(r"^(?:panic|fatal error): (.*?)(?: \[recovered(?:, repanicked)?\])?$");
static RUNNING: Pattern = Pattern::new(r"^\t\t(\S+) \([\d.hms]+\)$");
static FUNCTION: Pattern = Pattern::new(r"^(panic|[\w./%-]+\.[\w.\[\]()*-]+)\(.*\)$|^created by ");
static FRAME: Pattern = Pattern::new(r"^\t(\S.*\.go):(\d+)(?: \+0x[0-9a-f]+)?$");
static TEST_FUNCTION: Pattern = Pattern::new(r"\.((?:Test|Fuzz|Benchmark|Example)\w*)(?:\.func[\d.]+)*$");

impl Panic {
    /// The line that begins a panic.
    pub fn begin(line: &Line<'_>) -> Option<Self> {
        let panic = PANIC.captures(line.text)?;
        let message = group(&panic, 1).to_owned();
        Some(Self { message, log: Some(Span::at(line.number)), ..Self::default() })
    }

    pub fn failure(self) -> Failure {
        let log = self.log.unwrap_or(Span::at(0));
        let mut failure = Failure::new(Kind::TestFailure, "go-test", self.message, log);
        failure.code = Some("panic".to_owned());
        if let Some((path, line)) = self.frame {
            (failure.path, failure.line) = (Some(path), Some(line));
        }
        failure
    }

    /// Reads one line of what follows; whether it belongs to the panic.
    pub fn read(&mut self, line: &Line<'_>) -> bool {
        let text = line.text;
        if let Some(running) = RUNNING.captures(text) {
            // A test that ran out of time: the deepest is named last.
            self.test = Some(group(&running, 1).to_owned());
        } else if let Some(frame) = FRAME.captures(text) {
            self.frames += 1;
            if self.frame.is_none() && self.frames <= FRAMES_MAX && is_own(group(&frame, 1)) {
                self.frame = Some((group(&frame, 1).to_owned(), number(&frame, 2).unwrap_or(0)));
                if self.below_panic {
                    self.extend(line.number);
                }
            }
        } else if let Some(function) = FUNCTION.captures(text) {
            let function = group(&function, 1);
            if function == "panic" && !self.below_panic {
                self.below_panic = true;
                self.frame = None;
            }
            if let (None, Some(test)) = (&self.test, TEST_FUNCTION.captures(function)) {
                self.test = Some(group(&test, 1).to_owned());
            }
        } else if text.starts_with("[signal ") {
            self.message = format!("{}\n{text}", self.message);
            self.extend(line.number);
        } else if text.starts_with("goroutine ") {
            self.traced = true;
        } else {
            return text.is_empty() || text.starts_with('\t');
        }
        true
    }

    fn extend(&mut self, line: u64) {
        if let Some(log) = &mut self.log {
            log.last = line;
        }
    }
}

/// Not go's own source, a module's or the generated main.
pub fn is_own(path: &str) -> bool {
    let toolchain = path.contains("/go/src/") || path.contains("/libexec/src/") || path.contains("/toolchain@");
    !toolchain && !path.contains("/pkg/mod/") && !path.contains("/hostedtoolcache/") && !path.ends_with("_testmain.go")
}
