//! One side of a changed file, ready to be asked: its code, its comments, which brackets belong together.

use std::ops::Range;

use super::language::Language;
use super::token::{Kind, Token, tokens};
use crate::domain::verdict::{GuardCode, GuardHit};

pub struct Source<'a> {
    pub path: &'a str,
    pub language: Language,
    pub text: &'a str,
    /// Everything but comments.
    pub code: Vec<Token<'a>>,
    pub comments: Vec<Token<'a>>,
    /// For each bracket the one that belongs to it.
    partners: Vec<Option<usize>>,
    /// Whether every bracket has its partner: where one has not, nobody knows where a block ends.
    pub balanced: bool,
}

/// Words that begin a statement of Python at the left margin, so that a bracket left open before them is a mistake.
const PYTHON_TOP_WORDS: [&str; 6] = ["def", "class", "import", "from", "async", "@"];

impl<'a> Source<'a> {
    pub fn new(path: &'a str, text: &'a str) -> Self {
        let language = Language::of(path, text);
        let (comments, code): (Vec<_>, Vec<_>) =
            tokens(language, text).into_iter().partition(|token| token.kind == Kind::Comment);
        let mut source = Self { path, language, text, code, comments, partners: Vec::new(), balanced: true };
        source.pair_brackets();
        source
    }

    fn pair_brackets(&mut self) {
        let mut partners = vec![None; self.code.len()];
        let mut open: Vec<(usize, &str)> = Vec::new();
        for (at, token) in self.code.iter().enumerate() {
            let top = token.indent == Some(0) && PYTHON_TOP_WORDS.contains(&token.text);
            if top && self.language == Language::Python && !open.is_empty() {
                self.balanced = false;
                open.clear();
            }
            if token.kind != Kind::Mark {
                continue;
            }
            match token.text {
                "(" | "[" | "{" => open.push((at, token.text)),
                ")" | "]" | "}" => {
                    let opener = match token.text {
                        ")" => "(",
                        "]" => "[",
                        _ => "{",
                    };
                    match open.iter().rposition(|(_, text)| *text == opener) {
                        Some(position) => {
                            self.balanced &= position + 1 == open.len();
                            let (from, _) = open.split_off(position)[0];
                            partners[from] = Some(at);
                            partners[at] = Some(from);
                        }
                        None => self.balanced = false,
                    }
                }
                _ => {}
            }
        }
        self.balanced &= open.is_empty();
        self.partners = partners;
    }

    /// A sign found in this file.
    pub fn hit(&self, code: GuardCode, line: u32, text: String) -> GuardHit {
        GuardHit { code, file: self.path.to_owned(), line, text }
    }

    pub fn get(&self, at: usize) -> Option<&Token<'a>> {
        self.code.get(at)
    }

    /// The token's text; nothing where there is none.
    pub fn word(&self, at: usize) -> &'a str {
        self.code.get(at).map_or("", |token| token.text)
    }

    /// Whether this is code that reads so, and no string.
    pub fn is(&self, at: usize, text: &str) -> bool {
        self.code.get(at).is_some_and(|token| token.is(text))
    }

    pub fn is_any(&self, at: usize, texts: &[&str]) -> bool {
        texts.iter().any(|text| self.is(at, text))
    }

    pub fn is_word(&self, at: usize) -> bool {
        self.code.get(at).is_some_and(Token::is_word)
    }

    pub fn is_text(&self, at: usize) -> bool {
        self.code.get(at).is_some_and(|token| token.kind == Kind::Text)
    }

    pub fn line(&self, at: usize) -> u32 {
        self.code.get(at).or(self.code.last()).map_or(1, |token| token.line)
    }

    /// The bracket that belongs to this one.
    pub fn partner(&self, at: usize) -> Option<usize> {
        self.partners.get(at).copied().flatten()
    }

    /// The token behind the bracket group that opens here.
    pub fn after_group(&self, open: usize) -> Option<usize> {
        self.partner(open).filter(|close| *close > open).map(|close| close + 1)
    }

    /// The opening bracket of the innermost group around a token.
    pub fn around(&self, at: usize) -> Option<usize> {
        let mut here = at;
        while let Some(before) = here.checked_sub(1) {
            here = match self.partner(before) {
                Some(partner) if partner > before => return Some(before),
                Some(partner) => partner,
                None => before,
            };
        }
        None
    }

    /// The parts of a bracket group between its own commas; an empty last part is none.
    pub fn elements(&self, open: usize) -> Vec<Range<usize>> {
        let Some(close) = self.partner(open).filter(|close| *close > open) else { return Vec::new() };
        let mut elements = Vec::new();
        let (mut begins, mut at) = (open + 1, open + 1);
        while at < close {
            if self.is(at, ",") {
                elements.push(begins..at);
                begins = at + 1;
            }
            at = self.partner(at).filter(|partner| *partner > at).map_or(at, |partner| partner) + 1;
        }
        if begins < close {
            elements.push(begins..close);
        }
        elements
    }

    /// Where each statement of Python begins: the first token of a line that no bracket and no backslash continues.
    pub fn statements(&self) -> Vec<usize> {
        let mut statements = Vec::new();
        let mut at = 0;
        while let Some(token) = self.code.get(at) {
            let continued = at > 0 && self.is(at - 1, "\\");
            if token.indent.is_some() && !continued {
                statements.push(at);
            }
            at = self.after_group(at).unwrap_or(at + 1);
        }
        statements
    }

    /// Whether a text begins somewhere that does not end.
    pub fn has_open_text(&self) -> bool {
        self.language != Language::Rust && self.code.iter().any(|token| token.is("\"") || token.is("'"))
    }

    /// What a token means, whatever way it is written: quotes, underscores and suffixes of numbers aside.
    pub fn meaning(&self, at: usize) -> String {
        let Some(token) = self.code.get(at) else { return String::new() };
        match token.kind {
            // `{ "a": 1 }` and `{ a: 1 }` are one thing to JavaScript and to its formatters.
            Kind::Text if self.language == Language::Script && self.is(at + 1, ":") => token.content().to_owned(),
            Kind::Text => format!("\"{}", token.content().replace("\\'", "'").replace("\\\"", "\"")),
            Kind::Number => number(token.text),
            _ => token.text.to_owned(),
        }
    }

    /// Whether a formatter may put it there or take it away: a comma before a bracket, a semicolon in JavaScript.
    pub fn is_idle(&self, at: usize) -> bool {
        self.is(at, ",") && self.is_any(at + 1, &[")", "]", "}"])
            || self.language == Language::Script && self.is(at, ";")
    }

    /// A value that stands in the code itself.
    pub fn is_literal(&self, at: usize) -> bool {
        let Some(token) = self.code.get(at) else { return false };
        match token.kind {
            Kind::Number => true,
            Kind::Text => !(self.language == Language::Script && self.is(at + 1, ":") && !self.in_ternary(at)),
            Kind::Word => LITERAL_WORDS.contains(&token.text) && !(at > 0 && self.is(at - 1, "->")),
            _ => false,
        }
    }

    fn in_ternary(&self, at: usize) -> bool {
        at > 0 && self.is(at - 1, "?")
    }
}

const LITERAL_WORDS: [&str; 10] =
    ["True", "False", "None", "true", "false", "null", "nil", "undefined", "NaN", "Infinity"];

/// A number without underscores, type and idle zeros.
fn number(text: &str) -> String {
    let plain = text.replace('_', "").to_ascii_lowercase();
    if plain.starts_with("0x") || plain.starts_with("0b") || plain.starts_with("0o") {
        return plain;
    }
    let digits = plain.find(|c: char| c.is_ascii_alphabetic() && c != 'e').map_or(plain.as_str(), |at| &plain[..at]);
    digits.parse::<f64>().map_or(plain.clone(), |value| value.to_string())
}

#[cfg(test)]
mod tests {
    use super::Source;

    fn meanings(path: &str, text: &str) -> Vec<String> {
        let source = Source::new(path, text);
        (0..source.code.len()).filter(|at| !source.is_idle(*at)).map(|at| source.meaning(at)).collect()
    }

    #[test]
    fn what_a_formatter_changes_means_the_same() {
        assert_eq!(meanings("a.py", "f(1_000, 'a',\n)"), meanings("a.py", "f(1000, \"a\")"));
        assert_eq!(meanings("a.ts", "f({ \"a\": 'b' });"), meanings("a.ts", "f({a: \"b\",})"));
        assert_eq!(meanings("a.rs", "f(8u32, 8.0)"), meanings("a.rs", "f(8_u32, 8.0_f64,)"));
        assert_ne!(meanings("a.rs", "f(8)"), meanings("a.rs", "f(7)"));
        assert_ne!(meanings("a.py", "f('8')"), meanings("a.py", "f(8)"));
    }

    #[test]
    fn brackets_find_their_partners_also_around_a_mistake() {
        let source = Source::new("a.py", "def a():\n    return f((1)\n\ndef b():\n    return g([2])\n");
        assert!(!source.balanced);
        let open = source.code.iter().position(|token| token.text == "[").expect("the list");
        assert_eq!(source.partner(open), Some(open + 2));
        assert_eq!(
            source.statements().iter().map(|at| source.word(*at)).collect::<Vec<_>>(),
            ["def", "return", "def", "return"]
        );
    }

    #[test]
    fn a_group_has_its_elements() {
        let source = Source::new("a.go", "x{{1, 2}, f(3, 4), 5,}");
        let texts: Vec<_> = source.elements(1).into_iter().map(|range| range.len()).collect();
        assert_eq!(texts, [5, 6, 1]);
        assert_eq!(source.around(4), Some(2));
        assert_eq!(source.around(1), None);
    }

    #[test]
    fn a_statement_of_python_may_take_several_lines() {
        let source = Source::new("a.py", "a = [\n  1,\n  2]\nb = \\\n  3\nif a: b\n");
        assert_eq!(source.statements().iter().map(|at| source.word(*at)).collect::<Vec<_>>(), ["a", "b", "if"]);
    }
}
