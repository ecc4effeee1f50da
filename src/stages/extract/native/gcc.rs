//! gcc, clang and what prints as they do: clang-tidy, `clang-format --dry-run`, cppcheck.
//!
//! True of `diagnostic-format-text.cc` of gcc 4 to 15 (with and without line numbers beside the source), of clang's
//! `TextDiagnostic`, of clang-tidy's `ErrorReporter`, and of cppcheck's default template since 1.88.

use crate::domain::failure::{Failure, Kind};
use crate::domain::log::{Line, Span};
use crate::stages::extract::pattern::{Pattern, group, number};
use crate::stages::extract::reader::{Attention, Findings, Reader};

/// What is said of templates and macros goes on for pages.
const BLOCK_LINES_MAX: u64 = 60;

#[derive(Default)]
pub struct Gcc {
    /// The lines before a message that say from where it was reached.
    context: Option<Span>,
    begun: Option<Begun>,
    /// Since which line nobody said that it is clang.
    since: u64,
}

struct Begun {
    failure: Failure,
    /// A line that may be source, until a caret below it says so.
    unsure: Option<u64>,
}

/// `src/tram.c:3:5: error: 'bell' undeclared [-Wx]`
static HEAD: Pattern = Pattern::new(concat!(
    r"^((?:[A-Za-z]:)?[^\s:(\[][^:(]*(?:\.(?:c|C|cc|cpp|cxx|c\+\+|h|H|hh|hpp|hxx|inl|ipp|tpp|tcc|m|mm|cu|cuh|S|s|asm|inc|ino|def|i|ii|y|l)",
    r"|/include/[^:]*)):(\d+):(?:(\d+):)? (fatal error|[Ee]rror|warning|style|performance|portability|note|remark): (.*)$",
));

/// `[-Werror=unused-variable]`, `[bugprone-x,-warnings-as-errors]`, `[nullPointer]` at the end of a message.
static CODE: Pattern = Pattern::new(r"^(.*\S) \[([\w.,=+-]+)\]$");

static CONTEXT: Pattern = Pattern::new(
    r"^(?:In file included from \S.*[:,]|\s+from \S.*[:,]|\S.*: (?:In (?:\w+ )*(?:function|constructor|destructor|instantiation|substitution|lambda)\b.*|At (?:global scope|top level)):|\S.*:\d+:\d+: +(?:required|recursively required) .*)$",
);

/// `    3 |   int x`, `      |       ^~~`
static GUTTER: Pattern = Pattern::new(r"^\s*\d* \|");

static CARET: Pattern = Pattern::new(r"^[\s~]*\^[\s~^]*$");

/// What is certainly no line of source.
static FOREIGN: Pattern = Pattern::new(
    r"^(?:\S*make(?:\[\d+\])?: |ninja: |FAILED: |cc1|collect2|compilation terminated|\S*ld(?:\.\w+)?: |\S*clang\S*: |\[|-- |\d+ (?:error|warning)|##|Error|Process )",
);

/// `gcc: error: tram.c: No such file or directory`
static DRIVER: Pattern = Pattern::new(
    r"^(?:\S*/)?((?:[\w.]+-)*(?:gcc|g\+\+|cc|c\+\+|clang|clang\+\+|cc1|cc1plus|cc1obj|gfortran|f951))(?:-[\d.]+)?(?:\.exe)?: (?:fatal )?error: (.*)$",
);

static CLANG: Pattern = Pattern::new(r"^(?:\d+ warnings? and )?\d+ errors? generated(?: when compiling for .*)?\.$");

static MEAN: Pattern = Pattern::new(r#"did you mean [‘'"]([^’'"]+)[’'"]"#);

impl Reader for Gcc {
    fn tool(&self) -> &'static str {
        "gcc"
    }

    fn wakes(&self) -> &'static [&'static str] {
        &[
            ": error: ",
            ": fatal error: ",
            ": style: ",
            ": performance: ",
            ": portability: ",
            "In file included from ",
            ": In function ",
            ": In member function ",
            ": In instantiation of ",
            "error generated",
            "errors generated",
        ]
    }

    fn line(&mut self, line: &Line<'_>, found: &mut Findings) -> Attention {
        if let Some(begun) = &mut self.begun
            && begun.goes_on(line)
        {
            return Attention::Stay;
        }
        self.finish(found);
        let text = line.text;
        if CLANG.is_match(text) {
            found.renamed("gcc", "clang", self.since);
            self.since = line.number;
            return Attention::Sleep;
        }
        if CONTEXT.is_match(text) {
            let first = self.context.filter(|context| context.last + 1 == line.number).map_or(line.number, |c| c.first);
            self.context = Some(Span { first, last: line.number });
            return Attention::Stay;
        }
        if let Some(head) = HEAD.captures(text) {
            let Some(mut failure) = complaint(&head, line.number) else { return Attention::Sleep };
            if let Some(context) = self.context.take().filter(|context| context.last + 1 == line.number) {
                failure.log.first = context.first;
            }
            self.begun = Some(Begun { failure, unsure: None });
            return Attention::Stay;
        }
        if let Some(driver) = DRIVER.captures(text)
            && !group(&driver, 2).starts_with("linker command failed")
        {
            let tool = if group(&driver, 1).contains("clang") { "clang" } else { "gcc" };
            found.failure(Failure::new(Kind::BuildError, tool, group(&driver, 2), Span::at(line.number)));
        }
        Attention::Sleep
    }

    fn end(&mut self, found: &mut Findings) {
        self.finish(found);
        *self = Self { since: self.since, ..Self::default() };
    }
}

impl Gcc {
    fn finish(&mut self, found: &mut Findings) {
        self.begun.take().into_iter().for_each(|begun| found.failure(begun.failure));
    }
}

/// A message that is an error, or that a linter gives.
fn complaint(head: &regex::Captures<'_>, line: u64) -> Option<Failure> {
    let (level, said) = (group(head, 4), group(head, 5));
    let (message, code) = CODE.captures(said).map_or((said, ""), |code| {
        let whole = code.get(1).map_or(said, |message| message.as_str());
        (whole, code.get(2).map_or("", |code| code.as_str()))
    });
    let (tool, kind) = tool(code);
    if !level.to_ascii_lowercase().ends_with("error") && tool != "cppcheck" {
        return None;
    }
    let mut failure = Failure::new(kind, tool, message, Span::at(line));
    failure.path = Some(group(head, 1).to_owned());
    (failure.line, failure.column) = (number(head, 2), number(head, 3));
    let code = code.trim_end_matches(",-warnings-as-errors");
    failure.code = (!code.is_empty()).then(|| code.to_owned());
    failure.suggestion = MEAN.captures(message).map(|mean| group(&mean, 1).to_owned());
    Some(failure)
}

/// Who complains, as its code tells.
fn tool(code: &str) -> (&'static str, Kind) {
    match code {
        "-Wclang-format-violations" => ("clang-format", Kind::FormatError),
        _ if code.starts_with("clang-diagnostic-error") => ("clang-tidy", Kind::BuildError),
        _ if code.starts_with("-Werror,") => ("clang", Kind::BuildError),
        _ if code.is_empty() || code.starts_with('-') => ("gcc", Kind::BuildError),
        _ if code.contains(['-', '.']) => ("clang-tidy", Kind::LintError),
        _ => ("cppcheck", Kind::LintError),
    }
}

impl Begun {
    /// Reads the source with its caret, notes, and what would mend it.
    fn goes_on(&mut self, line: &Line<'_>) -> bool {
        let text = line.text;
        let span = &mut self.failure.log;
        if line.number - span.first > BLOCK_LINES_MAX || text.trim().is_empty() {
            return false;
        }
        if let Some(head) = HEAD.captures(text) {
            if group(&head, 4) != "note" {
                return false;
            }
            (span.last, self.unsure) = (line.number, None);
            return true;
        }
        if CONTEXT.is_match(text) && !text.contains("equired from") {
            return false;
        }
        if GUTTER.is_match(text) || CARET.is_match(text) {
            (span.last, self.unsure) = (line.number, None);
            return true;
        }
        // Without line numbers source stands there bare, and below its caret at times what to write instead.
        let bare = self.unsure.is_none() && !FOREIGN.is_match(text) && span.last + 1 == line.number;
        if bare {
            self.unsure = Some(line.number);
        }
        bare
    }
}

#[cfg(test)]
mod tests {
    use crate::stages::extract::tests::told;

    #[test]
    fn a_block_is_from_where_it_was_reached_to_its_notes() {
        let log = "\
In file included from tram.c:2:
bell.h: In function 'ring':
bell.h:1:22: error: 'bell' undeclared (first use in this function); did you mean 'ball'?
    1 | int ring(void) { return bell; }
      |                         ^~~~
      |                         ball
bell.h:1:22: note: each undeclared identifier is reported only once
tram.c:3:20: error: unused variable 'x' [-Werror=unused-variable]
  int x;
      ^
cc1: all warnings being treated as errors
gcc: error: nothing.c: No such file or directory
gcc: fatal error: no input files
compilation terminated.
";
        assert_eq!(
            told(log),
            [
                "gcc build_error | bell.h:1:22 | 'bell' undeclared (first use in this function); did you mean 'ball'? | -> ball | @1-7",
                "gcc build_error | tram.c:3:20 | -Werror=unused-variable | unused variable 'x' | @8-10",
                "gcc build_error | nothing.c: No such file or directory | @12-12",
                "gcc build_error | no input files | @13-13",
            ]
        );
    }

    #[test]
    fn clang_is_known_by_its_last_line_and_its_tools_by_their_codes() {
        let log = "\
tram.c:6:10: error: use of undeclared identifier 'bell'
return bell;
       ^
1 error generated.
src/tram.cc:1:29: error: Dereference of null pointer [clang-analyzer-core.NullDereference,-warnings-as-errors]
int main() { int *p = 0; return *p; }
                                ^~
src/tram.cc:1:14: note: 'p' initialized to a null pointer value
src/tram.cc:1:4: error: code should be clang-formatted [-Wclang-format-violations]
src/tram.cc:6:24: error: Unmatched '('. Configuration: ''. [syntaxError]
src/tram.cc:7:2: style: Variable 'x' is assigned a value that is never used. [unreadVariable]
src/tram.cc:9:9: warning: unused variable 'x' [-Wunused-variable]
";
        let rows: Vec<_> =
            told(log).into_iter().map(|row| row.split(" | @").next().unwrap_or_default().to_owned()).collect();
        assert_eq!(
            rows,
            [
                "clang build_error | tram.c:6:10 | use of undeclared identifier 'bell'",
                "clang-tidy lint_error | src/tram.cc:1:29 | clang-analyzer-core.NullDereference | Dereference of null pointer",
                "clang-format format_error | src/tram.cc:1:4 | -Wclang-format-violations | code should be clang-formatted",
                "cppcheck lint_error | src/tram.cc:6:24 | syntaxError | Unmatched '('. Configuration: ''.",
                "cppcheck lint_error | src/tram.cc:7:2 | unreadVariable | Variable 'x' is assigned a value that is never used.",
            ]
        );
    }

    #[test]
    fn a_line_that_is_no_source_is_left_to_others() {
        let log = "tram.c:6:10: error: no\nmake: *** [Makefile:2: all] Error 1\n";
        assert!(told(log).iter().any(|row| row.contains("make")), "{:?}", told(log));
    }

    #[test]
    fn what_is_kept_is_bounded() {
        let log = format!("tram.c:6:10: error: no\n{}", "    1 | x\n".repeat(80));
        assert!(told(&log)[0].ends_with("@1-61"), "{:?}", told(&log));
    }
}
