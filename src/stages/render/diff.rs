//! A patch as a folded block that is cut at a line, and says how much is missing.

use crate::text::{counted, fenced};

/// The first lines of a diff that fit into `bytes_max`, and how many are left out.
pub fn cut(diff: &str, bytes_max: usize) -> (&str, usize) {
    if diff.len() <= bytes_max {
        return (diff, 0);
    }
    let mut end = 0;
    for line in diff.split_inclusive('\n') {
        if end + line.len() > bytes_max {
            break;
        }
        end += line.len();
    }
    let (shown, rest) = diff.split_at(end);
    (shown, rest.lines().count())
}

/// A fenced diff; `where_whole` says where the whole of it is, where it is too long to show.
pub fn block(diff: &str, bytes_max: usize, where_whole: &str) -> String {
    let (shown, omitted) = cut(diff, bytes_max);
    let mut text = if shown.is_empty() { String::new() } else { fenced("diff", shown) };
    if omitted > 0 {
        text.push_str(&format!("\n{} more: {where_whole}.\n", counted(omitted, "line")));
    }
    text
}

/// The same under a line that opens it, for a page on which it is not the first thing to read.
pub fn folded(title: &str, diff: &str, bytes_max: usize, where_whole: &str) -> String {
    format!("<details><summary>{title}</summary>\n\n{}\n</details>\n", block(diff, bytes_max, where_whole))
}

#[cfg(test)]
mod tests {
    use super::{block, cut};

    #[test]
    fn a_diff_at_the_limit_is_whole_and_a_longer_one_ends_at_a_line() {
        assert_eq!(cut("-a\n+b\n", 6), ("-a\n+b\n", 0));
        assert_eq!(cut("-a\n+b\n", 5), ("-a\n", 1));
        assert_eq!(cut("-größe\n+b\n", 2), ("", 2));
    }

    #[test]
    fn the_fence_is_closed_wherever_it_is_cut() {
        let diff = "+```\n+````\n+x\n".repeat(50);
        for limit in 0..80 {
            let text = block(&diff, limit, "it is in the bundle");
            let fences = text.lines().filter(|line| line.starts_with("```")).count();
            assert!(fences == 0 || fences == 2, "{limit}: {text}");
            assert!(text.ends_with(": it is in the bundle.\n"), "{text}");
        }
    }
}
