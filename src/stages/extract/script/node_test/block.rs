//! What node says of one failing test: lines below its name in the spec reporter, YAML in TAP.

use crate::domain::failure::Failure;
use crate::domain::log::Line;
use crate::stages::extract::pattern::{Pattern, group, number};
use crate::stages::extract::script::frames::own_frame;

/// What a failing test says before its stack; a longer message is a large diff.
pub const MESSAGE_LINES_MAX: usize = 20;

/// What is said of one failing test.
pub struct Block {
    pub failure: Failure,
    pub form: Form,
    pub indent: usize,
    pub message: Vec<String>,
    pub message_ended: bool,
    pub located: bool,
    /// The TAP block says that only tests inside it failed.
    pub cascade: bool,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Form {
    Spec,
    Tap,
    /// Inside the TAP block's `error: |-`.
    TapMessage,
    TapStack,
}

static SPEC_ERROR: Pattern = Pattern::new(r"^(\w+)(?: \[(\w+)\])?: (.*)$");
static FIELD: Pattern = Pattern::new(r"^ +(\w+): (.*)$");
static LOCATION: Pattern = Pattern::new(r"^'(.+?):(\d+):(\d+)'$");

impl Block {
    /// `  AssertionError [ERR_ASSERTION]: Expected values to be strictly equal:`
    pub fn spec_line(&mut self, line: &Line<'_>) {
        let text = line.text.get(self.indent..).unwrap_or("");
        if text.trim_start().starts_with("at ") {
            self.message_ended = true;
            self.locate(text, line.number);
        } else if self.message.is_empty() && !text.is_empty() {
            match SPEC_ERROR.captures(text) {
                Some(error) => {
                    let (class, code) = (group(&error, 1), group(&error, 2));
                    let code = if code.starts_with("ERR_") && code != "ERR_TEST_FAILURE" { code } else { class };
                    self.failure.code = Some(code.to_owned());
                    self.message.push(group(&error, 3).to_owned());
                }
                None => self.message.push(text.trim_matches('\'').to_owned()),
            }
            self.failure.log.last = line.number;
        } else {
            self.say(text, line.number);
        }
    }

    /// A line of the YAML between `---` and `...`.
    pub fn tap_line(&mut self, line: &Line<'_>) {
        let deep = line.text.len() - line.text.trim_start().len() > self.indent + 2;
        if deep || line.text.trim().is_empty() {
            match self.form {
                Form::TapMessage => self.say(line.text.get(self.indent + 4..).unwrap_or(""), line.number),
                Form::TapStack => self.locate(line.text, line.number),
                _ => {}
            }
            return;
        }
        self.form = Form::Tap;
        let Some(field) = FIELD.captures(line.text) else { return };
        let value = group(&field, 2);
        match group(&field, 1) {
            "error" if value.starts_with('|') => self.form = Form::TapMessage,
            "error" => {
                self.message = vec![unquoted(value)];
                self.failure.log.last = line.number;
            }
            "stack" => self.form = Form::TapStack,
            "failureType" => self.cascade = value == "'subtestsFailed'",
            // An assertion's code says more than its class; of other errors it is the class.
            "code" if value != "'ERR_TEST_FAILURE'" => self.failure.code = Some(unquoted(value)),
            "name" if self.failure.code.is_none() => self.failure.code = Some(unquoted(value)),
            "location" => {
                if let Some(at) = LOCATION.captures(value) {
                    self.failure.path = Some(group(&at, 1).to_owned());
                    self.failure.line = number(&at, 2);
                    self.failure.column = number(&at, 3);
                }
            }
            _ => {}
        }
    }

    fn say(&mut self, text: &str, line: u64) {
        if !self.message_ended && self.message.len() < MESSAGE_LINES_MAX {
            self.message.push(text.trim_end().to_owned());
            if !text.trim().is_empty() {
                self.failure.log.last = line;
            }
        }
    }

    fn locate(&mut self, text: &str, line: u64) {
        if let (false, Some(frame)) = (self.located, own_frame(text)) {
            self.failure.path = Some(frame.path);
            (self.failure.line, self.failure.column) = (Some(frame.line), Some(frame.column));
            self.failure.log.last = line;
            self.located = true;
        }
    }
}

/// A YAML string in quotes.
fn unquoted(value: &str) -> String {
    let inside = value.strip_prefix(['\'', '"']).and_then(|value| value.strip_suffix(['\'', '"'])).unwrap_or(value);
    if value.starts_with('"') { inside.replace("\\\"", "\"").replace("\\\\", "\\") } else { inside.replace("''", "'") }
}
