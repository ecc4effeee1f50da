//! `path:line:column: message`, as most tools of the world print a place.

/// A place at the start of a line, and what is said of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place<'a> {
    pub path: &'a str,
    pub line: u32,
    pub column: Option<u32>,
    /// After the place, without the colon and the space that end it.
    pub rest: &'a str,
}

/// Reads `a.py:1: x`, `a.py:1:2: x`, `a.py:1:2:3:4: x`, `C:\a.cs:1:2: x`, `a.cs(1,2): x` and `a.cs(1): x`.
pub fn place(text: &str) -> Option<Place<'_>> {
    after_colon(text).or_else(|| in_brackets(text)).filter(|place| is_path(place.path) && place.line > 0)
}

fn after_colon(text: &str) -> Option<Place<'_>> {
    // A drive's colon is no end of a path.
    let from = if text.get(1..2) == Some(":") && text.get(2..3).is_some_and(|c| c == "\\" || c == "/") { 2 } else { 0 };
    let colon = from + text.get(from..)?.find(':')?;
    let path = text.get(..colon)?;
    let (line, rest) = number(text.get(colon + 1..)?)?;
    let mut place = Place { path, line, column: None, rest };
    for at in 0..3 {
        // Line and column, and of some tools the end's line and column.
        let Some((number, rest)) = place.rest.strip_prefix(':').and_then(number) else { break };
        if at == 0 {
            place.column = Some(number);
        }
        place.rest = rest;
    }
    ended(place)
}

fn in_brackets(text: &str) -> Option<Place<'_>> {
    let open = text.find('(')?;
    let (line, rest) = number(text.get(open + 1..)?)?;
    let (column, rest) = match rest.strip_prefix(',').map(str::trim_start).and_then(number) {
        Some((column, rest)) => (Some(column), rest),
        None => (None, rest),
    };
    // Visual Studio's tools may tell the end too.
    let rest = rest.trim_start_matches(|c: char| c.is_ascii_digit() || c == ',').strip_prefix(')')?;
    ended(Place { path: text.get(..open)?, line, column, rest })
}

fn ended(place: Place<'_>) -> Option<Place<'_>> {
    let rest = place.rest.strip_prefix(':').unwrap_or(place.rest);
    if rest.is_empty() || rest.starts_with([' ', '\t']) {
        Some(Place { rest: rest.trim_start(), ..place })
    } else {
        None
    }
}

fn number(text: &str) -> Option<(u32, &str)> {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let (number, rest) = text.split_at_checked(digits)?;
    Some((number.parse().ok()?, rest))
}

/// Something with a name, and not a sentence, an address or a time of day.
fn is_path(path: &str) -> bool {
    let name = path.rsplit(['/', '\\']).next().unwrap_or(path);
    let extension = name.rsplit_once('.').map_or("", |(_, extension)| extension);
    let named =
        !extension.is_empty() && extension.len() <= 12 && extension.bytes().all(|byte| byte.is_ascii_alphanumeric());
    let letters = extension.bytes().any(|byte| byte.is_ascii_alphabetic());
    let bare =
        matches!(name, "Makefile" | "Dockerfile" | "Rakefile" | "Gemfile" | "Jenkinsfile" | "BUILD" | "WORKSPACE");
    (named && letters || bare)
        && !path.contains("://")
        && !path.contains(['"', '<', '>', '|', '=', '{', '\t'])
        && path.split(' ').count() <= 3
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: Option<(&str, u32, Option<u32>, &str)>) {
        let found = place(text).map(|place| (place.path, place.line, place.column, place.rest));
        assert_eq!(found, expected, "of {text}");
    }

    #[test]
    fn places_are_read_in_the_ways_that_tools_print_them() {
        check("src/a.py:3: error: no", Some(("src/a.py", 3, None, "error: no")));
        check("src/a.py:3:14: E501 long", Some(("src/a.py", 3, Some(14), "E501 long")));
        check("a.py:2:1:2:9: error: no", Some(("a.py", 2, Some(1), "error: no")));
        check(r"C:\src\a.cs:3:4: no", Some((r"C:\src\a.cs", 3, Some(4), "no")));
        check("a.cs(3,14): error CS1002: ; expected", Some(("a.cs", 3, Some(14), "error CS1002: ; expected")));
        check("a.c(3): warning C4", Some(("a.c", 3, None, "warning C4")));
        check("Makefile:12: *** missing separator", Some(("Makefile", 12, None, "*** missing separator")));
        check("src/a.rs:8:28", Some(("src/a.rs", 8, Some(28), "")));
    }

    #[test]
    fn what_only_looks_like_a_place_is_none() {
        for text in [
            "12:30:05: started",
            "https://x.example:443: refused",
            "localhost:8080: refused",
            "127.0.0.1:5432: refused",
            "this is a long sentence about a.py:3: no",
            "key=a.b:3: x",
            "a.py:0: no",
            "a.py:3x",
            "version 1.2:3: x",
        ] {
            check(text, None);
        }
    }
}
