//! Reads Rust source as tokens: its module tree, every path a file names, and which tokens belong to tests.

use std::collections::BTreeMap;

use proc_macro2::{Delimiter, TokenStream, TokenTree};

/// Files by their path from the package's root, `/` between parts.
pub type Files = BTreeMap<String, String>;

/// One token, flat: groups are an `Open` and a `Close`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Token {
    Word(String),
    Sign(char),
    Open(char),
    Close(char),
    Literal,
}

/// A token with its line, and whether it is compiled for tests only.
#[derive(Clone, Debug)]
pub struct Placed {
    pub token: Token,
    pub line: usize,
    pub test: bool,
}

/// A path as a file names it, `use` groups taken apart: `use a::{b, c::d}` is `a::b` and `a::c::d`.
#[derive(Clone, Debug)]
pub struct Named {
    pub parts: Vec<String>,
    pub line: usize,
    /// Compiled for tests only.
    pub test: bool,
    /// The inline modules around it, outermost first.
    pub inside: Vec<String>,
    /// Set on the paths of `use`; with the name it is given here.
    pub import: Option<String>,
}

/// One file that is a module.
#[derive(Clone, Debug)]
pub struct Module {
    pub file: String,
    /// Compiled for tests only.
    pub test: bool,
    /// In the order of the `mod` lines.
    pub children: Vec<String>,
    pub named: Vec<Named>,
}

/// The tokens of `text`; an error names what could not be read.
pub fn tokens(text: &str) -> Result<Vec<Placed>, String> {
    let stream: TokenStream = text.parse().map_err(|error| format!("not readable as Rust: {error}"))?;
    let mut placed = Vec::new();
    flatten(stream, &mut placed);
    mark_tests(&mut placed);
    Ok(placed)
}

fn flatten(stream: TokenStream, placed: &mut Vec<Placed>) {
    for tree in stream {
        let line = tree.span().start().line;
        let mut put = |token, line| placed.push(Placed { token, line, test: false });
        match tree {
            TokenTree::Ident(word) => put(Token::Word(word.to_string()), line),
            TokenTree::Punct(sign) => put(Token::Sign(sign.as_char()), line),
            TokenTree::Literal(_) => put(Token::Literal, line),
            TokenTree::Group(group) => {
                let (open, close) = match group.delimiter() {
                    Delimiter::Brace => ('{', '}'),
                    Delimiter::Bracket => ('[', ']'),
                    Delimiter::Parenthesis | Delimiter::None => ('(', ')'),
                };
                put(Token::Open(open), line);
                let end = group.span_close().end().line;
                flatten(group.stream(), placed);
                placed.push(Placed { token: Token::Close(close), line: end, test: false });
            }
        }
    }
}

/// Marks what stands under `#[cfg(test)]`: the item up to its closing brace or its semicolon.
fn mark_tests(placed: &mut [Placed]) {
    let mut at = 0;
    while at < placed.len() {
        if !is_test_attribute(placed, at) {
            at += 1;
            continue;
        }
        let mut end = closing(placed, at + 1);
        loop {
            end += 1;
            match placed.get(end).map(|placed| &placed.token) {
                None | Some(Token::Sign(';')) => break,
                Some(Token::Open('{')) => {
                    end = closing(placed, end);
                    break;
                }
                Some(Token::Open(_)) => end = closing(placed, end),
                Some(_) => {}
            }
        }
        let end = end.min(placed.len() - 1);
        placed[at..=end].iter_mut().for_each(|placed| placed.test = true);
        at = end + 1;
    }
}

/// Whether an attribute `#[cfg(…test…)]` begins here.
fn is_test_attribute(placed: &[Placed], at: usize) -> bool {
    let token = |offset: usize| placed.get(at + offset).map(|placed| &placed.token);
    if token(0) != Some(&Token::Sign('#')) || token(1) != Some(&Token::Open('[')) || !is_word(token(2), "cfg") {
        return false;
    }
    let inside = &placed[at + 1..closing(placed, at + 1)];
    let has = |word| inside.iter().any(|placed| is_word(Some(&placed.token), word));
    has("test") && !has("not")
}

/// Where the group that opens at `open` closes.
fn closing(placed: &[Placed], open: usize) -> usize {
    let mut depth = 0;
    for (offset, placed) in placed[open..].iter().enumerate() {
        match placed.token {
            Token::Open(_) => depth += 1,
            Token::Close(_) => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return open + offset;
        }
    }
    placed.len() - 1
}

pub fn is_word(token: Option<&Token>, word: &str) -> bool {
    matches!(token, Some(Token::Word(found)) if found == word)
}

/// The children that `mod name;` declares, in order, and whether they are for tests only.
fn children(placed: &[Placed]) -> Vec<(String, bool)> {
    placed
        .windows(3)
        .filter_map(|window| match window {
            [keyword, Placed { token: Token::Word(name), .. }, Placed { token: Token::Sign(';'), .. }]
                if is_word(Some(&keyword.token), "mod") =>
            {
                Some((name.clone(), keyword.test))
            }
            _ => None,
        })
        .collect()
}

/// Every path of two parts or more, and everything a `use` brings in.
pub fn named(placed: &[Placed]) -> Vec<Named> {
    let mut found = Vec::new();
    let mut inside: Vec<(String, usize)> = Vec::new();
    let mut at = 0;
    while at < placed.len() {
        inside.retain(|(_, end)| at <= *end);
        let token = |offset: usize| placed.get(at + offset).map(|placed| &placed.token);
        if let (true, Some(Token::Word(name)), Some(Token::Open('{'))) = (is_word(token(0), "mod"), token(1), token(2))
        {
            inside.push((name.clone(), closing(placed, at + 2)));
            at += 3;
            continue;
        }
        let mut reader = Paths { placed, inside: inside.iter().map(|(name, _)| name.clone()).collect(), found };
        at = if is_word(token(0), "use") {
            reader.tree(at + 1, Vec::new(), true)
        } else if matches!(token(0), Some(Token::Word(_))) && is_separator(placed, at + 1) {
            reader.tree(at, Vec::new(), false)
        } else {
            at + 1
        };
        found = reader.found;
    }
    found
}

fn is_separator(placed: &[Placed], at: usize) -> bool {
    let colon = |at: usize| placed.get(at).map(|placed| &placed.token) == Some(&Token::Sign(':'));
    colon(at) && colon(at + 1)
}

struct Paths<'a> {
    placed: &'a [Placed],
    inside: Vec<String>,
    found: Vec<Named>,
}

impl Paths<'_> {
    /// Reads one path or `use` tree and gives back where it ends.
    fn tree(&mut self, mut at: usize, mut parts: Vec<String>, import: bool) -> usize {
        if is_separator(self.placed, at) {
            at += 2;
        }
        loop {
            match self.placed.get(at).map(|placed| placed.token.clone()) {
                Some(Token::Word(word)) => {
                    if word != "self" || parts.is_empty() {
                        parts.push(word);
                    }
                    at += 1;
                    if !is_separator(self.placed, at) {
                        return self.leaf(at, parts, import);
                    }
                    at += 2;
                }
                Some(Token::Sign('*')) => {
                    parts.push("*".to_owned());
                    return self.leaf(at + 1, parts, import);
                }
                Some(Token::Open('{')) if import => {
                    let end = closing(self.placed, at);
                    at += 1;
                    while at < end {
                        at = self.tree(at, parts.clone(), import).max(at + 1);
                        if self.placed[at].token == Token::Sign(',') {
                            at += 1;
                        }
                    }
                    return end + 1;
                }
                _ => return self.leaf(at, parts, import),
            }
        }
    }

    fn leaf(&mut self, mut at: usize, parts: Vec<String>, import: bool) -> usize {
        let Placed { line, test, .. } = self.placed[at.saturating_sub(1).min(self.placed.len() - 1)];
        let mut name = parts.last().cloned();
        if import && is_word(self.placed.get(at).map(|placed| &placed.token), "as") {
            if let Some(Token::Word(given)) = self.placed.get(at + 1).map(|placed| &placed.token) {
                name = Some(given.clone());
            }
            at += 2;
        }
        if import || parts.len() > 1 {
            let import = if import { name } else { None };
            self.found.push(Named { parts, line, test, inside: self.inside.clone(), import });
        }
        at
    }
}

/// The modules of the crate whose root is `root`, by their path; an error for each file that is missing or unreadable.
pub fn modules(files: &Files, root: &str) -> (BTreeMap<Vec<String>, Module>, Vec<String>) {
    let mut modules = BTreeMap::new();
    let mut errors = Vec::new();
    let folder = root.rsplit_once('/').map_or("", |(folder, _)| folder).to_owned();
    let mut open = vec![(Vec::new(), root.to_owned(), folder, false)];
    while let Some((path, file, folder, test)) = open.pop() {
        let placed = match files.get(&file).ok_or_else(|| "not there".to_owned()).and_then(|text| tokens(text)) {
            Ok(placed) => placed,
            Err(error) => {
                errors.push(format!("{file}: {error}"));
                continue;
            }
        };
        let children = children(&placed);
        for (child, only_tests) in &children {
            let path: Vec<String> = [path.as_slice(), std::slice::from_ref(child)].concat();
            let flat = format!("{folder}/{child}.rs");
            let file = if files.contains_key(&flat) { flat } else { format!("{folder}/{child}/mod.rs") };
            open.push((path, file, format!("{folder}/{child}"), test || *only_tests));
        }
        let children = children.into_iter().map(|(child, _)| child).collect();
        modules.insert(path, Module { file, test, children, named: named(&placed) });
    }
    (modules, errors)
}
