//! A plain traceback of Python: a script that died, or a program that says why it goes on.

use super::frames::{Frames, exception, frame, loading_kind, tell};
use crate::domain::failure::{Failure, Kind};
use crate::domain::log::{Line, Span};
use crate::stages::extract::reader::{Attention, Findings, Reader};

/// Reads tracebacks that no test runner claims.
#[derive(Default)]
pub struct Traceback {
    part: Part,
    frames: Frames,
    /// A traceback's own head stood above, so that what ends it is an exception of any class.
    headed: bool,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Part {
    #[default]
    Nothing,
    Frames,
    /// Below an exception: another may follow from it.
    After,
}

const HEAD: &str = "Traceback (most recent call last):";

/// What stands between two tracebacks of which the second is what the program died of.
const CHAINS: &[&str] = &[
    "During handling of the above exception, another exception occurred:",
    "The above exception was the direct cause of the following exception:",
];

impl Reader for Traceback {
    fn tool(&self) -> &'static str {
        "python"
    }

    fn wakes(&self) -> &'static [&'static str] {
        &["traceback (most recent call last)", "  file \""]
    }

    /// Programs print tracebacks of errors that they live with.
    fn guesses(&self) -> bool {
        true
    }

    fn line(&mut self, line: &Line<'_>, found: &mut Findings) -> Attention {
        if line.text.trim_start() == HEAD {
            *self = Self { part: Part::Frames, headed: true, frames: Frames::default() };
            return Attention::Stay;
        }
        if let Some(place) = frame(line.text) {
            self.part = Part::Frames;
            self.frames.push(place);
            return Attention::Stay;
        }
        if self.part == Part::After && line.text.is_empty() {
            return Attention::Stay;
        }
        if self.part == Part::After && CHAINS.contains(&line.text) {
            found.last_is_cascade(self.tool());
            return Attention::Stay;
        }
        if self.part != Part::Frames {
            self.part = Part::Nothing;
            return Attention::Sleep;
        }
        if line.text.starts_with(' ') {
            // Source, carets, `[Previous line repeated 990 more times]`.
            return Attention::Stay;
        }
        let told = self.tell(line, found);
        *self = Self { part: if told { Part::After } else { Part::Nothing }, ..Self::default() };
        if told { Attention::Stay } else { Attention::Sleep }
    }

    fn end(&mut self, _found: &mut Findings) {
        *self = Self::default();
    }
}

impl Traceback {
    fn tell(&self, line: &Line<'_>, found: &mut Findings) -> bool {
        let Some(error) = exception(line.text) else { return false };
        let loading = loading_kind(&error.code);
        // A syntax error has no head; without one nothing else is a traceback.
        if !self.headed && !matches!(error.code.as_str(), "SyntaxError" | "IndentationError" | "TabError") {
            return false;
        }
        let mut failure = Failure::new(loading.unwrap_or(Kind::RuntimeError), "python", "", Span::at(line.number));
        tell(&mut failure, error, self.frames.place());
        found.failure(failure);
        true
    }
}

#[cfg(test)]
mod tests {
    use crate::stages::extract::tests::told;

    // Printed by Python 3.11.
    #[test]
    fn a_script_that_died_is_told_with_the_name_that_was_meant() {
        let log = r#"Traceback (most recent call last):
  File "<frozen runpy>", line 198, in _run_module_as_main
  File "/home/runner/work/x/x/tests/smoke.py", line 10, in <module>
    assert label(parcel) == "Grace Hopper, 1 Navy Yard (1.5 kg)"
           ^^^^^^^^^^^^^
  File "/home/runner/work/x/x/parcels/label.py", line 13, in label
    return f"{parcel.recipent}, {parcel.street} ({weight})"
              ^^^^^^^^^^^^^^^
AttributeError: 'Parcel' object has no attribute 'recipent'. Did you mean: 'recipient'?
"#;
        assert_eq!(
            told(log),
            ["python runtime_error | parcels/label.py:13 | AttributeError | \
              'Parcel' object has no attribute 'recipent'. Did you mean: 'recipient'? | -> recipient | @9-9"]
        );
    }

    #[test]
    fn of_a_chain_the_last_is_the_root() {
        let log = r#"Traceback (most recent call last):
  File "app.py", line 3, in <module>
    {}["a"]
KeyError: 'a'

During handling of the above exception, another exception occurred:

Traceback (most recent call last):
  File "app.py", line 5, in <module>
    raise ValueError("bad key")
ValueError: bad key
"#;
        let told = told(log);
        assert_eq!(
            told.last().map(String::as_str),
            Some("python runtime_error | app.py:5 | ValueError | bad key | @11-11")
        );
        assert!(told.iter().rev().skip(1).all(|cascade| cascade.starts_with('[')), "{told:?}");
    }

    #[test]
    fn a_syntax_error_has_no_head() {
        let log = "  File \"/home/runner/work/x/x/app.py\", line 1\n    x = (\n        ^\nSyntaxError: '(' was never closed\n";
        assert_eq!(told(log), ["python build_error | app.py:1 | SyntaxError | '(' was never closed | @4-4"]);
        assert_eq!(told("  File \"a.py\", line 1\nNote: nothing\n"), [""; 0]);
    }
}
