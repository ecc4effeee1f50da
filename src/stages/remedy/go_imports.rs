//! Takes one import out of a Go file as gofmt would have it: no empty group, no doubled blank line.

use std::collections::BTreeSet;
use std::ops::Range;

use super::cut::{Cut, Lines, delete_lines};

/// Cuts that remove the imports of `paths`, each named by its line, counted from 1.
pub fn cuts(source: &str, unused: &[(u32, &str)]) -> Option<Vec<Cut>> {
    let lines = Lines::new(source);
    let groups = groups(&lines);
    let mut gone = BTreeSet::new();
    let mut on_one_line = Vec::new();
    for (number, path) in unused {
        let at = usize::try_from(*number).ok()?.checked_sub(1)?;
        if at >= lines.count() {
            return None;
        }
        let line = lines.text(&(at..at + 1));
        match code(line).trim().strip_prefix("import").map(str::trim_start) {
            Some(rest) if rest.starts_with('(') => {
                on_one_line.push((lines.bytes(&(at..at + 1)), *path));
            }
            Some(rest) if names(rest, path) => {
                gone.insert(at);
            }
            None if names(code(line), path) && groups.iter().any(|group| inside(group).contains(&at)) => {
                gone.insert(at);
            }
            _ => return None,
        }
    }
    for group in groups {
        let specs: Vec<usize> =
            inside(&group).filter(|at| !code(lines.text(&(*at..at + 1))).trim().is_empty()).collect();
        if !specs.is_empty() && specs.iter().all(|at| gone.contains(at)) {
            gone.extend(group);
        }
    }
    let mut all = delete_lines(source, &gone);
    all.extend(one_line_groups(source, on_one_line)?);
    Some(all)
}

/// A line without its comment. An import path holds no `//`.
fn code(line: &str) -> &str {
    line.split("//").next().unwrap_or(line)
}

/// Whether a line without `import` is exactly the spec of `path`, with or without a name before it.
fn names(spec: &str, path: &str) -> bool {
    let spec = spec.trim().trim_end_matches(';').trim_end();
    let (name, rest) = match spec.find(['"', '`']) {
        Some(at) => (spec[..at].trim(), &spec[at..]),
        None => return false,
    };
    let plain_name = name.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '.'));
    plain_name && (rest == format!("\"{path}\"") || rest == format!("`{path}`"))
}

/// The lines of every `import ( … )` group that spans several.
fn groups(lines: &Lines<'_>) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut open = None;
    for at in 0..lines.count() {
        let line = code(lines.text(&(at..at + 1))).trim();
        match open {
            None => {
                let opens = line.strip_prefix("import").is_some_and(|rest| rest.trim() == "(");
                open = opens.then_some(at);
            }
            Some(start) if line == ")" => {
                found.push(start..at + 1);
                open = None;
            }
            Some(_) => {}
        }
    }
    found
}

/// The lines between a group's brackets.
fn inside(group: &Range<usize>) -> Range<usize> {
    group.start + 1..group.end.saturating_sub(1)
}

/// `import ("fmt"; "os")`: the specs that stay are written anew, the line goes when none does.
fn one_line_groups(source: &str, unused: Vec<(Range<usize>, &str)>) -> Option<Vec<Cut>> {
    let mut cuts: Vec<Cut> = Vec::new();
    let ranges: BTreeSet<(usize, usize)> = unused.iter().map(|(range, _)| (range.start, range.end)).collect();
    for (start, end) in ranges {
        let line = &source[start..end];
        let open = line.find('(')? + 1;
        let close = line.rfind(')')?;
        let specs: Vec<&str> =
            line.get(open..close)?.split(';').map(str::trim).filter(|spec| !spec.is_empty()).collect();
        let paths: Vec<&str> = unused.iter().filter(|(range, _)| range.start == start).map(|(_, path)| *path).collect();
        if !paths.iter().all(|path| specs.iter().any(|spec| names(spec, path))) {
            return None;
        }
        let kept: Vec<&str> = specs.into_iter().filter(|spec| !paths.iter().any(|path| names(spec, path))).collect();
        if kept.is_empty() {
            let at = Lines::new(source).at(start);
            cuts.extend(delete_lines(source, &BTreeSet::from([at])));
        } else {
            cuts.push(Cut { range: start + open..start + close, replace: kept.join("; ") });
        }
    }
    Some(cuts)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn without(source: &str, unused: &[(u32, &str)]) -> Option<String> {
        let mut cuts = cuts(source, unused)?;
        cuts.sort_by_key(|cut| cut.range.start);
        let mut text = source.to_owned();
        for cut in cuts.into_iter().rev() {
            text.replace_range(cut.range, &cut.replace);
        }
        Some(text)
    }

    #[test]
    fn a_single_import_goes_with_its_line() {
        let source = "package stock\n\nimport \"os\"\n\nfunc Count() int { return 1 }\n";
        let after = "package stock\n\nfunc Count() int { return 1 }\n";
        assert_eq!(without(source, &[(3, "os")]).as_deref(), Some(after));
        let named = source.replace("\"os\"", "sys \"os\" // why");
        assert_eq!(without(&named, &[(3, "os")]).as_deref(), Some(after));
    }

    #[test]
    fn an_import_of_a_group_goes_alone() {
        let source = "package a\n\nimport (\n\t\"fmt\"\n\tstr \"strings\"\n)\n";
        assert_eq!(without(source, &[(4, "fmt")]).as_deref(), Some("package a\n\nimport (\n\tstr \"strings\"\n)\n"));
        assert_eq!(without(source, &[(5, "strings")]).as_deref(), Some("package a\n\nimport (\n\t\"fmt\"\n)\n"));
    }

    #[test]
    fn a_group_whose_last_import_goes_is_not_left_empty() {
        let source = "package a\n\nimport (\n\t\"fmt\"\n\n\t\"os\" // args\n)\n\nvar x = 1\n";
        let both = without(source, &[(4, "fmt"), (6, "os")]);
        assert_eq!(both.as_deref(), Some("package a\n\nvar x = 1\n"));
        let one = without(source, &[(6, "os")]);
        assert_eq!(one.as_deref(), Some("package a\n\nimport (\n\t\"fmt\"\n)\n\nvar x = 1\n"));
    }

    #[test]
    fn a_group_on_one_line_keeps_what_is_used() {
        let source = "package a\n\nimport (\"testing\"; \"os\"; t \"time\")\n\nvar x = 1\n";
        let after = without(source, &[(3, "os"), (3, "time")]);
        assert_eq!(after.as_deref(), Some("package a\n\nimport (\"testing\")\n\nvar x = 1\n"));
        let none = without(source, &[(3, "testing"), (3, "os"), (3, "time")]);
        assert_eq!(none.as_deref(), Some("package a\n\nvar x = 1\n"));
    }

    #[test]
    fn a_line_that_does_not_import_the_path_is_left_alone() {
        for (source, line) in [
            ("package a\n\nvar s = \"os\"\n", 3),
            ("package a\n\nimport \"os/exec\"\n", 3),
            ("package a\n", 9),
            ("package a\n", 0),
            ("package a\n\nimport (\n\tf(\"os\")\n)\n", 4),
            ("package a\n\nvar s = `\n\"os\"\n`\n", 4),
        ] {
            assert_eq!(without(source, &[(line, "os")]), None, "{source}");
        }
    }
}
