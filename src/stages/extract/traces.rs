//! Stack traces of programs that died, where no test runner claims them: one table row a language.
//!
//! Python's are read by `python::traceback`, Rust's by `rust::cargo_test`, Go's by `go::test`, JavaScript's and PHP's by
//! their folders.

use super::pattern::{Pattern, named, named_number};
use super::reader::{Attention, Findings, Make, Reader};
use crate::domain::failure::{Failure, Kind};
use crate::domain::log::{Line, Span};

/// Deeper traces are recursion without end; their first frames say where.
const TRACE_LINES_MAX: u64 = 1_000;

/// How one language writes what a program died of.
struct Language {
    tool: &'static str,
    wakes: &'static [&'static str],
    /// The first line; `code`, `message`, and where it says so `path` and `line`.
    head: &'static str,
    /// What that error came from: takes the head's place.
    cause: &'static str,
    /// One call: `path`, `line`, and `package` where the path is a file's name alone. The deepest comes first.
    frame: &'static str,
    /// A frame or a path that is not the repository's own.
    foreign: &'static str,
    /// Other lines that stand in a trace.
    between: &'static str,
}

/// What no line meets.
const NEVER: &str = r"[^\s\S]";

/// `java.lang.Throwable.printStackTrace`; the packages are the platform's, the languages' and the build and test tools'.
static JAVA: Language = Language {
    tool: "java",
    wakes: &["exception in thread \"", "java.lang.", "java.util.", "java.io.", "Exception: "],
    head: r#"^(?:Exception in thread "[^"]*" )?(?:[\w$]+\.)+(?P<code>[\w$]*(?:Exception|Error|Throwable))(?:: (?P<message>.*))?$"#,
    cause: r"^Caused by: (?:[\w$]+\.)*(?P<code>[\w$]+)(?:: (?P<message>.*))?$",
    frame: r"^\s+at (?:[\w.@-]*/)*(?P<package>(?:[\w$]+\.)*)[\w$]+\.[\w$<>]+\((?P<path>[\w$-]+\.(?:java|kt|groovy|scala)):(?P<line>\d+)\)",
    foreign: r"^\s+at (?:[\w.@-]*/)*(?:java|javax|jdk|sun|com\.sun|kotlin|kotlinx|scala|groovy|org\.(?:apache|codehaus|gradle|junit|testng|hamcrest|mockito|assertj|springframework|eclipse|jetbrains))\.",
    between: r"^\s+(?:at |\.\.\. \d+ (?:more|common frames omitted)|Suppressed: )",
};

/// `System.Environment.FailFast` and the unhandled exception handler of CoreCLR (`excep.cpp`), Mono before it.
static DOTNET: Language = Language {
    tool: "dotnet",
    wakes: &["Unhandled exception"],
    head: r"^Unhandled [Ee]xception(?:\.|:)\s+(?:[\w`]+\.)*(?P<code>[\w`]+)(?:: (?P<message>.*))?$",
    cause: r"^\s*---> (?:[\w`]+\.)*(?P<code>[\w`]+): (?P<message>.*)$",
    frame: r"^\s+at .+ in (?P<path>\S.*):line (?P<line>\d+)$",
    foreign: r" at (?:System|Microsoft|NUnit|Xunit)\.|^/_/",
    between: r"^\s+(?:at |--- End of )",
};

/// `error.c`: `rb_error_write`; 3.4 writes `'Class#method'` where older ones write `` `method' ``.
static RUBY: Language = Language {
    tool: "ruby",
    wakes: &[":in `", ":in '"],
    head: r"^(?P<path>[^\s:][^:]*):(?P<line>\d+):in [`'].+?': (?P<message>.+) \((?P<code>[A-Z][\w:]*)\)$",
    cause: NEVER,
    frame: r"^\s+(?:\d+: )?from (?P<path>[^:]+):(?P<line>\d+):in ",
    foreign: r"/gems/|/lib/ruby/|<internal:|/bin/(?:rake|rspec|bundle)\b",
    between: r"^\s+(?:\d+: from|from|\.\.\.|\|)",
};

/// libstdc++ `vterminate.cc`, libc++abi, glibc's and musl's `assert`.
static CPP: Language = Language {
    tool: "c++",
    wakes: &[
        "terminate called after throwing",
        "terminating due to uncaught exception",
        ": Assertion `",
        "Assertion failed: ",
    ],
    head: r"^(?:terminate called after throwing an instance of '(?P<code>[^']+)'|(?:libc\+\+abi: )?terminat\w+ (?:due to|with) uncaught exception of type (?P<type>[^:]+)(?:: .*)?|(?:\S+: )?(?P<path>[^\s:]+):(?P<line>\d+): .*: Assertion `(?P<message>.+)' failed\.|Assertion failed: .*\((?P<where>[^\s:]+): .*: (?P<at>\d+)\))$",
    cause: r"^  what\(\):  (?P<message>.+)$",
    frame: NEVER,
    foreign: NEVER,
    between: r"^$",
};

/// They guess: programs print traces of what they live with.
pub const GUESSERS: &[Make] = &[
    || Box::new(Trace::of(&JAVA)),
    || Box::new(Trace::of(&DOTNET)),
    || Box::new(Trace::of(&RUBY)),
    || Box::new(Trace::of(&CPP)),
];

struct Trace {
    language: &'static Language,
    head: Pattern,
    cause: Pattern,
    frame: Pattern,
    foreign: Pattern,
    between: Pattern,
    begun: Option<Failure>,
}

impl Trace {
    fn of(language: &'static Language) -> Self {
        let [head, cause, frame, foreign, between] =
            [language.head, language.cause, language.frame, language.foreign, language.between].map(Pattern::new);
        Self { language, head, cause, frame, foreign, between, begun: None }
    }

    fn begin(&self, line: &Line<'_>) -> Option<Failure> {
        let found = self.head.captures(line.text)?;
        let code = named(&found, "code").or(named(&found, "type"));
        let message = named(&found, "message").or(code).unwrap_or(line.text);
        let mut failure = Failure::new(Kind::RuntimeError, self.language.tool, message, Span::at(line.number));
        failure.code = code.map(str::to_owned);
        let path = named(&found, "path").or(named(&found, "where"));
        failure.path = path.filter(|path| !self.foreign.is_match(path)).map(str::to_owned);
        failure.line = failure.path.as_ref().and(named_number(&found, "line").or(named_number(&found, "at")));
        Some(failure)
    }

    /// Goes on with a trace; whether the line is one of its own.
    fn goes_on(&self, failure: &mut Failure, line: &Line<'_>) -> bool {
        if let Some(found) = self.cause.captures(line.text) {
            if let Some(code) = named(&found, "code") {
                failure.code = Some(code.to_owned());
                failure.message = code.to_owned();
                (failure.path, failure.line) = (None, None);
            }
            if let Some(message) = named(&found, "message") {
                failure.message = message.to_owned();
            }
            return true;
        }
        let is_between = self.between.is_match(line.text);
        if failure.path.is_some() && is_between {
            // Where it happened is known, and a trace may be long.
            return true;
        }
        let Some(found) = self.frame.captures(line.text) else { return is_between };
        if let Some(path) =
            named(&found, "path").filter(|_| failure.path.is_none() && !self.foreign.is_match(line.text))
        {
            failure.path = Some(match named(&found, "package") {
                Some(package) => format!("{}{}{path}", super::paths::SOMEWHERE, package.replace('.', "/")),
                None => path.to_owned(),
            });
            failure.line = named_number(&found, "line");
        }
        true
    }
}

impl Reader for Trace {
    fn tool(&self) -> &str {
        self.language.tool
    }

    fn wakes(&self) -> &'static [&'static str] {
        self.language.wakes
    }

    fn guesses(&self) -> bool {
        true
    }

    fn line(&mut self, line: &Line<'_>, found: &mut Findings) -> Attention {
        if let Some(mut begun) = self.begun.take() {
            if line.number - begun.log.first < TRACE_LINES_MAX && self.goes_on(&mut begun, line) {
                if !line.text.trim().is_empty() {
                    begun.log.last = line.number;
                }
                self.begun = Some(begun);
                return Attention::Stay;
            }
            self.begun = Some(begun);
            self.end(found);
        }
        self.begun = self.begin(line);
        if self.begun.is_some() { Attention::Stay } else { Attention::Sleep }
    }

    /// A first line alone, without a place, is any program's sentence: it is given back.
    fn end(&mut self, found: &mut Findings) {
        if let Some(begun) = self.begun.take().filter(|begun| begun.path.is_some() || begun.log.first < begun.log.last)
        {
            found.failure(begun);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stages::extract::tests::told;

    #[test]
    fn every_pattern_can_be_built() {
        for language in [&JAVA, &DOTNET, &RUBY, &CPP] {
            for pattern in [language.head, language.cause, language.frame, language.foreign, language.between] {
                assert!(regex::Regex::new(pattern).is_ok(), "`{pattern}` of {}", language.tool);
            }
        }
    }

    #[test]
    fn java_tells_the_last_cause_and_the_first_frame_of_our_own() {
        let log = "\
Exception in thread \"main\" java.lang.IllegalStateException: no tariff
\tat java.base/java.util.Objects.requireNonNull(Objects.java:259)
\tat com.example.shop.App.main(App.java:12)
Caused by: java.io.FileNotFoundException: tariff.csv (No such file or directory)
\tat java.base/java.io.FileInputStream.open0(Native Method)
\tat com.example.shop.Tariff.read(Tariff.java:31)
\t... 1 more
done
";
        assert_eq!(
            told(log),
            [
                "java runtime_error | ?…/com/example/shop/Tariff.java:31 | FileNotFoundException | tariff.csv (No such file or directory) | @1-7"
            ]
        );
    }

    #[test]
    fn dotnet_ruby_and_cpp_tell_theirs() {
        let dotnet = "\
Unhandled exception. System.InvalidOperationException: no tariff
   at Shop.Tariff.Read(String path) in /home/runner/work/shop/shop/src/Tariff.cs:line 31
   at Shop.Program.Main(String[] args) in /home/runner/work/shop/shop/src/Program.cs:line 5
";
        assert_eq!(
            told(dotnet),
            ["dotnet runtime_error | src/Tariff.cs:31 | InvalidOperationException | no tariff | @1-3"]
        );
        let ruby = "\
lib/shop.rb:7:in 'Shop#total': undefined method '+' for nil (NoMethodError)
\tfrom bin/shop:3:in '<main>'
";
        assert_eq!(
            told(ruby),
            ["ruby runtime_error | lib/shop.rb:7 | NoMethodError | undefined method '+' for nil | @1-2"]
        );
        let cpp = "\
terminate called after throwing an instance of 'std::out_of_range'
  what():  vector::_M_range_check: __n (which is 5) >= this->size() (which is 3)
shop: src/shop.cpp:12: int total(int): Assertion `n > 0' failed.
";
        assert_eq!(
            told(cpp),
            [
                "[c++ runtime_error | std::out_of_range | vector::_M_range_check: __n (which is 5) >= this->size() (which is 3) | @1-2]",
                "c++ runtime_error | src/shop.cpp:12 | n > 0 | @3-3",
            ]
        );
    }

    #[test]
    fn a_first_line_without_a_trace_is_given_back() {
        assert_eq!(
            told("java.lang.IllegalStateException: no\nfine\n"),
            ["words runtime_error | java.lang.IllegalStateException: no | @1-1"]
        );
    }
}
