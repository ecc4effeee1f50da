//! Source text becomes tokens: words, numbers, texts, marks and comments, each with its line.
//!
//! It is made for looking, not for compiling: what it cannot read it passes over, and a text that does not end stays
//! on its line, so that broken code is read on from the next one.

use super::language::Language;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Word,
    Number,
    /// A string or character literal, with prefix and quotes; of a template one piece between `${…}`.
    Text,
    Mark,
    Comment,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Token<'a> {
    pub kind: Kind,
    pub text: &'a str,
    /// 1-based: where it begins.
    pub line: u32,
    /// How far in its line stands, when it is the first there.
    pub indent: Option<usize>,
}

impl<'a> Token<'a> {
    pub fn is(&self, text: &str) -> bool {
        self.kind != Kind::Text && self.kind != Kind::Comment && self.text == text
    }

    pub fn is_word(&self) -> bool {
        self.kind == Kind::Word
    }

    /// What stands between the quotes.
    pub fn content(&self) -> &'a str {
        let open = self.text.find(['"', '\'', '`', '}']).unwrap_or(0);
        let quoted = self.text.get(open..).unwrap_or("");
        let quotes: &[char] = &['"', '\'', '`', '#', '{', '}', '$'];
        quoted.trim_start_matches(quotes).trim_end_matches(quotes)
    }
}

/// Marks of more than one character, longest first.
const MARKS: [&str; 26] = [
    "===", "!==", "...", "..=", ">>=", "<<=", "**=", "==", "!=", "<=", ">=", "=>", "->", "::", ":=", "&&", "||", "??",
    "?.", "+=", "-=", "*=", "/=", "**", "<-", "..",
];

/// After these words of JavaScript a slash begins a regular expression.
const BEFORE_REGEX: [&str; 8] = ["return", "typeof", "case", "in", "of", "do", "else", "await"];

pub fn tokens(language: Language, text: &str) -> Vec<Token<'_>> {
    let mut lexer = Lexer { language, text, at: 0, line: 1, indent: Some(0), templates: Vec::new(), found: Vec::new() };
    lexer.run();
    lexer.found
}

struct Lexer<'a> {
    language: Language,
    text: &'a str,
    at: usize,
    line: u32,
    /// How far in we are, as long as only blanks were seen on this line.
    indent: Option<usize>,
    /// For each open `${`: how many braces are open in it.
    templates: Vec<usize>,
    found: Vec<Token<'a>>,
}

impl<'a> Lexer<'a> {
    fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or("")
    }

    fn run(&mut self) {
        while let Some(c) = self.rest().chars().next() {
            match c {
                '\n' => {
                    self.at += 1;
                    self.line = self.line.saturating_add(1);
                    self.indent = Some(0);
                }
                c if c.is_whitespace() || c == '\u{feff}' => {
                    self.at += c.len_utf8();
                    self.indent = self.indent.map(|indent| indent + if c == '\t' { 8 } else { 1 });
                }
                '}' if self.templates.last() == Some(&0) => {
                    self.templates.pop();
                    let length = self.template(1);
                    self.push(Kind::Text, length);
                }
                c => {
                    let (kind, length) = self.next(c);
                    self.push(kind, length.max(c.len_utf8()));
                }
            }
        }
    }

    fn push(&mut self, kind: Kind, length: usize) {
        let end = (self.at + length).min(self.text.len());
        let Some(text) = self.text.get(self.at..end) else {
            // Never in the middle of a character; should a rule miscount, the rest is passed over.
            self.at = self.text.len();
            return;
        };
        self.found.push(Token { kind, text, line: self.line, indent: self.indent.take() });
        let newlines = text.bytes().filter(|&byte| byte == b'\n').count();
        self.line = self.line.saturating_add(u32::try_from(newlines).unwrap_or(u32::MAX));
        self.at = end;
    }

    fn next(&mut self, c: char) -> (Kind, usize) {
        if let Some(length) = self.comment() {
            return (Kind::Comment, length);
        }
        if let Some(length) = self.literal(c) {
            return (Kind::Text, length);
        }
        if c.is_ascii_digit() || (c == '.' && self.begins_number()) {
            return (Kind::Number, number(self.rest()));
        }
        if is_word(c) {
            return (Kind::Word, self.rest().find(|c| !is_word(c)).unwrap_or(self.rest().len()));
        }
        self.braces(c);
        let length = MARKS.iter().find(|mark| self.rest().starts_with(**mark)).map_or(c.len_utf8(), |mark| mark.len());
        (Kind::Mark, length)
    }

    fn begins_number(&self) -> bool {
        let digit_follows = self.rest().get(1..).is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()));
        let after_value =
            self.found.last().is_some_and(|token| token.kind != Kind::Mark || matches!(token.text, ")" | "]"));
        digit_follows && !after_value
    }

    fn comment(&self) -> Option<usize> {
        let rest = self.rest();
        let line = || Some(rest.find('\n').unwrap_or(rest.len()));
        match self.language {
            Language::Python | Language::Other if rest.starts_with('#') => line(),
            Language::Shell if rest.starts_with('#') => {
                // `$#` and `a#b` are no comments.
                let before = self.text.get(..self.at).and_then(|text| text.chars().next_back());
                if before.is_none_or(char::is_whitespace) { line() } else { None }
            }
            Language::Rust | Language::Script | Language::Go | Language::Java => {
                if rest.starts_with("//") {
                    line()
                } else if rest.starts_with("/*") {
                    Some(block_comment(rest, self.language == Language::Rust))
                } else {
                    None
                }
            }
            _ => None,
        }
    }

    /// The length of the string that begins here.
    fn literal(&mut self, c: char) -> Option<usize> {
        let rest = self.rest();
        match self.language {
            Language::Python => {
                let prefix = rest.find(['"', '\'']).filter(|&at| {
                    at <= 2 && rest.get(..at).is_some_and(|prefix| prefix.chars().all(|c| "rbfutRBFUT".contains(c)))
                })?;
                let quoted = rest.get(prefix..)?;
                let length = ["\"\"\"", "'''"]
                    .iter()
                    .find(|quote| quoted.starts_with(**quote))
                    .map(|quote| until(quoted, quote, true))
                    .or_else(|| on_one_line(quoted))?;
                Some(prefix + length)
            }
            Language::Rust => rust_literal(rest),
            Language::Script => match c {
                '`' => Some(self.template(1)),
                '"' | '\'' => on_one_line(rest),
                '/' if self.regex_may_begin() => regex(rest),
                _ => None,
            },
            Language::Go => match c {
                '`' => Some(until(rest, "`", false)),
                '"' | '\'' => on_one_line(rest),
                _ => None,
            },
            Language::Java => match c {
                '"' if rest.starts_with("\"\"\"") => Some(until(rest, "\"\"\"", true)),
                '"' | '\'' | '`' => on_one_line(rest),
                _ => None,
            },
            Language::Shell => match c {
                '\'' => Some(until(rest, "'", false)),
                '"' => Some(until(rest, "\"", true)),
                _ => None,
            },
            Language::Other => match c {
                '"' | '\'' => on_one_line(rest),
                _ => None,
            },
        }
    }

    /// One piece of a template, `skip` bytes in: up to the closing backtick, or to a `${`.
    fn template(&mut self, skip: usize) -> usize {
        let rest = self.rest();
        let mut escaped = false;
        let mut before = ' ';
        for (at, c) in rest.char_indices().skip_while(|(at, _)| *at < skip) {
            match c {
                _ if escaped => escaped = false,
                '\\' => escaped = true,
                '`' => return at + 1,
                '{' if before == '$' => {
                    self.templates.push(0);
                    return at + 1;
                }
                _ => {}
            }
            before = c;
        }
        rest.len()
    }

    /// Keeps count of the braces in a `${`, so that the one that ends it is known.
    fn braces(&mut self, c: char) {
        if let Some(open) = self.templates.last_mut() {
            match c {
                '{' => *open += 1,
                '}' => *open = open.saturating_sub(1),
                _ => {}
            }
        }
    }

    fn regex_may_begin(&self) -> bool {
        match self.found.iter().rev().find(|token| token.kind != Kind::Comment) {
            None => true,
            Some(token) => match token.kind {
                Kind::Word => BEFORE_REGEX.contains(&token.text),
                Kind::Number | Kind::Text => false,
                _ => !matches!(token.text, ")" | "]" | "}"),
            },
        }
    }
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_' || c == '$'
}

/// `0x1f`, `1_000u32`, `1.5e-3`, `.5`: everything that belongs to one number.
fn number(rest: &str) -> usize {
    let mut before = ' ';
    for (at, c) in rest.char_indices() {
        let next_is_digit = || rest.get(at + 1..).is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()));
        let belongs = c.is_ascii_alphanumeric()
            || c == '_'
            || c == '.' && (at == 0 || next_is_digit() && before != '.')
            || matches!(c, '+' | '-') && matches!(before, 'e' | 'E') && next_is_digit() && !rest.starts_with("0x");
        if !belongs {
            return at;
        }
        before = c;
    }
    rest.len()
}

/// A string that begins with its quote and ends on the same line; `None` when it does not end there.
fn on_one_line(quoted: &str) -> Option<usize> {
    let quote = quoted.chars().next()?;
    let mut escaped = false;
    for (at, c) in quoted.char_indices().skip(1) {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '\n' => return None,
            c if c == quote => return Some(at + c.len_utf8()),
            _ => {}
        }
    }
    None
}

/// A string up to its closing quotes, over as many lines as it takes; to the end where there are none.
fn until(quoted: &str, quotes: &str, escapes: bool) -> usize {
    let mut escaped = false;
    for (at, c) in quoted.char_indices().skip(quotes.len()) {
        if escaped {
            escaped = false;
        } else if escapes && c == '\\' {
            escaped = true;
        } else if quoted.get(at..).is_some_and(|rest| rest.starts_with(quotes)) {
            return at + quotes.len();
        }
    }
    quoted.len()
}

/// `"…"`, `b"…"`, `r#"…"#`, `'c'`; a lifetime is none of these.
fn rust_literal(rest: &str) -> Option<usize> {
    let prefix = rest.find(['"', '\'', '#']).filter(|&at| at <= 2)?;
    let letters = rest.get(..prefix).filter(|letters| matches!(*letters, "" | "b" | "c" | "r" | "br" | "cr"))?;
    let quoted = rest.get(prefix..)?;
    if letters.ends_with('r') {
        let hashes = quoted.find(|c| c != '#')?;
        let raw = quoted.get(hashes..).filter(|raw| raw.starts_with('"'))?;
        let close = format!("\"{}", "#".repeat(hashes));
        let length = raw.get(1..)?.find(&close).map_or(raw.len(), |at| at + 1 + close.len());
        return Some(prefix + hashes + length);
    }
    match quoted.chars().next()? {
        '"' => Some(prefix + until(quoted, "\"", true)),
        '\'' => match (quoted.chars().nth(1)?, quoted.chars().nth(2)) {
            ('\\', _) => on_one_line(quoted).map(|length| prefix + length),
            (second, Some('\'')) => Some(prefix + 2 + second.len_utf8()),
            _ => None,
        },
        _ => None,
    }
}

/// A regular expression with its flags, all on one line.
fn regex(rest: &str) -> Option<usize> {
    let (mut escaped, mut in_class) = (false, false);
    for (at, c) in rest.char_indices().skip(1) {
        match c {
            '\n' => return None,
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '[' => in_class = true,
            ']' => in_class = false,
            '/' if !in_class => {
                let flags = rest.get(at + 1..).unwrap_or("");
                return Some(at + 1 + flags.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(flags.len()));
            }
            _ => {}
        }
    }
    None
}

/// A `/* … */`; in Rust one may stand in another.
fn block_comment(rest: &str, nests: bool) -> usize {
    let mut depth = 0_usize;
    let mut at = 0;
    while let Some(here) = rest.get(at..).filter(|here| !here.is_empty()) {
        if here.starts_with("/*") && (nests || depth == 0) {
            depth += 1;
            at += 2;
        } else if here.starts_with("*/") {
            depth = depth.saturating_sub(1);
            at += 2;
            if depth == 0 {
                return at;
            }
        } else {
            at += here.chars().next().map_or(1, char::len_utf8);
        }
    }
    rest.len()
}

#[cfg(test)]
mod tests {
    use super::{Kind, tokens};
    use crate::stages::guard::language::Language;

    fn kinds(language: Language, text: &str) -> Vec<(Kind, &str)> {
        tokens(language, text).into_iter().map(|token| (token.kind, token.text)).collect()
    }

    fn texts(language: Language, text: &str) -> Vec<&str> {
        tokens(language, text).into_iter().filter(|token| token.kind == Kind::Text).map(|token| token.text).collect()
    }

    #[test]
    fn python_is_read() {
        let text = "x = f\"a {b}\"  # why\ny = '''a\n# no\n''' + r'\\\\'\n";
        assert_eq!(texts(Language::Python, text), ["f\"a {b}\"", "'''a\n# no\n'''", "r'\\\\'"]);
        let found = tokens(Language::Python, text);
        assert!(found.iter().any(|token| token.kind == Kind::Comment && token.text == "# why" && token.line == 1));
        assert_eq!(found.last().map(|token| token.line), Some(4));
        assert_eq!(found.iter().find(|token| token.text == "y").and_then(|token| token.indent), Some(0));
    }

    #[test]
    fn rust_is_read() {
        assert_eq!(
            texts(
                Language::Rust,
                r##"let a: &'a str = r#"x"y"#; let c = 'x'; let d = '\''; /* "no" /* */ "no" */ b"z""##
            ),
            [r##"r#"x"y"#"##, "'x'", r"'\''", "b\"z\""]
        );
    }

    #[test]
    fn javascript_is_read() {
        assert_eq!(
            texts(Language::Script, "const a = `x ${b(`in`, {c: 1})} y`; a / b / c; s.replace(/'[/]\\/\"/g, 'q')"),
            ["`x ${", "`in`", "} y`", "/'[/]\\/\"/g", "'q'"]
        );
    }

    #[test]
    fn a_text_that_does_not_end_stays_on_its_line() {
        assert_eq!(texts(Language::Script, "<p>Don't</p>\nlet a = 'b';"), ["'b'"]);
        assert_eq!(texts(Language::Java, "String a = \"b;\nString c = \"d\";"), ["\"d\""]);
    }

    #[test]
    fn numbers_and_marks_are_whole() {
        assert_eq!(
            kinds(Language::Rust, "1..=2.5e-3 != .5"),
            [
                (Kind::Number, "1"),
                (Kind::Mark, "..="),
                (Kind::Number, "2.5e-3"),
                (Kind::Mark, "!="),
                (Kind::Number, ".5")
            ]
        );
    }

    #[test]
    fn any_text_can_be_read_in_any_language() {
        let odd = [
            "",
            "`${`${",
            "'",
            "\"\"\"",
            "r#\"",
            "/*",
            "'\\",
            "ä'ö\"ü`",
            "}",
            "${}",
            "\u{feff}#",
            "0x",
            "1.",
            "b'",
            "/[",
            "'ä",
            "`ä${ö}ü`",
            "#ä",
            "é/*ü*/",
        ];
        for language in [
            Language::Python,
            Language::Rust,
            Language::Script,
            Language::Go,
            Language::Java,
            Language::Shell,
            Language::Other,
        ] {
            for text in odd {
                let read: usize = tokens(language, text).iter().map(|token| token.text.len()).sum();
                assert!(read <= text.len(), "{language:?} {text:?}");
            }
        }
    }
}
