//! Patterns as GitHub's runner reads them, .NET's, are written over so that our own engine reads them alike.
//!
//! actions/runner, `IssueMatcher.cs`: `RegexOptions.ECMAScript`, case matters, and no line takes longer than a second. .NET's
//! own grammar: learn.microsoft.com, "Regular expression language quick reference".

use fancy_regex::{Captures, Error, Regex, RegexBuilder, RuntimeError};

/// Longer than the longest that an action ships, by far.
const PATTERN_BYTES_MAX: usize = 4_096;

/// Steps of going back and trying again on one line: some milliseconds. Only patterns that look around or back need any.
const STEPS_MAX: usize = 100_000;

/// What one pattern's automaton may take.
const AUTOMATON_BYTES_MAX: usize = 1 << 20;

/// One pattern, and its groups in the order in which .NET counts them.
#[derive(Clone, Debug)]
pub struct Pattern {
    regex: Regex,
    groups: Vec<usize>,
}

/// A line on which a pattern takes too long.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TooSlow;

impl Pattern {
    /// The error is a phrase.
    pub fn new(written: &str) -> Result<Self, String> {
        if written.len() > PATTERN_BYTES_MAX {
            return Err(format!("it is longer than {PATTERN_BYTES_MAX} bytes"));
        }
        let regex = RegexBuilder::new(&translated(written))
            .backtrack_limit(STEPS_MAX)
            .delegate_size_limit(AUTOMATON_BYTES_MAX)
            .build()
            .map_err(|error| error.to_string().replace('\n', " "))?;
        // Those with a name are counted after those without.
        let names: Vec<Option<&str>> = regex.capture_names().collect();
        let of = |named: bool| {
            let names = names.iter().enumerate();
            names.filter(move |(_, name)| name.is_some() == named).map(|(at, _)| at).collect::<Vec<_>>()
        };
        let groups = [of(false), of(true)].concat();
        Ok(Self { regex, groups })
    }

    /// How many groups there are, the whole among them.
    pub fn groups(&self) -> usize {
        self.groups.len()
    }

    pub fn captures<'t>(&self, text: &'t str) -> Result<Option<Captures<'t, str>>, TooSlow> {
        match self.regex.captures(text) {
            Ok(captures) => Ok(captures),
            Err(Error::RuntimeError(RuntimeError::BacktrackLimitExceeded)) => Err(TooSlow),
            Err(_) => Ok(None),
        }
    }

    /// The text of a group by .NET's number.
    pub fn group<'t>(&self, captures: &Captures<'t, str>, number: usize) -> Option<&'t str> {
        captures.get(*self.groups.get(number)?).map(|group| group.as_str())
    }
}

/// The same pattern in our engine's words.
pub fn translated(written: &str) -> String {
    let mut out = String::with_capacity(written.len() + 8);
    let mut rest = written.chars();
    let mut class: Option<Class> = None;
    while let Some(c) = rest.next() {
        match (&mut class, c) {
            (None, '\\') => escape(&mut rest, &mut out, false),
            (None, '{') => match quantifier(rest.as_str()) {
                Some(length) => {
                    out.push('{');
                    out.extend(rest.by_ref().take(length));
                }
                None => out.push_str(r"\{"),
            },
            (None, '}') => out.push_str(r"\}"),
            (None, '[') => {
                out.push('[');
                if let Some(after) = rest.as_str().strip_prefix('^') {
                    out.push('^');
                    rest = after.chars();
                }
                if let Some(after) = rest.as_str().strip_prefix(']') {
                    out.push_str(r"\]");
                    rest = after.chars();
                }
                class = Some(Class::default());
            }
            (None, c) => out.push(c),
            (Some(_), ']') => {
                out.push(']');
                class = None;
            }
            (Some(inside), '\\') => {
                inside.after_set = rest.as_str().starts_with(SETS);
                escape(&mut rest, &mut out, true);
            }
            (Some(inside), '-') => {
                let before_set = rest.as_str().strip_prefix('\\').is_some_and(|after| after.starts_with(SETS));
                // A set begins no range and ends none: `[\w-/]`.
                let is_range = !inside.after_set && !before_set;
                out.push_str(if is_range && !rest.as_str().starts_with('-') { "-" } else { r"\-" });
                inside.after_set = false;
            }
            (Some(inside), c) => {
                // What our engine takes for a set in a set, or for sets taken together.
                if matches!(c, '[' | '&' | '~') {
                    out.push('\\');
                }
                out.push(c);
                inside.after_set = false;
            }
        }
    }
    out
}

/// Letters behind a backslash that stand for a set of characters.
const SETS: [char; 6] = ['d', 'D', 'w', 'W', 's', 'S'];

#[derive(Default)]
struct Class {
    after_set: bool,
}

/// What a backslash and the next character are.
fn escape(rest: &mut std::str::Chars<'_>, out: &mut String, in_class: bool) {
    match rest.next() {
        None => out.push_str(r"\\"),
        Some('e') => out.push_str(r"\x1b"),
        Some('b') if in_class => out.push_str(r"\x08"),
        Some('Z') => out.push('$'),
        Some('u') => {
            let digits: String = rest.by_ref().take(4).collect();
            out.push_str(&format!(r"\x{{{digits}}}"));
        }
        Some(c) if c.is_ascii_alphanumeric() => out.extend(['\\', c]),
        // These two are something else to our engine.
        Some(c @ ('<' | '>')) => out.push(c),
        Some(c) if c.is_ascii_punctuation() => out.extend(['\\', c]),
        Some(c) => out.push(c),
    }
}

/// How long a quantifier is behind its bracket; `None` where the bracket stands for itself.
fn quantifier(rest: &str) -> Option<usize> {
    let inside = rest.get(..rest.find('}')?)?;
    let (least, most) = inside.split_once(',').unwrap_or((inside, ""));
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    (!least.is_empty() && digits(least) && digits(most)).then_some(inside.len() + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn groups(pattern: &str, text: &str) -> Option<Vec<String>> {
        let pattern = Pattern::new(pattern).expect(pattern);
        let found = pattern.captures(text).expect("a quick pattern")?;
        Some((1..pattern.groups()).map(|at| pattern.group(&found, at).unwrap_or_default().to_owned()).collect())
    }

    #[test]
    fn what_net_reads_in_its_own_way_is_read_so() {
        for (pattern, text, found) in [
            (r"^([\w-\/]+)$", "a-b/c", vec!["a-b/c"]),
            (r"^([^[]+)\[(x)\]$", "a[x]", vec!["a", "x"]),
            (r"^([&~a]+)$", "&&~~a", vec!["&&~~a"]),
            (r"^{(\d{1,2})} \<(a)\>$", "{12} <a>", vec!["12", "a"]),
            (r#"^File\s\"(.*)\",\sin (\'x\')$"#, "File \"a b\", in 'x'", vec!["a b", "'x'"]),
            (r"^([a-zA-Z]+(?<!MSB)\d+): (?=e)(.*)$", "CS12: error", vec!["CS12", "error"]),
            (r"^(?<file>\w+):(\d+)$", "a:3", vec!["3", "a"]),
            (r"^(['`])(x)\1\u0021$", "'x'!", vec!["'", "x"]),
            (r"^(✖|×)\s+(.*)\s{2,}(\S+)\Z", "✖ no  rule", vec!["✖", "no", "rule"]),
        ] {
            assert_eq!(groups(pattern, text), Some(found.into_iter().map(str::to_owned).collect()), "{pattern}");
        }
        assert_eq!(groups("^Error", "error"), None, "case matters");
        assert_eq!(groups(r"[a-zA-Z]+(?<!MSB)\d+:", "MSB12: error"), None);
    }

    #[test]
    fn what_cannot_be_read_says_why() {
        for pattern in ["(", "a**(", "[z-a]", r"(?<!a*b+)\k<x>"] {
            let said = Pattern::new(pattern).expect_err(pattern);
            assert!(!said.is_empty() && !said.contains('\n'), "{said}");
        }
        assert!(Pattern::new(&"a".repeat(PATTERN_BYTES_MAX)).is_ok());
        assert!(Pattern::new(&"a".repeat(PATTERN_BYTES_MAX + 1)).is_err_and(|said| said.contains("4096 bytes")));
        assert!(Pattern::new(r"(\w{1000}){1000}").is_err(), "an automaton larger than the limit");
    }

    #[test]
    fn a_pattern_that_never_ends_is_given_up() {
        let hostile = Pattern::new(r"^(?=(a+)+$)b").expect("a pattern");
        assert_eq!(hostile.captures("aaaa").map(|found| found.is_some()), Ok(false));
        let back = Pattern::new(r"^(a*)*(a*)*(a*)*\1\2\3b$").expect("a pattern");
        assert_eq!(back.captures(&"a".repeat(60_000)).map(|found| found.is_some()), Err(TooSlow));
    }

    proptest::proptest! {
        #[test]
        fn whatever_is_written_is_no_panic(pattern in "[\\[\\](){}\\\\^$|?*+.,a-f0-9<=!:&~-]{0,24}", text in "[a-f0-9 :]{0,12}") {
            if let Ok(pattern) = Pattern::new(&pattern) {
                let _ = pattern.captures(&text);
            }
        }
    }
}
