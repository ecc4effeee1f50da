//! What a line that meets a rule is worth where it stands: the part it plays, and a factor for each part, as data.
//!
//! Words lie: most logs that hold "timed out" are of ordinary bugs. So three things are asked of such a line: who
//! speaks in it, where in the step it stands, and what stands beside it.

use regex::Regex;
use std::sync::OnceLock;

use crate::domain::log::{Line, Mark};

/// Who speaks in a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Voice {
    /// A program, about itself.
    Program,
    /// The runner marked it `##[error]`.
    Runner,
    /// It will be tried again, or it is only a warning: not yet a failure.
    Hopeful,
    /// A program's own log at a level below an error.
    Chatty,
    /// The name of a test, or how one ended.
    Test,
    /// What somebody wants or pretends, not what is.
    Wanted,
    /// A script, a source line, a diff: nobody says it now.
    Quoted,
}

/// Where in the log it stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// What the failing step ended with.
    LastWords,
    /// In the failing step, with a good deal after it.
    InStep,
    /// In a step that went on.
    Elsewhere,
}

/// What stands beside it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Company {
    /// Nothing else says what failed, or what does is explained by this.
    Alone,
    /// A tool reported a failure that this does not explain.
    BesideFailure,
    /// It is part of what a failing test or tool printed: the code under test may say anything.
    InsideFailure,
}

/// What each part leaves of a rule's weight.
const VOICES: [(Voice, f64); 7] = [
    (Voice::Program, 1.0),
    (Voice::Runner, 1.0),
    (Voice::Hopeful, 0.55),
    (Voice::Chatty, 0.5),
    (Voice::Test, 0.2),
    (Voice::Wanted, 0.3),
    (Voice::Quoted, 0.1),
];
const PLACES: [(Place, f64); 3] = [(Place::LastWords, 1.0), (Place::InStep, 0.8), (Place::Elsewhere, 0.25)];
const COMPANIES: [(Company, f64); 3] =
    [(Company::Alone, 1.0), (Company::BesideFailure, 0.45), (Company::InsideFailure, 0.25)];

/// A program that cannot reach its own machine was mostly never started.
pub const OWN_MACHINE: f64 = 0.5;

pub fn factor(voice: Voice, place: Place, company: Company) -> f64 {
    fn of<T: PartialEq>(table: &[(T, f64)], part: &T) -> f64 {
        table.iter().find(|(known, _)| known == part).map_or(1.0, |(_, factor)| *factor)
    }
    of(&VOICES, &voice) * of(&PLACES, &place) * of(&COMPANIES, &company)
}

/// `set -x` and `$ ` before a command, line numbers before source, statements that a stack trace or a compiler shows.
const QUOTED: &str = concat!(
    r"^[-+]\w|^\s*(\+{1,4} |\$ |//|/\*|\*/|>?\s*\d+ *\| |\d+ *│ |│ .*;\s*$",
    r"|(raise|throw|return|def|fn|func|let|const|var|import|from|assert\w*!?|echo|printf|print|console\.\w+|if|elif|else if|while|match|case|when|except|catch|logger?\.\w+|log\.\w+)\b\s*[\w.!({'\x22`$\[&*][^:]*[)}\x22';{:]\s*$)",
);

/// How test runners name tests and say how they ended.
const TEST: &str = concat!(
    r"^\s*(--- (PASS|FAIL|SKIP)|=== (RUN|CONT|PAUSE|NAME)|\[\s*(RUN|OK|FAILED|PASSED|SKIPPED)\s*\]|(not )?ok \d+\b|[✓✔✗✘√●○◯]\s|test \S+ \.\.\.|(PASSED|FAILED|ERROR|SKIPPED|XFAIL|XPASS) \S+::|\S+::\S+.* (PASSED|FAILED|ERROR|SKIPPED)\b|\d+/\d+ Test +#|\W?(PASS|FAIL)(ED)?\b\W? |Running \S+Test\b|\d+\) \S)",
    r"|\.{3} ?(ok|PASS(ED)?|FAIL(ED)?|ERROR|skipped|Passed|\*+Failed)\b|\(\d+(\.\d+)? ?ms\)\s*$|<<< (FAILURE|ERROR)!",
);

const WANTED: &str = r"\b(assert\w*|expect(s|ed|ing|ation)?|should(n't)?|mock(ed|ing)?|stub(bed)?|simulat\w+|fake[ds]?|pretend\w*|intentional\w*|on purpose|dummy|(to(Equal|Throw|Be|Contain|Match))\w*|raises)\b|\btest_\w+|\w+_tests?\b|\b\w+Tests?\.\w+";

const HOPEFUL: &str = r"\bretry(ing)?\b|\bretries\b|\bwill (try|retry)\b|trying again|try again in|\bback(ing)? ?off\b|\battempt \d+ ?(/|of) ?\d+|tries remaining|^\W*(npm )?warn(ing)?\b|^##\[warning\]|spurious";

/// A log line with a level of its own, below an error: `2026-… INFO c.e.Client - …`, `[debug] …`, `level=info`.
const CHATTY: &str = r"^\W*(\S+ ){0,4}\W?(INFO|DEBUG|TRACE|NOTICE|WARN|WARNING)\b|level=(info|debug|trace|warn\w*)\b|^\W*(info|debug|trace|notice|verbose)\b\W";

/// Who speaks in this line.
pub fn voice(line: &Line<'_>) -> Voice {
    static QUOTED_: OnceLock<Option<Regex>> = OnceLock::new();
    static TEST_: OnceLock<Option<Regex>> = OnceLock::new();
    static WANTED_: OnceLock<Option<Regex>> = OnceLock::new();
    static HOPEFUL_: OnceLock<Option<Regex>> = OnceLock::new();
    static CHATTY_: OnceLock<Option<Regex>> = OnceLock::new();
    let says = |cell: &OnceLock<Option<Regex>>, pattern: &str, any_case: bool| {
        let compile = || Regex::new(&format!("{}{pattern}", if any_case { "(?i)" } else { "" })).ok();
        cell.get_or_init(compile).as_ref().is_some_and(|regex| regex.is_match(line.text))
    };
    match line.mark {
        Mark::Error => return Voice::Runner,
        Mark::Command | Mark::Group | Mark::EndGroup => return Voice::Quoted,
        Mark::Warning => return Voice::Hopeful,
        Mark::Debug | Mark::Notice => return Voice::Chatty,
        Mark::Plain => {}
    }
    if says(&QUOTED_, QUOTED, false) {
        Voice::Quoted
    } else if says(&TEST_, TEST, false) {
        Voice::Test
    } else if says(&WANTED_, WANTED, true) {
        Voice::Wanted
    } else if says(&HOPEFUL_, HOPEFUL, true) {
        Voice::Hopeful
    } else if says(&CHATTY_, CHATTY, false) {
        Voice::Chatty
    } else {
        Voice::Program
    }
}

/// Whether a line speaks of the machine's own addresses.
pub fn own_machine(text: &str) -> bool {
    ["127.0.0.1", "localhost", "0.0.0.0", "[::1]", "::1:"].iter().any(|address| text.contains(address))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> Voice {
        voice(&Line { number: 1, text, mark: Mark::Plain })
    }

    #[test]
    fn a_line_is_heard_in_the_voice_of_who_speaks() {
        for (text, wanted) in [
            ("curl: (6) Could not resolve host: registry.example", Voice::Program),
            ("   > Could not GET 'https://repo.example/a.pom'. Received status code 503 from server", Voice::Program),
            ("E: Failed to fetch http://mirror.example/x.deb  503  Service Unavailable", Voice::Program),
            ("npm ERR! 404 Not Found - PUT https://registry.example/x - Not found", Voice::Program),
            ("fatal: unable to access 'https://git.example/x/': Connection timed out", Voice::Program),
            ("+ curl --fail https://app.example/health || echo 'connection refused'", Voice::Quoted),
            ("    raise ConnectionError(\"Connection refused\")", Voice::Quoted),
            ("  12 |   throw new Error('socket hang up');", Voice::Quoted),
            ("test net::connection_refused ... ok", Voice::Test),
            ("--- PASS: TestDialTimeout (0.00s)", Voice::Test),
            ("PASS: client: Connection timed out is retried", Voice::Test),
            ("-503 Service Unavailable", Voice::Quoted),
            ("ok 3 - retries when ECONNREFUSED", Voice::Test),
            ("  ✓ says 503 Service Unavailable when the queue is full (5 ms)", Voice::Test),
            ("tests/test_net.py::test_connection_refused PASSED", Voice::Test),
            ("[ RUN      ] Client.ConnectionReset", Voice::Test),
            ("expected 'connection refused', got 'connection reset'", Voice::Wanted),
            ("simulated network failure: connection reset by peer", Voice::Wanted),
            ("warning: spurious network error (3 tries remaining): [28] Timeout was reached", Voice::Hopeful),
            ("Connection timed out. Retrying in 5 seconds", Voice::Hopeful),
            ("2026-11-20 10:00:01 INFO  c.e.Client - connection reset, closing", Voice::Chatty),
            ("level=warn msg=\"i/o timeout\"", Voice::Chatty),
        ] {
            assert_eq!(of(text), wanted, "{text}");
        }
    }

    #[test]
    fn every_part_has_a_factor_between_nothing_and_all() {
        for (voice, _) in VOICES {
            for (place, _) in PLACES {
                for (company, _) in COMPANIES {
                    assert!((0.0..=1.0).contains(&factor(voice, place, company)));
                }
            }
        }
        assert!(factor(Voice::Program, Place::LastWords, Company::Alone) > 0.99);
        assert!(factor(Voice::Test, Place::LastWords, Company::Alone) < 0.3);
    }
}
