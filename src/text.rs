//! Small pure helpers for text that people or machines read: truncate, fence, escape.

use std::fmt::Display;
use std::hash::Hash;

use similar::DiffOp;
use similar::algorithms::{Capture, Compact, IdentifyDistinct, Replace, myers};

/// At most `bytes_max` bytes of `text`, cut at a character, with `…` where something is missing.
pub fn truncate(text: &str, bytes_max: usize) -> String {
    if text.len() <= bytes_max {
        return text.to_owned();
    }
    let mut end = bytes_max.saturating_sub('…'.len_utf8());
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    format!("{}…", &text[..end])
}

/// The first line of `text`, trimmed.
pub fn first_line(text: &str) -> &str {
    text.lines().next().unwrap_or("").trim()
}

/// `text` as a Markdown code block whose fence is longer than any run of backticks in it, so that it cannot end early.
pub fn fenced(language: &str, text: &str) -> String {
    let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(longest.max(2) + 1);
    format!("{fence}{language}\n{}\n{fence}\n", text.trim_end_matches('\n'))
}

/// `text` as one line of Markdown inline code; nothing in it is read as Markdown, HTML, a mention or a command.
pub fn inline_code(text: &str) -> String {
    let line: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    let longest = line.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    if longest == 0 {
        return format!("`{line}`");
    }
    let fence = "`".repeat(longest + 1);
    format!("{fence} {line} {fence}")
}

/// How the items of `old` become those of `new`. Each distinct item is a number while that is worked out, so that the
/// library is compiled for one kind of item.
pub fn changes<T: Hash + Eq>(old: &[T], new: &[T]) -> Vec<DiffOp> {
    let items = IdentifyDistinct::<u32>::new(old, 0..old.len(), new, 0..new.len());
    let (old, new) = (items.old_lookup(), items.new_lookup());
    let mut found = Compact::new(Replace::new(Capture::new()), old, new);
    let Ok(()) = myers::diff(&mut found, old, items.old_range(), new, items.new_range());
    found.into_inner().into_inner().into_ops()
}

/// `1 failure`, `2 failures`.
pub fn counted<N: Display + PartialEq + From<u8>>(count: N, noun: &str) -> String {
    if count == N::from(1) { format!("1 {noun}") } else { format!("{count} {noun}s") }
}

/// A single line without control characters, for outputs and terminals: what is hostile in it cannot start a line.
pub fn one_line(text: &str) -> String {
    let ends_line = |c: char| c.is_control() || matches!(c, '\u{2028}' | '\u{2029}');
    text.split(ends_line).filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ")
}

/// A line that the Actions runner will not take for a workflow command.
pub fn no_workflow_command(line: &str) -> String {
    let line = line.replace("##[", "# #[");
    match line.trim_start().strip_prefix("::") {
        Some(rest) => format!(": :{rest}"),
        None => line,
    }
}

/// Stands invisibly inside what a machine would take for an order, and breaks it.
const BREAK: char = '\u{200b}';

/// `text` with nothing in it that a forge or a bot would act on when it is published (T18): no mention, no closing of
/// issues, no `[skip ci]`, no slash command, no link, nothing that turns the direction of writing.
///
/// For what stands alone on a line use `quoted` too: it keeps trailers and headings from the line's beginning.
pub fn disarmed(text: &str) -> String {
    // First what cannot be seen: it could stand between the parts of an order and be gone afterwards.
    let seen: String = text.chars().filter(|c| matches!(c, '\n' | '\t') || !(c.is_control() || unseen(*c))).collect();
    let mut out = String::with_capacity(seen.len() + 8);
    let mut before = '\n';
    let mut rest = seen.chars();
    while let Some(c) = rest.next() {
        let after = rest.as_str();
        match c {
            '\u{2028}' | '\u{2029}' => out.push('\n'),
            '@' | '#' if begins_name(after) => out.extend([c, BREAK]),
            '-' if ends_with_word(&out, "gh") && begins_name(after) => out.extend([c, BREAK]),
            ':' if after.starts_with("//") => out.extend([c, BREAK]),
            '.' if ends_with_word(&out, "www") => out.extend([c, BREAK]),
            '[' if ["skip", "ci", "no ", "no-", "actions"].iter().any(|word| begins_with(after, word)) => {
                out.extend([c, BREAK]);
            }
            '_' if ends_with_word(&out, "no") && begins_with(after, "ci") => out.extend([BREAK, c]),
            '/' if !before.is_alphanumeric() && is_slash_command(after) => out.extend([c, BREAK]),
            _ => out.push(c),
        }
        before = c;
    }
    out
}

/// Every line behind a `> `, so that none can be a trailer, a command or a heading.
pub fn quoted(text: &str) -> String {
    let lines: Vec<String> = text.lines().map(|line| format!("> {line}").trim_end().to_owned()).collect();
    lines.join("\n")
}

/// `text` as Markdown that shows exactly `text`: no HTML, no formatting, no link.
pub fn plain_markdown(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '\\' | '`' | '*' | '_' | '{' | '}' | '[' | ']' | '(' | ')' | '#' | '+' | '-' | '!' | '|' | '~' | '$'
            | '=' => {
                out.extend(['\\', c]);
            }
            _ => out.push(c),
        }
    }
    out
}

/// A sentence of ours as Markdown: what it quotes between backticks is code, and everything else is shown as it is.
pub fn sentence_markdown(text: &str) -> String {
    let parts: Vec<&str> = text.split('`').collect();
    let mut out = String::with_capacity(text.len() + 16);
    for (index, part) in parts.iter().enumerate() {
        let is_last = index + 1 == parts.len();
        match index % 2 {
            // A backtick that nothing closes is only a backtick.
            1 if is_last => out.push_str(&plain_markdown(&format!("`{part}"))),
            1 if part.is_empty() => out.push_str("\\`\\`"),
            1 => out.push_str(&inline_code(part)),
            _ => out.push_str(&plain_markdown(part)),
        }
    }
    out
}

fn begins_name(text: &str) -> bool {
    text.starts_with(|c: char| c.is_alphanumeric() || c == '_')
}

fn begins_with(text: &str, word: &str) -> bool {
    text.get(..word.len()).is_some_and(|start| start.eq_ignore_ascii_case(word))
}

fn ends_with_word(text: &str, word: &str) -> bool {
    let Some(at) = text.len().checked_sub(word.len()) else { return false };
    text.get(at..).is_some_and(|end| end.eq_ignore_ascii_case(word))
        && !text.get(..at).is_some_and(|start| start.ends_with(|c: char| c.is_alphanumeric()))
}

/// `/approve`, and not a path: `/tmp/x`.
fn is_slash_command(after: &str) -> bool {
    let word = after.split(char::is_whitespace).next().unwrap_or_default();
    word.starts_with(|c: char| c.is_ascii_alphabetic()) && !word.contains('/')
}

/// Marks that make text read in another order than it is stored, and marks that cannot be seen.
fn unseen(c: char) -> bool {
    matches!(c, '\u{61c}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use super::{
        disarmed, fenced, inline_code, no_workflow_command, one_line, plain_markdown, quoted, sentence_markdown,
        truncate,
    };

    #[test]
    fn truncate_cuts_at_a_character_and_says_so() {
        assert_eq!(truncate("aäöü", 4), "a…");
        assert_eq!(truncate("aäö", 5), "aäö");
        assert_eq!(truncate("äöü", 1), "…");
    }

    #[test]
    fn a_fence_is_longer_than_any_in_the_text() {
        assert_eq!(fenced("rs", "a\n````\nb\n"), "`````rs\na\n````\nb\n`````\n");
        assert_eq!(fenced("", "a"), "```\na\n```\n");
    }

    #[test]
    fn inline_code_holds_backticks_and_line_ends() {
        assert_eq!(inline_code("a`b\nc"), "`` a`b c ``");
        assert_eq!(inline_code("@team"), "`@team`");
    }

    #[test]
    fn one_line_is_one_line() {
        assert_eq!(one_line("a\r\n\u{1b}[31mb"), "a [31mb");
        assert_eq!(one_line("a\u{2028}b\u{2029}c\u{85}d"), "a b c d");
    }

    #[test]
    fn no_line_is_a_workflow_command() {
        assert_eq!(no_workflow_command(" ::add-path::/tmp"), ": :add-path::/tmp");
        assert_eq!(no_workflow_command("x ##[group]y"), "x # #[group]y");
    }

    #[test]
    fn t18_what_a_machine_would_act_on_is_broken() {
        for order in [
            "@team",
            "@octo-org/core",
            "Closes #1",
            "fixes GH-12",
            "resolves octo-org/adder#7",
            "Closes https://github.com/octo-org/adder/issues/1",
            "www.example.com",
            "[skip ci]",
            "[ci skip]",
            "[Skip Actions]",
            "[no ci]",
            "[CI-SKIP]",
            "***NO_CI***",
            "/approve",
            "ok `/lgtm cancel`",
            "x\n/merge",
            "ABC-1 #close",
        ] {
            let safe = disarmed(order);
            assert_ne!(safe, order, "{order}");
            assert_eq!(safe.replace('\u{200b}', ""), order, "only invisible marks are added");
        }
        assert_eq!(disarmed("/\u{202e}approve"), "/\u{200b}approve", "what cannot be seen hides no order");
        assert_eq!(disarmed("a\u{202e}b\u{1b}[31mc\u{200b}d\re"), "ab[31mcde");
    }

    #[test]
    fn text_without_orders_stays_as_it_is() {
        for text in
            ["src/a.rs:7: C# and a - b", "/home/runner/work/x.py, line 3", "a [note] b", "3 # comment", "1/2 @ 5"]
        {
            assert_eq!(disarmed(text), text);
        }
    }

    #[test]
    fn t18_no_quoted_line_is_a_trailer_or_a_heading() {
        let text = quoted("a\n\nCo-authored-by: x\r\n# h");
        assert_eq!(text, "> a\n>\n> Co-authored-by: x\n> # h");
    }

    #[test]
    fn plain_markdown_shows_the_text_itself() {
        assert_eq!(plain_markdown("<img src=x> [a](b) `c`"), "&lt;img src\\=x&gt; \\[a\\]\\(b\\) \\`c\\`");
    }

    #[test]
    fn what_a_sentence_quotes_is_code_and_the_rest_is_plain() {
        assert_eq!(sentence_markdown("branch `a_b` is *gone*"), "branch `a_b` is \\*gone\\*");
        assert_eq!(sentence_markdown("a ` b <x>"), "a \\` b &lt;x&gt;");
        assert_eq!(sentence_markdown("`` x"), "\\`\\` x");
        assert_eq!(sentence_markdown("`<b>` and `[x](y)`"), "`<b>` and `[x](y)`");
    }

    proptest::proptest! {
        #[test]
        fn t18_no_text_at_all_keeps_an_order(text in "[@#a-z0-9 /:.\\[\\]\n\u{200b}\u{202e}_-]{0,60}") {
            let safe = disarmed(&text);
            for (mark, next) in safe.chars().zip(safe.chars().skip(1)) {
                proptest::prop_assert!(!(matches!(mark, '@' | '#') && next.is_alphanumeric()), "{safe:?}");
            }
            proptest::prop_assert!(!safe.contains("://") && !safe.contains("[skip"), "{safe:?}");
            proptest::prop_assert_eq!(disarmed(&safe), safe, "what is disarmed stays as it is");
        }
    }
}
