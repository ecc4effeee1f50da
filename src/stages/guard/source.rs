//! A source file as lines whose code, strings and comments are told apart: enough to look at it, no parser.

use super::language::Language;

/// One line of a file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Line {
    /// 1-based.
    pub number: u32,
    /// Without comments; strings as they are.
    pub code: String,
    /// Without comments; of strings only the quotes.
    pub bare: String,
    /// The comments alone.
    pub comment: String,
}

impl Line {
    /// How far it is moved in. A tab counts as one, which is right as long as a file does not mix.
    pub fn indent(&self) -> usize {
        self.code.len() - self.code.trim_start().len()
    }

    pub fn is_blank(&self) -> bool {
        self.code.trim().is_empty()
    }
}

/// Where the reader is when a character comes.
#[derive(Clone, Copy, PartialEq, Eq)]
enum At {
    Code,
    LineComment,
    /// Rust's can stand in one another.
    BlockComment {
        depth: u32,
    },
    Text {
        quote: char,
        triple: bool,
        /// Ends at the end of its line, whatever happens.
        one_line: bool,
        /// Rust's `r##"…"##`; no escapes.
        hashes: Option<usize>,
    },
    /// Between the slashes of a regular expression.
    Pattern,
}

pub fn lines(text: &str, language: Language) -> Vec<Line> {
    if language == Language::Other {
        let plain = |(index, line): (usize, &str)| Line {
            number: number(index),
            code: line.to_owned(),
            bare: line.to_owned(),
            comment: line.to_owned(),
        };
        return text.lines().enumerate().map(plain).collect();
    }
    let mut at = At::Code;
    let mut lines = Vec::new();
    for (index, line) in text.lines().enumerate() {
        let mut reader = Reader { language, at, line: Line { number: number(index), ..Line::default() } };
        reader.read(line);
        at = match reader.at {
            At::LineComment | At::Pattern => At::Code,
            At::Text { one_line: true, .. } => At::Code,
            open => open,
        };
        lines.push(reader.line);
    }
    lines
}

fn number(index: usize) -> u32 {
    u32::try_from(index).unwrap_or(u32::MAX).saturating_add(1)
}

struct Reader {
    language: Language,
    at: At,
    line: Line,
}

impl Reader {
    fn read(&mut self, text: &str) {
        let mut rest = text;
        while let Some(character) = rest.chars().next() {
            let length = match self.at {
                At::Code => self.code(rest, character),
                At::LineComment => self.keep_comment(rest, rest.len()),
                At::BlockComment { depth } => self.comment(rest, character, depth),
                At::Text { quote, triple, hashes, .. } => self.text(rest, character, quote, triple, hashes),
                At::Pattern => self.pattern(rest, character),
            };
            rest = rest.get(length.max(1)..).unwrap_or("");
        }
    }

    /// How many bytes of `rest` are done with.
    fn code(&mut self, rest: &str, character: char) -> usize {
        let comments = if self.language == Language::Python { "#" } else { "//" };
        if rest.starts_with(comments) {
            self.at = At::LineComment;
            return self.keep_comment(rest, comments.len());
        }
        if self.language != Language::Python && rest.starts_with("/*") {
            self.at = At::BlockComment { depth: 1 };
            return self.keep_comment(rest, 2);
        }
        if character == '/' && self.language == Language::JavaScript && self.pattern_may_begin() {
            self.at = At::Pattern;
            return self.keep(rest, 1, true);
        }
        match self.opening(rest, character) {
            Some((length, opened)) => {
                self.at = opened;
                self.keep(rest, length, true)
            }
            None => self.keep(rest, character.len_utf8(), true),
        }
    }

    /// A string that begins here, and how long its beginning is.
    fn opening(&self, rest: &str, character: char) -> Option<(usize, At)> {
        let text = |quote, triple, one_line| At::Text { quote, triple, one_line, hashes: None };
        match (self.language, character) {
            (Language::Python, '"' | '\'') => {
                let triple = rest.starts_with("\"\"\"") || rest.starts_with("'''");
                Some((if triple { 3 } else { 1 }, text(character, triple, !triple)))
            }
            (Language::Java, '"') if rest.starts_with("\"\"\"") => Some((3, text('"', true, false))),
            (Language::Rust, 'r') => {
                let hashes = rest.get(1..)?.bytes().take_while(|byte| *byte == b'#').count();
                let in_word = self.line.bare.ends_with(|c: char| c.is_alphanumeric() || c == '_');
                let opens = rest.get(1 + hashes..)?.starts_with('"') && !in_word;
                opens.then_some((
                    2 + hashes,
                    At::Text { quote: '"', triple: false, one_line: false, hashes: Some(hashes) },
                ))
            }
            (Language::Rust, '"') => Some((1, text('"', false, false))),
            // A lifetime is no character.
            (Language::Rust, '\'') => {
                let mut after = rest.chars().skip(1);
                let is_character = match after.next() {
                    Some('\\') => true,
                    Some(_) => after.next() == Some('\''),
                    None => false,
                };
                is_character.then_some((1, text('\'', false, true)))
            }
            (Language::JavaScript | Language::Go, '`') => Some((1, text('`', false, false))),
            (_, '"' | '\'') => Some((1, text(character, false, true))),
            _ => None,
        }
    }

    fn comment(&mut self, rest: &str, character: char, depth: u32) -> usize {
        if rest.starts_with("*/") {
            self.at = if depth > 1 { At::BlockComment { depth: depth - 1 } } else { At::Code };
            return self.keep_comment(rest, 2);
        }
        if self.language == Language::Rust && rest.starts_with("/*") {
            self.at = At::BlockComment { depth: depth.saturating_add(1) };
            return self.keep_comment(rest, 2);
        }
        self.keep_comment(rest, character.len_utf8())
    }

    fn text(&mut self, rest: &str, character: char, quote: char, triple: bool, hashes: Option<usize>) -> usize {
        if character == '\\' && hashes.is_none() && !(quote == '`' && self.language == Language::Go) {
            let escaped = rest.chars().nth(1).map_or(0, char::len_utf8);
            return self.keep(rest, 1 + escaped, false);
        }
        if character == quote {
            let hashes = hashes.unwrap_or(0);
            let length = if triple { 3 } else { 1 + hashes };
            let closing = rest
                .bytes()
                .take(length)
                .enumerate()
                .all(|(index, byte)| if triple || index == 0 { char::from(byte) == quote } else { byte == b'#' });
            if closing && rest.len() >= length {
                self.at = At::Code;
                return self.keep(rest, length, true);
            }
        }
        self.keep(rest, character.len_utf8(), false)
    }

    fn pattern(&mut self, rest: &str, character: char) -> usize {
        if character == '\\' {
            let escaped = rest.chars().nth(1).map_or(0, char::len_utf8);
            return self.keep(rest, 1 + escaped, false);
        }
        if character == '/' {
            self.at = At::Code;
            return self.keep(rest, 1, true);
        }
        self.keep(rest, character.len_utf8(), false)
    }

    /// A slash after a value divides; after a sign it begins a regular expression.
    fn pattern_may_begin(&self) -> bool {
        let before = self.line.bare.trim_end();
        before.is_empty()
            || before.ends_with(['(', ',', '=', ':', '[', '!', '&', '|', '?', '{', '}', ';'])
            || before.ends_with("return")
    }

    fn keep(&mut self, rest: &str, length: usize, in_bare: bool) -> usize {
        let kept = rest.get(..length).unwrap_or(rest);
        self.line.code.push_str(kept);
        if in_bare {
            self.line.bare.push_str(kept);
        }
        kept.len()
    }

    fn keep_comment(&mut self, rest: &str, length: usize) -> usize {
        let kept = rest.get(..length).unwrap_or(rest);
        self.line.comment.push_str(kept);
        kept.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(language: Language, text: &str, bare: &[&str], comments: &[&str]) {
        let lines = lines(text, language);
        assert_eq!(lines.iter().map(|line| line.bare.trim_end()).collect::<Vec<_>>(), bare);
        let found: Vec<_> =
            lines.iter().map(|line| line.comment.trim()).filter(|comment| !comment.is_empty()).collect();
        assert_eq!(found, comments);
    }

    #[test]
    fn strings_and_comments_of_python_are_told_apart() {
        check(
            Language::Python,
            "a = '#x' # y\nb = \"\"\"\n# no\n\"\"\"\nc = 'it\\'s'",
            &["a = ''", "b = \"\"\"", "", "\"\"\"", "c = ''"],
            &["# y"],
        );
    }

    #[test]
    fn raw_strings_lifetimes_and_nested_comments_of_rust_are_told_apart() {
        check(
            Language::Rust,
            "let a: &'a str = r#\"// \"no\" \"#; // yes\nlet c = '\"'; /* a /* b */ c */ let d = 1;",
            &["let a: &'a str = r#\"\"#;", "let c = '';  let d = 1;"],
            &["// yes", "/* a /* b */ c */"],
        );
    }

    #[test]
    fn templates_and_patterns_of_javascript_are_told_apart() {
        check(
            Language::JavaScript,
            "const a = `// ${b}\n'`; // c\nx.replace(/\"\\/'/g, '') / 2 // d",
            &["const a = `", "`;", "x.replace(//g, '') / 2"],
            &["// c", "// d"],
        );
    }

    #[test]
    fn text_blocks_of_java_and_raw_strings_of_go_are_told_apart() {
        check(
            Language::Java,
            "var a = \"\"\"\n // no\n\"\"\"; // yes",
            &["var a = \"\"\"", "", "\"\"\";"],
            &["// yes"],
        );
        check(Language::Go, "a := `\\` + '\"' // yes", &["a := `` + ''"], &["// yes"]);
    }

    #[test]
    fn a_text_that_never_ends_is_no_panic() {
        for language in [Language::Python, Language::Rust, Language::JavaScript, Language::Go, Language::Java] {
            for text in ["\"é", "'", "r###\"", "`${", "/* ü", "\"\\", "'''", "r", "/\\"] {
                lines(text, language);
            }
        }
    }
}
