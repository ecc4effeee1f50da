//! What every Python tool prints alike: exceptions, frames, and the name that Python thinks was meant.

use std::sync::LazyLock;

use regex::Regex;

use crate::domain::failure::{Failure, Kind};
use crate::stages::extract::paths::is_foreign;

/// An exception as it is printed: its class and what it says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exception {
    /// Without its module: `TypeError`.
    pub code: String,
    pub message: String,
}

static EXCEPTION: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"^(?:[A-Za-z_]\w*\.)*(?<code>[A-Z]\w*)(?:: (?<message>.*))?$").expect("the pattern compiles")
});

/// Reads `TypeError: can only …`, also with a module before and nothing after.
pub fn exception(text: &str) -> Option<Exception> {
    let found = EXCEPTION.captures(text.trim_end())?;
    let code = found.name("code")?.as_str().to_owned();
    let message = found.name("message").map_or_else(|| code.clone(), |message| message.as_str().to_owned());
    Some(Exception { code, message })
}

/// `Did you mean: 'x'?` of Python, and of others that ask alike.
pub fn did_you_mean(message: &str) -> Option<String> {
    static ASKED: LazyLock<Regex> =
        LazyLock::new(|| Regex::new(r#"Did you mean:? ['"`]([^'"`]+)['"`]\?"#).expect("the pattern compiles"));
    ASKED.captures(message)?.get(1).map(|name| name.as_str().to_owned())
}

/// One place of a traceback.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Frame {
    pub path: String,
    pub line: u32,
}

/// Reads `  File "app.py", line 7, in add`.
pub fn frame(text: &str) -> Option<Frame> {
    let (path, rest) = text.trim_start().strip_prefix("File \"")?.split_once("\", line ")?;
    let digits = rest.split(|c: char| !c.is_ascii_digit()).next()?;
    Some(Frame { path: path.to_owned(), line: digits.parse().ok()? })
}

/// The frames of one traceback: the last one that can be the repository's own, and the very last.
#[derive(Clone, Debug, Default)]
pub struct Frames {
    own: Option<Frame>,
    last: Option<Frame>,
    first_own: Option<Frame>,
}

impl Frames {
    pub fn push(&mut self, frame: Frame) {
        if is_own(&frame.path) {
            if self.first_own.is_none() {
                self.first_own = Some(frame.clone());
            }
            self.own = Some(frame.clone());
        }
        self.last = Some(frame);
    }

    /// Where it went wrong, as near to the repository's code as the traceback comes.
    pub fn place(&self) -> Option<&Frame> {
        self.own.as_ref().or(self.last.as_ref())
    }

    /// Where the repository's code was entered: in a test, the test.
    pub fn entry(&self) -> Option<&Frame> {
        self.first_own.as_ref()
    }
}

/// Not the interpreter's and not an installed package's.
fn is_own(path: &str) -> bool {
    static LIBRARY: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"[/\\](?i:lib(?:64)?[/\\]python\d|python\d+[/\\]lib)[^/\\]*[/\\]").expect("the pattern compiles")
    });
    !path.starts_with('<') && !is_foreign(&path.replace('\\', "/")) && !LIBRARY.is_match(path)
}

/// Puts what an exception says into a failure, with the name that was meant.
pub fn tell(failure: &mut Failure, exception: Exception, place: Option<&Frame>) {
    failure.suggestion = did_you_mean(&exception.message);
    failure.message = exception.message;
    failure.code = Some(exception.code);
    if let Some(place) = place {
        failure.path = Some(place.path.clone());
        failure.line = Some(place.line);
    }
}

/// What sort of failure an exception is when a module could not even be loaded; `None` for one that ran.
pub fn loading_kind(code: &str) -> Option<Kind> {
    match code {
        "ModuleNotFoundError" => Some(Kind::DependencyIssue),
        "ImportError" | "SyntaxError" | "IndentationError" | "TabError" => Some(Kind::BuildError),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_exception_is_its_class_and_what_it_says() {
        let read = |text| exception(text).map(|read| (read.code, read.message));
        let pair = |code: &str, message: &str| Some((code.to_owned(), message.to_owned()));
        assert_eq!(read("TypeError: can only add"), pair("TypeError", "can only add"));
        assert_eq!(read("json.decoder.JSONDecodeError: Expecting value"), pair("JSONDecodeError", "Expecting value"));
        assert_eq!(read("KeyboardInterrupt"), pair("KeyboardInterrupt", "KeyboardInterrupt"));
        assert_eq!(read("assert 5 == 4"), None);
    }

    #[test]
    fn the_place_is_the_deepest_frame_of_our_own() {
        let mut frames = Frames::default();
        for text in [
            r#"  File "<frozen runpy>", line 198, in _run_module_as_main"#,
            r#"  File "/w/tests/smoke.py", line 10, in <module>"#,
            r#"  File "/w/parcels/label.py", line 13, in label"#,
            r#"  File "/usr/lib/python3.11/json/decoder.py", line 355, in raw_decode"#,
        ] {
            frames.push(frame(text).expect("a frame"));
        }
        assert_eq!(frames.place(), Some(&Frame { path: "/w/parcels/label.py".to_owned(), line: 13 }));
        assert_eq!(frames.entry().map(|frame| frame.line), Some(10));
    }

    #[test]
    fn the_name_that_was_meant_is_read() {
        assert_eq!(did_you_mean("name 'lst' is not defined. Did you mean: 'list'?").as_deref(), Some("list"));
        assert_eq!(did_you_mean("no idea"), None);
    }
}
