//! What a JavaScript program died of, where no test runner claims it.
//!
//! Node (`lib/internal/process/execution.js`, `src/node_errors.cc`): the place and the line of source with a caret, then
//! the error with its stack; `lib/internal/modules/cjs/loader.js` lists who asked for a module that is not there.
//! V8 writes the frames (`src/execution/messages.cc`), so Deno and Bun print them alike.

use super::frames::{is_foreign, own_frame};
use crate::domain::failure::{Failure, Kind};
use crate::domain::log::{Line, Span};
use crate::stages::extract::pattern::{Pattern, named, named_number};
use crate::stages::extract::reader::{Attention, Findings, Reader};

/// Between the place and the error stand the source, carets and blank lines.
const SOURCE_LINES_MAX: u64 = 8;

/// A stack has ten frames unless somebody asks for more; then come the error's properties.
const STACK_LINES_MAX: u64 = 100;

#[derive(Default)]
pub struct Node {
    /// Where it was thrown, and the line that says so.
    place: Option<(String, u32, u64)>,
    begun: Option<Failure>,
}

static PLACE: Pattern = Pattern::new(r"^(?:file://)?(?P<path>\S+\.[cm]?[jt]sx?):(?P<line>\d+)$");
static ERROR: Pattern = Pattern::new(concat!(
    r"^(?:Uncaught |\[)?(?P<code>[A-Z]\w*Error|Error)(?: \[(?P<number>[A-Z_]+)\])?: ",
    r"(?P<message>.*?)(?: imported from (?P<path>\S+))?$",
));
/// The last cause is the first reason.
static CAUSE: Pattern =
    Pattern::new(r"^\s+\[cause\]: (?P<code>[A-Z]\w*Error|Error)(?: \[[A-Z_]+\])?: (?P<message>.*)$");
static FRAME: Pattern = Pattern::new(r"^\s+at (?:.+:\d+:\d+\)?|.+ \(<anonymous>\)|.+ \(native\))(?: \{)?$");
static NEEDED_BY: Pattern = Pattern::new(r"^- (?P<path>\S+\.\w+)$");
static BETWEEN: Pattern = Pattern::new(
    r"^(?:Require stack:|- \S.*|\s+(?:code|requireStack|url|errno|syscall|path): .*|\s*\[?'.*|\s*[\])}]+,?)$",
);
static PACKAGE: Pattern = Pattern::new(r"^Cannot find (?:module|package) '(?:[A-Za-z]|@[A-Za-z])");

impl Reader for Node {
    fn tool(&self) -> &'static str {
        "node"
    }

    fn wakes(&self) -> &'static [&'static str] {
        &[".js:\u{2}\u{4}", ".mjs:\u{2}\u{4}", ".cjs:\u{2}\u{4}", ".ts:\u{2}\u{4}", "Error: ", "Error ["]
    }

    /// Programs print errors that they live with.
    fn guesses(&self) -> bool {
        true
    }

    fn line(&mut self, line: &Line<'_>, found: &mut Findings) -> Attention {
        if let Some(mut begun) = self.begun.take() {
            if line.number - begun.log.first < STACK_LINES_MAX && goes_on(&mut begun, line.text) {
                begun.log.last = line.number;
                self.begun = Some(begun);
                return Attention::Stay;
            }
            self.begun = Some(begun);
            self.end(found);
        }
        if let Some(begun) = self.begin(line) {
            self.begun = Some(begun);
            return Attention::Stay;
        }
        if let Some(place) = PLACE.captures(line.text) {
            let path = named(&place, "path").unwrap_or_default().to_owned();
            self.place = Some((path, named_number(&place, "line").unwrap_or_default(), line.number));
        }
        self.place.take_if(|(_, _, at)| line.number - *at >= SOURCE_LINES_MAX);
        if self.place.is_some() { Attention::Stay } else { Attention::Sleep }
    }

    /// A first line alone is any program's sentence: it is given back.
    fn end(&mut self, found: &mut Findings) {
        self.place = None;
        if let Some(begun) = self.begun.take().filter(|begun| begun.log.first < begun.log.last) {
            found.failure(begun);
        }
    }
}

impl Node {
    fn begin(&mut self, line: &Line<'_>) -> Option<Failure> {
        let error = ERROR.captures(line.text)?;
        let message = named(&error, "message").filter(|message| !message.is_empty()).or(named(&error, "code"))?;
        let kind = if PACKAGE.is_match(message) { Kind::DependencyIssue } else { Kind::RuntimeError };
        let mut failure = Failure::new(kind, "node", message, Span::at(line.number));
        failure.code = named(&error, "number").or(named(&error, "code")).map(str::to_owned);
        failure.path = named(&error, "path").filter(|path| !is_foreign(path)).map(str::to_owned);
        if let Some((path, at, first)) = self.place.take() {
            failure.log.first = first;
            if failure.path.is_none() && !is_foreign(&path) {
                (failure.path, failure.line) = (Some(path), Some(at));
            }
        }
        Some(failure)
    }
}

/// Goes on with an error; whether the line is one of its own.
fn goes_on(failure: &mut Failure, text: &str) -> bool {
    if let Some(cause) = CAUSE.captures(text) {
        failure.message = named(&cause, "message").unwrap_or_default().to_owned();
        failure.code = named(&cause, "code").map(str::to_owned);
        (failure.path, failure.line, failure.column) = (None, None, None);
        return true;
    }
    if FRAME.is_match(text) {
        let frame = own_frame(text);
        if let Some(frame) = frame.filter(|frame| failure.path.as_ref().is_none_or(|path| *path == frame.path)) {
            failure.path = Some(frame.path);
            if failure.column.is_none() && failure.line.is_none_or(|line| line == frame.line) {
                (failure.line, failure.column) = (Some(frame.line), Some(frame.column));
            }
        }
        return true;
    }
    if let Some(path) =
        NEEDED_BY.captures(text).as_ref().and_then(|by| named(by, "path").filter(|path| !is_foreign(path)))
        && failure.path.is_none()
    {
        failure.path = Some(path.to_owned());
    }
    BETWEEN.is_match(text)
}

#[cfg(test)]
mod tests {
    use crate::stages::extract::tests::{check, check_only};

    // Printed by Node 20 and 22.
    #[test]
    fn the_place_stands_above_the_error_and_in_its_stack() {
        check_only(
            "/home/runner/work/shop/shop/src/till.js:3\n  throw new TypeError('no till');\n  ^\n\nTypeError: no till\n    at open (/home/runner/work/shop/shop/src/till.js:3:9)\n    at Object.<anonymous> (/home/runner/work/shop/shop/src/index.js:8:1)\n    at Module._compile (node:internal/modules/cjs/loader:1554:14)\n\nNode.js v22.14.0",
            "node runtime_error | src/till.js:3:9 | TypeError | no till | @1-8",
        );
        check_only(
            "file:///home/runner/work/shop/shop/src/till.mjs:1\nconst x = ;\n          ^\n\nSyntaxError: Unexpected token ';'\n    at compileSourceTextModule (node:internal/modules/esm/utils:346:16)\n",
            "node runtime_error | src/till.mjs:1 | SyntaxError | Unexpected token ';' | @1-6",
        );
        check_only(
            "Error: no\n    at pay (/home/runner/work/shop/shop/node_modules/pay/index.js:9:1)\n    at open (/home/runner/work/shop/shop/src/till.js:3:9)\nafter",
            "node runtime_error | src/till.js:3:9 | Error | no | @1-3",
        );
    }

    #[test]
    fn a_module_that_is_not_there_is_told_with_who_needs_it() {
        check_only(
            "node:internal/modules/cjs/loader:1143\n  throw err;\n  ^\n\nError: Cannot find module 'surgio'\nRequire stack:\n- /home/runner/work/shop/shop/update.js\n    at Module._resolveFilename (node:internal/modules/cjs/loader:1140:15) {\n  code: 'MODULE_NOT_FOUND',\n  requireStack: [ '/home/runner/work/shop/shop/update.js' ]\n}\n\nNode.js v20.11.0",
            "node dependency_issue | update.js | Error | Cannot find module 'surgio' | @5-11",
        );
        check_only(
            "Error [ERR_MODULE_NOT_FOUND]: Cannot find module '/home/runner/work/shop/shop/src/no.js' imported from /home/runner/work/shop/shop/src/till.js\n    at finalizeResolution (node:internal/modules/esm/resolve:283:11) {\n  code: 'ERR_MODULE_NOT_FOUND'\n}",
            "node runtime_error | src/till.js | ERR_MODULE_NOT_FOUND | Cannot find module '/home/runner/work/shop/shop/src/no.js' | @1-4",
        );
    }

    #[test]
    fn a_cause_takes_the_place_of_what_came_of_it() {
        check_only(
            "Error: cannot start\n    at start (/home/runner/work/shop/shop/src/index.js:8:1) {\n  [cause]: RangeError: no port\n      at port (/home/runner/work/shop/shop/src/port.js:2:3)\n}",
            "node runtime_error | src/port.js:2:3 | RangeError | no port | @1-5",
        );
    }

    #[test]
    fn a_sentence_of_another_program_is_not_its_own() {
        check("Error: nothing below\nmore", &["words runtime_error | Error: nothing below | @1-1"]);
    }
}
