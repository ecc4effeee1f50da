//! Small pure helpers for text that people or machines read: truncate, fence, escape.

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

/// A single line without control characters, for outputs and terminals: what is hostile in it cannot start a line.
pub fn one_line(text: &str) -> String {
    text.split(|c: char| c.is_control()).filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ")
}

/// A line that the Actions runner will not take for a workflow command.
pub fn no_workflow_command(line: &str) -> String {
    let line = line.replace("##[", "# #[");
    match line.trim_start().strip_prefix("::") {
        Some(rest) => format!(": :{rest}"),
        None => line,
    }
}

#[cfg(test)]
mod tests {
    use super::{fenced, inline_code, no_workflow_command, one_line, truncate};

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
    }

    #[test]
    fn no_line_is_a_workflow_command() {
        assert_eq!(no_workflow_command(" ::add-path::/tmp"), ": :add-path::/tmp");
        assert_eq!(no_workflow_command("x ##[group]y"), "x # #[group]y");
    }
}
