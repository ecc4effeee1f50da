//! Users' problem matchers in GitHub's own format: read from their files, checked as the runner checks them.
//!
//! actions/toolkit, `docs/problem-matchers.md`; actions/runner, `IssueMatcher.cs` and `OutputManager.cs`.

mod dialect;
mod literals;
mod follow;

use serde_json::Value;

use self::dialect::Pattern;
use self::follow::{FIELDS, LinePattern};
pub use self::follow::{Match, Matcher};
use crate::domain::failure::Warning;
use crate::text::{one_line, truncate};

/// Every action of a large workflow together brings a dozen.
pub const MATCHERS_MAX: usize = 100;

/// The longest that an action ships has three.
const PATTERNS_MAX: usize = 20;

/// What is shown of a name or a pattern: enough to find it.
const SHOWN_BYTES_MAX: usize = 100;

/// Matchers in the order in which they are tried, and what is wrong with the others.
#[derive(Clone, Debug, Default)]
pub struct Matchers {
    pub list: Vec<Matcher>,
    pub warnings: Vec<Warning>,
}

impl Matchers {
    /// Takes in one file. Of one owner the last matcher counts, and the last that came is tried first, as in the runner;
    /// one that cannot be read is named, and the others are taken.
    pub fn add(&mut self, file: &str, text: &str) {
        let value: Value = match serde_json::from_str(text.trim_start_matches('\u{feff}')) {
            Ok(value) => value,
            Err(error) => {
                let mend = "write it as GitHub's `problem-matchers.md` describes";
                return self.warn("matcher.unreadable", Some(file), &format!("it is no JSON: {error}: {mend}"));
            }
        };
        let Some(written) = value.get("problemMatcher").and_then(Value::as_array) else {
            let mend = "write `{\"problemMatcher\": [{\"owner\": …, \"pattern\": […]}]}`";
            return self.warn("matcher.unreadable", Some(file), &format!("it has no list `problemMatcher`: {mend}"));
        };
        for value in written {
            match matcher(value) {
                Ok(matcher) => {
                    self.list.retain(|other| !other.owner.eq_ignore_ascii_case(&matcher.owner));
                    if self.list.len() == MATCHERS_MAX {
                        let message = format!("`{}` is left out: {MATCHERS_MAX} matchers are tried", matcher.owner);
                        self.warn("matcher.left-out", Some(file), &message);
                        continue;
                    }
                    if matcher.wakes().is_empty() {
                        let owner = &matcher.owner;
                        let message = format!(
                            "no text of `{owner}`'s patterns stands in every line that they fit, so it has to see every line of the log: give one a text of its own, for speed"
                        );
                        self.warn("matcher.slow", Some(file), &message);
                    }
                    self.list.insert(0, matcher);
                }
                Err(reason) => self.warn("matcher.unreadable", Some(file), &reason),
            }
        }
    }

    /// Something about the matchers that a person should know; `file` is the one it is about.
    pub fn warn(&mut self, code: &'static str, file: Option<&str>, message: &str) {
        self.warnings.push(Warning { code, file: file.map(shown), message: message.to_owned() });
    }
}

/// The error names the owner, the pattern and the mend.
fn matcher(value: &Value) -> Result<Matcher, String> {
    let owner = value.get("owner").and_then(Value::as_str).map(shown).filter(|owner| !owner.trim().is_empty());
    let owner = owner.ok_or("a matcher has no `owner`: give it a name")?;
    let severity = value.get("severity").and_then(Value::as_str).unwrap_or_default().to_lowercase();
    if !matches!(severity.as_str(), "" | "error" | "warning" | "notice") {
        return Err(format!(
            "the severity `{}` of `{owner}` is not known: give error, warning or notice",
            shown(&severity)
        ));
    }
    let one = value.get("pattern").filter(|pattern| pattern.is_object()).into_iter();
    let many = value.get("pattern").and_then(Value::as_array).into_iter().flatten();
    let written: Vec<&Value> = one.chain(many).collect();
    if written.is_empty() || written.len() > PATTERNS_MAX {
        return Err(format!("`{owner}` has {} patterns: give it 1 to {PATTERNS_MAX}", written.len()));
    }
    let mut set = [false; FIELDS.len()];
    let mut patterns = Vec::new();
    let mut loops = false;
    for (value, number) in written.iter().zip(1..) {
        let regexp = regexp(value);
        let wrong = |reason: &str| format!("pattern {number} of `{owner}` (`{}`) {reason}", shown(regexp));
        let pattern =
            Pattern::new(regexp).map_err(|why| wrong(&format!("cannot be read: {why}: mend its `regexp`")))?;
        let mut groups = [None; FIELDS.len()];
        for ((field, group), set) in FIELDS.iter().zip(&mut groups).zip(&mut set) {
            let Some(number) = value.get(field).filter(|number| !number.is_null()) else { continue };
            let number = number.as_u64().or_else(|| number.as_str()?.parse().ok());
            let number = number.and_then(|number| usize::try_from(number).ok());
            let Some(number) = number.filter(|number| *number < pattern.groups()) else {
                let last = pattern.groups() - 1;
                return Err(wrong(&format!("has no such group for `{field}`: give a number from 0 to {last}")));
            };
            if std::mem::replace(set, true) {
                return Err(wrong(&format!("sets `{field}` a second time: leave it to one pattern")));
            }
            *group = Some(number);
        }
        if value.get("loop") == Some(&Value::Bool(true)) {
            if number == 1 || number != written.len() || value.get("message").is_none() {
                return Err(wrong("loops: only the last of several patterns may, and it must set `message`"));
            }
            loops = true;
        }
        patterns.push(LinePattern { pattern, groups });
    }
    if patterns
        .iter()
        .all(|pattern| FIELDS.iter().zip(pattern.groups).all(|(field, group)| *field != "message" || group.is_none()))
    {
        return Err(format!("no pattern of `{owner}` sets `message`: name the group that holds it"));
    }
    let written: Vec<&str> = written.iter().map(|value| regexp(value)).collect();
    Ok(Matcher::new(owner, severity, patterns, &written, loops))
}

fn regexp(pattern: &Value) -> &str {
    pattern.get("regexp").and_then(Value::as_str).unwrap_or_default()
}

fn shown(text: &str) -> String {
    truncate(&one_line(text), SHOWN_BYTES_MAX)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn matchers(files: &[Value]) -> Matchers {
        let mut matchers = Matchers::default();
        files.iter().for_each(|file| matchers.add("m.json", &file.to_string()));
        matchers
    }

    fn file(matcher: Value) -> Value {
        json!({"problemMatcher": [matcher]})
    }

    /// Line, and what is told: file, line, column, severity, code, message, fromPath.
    fn found(matcher: Value, log: &str) -> Vec<(u64, u64, Vec<String>)> {
        let mut matchers = matchers(&[file(matcher)]);
        assert_eq!(matchers.warnings, []);
        let matcher = &mut matchers.list[0];
        let mut found = Vec::new();
        for (text, number) in log.lines().zip(1..) {
            if let Some(it) = matcher.line(number, text).expect("a quick pattern") {
                found.push((it.first, number, it.told.into_iter().flatten().collect()));
            }
        }
        found
    }

    fn told(first: u64, last: u64, fields: &[&str]) -> (u64, u64, Vec<String>) {
        (first, last, fields.iter().map(|field| (*field).to_owned()).collect())
    }

    #[test]
    fn one_pattern_tells_a_line() {
        let one = json!({"owner": "compact", "pattern": {"regexp": "^(.+): line (\\d+), (Error|Warning) - (.+)$",
            "file": 1, "line": 2, "severity": 3, "message": "4"}});
        let log = "x\na.js: line 3, Error - no\nb.js: line 4, Warning - hm\n";
        assert_eq!(
            found(one, log),
            [told(2, 2, &["a.js", "3", "Error", "no"]), told(3, 3, &["b.js", "4", "Warning", "hm"])]
        );
    }

    #[test]
    fn several_patterns_fit_lines_that_follow_each_other() {
        let three = json!({"owner": "three", "pattern": [{"regexp": "^at (.*)$", "file": 1}, {"regexp": "^line (\\d+)$", "line": 1},
            {"regexp": "^says (.*)$", "message": 1}]});
        let log = "at a\nline 1\nsays x\nat b\nno\nline 2\nsays y\nat c\nat d\nline 4\nsays z\nsays again\n";
        assert_eq!(found(three, log), [told(1, 3, &["a", "1", "x"]), told(9, 11, &["d", "4", "z"])]);
    }

    #[test]
    fn a_loop_goes_on_until_a_line_does_not_fit() {
        let stylish = json!({"owner": "stylish", "pattern": [{"regexp": "^\\s*([^\\s].*)$", "file": 1},
            {"regexp": "^\\s+(\\d+):(\\d+)\\s+(error|warning)\\s+(.*)\\s\\s+(.*)$", "line": 1, "column": 2, "severity": 3,
             "message": 4, "code": 5, "loop": true}]});
        let log =
            "/srv/a.js\n  1:2  error  no  semi\n  3:4  warning  hm  other\n\n/srv/b.js\n  5:6  error  bad  rule\n";
        let expected = [
            told(2, 2, &["/srv/a.js", "1", "2", "error", "semi", "no"]),
            told(3, 3, &["/srv/a.js", "3", "4", "warning", "other", "hm"]),
            told(6, 6, &["/srv/b.js", "5", "6", "error", "rule", "bad"]),
        ];
        assert_eq!(found(stylish, log), expected);
    }

    #[test]
    fn the_last_of_one_owner_counts_and_the_last_that_came_is_tried_first() {
        let of = |owner: &str, text: &str| json!({"owner": owner, "pattern": [{"regexp": format!("({text})"), "message": 1}]});
        let matchers =
            matchers(&[json!({"problemMatcher": [of("a", "first"), of("b", "other")]}), file(of("A", "second"))]);
        let owners: Vec<_> = matchers.list.iter().map(|matcher| (matcher.owner.as_str(), matcher.wakes())).collect();
        assert_eq!(owners, [("A", ["second".to_owned()].as_slice()), ("b", ["other".to_owned()].as_slice())]);
    }

    #[test]
    fn one_that_cannot_be_read_is_named_with_its_mend_and_the_others_are_taken() {
        let good = json!({"owner": "good", "pattern": [{"regexp": "error: (.*)", "message": 1}]});
        let pattern = |fields: Value| json!({"owner": "gcc", "pattern": [{"regexp": "^(a)(", "message": 1}, fields]});
        let of = |first: Value, second: Value| json!({"owner": "gcc", "pattern": [first, second]});
        let ok = json!({"regexp": "error: (.*)", "message": 1});
        for (bad, reason) in [
            (pattern(ok.clone()), "pattern 1 of `gcc` (`^(a)(`) cannot be read: "),
            (json!({"pattern": [ok]}), "a matcher has no `owner`"),
            (json!({"owner": "gcc"}), "`gcc` has 0 patterns: give it 1 to 20"),
            (json!({"owner": "gcc", "severity": "fatal", "pattern": ok}), "the severity `fatal` of `gcc`"),
            (
                json!({"owner": "gcc", "pattern": {"regexp": "(a)", "message": 2}}),
                "no such group for `message`: give a number from 0 to 1",
            ),
            (json!({"owner": "gcc", "pattern": {"regexp": "(a)", "file": 1}}), "no pattern of `gcc` sets `message`"),
            (of(ok.clone(), ok.clone()), "pattern 2 of `gcc` (`error: (.*)`) sets `message` a second time"),
            (json!({"owner": "gcc", "pattern": {"regexp": "(a)", "message": 1, "loop": true}}), "loops: only the last"),
        ] {
            let matchers = matchers(&[json!({"problemMatcher": [bad, good]})]);
            assert_eq!(matchers.list.len(), 1, "{bad}");
            let warning = &matchers.warnings[0];
            assert_eq!((warning.code, warning.file.as_deref()), ("matcher.unreadable", Some("m.json")));
            assert!(warning.message.contains(reason), "{}", warning.message);
        }
    }

    #[test]
    fn a_file_that_is_none_is_a_warning() {
        let mut matchers = Matchers::default();
        for (text, reason) in
            [("{", "it is no JSON"), ("[]", "no list `problemMatcher`"), ("\u{feff}{\"problemMatcher\": []}", "")]
        {
            matchers.warnings.clear();
            matchers.add("m.json", text);
            let said = matchers.warnings.first().map_or("", |warning| warning.message.as_str());
            assert!(said.contains(reason) && said.is_empty() == reason.is_empty(), "{said}");
        }
    }

    #[test]
    fn a_matcher_that_has_to_see_everything_is_told_of() {
        let any = json!({"owner": "any", "pattern": {"regexp": "^(.*)$", "message": 1}});
        assert_eq!(matchers(&[file(any)]).warnings[0].code, "matcher.slow");
    }

    #[test]
    fn matchers_at_the_limit_are_tried_and_one_more_is_left_out() {
        let of =
            |number: usize| json!({"owner": format!("m{number}"), "pattern": {"regexp": "error: (.*)", "message": 1}});
        let all = |count: usize| matchers(&[json!({"problemMatcher": (0..count).map(of).collect::<Vec<_>>()})]);
        assert_eq!((all(MATCHERS_MAX).list.len(), all(MATCHERS_MAX).warnings.len()), (MATCHERS_MAX, 0));
        let more = all(MATCHERS_MAX + 1);
        assert_eq!((more.list.len(), more.warnings[0].code), (MATCHERS_MAX, "matcher.left-out"));
        let patterns = |count: usize| {
            let mut patterns = vec![json!({"regexp": "x"}); count - 1];
            patterns.push(json!({"regexp": "error: (.*)", "message": 1}));
            matchers(&[file(json!({"owner": "a", "pattern": patterns}))]).list.len()
        };
        assert_eq!((patterns(PATTERNS_MAX), patterns(PATTERNS_MAX + 1)), (1, 0));
    }
}
