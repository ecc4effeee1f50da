//! Two lines of source, before and after: which name took the place of which.

/// The name in `after` that stands where `before` has another; `None` when more than one name differs.
pub fn replacement(before: &str, after: &str) -> Option<String> {
    let (before, after) = (before.trim(), after.trim());
    let same_start = before.chars().zip(after.chars()).take_while(|(a, b)| a == b).map(|(a, _)| a.len_utf8()).sum();
    let (head, before, after) = (before.get(..same_start)?, before.get(same_start..)?, after.get(same_start..)?);
    let same_end: usize =
        before.chars().rev().zip(after.chars().rev()).take_while(|(a, b)| a == b).map(|(a, _)| a.len_utf8()).sum();
    let tail = after.get(after.len() - same_end..)?;
    let old = before.get(..before.len() - same_end)?;
    let new = after.get(..after.len() - same_end)?;
    // Both grow to whole names by what they share on either side.
    let first =
        head.rfind(|c: char| !is_name(c)).map_or(0, |at| at + head[at..].chars().next().map_or(1, char::len_utf8));
    let (head, tail) = (head.get(first..)?, tail.split(|c: char| !is_name(c)).next()?);
    let (old, new) = (format!("{head}{old}{tail}"), format!("{head}{new}{tail}"));
    let name =
        |text: &str| !text.is_empty() && text.chars().all(is_name) && !text.starts_with(|c: char| c.is_ascii_digit());
    (name(&old) && name(&new)).then_some(new)
}

fn is_name(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_name_that_took_the_place_of_another_is_found() {
        for (before, after, name) in [
            ("format!(\"{}\", langest)", "format!(\"{}\", longest)", Some("longest")),
            ("P { nme: 1 }", "P { name: 1 }", Some("name")),
            ("p.nam)", "p.name)", Some("name")),
            ("v.lenn();", "v.len();", Some("len")),
            ("lett x = 1;", "let x = 1;", Some("let")),
            ("größe", "grösse", Some("grösse")),
            ("\"x\"", "\"x\".to_string()", None),
            ("a + b", "a - b", None),
            ("same", "same", Some("same")),
            ("", "x", None),
        ] {
            assert_eq!(replacement(before, after).as_deref(), name, "{before} -> {after}");
        }
    }
}
