//! Finds the name that a tool speaks of on the line it names.

/// The byte at which `name` stands as a whole word on `line`; `column` is 1-based, in whatever unit the tool counts.
///
/// `None` when the column does not lead there and the name stands on the line not at all or more than once.
pub fn locate(line: &str, column: Option<u32>, name: &str) -> Option<usize> {
    let all = whole_words(line, name);
    let mut at_column: Vec<usize> = column.into_iter().flat_map(|column| offsets(line, column)).collect();
    at_column.retain(|at| all.contains(at));
    at_column.dedup();
    match (at_column.as_slice(), all.as_slice()) {
        ([one], _) | ([], [one]) => Some(*one),
        _ => None,
    }
}

/// Every use of an imported name: not a member of something else, and not in a string. In Rust an apostrophe is also
/// a lifetime's, so there it opens no string.
pub fn uses(source: &str, name: &str, rust: bool) -> Vec<usize> {
    let quotes: &[char] = if rust { &['"'] } else { &['"', '\'', '`'] };
    let mut found = Vec::new();
    let mut start = 0;
    for line in source.split_inclusive('\n') {
        let own = whole_words(line, name).into_iter().filter(|at| {
            let before = &line[..*at];
            let member = before.trim_end().ends_with('.') || before.ends_with("::");
            !member && !quotes.iter().any(|quote| before.matches(*quote).count() % 2 == 1)
        });
        found.extend(own.map(|at| start + at));
        start += line.len();
    }
    found
}

/// Where a column may be: tools count bytes (go), characters (rustc) or UTF-16 units (tsc).
fn offsets(line: &str, column: u32) -> Vec<usize> {
    let Some(wanted) = usize::try_from(column).ok().and_then(|column| column.checked_sub(1)) else { return Vec::new() };
    let by_char = line.char_indices().nth(wanted).map(|(at, _)| at);
    let mut units = 0;
    let by_unit = line.char_indices().find_map(|(at, c)| {
        let here = units == wanted;
        units += c.len_utf16();
        here.then_some(at)
    });
    let mut found: Vec<usize> = [Some(wanted), by_char, by_unit].into_iter().flatten().collect();
    found.sort_unstable();
    found.dedup();
    found
}

fn whole_words(line: &str, name: &str) -> Vec<usize> {
    let in_word = |c: char| c.is_alphanumeric() || matches!(c, '_' | '$');
    line.match_indices(name)
        .filter(|(at, _)| {
            let before = line[..*at].chars().next_back();
            let after = line[at + name.len()..].chars().next();
            !before.is_some_and(in_word) && !after.is_some_and(in_word)
        })
        .map(|(at, _)| at)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_column_decides_between_two_of_the_same_name() {
        let line = "  return bar.foo + foo;";
        assert_eq!(locate(line, Some(14), "foo"), Some(13));
        assert_eq!(locate(line, Some(20), "foo"), Some(19));
        assert_eq!(locate(line, None, "foo"), None);
        assert_eq!(locate(line, Some(3), "foo"), None);
    }

    #[test]
    fn without_a_column_the_name_must_stand_once() {
        assert_eq!(locate("x = colour", None, "colour"), Some(4));
        assert_eq!(locate("x = colours + colour_", None, "colour"), None);
        assert_eq!(locate("use crate::a::brr;", Some(5), "brr"), Some(14));
    }

    #[test]
    fn uses_of_an_imported_name_are_found_outside_strings_and_members() {
        let source = "use shapes::Sqare;\nfn a(x: &'a Sqare) -> Vec<Sqare> {\n    log(\"Sqare\"); x.Sqare; b::Sqare(); Sqare { side: 1 }\n}\n";
        let lines: Vec<&str> =
            uses(source, "Sqare", true).into_iter().map(|at| &source[at.saturating_sub(3)..at]).collect();
        assert_eq!(lines, ["'a ", "ec<", "); "]);
        assert_eq!(uses("print('no buidl', buidl)\n", "buidl", false).len(), 1);
    }

    #[test]
    fn columns_are_found_in_bytes_characters_and_utf_16_units() {
        let line = "é𝄞 foo = 1 - foo";
        for column in [8, 4, 5] {
            assert_eq!(locate(line, Some(column), "foo"), Some(7), "column {column}");
        }
        assert_eq!(locate("foo", Some(0), "foo"), Some(0));
        assert_eq!(locate("", Some(u32::MAX), "foo"), None);
    }
}
