//! What stands in every line that a pattern fits: what a matcher is woken by.

use regex_syntax::hir::{Hir, HirKind};

use super::dialect::translated;

/// More alternatives than these would wake for nearly everything.
const LITERALS_MAX: usize = 16;

/// Of these texts one stands in every line that the pattern fits; none where no text of that length does.
pub fn literals(written: &str, bytes_min: usize) -> Vec<String> {
    let Ok(pattern) = regex_syntax::parse(&without_looking_around(&translated(written))) else { return Vec::new() };
    required(&pattern, bytes_min).unwrap_or_default()
}

fn required(pattern: &Hir, bytes_min: usize) -> Option<Vec<String>> {
    match pattern.kind() {
        HirKind::Literal(literal) => {
            let text = std::str::from_utf8(&literal.0).ok()?;
            (text.len() >= bytes_min).then(|| vec![text.to_owned()])
        }
        HirKind::Capture(group) => required(&group.sub, bytes_min),
        HirKind::Repetition(repetition) if repetition.min > 0 => required(&repetition.sub, bytes_min),
        HirKind::Concat(parts) => {
            let found = parts.iter().filter_map(|part| required(part, bytes_min));
            // The longest is the rarest.
            found.max_by_key(|texts| (texts.iter().map(String::len).min(), std::cmp::Reverse(texts.len())))
        }
        HirKind::Alternation(parts) => {
            let found: Option<Vec<Vec<String>>> = parts.iter().map(|part| required(part, bytes_min)).collect();
            found.map(|texts| texts.concat()).filter(|texts| texts.len() <= LITERALS_MAX)
        }
        _ => None,
    }
}

/// The pattern without its conditions on what stands before or after: it fits whatever it did, and more.
fn without_looking_around(pattern: &str) -> String {
    let mut out = String::with_capacity(pattern.len());
    let (mut escaped, mut in_class) = (false, false);
    // Brackets that are open inside of a condition.
    let mut skipped: usize = 0;
    let mut rest = pattern;
    while let Some(c) = rest.chars().next() {
        let plain = !escaped && !in_class;
        if plain && c == '(' && (skipped > 0 || ["(?=", "(?!", "(?<=", "(?<!"].iter().any(|it| rest.starts_with(it))) {
            skipped += 1;
        } else if skipped > 0 {
            if plain && c == ')' {
                skipped -= 1;
            }
        } else {
            out.push(c);
        }
        in_class = !escaped && c == '[' || in_class && (escaped || c != ']');
        escaped = !escaped && c == '\\';
        rest = rest.get(c.len_utf8()..).unwrap_or_default();
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_every_fitting_line_holds_is_found() {
        for (pattern, found) in [
            (r"^(.*?):(\d+):\s+(?:fatal\s+)?(warning|error):\s+(.*)$", vec!["warning", "error"]),
            (r"^\s*(.+\.go):(?:(\d+):)? (.*)", vec![".go"]),
            (r"^(.+):\sline\s(\d+)", vec!["line"]),
            (r"([a-zA-Z]+(?<!MSB)\d*): TS(?=(long text))", vec![": TS"]),
            (r"(abc)+x?", vec!["abc"]),
            (r"^\s*([^\s].*)$", vec![]),
            (r"(error|.*)", vec![]),
            (r"[(?=]error", vec!["error"]),
            (r"(", vec![]),
        ] {
            assert_eq!(literals(pattern, 3), found, "{pattern}");
        }
    }
}
