//! What users' problem matchers find: they see every line they want, whichever reader it belongs to.

use super::join::same_place_and_words;
use super::reader::FAILURES_MAX;
use crate::domain::failure::{Failure, Kind, Warning};
use crate::domain::log::{Line, Span};
use crate::stages::clean::cursor::Around;
use crate::stages::matchers::{Match, Matchers};

/// Lines on which one matcher may take too long before it is left out, as the runner tries three times.
const SLOW_LINES_MAX: u32 = 3;

/// Words in an owner's name, and what sort of thing its tool complains of; anything else is a lint.
const KINDS: &[(&str, Kind)] = &[
    ("tsc", Kind::TypeError),
    ("mypy", Kind::TypeError),
    ("pyright", Kind::TypeError),
    ("gcc", Kind::BuildError),
    ("clang", Kind::BuildError),
    ("msvc", Kind::BuildError),
    ("csc", Kind::BuildError),
    ("javac", Kind::BuildError),
    ("rustc", Kind::BuildError),
    ("cargo", Kind::BuildError),
    ("cmake", Kind::BuildError),
    ("python", Kind::RuntimeError),
    ("exception", Kind::RuntimeError),
    ("test", Kind::TestFailure),
    ("phpunit", Kind::TestFailure),
    ("rspec", Kind::TestFailure),
];

/// The matchers of one log, and what they have found.
#[derive(Default)]
pub struct Matched {
    matchers: Matchers,
    /// Of each literal in `wakes`, the matcher's owner.
    sleepers: Vec<String>,
    /// How often each was too slow, by its owner.
    slow: Vec<(String, u32)>,
    failures: Vec<Failure>,
    omitted: u64,
}

impl Matched {
    pub fn of(matchers: Matchers) -> Self {
        let sleepers =
            matchers.list.iter().flat_map(|matcher| matcher.wakes().iter().map(|_| matcher.owner.clone())).collect();
        Self { matchers, sleepers, ..Self::default() }
    }

    pub fn wakes(&self) -> impl Iterator<Item = &str> {
        self.matchers.list.iter().flat_map(|matcher| matcher.wakes().iter().map(String::as_str))
    }

    /// Whether one of them has to see every line.
    pub fn sees_everything(&self) -> bool {
        self.matchers.list.iter().any(|matcher| matcher.wakes().is_empty())
    }

    /// Reads one line; `hits` are the literals of `wakes` that stand in it. The first that finds something has the line,
    /// and the others begin anew (`OutputManager.OnDataReceived`). Gives whether something was found.
    pub fn line(&mut self, line: &Line<'_>, around: &Around<'_>, hits: impl Iterator<Item = usize>) -> bool {
        if self.matchers.list.is_empty() {
            return false;
        }
        let woken: Vec<&str> = hits.filter_map(|hit| self.sleepers.get(hit)).map(String::as_str).collect();
        let mut found = None;
        let mut left_out = None;
        for (at, matcher) in self.matchers.list.iter_mut().enumerate() {
            let wanted = matcher.wants_next() || matcher.wakes().is_empty() || woken.contains(&matcher.owner.as_str());
            if !wanted {
                continue;
            }
            let before = match matcher.looks_back(line.number) {
                0 => Vec::new(),
                lines => around.before(lines),
            };
            // Lines before the one that wakes it are too few to be a match.
            let mut read = before.iter().map(|(number, text)| matcher.line(*number, text)).find(Result::is_err);
            match read.take().unwrap_or_else(|| matcher.line(line.number, line.text)) {
                Ok(Some(it)) if is_issue(&it, &matcher.severity) => {
                    found = Some((at, it));
                    break;
                }
                Ok(_) => {}
                Err(_) => {
                    matcher.reset();
                    left_out = left_out.or(too_slow(&mut self.slow, &matcher.owner));
                }
            }
        }
        if let Some(owner) = left_out {
            self.matchers.list.retain(|matcher| matcher.owner != owner);
            let message = format!(
                "`{owner}` is left out: its patterns took too long on {SLOW_LINES_MAX} lines: write them without nested repetitions"
            );
            self.matchers.warn("matcher.left-out", None, &message);
            return false;
        }
        let Some((at, it)) = found else { return false };
        let mut owner = String::new();
        for (other, matcher) in self.matchers.list.iter_mut().enumerate() {
            if other == at {
                owner.clone_from(&matcher.owner);
            } else {
                matcher.reset();
            }
        }
        if !stops(&it, self.matchers.list.get(at).map_or("", |matcher| matcher.severity.as_str())) {
            return false;
        }
        if self.failures.len() < FAILURES_MAX {
            self.failures.push(failure(&owner, it, line.number));
        } else {
            self.omitted += 1;
        }
        true
    }

    /// Whether one of them has begun something.
    pub fn wants_next(&self) -> bool {
        self.matchers.list.iter().any(|matcher| matcher.wakes().is_empty() || matcher.wants_next())
    }

    /// A step has ended, and the next one begins anew.
    pub fn end_step(&mut self) {
        self.matchers.list.iter_mut().for_each(crate::stages::matchers::Matcher::reset);
    }

    /// Adds what was found to what the readers found: of a line that both have read, the user's word is taken, and what
    /// it leaves out is kept. The second are failures that were too many to keep.
    pub fn join(self, failures: &mut Vec<Failure>, guessing: &[&str]) -> (Vec<Warning>, u64) {
        for mut matched in self.failures {
            let same = |failure: &Failure| overlap(failure.log, matched.log) || same_place_and_words(failure, &matched);
            if failures.iter().any(|failure| failure.test.is_some() && overlap(failure.log, matched.log)) {
                // A line within what a failing test told.
                continue;
            }
            let known = failures.iter().position(|failure| failure.test.is_none() && same(failure));
            if let Some(known) = known.map(|at| failures.remove(at)) {
                let exact = !guessing.contains(&known.tool.as_str());
                if exact {
                    matched.kind = known.kind;
                    matched.known_as = Some(known.tool);
                    matched.code = matched.code.or(known.code);
                    matched.suggestion = known.suggestion;
                    matched.log.last = matched.log.last.max(known.log.last);
                }
                if matched.path.is_none() {
                    matched.path = known.path;
                }
                if matched.line.is_none() {
                    (matched.line, matched.column) = (known.line, known.column);
                }
            }
            failures.push(matched);
        }
        (self.matchers.warnings, self.omitted)
    }
}

fn overlap(one: Span, other: Span) -> bool {
    one != Span::NONE && one.first <= other.last && other.first <= one.last
}

/// Counts; gives the owner where it was too slow too often.
fn too_slow(slow: &mut Vec<(String, u32)>, owner: &str) -> Option<String> {
    match slow.iter_mut().find(|(name, _)| name == owner) {
        Some((_, lines)) => *lines += 1,
        None => slow.push((owner.to_owned(), 1)),
    }
    let (name, lines) = slow.iter().find(|(name, _)| name == owner)?;
    (*lines >= SLOW_LINES_MAX).then(|| name.clone())
}

fn part(it: &Match, at: usize) -> &str {
    it.told.get(at).and_then(Option::as_deref).unwrap_or_default()
}

/// As the pattern says, or as the matcher does by default, or an error.
fn severity(it: &Match, default: &str) -> String {
    let said = part(it, 3);
    if said.is_empty() { default } else { said }.to_lowercase()
}

/// Without a message, or with a severity that the runner does not know, there is none.
fn is_issue(it: &Match, default: &str) -> bool {
    !part(it, 5).trim().is_empty() && matches!(severity(it, default).as_str(), "" | "error" | "warning" | "notice")
}

/// Warnings and notices stop nothing.
fn stops(it: &Match, default: &str) -> bool {
    matches!(severity(it, default).as_str(), "" | "error")
}

fn failure(owner: &str, it: Match, line: u64) -> Failure {
    let text = |at: usize| Some(part(&it, at).trim().to_owned()).filter(|text| !text.is_empty());
    let number = |at: usize| text(at).and_then(|text| text.parse().ok()).filter(|number| *number > 0);
    let words = owner.to_lowercase();
    let kind = KINDS.iter().find(|(word, _)| words.contains(word)).map_or(Kind::LintError, |(_, kind)| *kind);
    Failure {
        path: text(0).map(|file| rooted(&file, part(&it, 6))),
        line: number(1),
        column: number(2),
        code: text(4),
        ..Failure::new(kind, owner, part(&it, 5).trim(), Span { first: it.first, last: line })
    }
}

/// A file that is named beside its project's: `src/A.cs` of `/srv/shop/shop.csproj`.
fn rooted(file: &str, from: &str) -> String {
    let is_absolute = file.starts_with(['/', '\\']) || file.as_bytes().get(1) == Some(&b':');
    match from.rfind(['/', '\\']) {
        Some(end) if !is_absolute => format!("{}{file}", from.get(..=end).unwrap_or_default()),
        _ => file.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::failure::Reading;
    use crate::stages::extract::extraction;
    use crate::stages::extract::tests::read_with;

    fn read(matchers: &str, log: &str) -> Reading {
        let mut all = Matchers::default();
        all.add("m.json", &format!("{{\"problemMatcher\": [{matchers}]}}"));
        read_with(extraction(&[], None).with_matchers(all), log)
    }

    /// Tool, path, line, message, and the lines of the log.
    type Row = (String, String, Option<u32>, String, (u64, u64));

    fn told(reading: &Reading) -> Vec<Row> {
        let failures = reading.failures.iter();
        failures
            .map(|f| {
                let path = f.path.clone().unwrap_or_default();
                (f.tool.clone(), path, f.line, f.message.clone(), (f.log.first, f.log.last))
            })
            .collect()
    }

    fn row(tool: &str, path: &str, line: u32, message: &str, log: (u64, u64)) -> Row {
        (tool.to_owned(), path.to_owned(), Some(line), message.to_owned(), log)
    }

    const OWN: &str = r#"{"owner": "own-lint", "pattern": [{"regexp": "^BAD (\\w+) (\\S+)@(\\d+) (.*)$", "severity": 1, "file": 2, "line": 3, "message": 4}]}"#;

    const BLOCK: &str = r#"{"owner": "block", "pattern": [{"regexp": "^(\\S+)$", "file": 1}, {"regexp": "^  (\\d+) \\| complaint: (.*)$", "line": 1, "message": 2, "loop": true}]}"#;

    #[test]
    fn what_a_users_matcher_finds_bears_its_owners_name() {
        let log = "x\nBAD error src/a.x@3 no such thing\nBAD warning src/a.x@4 hm\nBAD odd src/a.x@5 what\ny\n";
        let reading = read(OWN, log);
        assert_eq!(told(&reading), [row("own-lint", "src/a.x", 3, "no such thing", (2, 2))]);
        assert!(reading.failures[0].primary);
        assert_eq!(reading.failures[0].file.as_deref(), Some("src/a.x"));
    }

    #[test]
    fn a_matcher_that_is_woken_by_a_later_line_is_shown_those_before_it() {
        let log = "first\nnothing here\nsrc/a.x\n  3 | complaint: no\n  4 | complaint: bad\nsrc/b.x\n  5 | complaint: worse\n";
        let expected = [
            row("block", "src/a.x", 3, "no", (4, 4)),
            row("block", "src/a.x", 4, "bad", (5, 5)),
            row("block", "src/b.x", 5, "worse", (7, 7)),
        ];
        assert_eq!(told(&read(BLOCK, log)), expected);
    }

    #[test]
    fn a_line_that_a_reader_knows_too_is_told_once_and_as_the_user_calls_it() {
        let gcc = r#"{"owner": "my-gcc", "pattern": [{"regexp": "^(.*?):(\\d+):(\\d*):?\\s+(?:fatal\\s+)?(warning|error):\\s+(.*)$", "file": 1, "line": 2, "column": 3, "severity": 4, "message": 5}]}"#;
        let log =
            "make all\nsrc/main.c:7:3: error: expected ';' before '}' token\nmake: *** [Makefile:2: main.o] Error 1\n";
        let reading = read(gcc, log);
        let roots: Vec<_> = reading.roots().map(|f| (f.tool.as_str(), f.kind, f.line)).collect();
        assert_eq!(roots, [("my-gcc", Kind::BuildError, Some(7))]);
    }

    #[test]
    fn what_a_tool_of_ours_knows_too_keeps_the_way_to_mend_it() {
        let own = r#"{"owner": "our-lint", "pattern": [{"regexp": "^(.*\\.py):(\\d+):(\\d+): (F\\d+) (.*)$", "file": 1, "line": 2, "column": 3, "code": 4, "message": 5}]}"#;
        let log = "app.py:3:12: F821 Undefined name `pric`\nFound 1 error.\n";
        let reading = read(own, log);
        let failure = &reading.failures[0];
        assert_eq!((reading.failures.len(), failure.tool.as_str(), failure.known_tool()), (1, "our-lint", "ruff"));
    }

    #[test]
    fn a_file_beside_its_project_is_rooted_there() {
        for (file, from, path) in [
            ("src/A.cs", "/srv/shop/shop.csproj", "/srv/shop/src/A.cs"),
            (r"src\A.cs", r"C:\shop\shop.csproj", r"C:\shop\src\A.cs"),
            ("/srv/A.cs", "/srv/shop/shop.csproj", "/srv/A.cs"),
            (r"C:\A.cs", "/srv/shop/shop.csproj", r"C:\A.cs"),
            ("A.cs", "shop.csproj", "A.cs"),
            ("A.cs", "", "A.cs"),
        ] {
            assert_eq!(rooted(file, from), path);
        }
    }

    #[test]
    fn one_without_any_text_of_its_own_sees_every_line() {
        let any = r#"{"owner": "any", "pattern": [{"regexp": "^(\\d+)! (.*)$", "line": 1, "message": 2}]}"#;
        assert_eq!(
            told(&read(any, "3! no\nx\n4! bad\n")),
            [row("any", "", 3, "no", (1, 1)), row("any", "", 4, "bad", (3, 3))]
        );
    }

    #[test]
    fn one_that_is_too_slow_is_left_out_and_the_others_go_on() {
        let slow =
            r#"{"owner": "slow", "pattern": [{"regexp": "^(a*)*(a*)*(a*)*\\1\\2\\3b hostile (.*)$", "message": 4}]}"#;
        let line = format!("{} hostile\n", "a".repeat(60_000));
        let log = format!("{}BAD error src/a.x@3 no\n", line.repeat(SLOW_LINES_MAX as usize));
        let reading = read(&format!("{slow}, {OWN}"), &log);
        assert_eq!(told(&reading).len(), 1);
        let codes = |reading: &Reading| reading.warnings.iter().map(|warning| warning.code).collect::<Vec<_>>();
        assert_eq!(codes(&reading), ["matcher.slow", "matcher.left-out"]);
        let fewer = format!("{}BAD error src/a.x@3 no\n", line.repeat(SLOW_LINES_MAX as usize - 1));
        assert_eq!(codes(&read(&format!("{slow}, {OWN}"), &fewer)), ["matcher.slow"]);
    }

    #[test]
    fn failures_beyond_the_limit_are_counted() {
        let log: String = (0..FAILURES_MAX + 2).map(|at| format!("BAD error src/a{at}.x@3 no\n")).collect();
        let reading = read(OWN, &log);
        assert_eq!((reading.failures.len(), reading.omitted_failures), (FAILURES_MAX, 2));
    }
}
