//! `[[logs.rules]]`: rules of what a line means, as a team writes them.

use regex::RegexBuilder;

use super::policy::LogRule;
use super::written::Table;
use crate::domain::class::Class;
use crate::domain::failure::Kind;

/// A pattern that compiles to more is no pattern for a line.
const PATTERN_BYTES_MAX: usize = 256 * 1024;

/// Shorter literals stand in nearly every line, and every line that holds one is looked at.
const LITERAL_BYTES_MIN: usize = 4;

/// How sure a rule makes us that does not say it.
const CONFIDENCE: f64 = 0.9;

/// The rule that one table means; `None` where something in it is wrong, which is noted.
pub fn read(table: &mut Table<'_>) -> Option<LogRule> {
    let classes: Vec<(&str, Option<Class>)> = Class::ALL
        .into_iter()
        .filter(|class| *class != Class::Unknown)
        .map(|class| (class.as_str(), Some(class)))
        .chain([("off", None)])
        .collect();
    let kinds: Vec<(&str, Kind)> = Kind::ALL.into_iter().map(|kind| (kind.as_str(), kind)).collect();
    table.wants("name");
    table.wants("class");
    let name = table.text_unless("name", not_a_name);
    let class = table.choice("class", &classes, None);
    let kind = table.choice("kind", &kinds, Kind::Infrastructure);
    let line = table.line_of("pattern");
    if class.is_some() {
        table.wants("pattern");
    }
    let pattern = table.text_unless("pattern", not_a_pattern);
    let by_hand = table.has("literal");
    let literal = table.text_unless("literal", not_a_literal);
    let reason = table.text_or("reason", "a rule of the policy says so");
    let confidence = table.number("confidence", Some(1.0), CONFIDENCE);
    let literals = if literal.is_empty() { literals(&pattern) } else { Some(vec![literal]) };
    if literals.is_none() && !by_hand && !pattern.is_empty() {
        let what = format!("has no {LITERAL_BYTES_MIN} plain characters in a row: give some of the line as `literal`");
        table.problem(line, "pattern", what);
    }
    let rule = LogRule { name, class, kind, pattern, literals: literals.unwrap_or_default(), reason, confidence };
    (!rule.name.is_empty()).then_some(rule)
}

fn not_a_name(name: &str) -> Option<String> {
    let plain = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    let fits = name.split_once('.').is_some_and(|(area, rule)| plain(area) && plain(rule));
    (!fits).then(|| format!("is `{name}`: give AREA.RULE in letters, digits and dashes, like `net.timeout`"))
}

/// Some control characters are wildcards of the search.
fn is_plain(character: char) -> bool {
    character == '\t' || !character.is_control()
}

fn not_a_literal(literal: &str) -> Option<String> {
    if !literal.chars().all(is_plain) {
        return Some("holds a control character: give a part of the line that has none".to_owned());
    }
    (!literal.is_empty() && literal.len() < LITERAL_BYTES_MIN)
        .then(|| format!("is shorter than {LITERAL_BYTES_MIN} characters: give a longer part of the line"))
}

fn not_a_pattern(pattern: &str) -> Option<String> {
    let error = RegexBuilder::new(pattern).size_limit(PATTERN_BYTES_MAX).build().err()?;
    let said = error.to_string();
    let why = said.lines().rev().find(|line| !line.trim().is_empty()).unwrap_or_default();
    Some(format!("is no regular expression: {}", why.trim_start_matches("error: ")))
}

/// Of each alternative of a pattern the longest run of plain characters outside of groups; `None` where one has none.
fn literals(pattern: &str) -> Option<Vec<String>> {
    let mut found = vec![String::new()];
    let mut run = String::new();
    let mut depth = 0_usize;
    let mut characters = pattern.chars().peekable();
    let end_run = |run: &mut String, found: &mut Vec<String>| {
        if let Some(longest) = found.last_mut()
            && run.len() > longest.len()
        {
            *longest = std::mem::take(run);
        }
        run.clear();
    };
    while let Some(character) = characters.next() {
        let plain = match character {
            '\\' => characters.next().filter(|next| !next.is_alphanumeric()),
            '(' | '[' => {
                depth += 1;
                None
            }
            ')' | ']' => {
                depth = depth.saturating_sub(1);
                None
            }
            '|' if depth == 0 => {
                end_run(&mut run, &mut found);
                found.push(String::new());
                continue;
            }
            '.' | '^' | '$' | '*' | '+' | '?' | '{' | '}' | '|' => None,
            other => Some(other).filter(|other| is_plain(*other)),
        };
        // What may be left out is no part of every line.
        let optional = matches!(characters.peek(), Some('*' | '?' | '{'));
        match plain.filter(|_| depth == 0 && !optional) {
            Some(plain) => run.push(plain),
            None => end_run(&mut run, &mut found),
        }
        if character == '{' {
            characters.by_ref().take_while(|next| *next != '}').for_each(drop);
        }
    }
    end_run(&mut run, &mut found);
    found.iter().all(|literal| literal.len() >= LITERAL_BYTES_MIN).then_some(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_in_every_line_that_meets_a_pattern_is_read_off_it() {
        for (pattern, wanted) in [
            ("licence server .* refused", Some(vec!["licence server "])),
            (r"\bboard \d+ is offline\b", Some(vec![" is offline"])),
            ("flash failed|probe lost", Some(vec!["flash failed", "probe lost"])),
            (r"seats?: 0 \(of \d+\)", Some(vec![": 0 (of "])),
            ("(a|b)cde", None),
            ("abc", None),
            (r"\d+", None),
            ("colou?rless", Some(vec!["rless"])),
            ("waits{2,3} for it", Some(vec![" for it"])),
            ("[abcdef]", None),
            ("a\u{1}bcdef", Some(vec!["bcdef"])),
        ] {
            let wanted = wanted.map(|all| all.into_iter().map(str::to_owned).collect::<Vec<_>>());
            assert_eq!(literals(pattern), wanted, "{pattern}");
        }
    }
}
