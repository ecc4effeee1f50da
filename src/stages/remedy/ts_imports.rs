//! Takes names out of import statements of TypeScript and JavaScript.

use std::collections::BTreeSet;
use std::ops::Range;

use super::cut::{Cut, Lines, delete_lines};

/// An import statement of more lines is not looked for.
const STATEMENT_LINES_MAX: usize = 200;

/// Cuts that remove what is unused: each by its line, counted from 1, and its local name; `None` is the statement.
pub fn cuts(source: &str, unused: &[(u32, Option<&str>)]) -> Option<Vec<Cut>> {
    let lines = Lines::new(source);
    let mut statements: Vec<(Import, Vec<Option<&str>>)> = Vec::new();
    for (number, name) in unused {
        let at = usize::try_from(*number).ok()?.checked_sub(1)?;
        let import = import_at(source, &lines, at)?;
        match statements.iter_mut().find(|(known, _)| known.range == import.range) {
            Some((_, names)) => names.push(*name),
            None => statements.push((import, vec![*name])),
        }
    }
    let mut cuts = Vec::new();
    let mut gone = BTreeSet::new();
    for (import, names) in statements {
        match import.without(&names)? {
            Rest::Cuts(ranges) => {
                cuts.extend(ranges.into_iter().map(|range| Cut { range, replace: String::new() }));
            }
            Rest::Nothing => {
                let rows = lines.at(import.range.start)..lines.at(import.range.end.saturating_sub(1)) + 1;
                let whole = lines.bytes(&rows);
                let after = source[import.range.end..whole.end].trim();
                if source[whole.start..import.range.start].trim().is_empty()
                    && (after.is_empty() || after.starts_with("//"))
                {
                    gone.extend(rows);
                } else {
                    cuts.push(Cut { range: import.range, replace: String::new() });
                }
            }
        }
    }
    cuts.extend(delete_lines(source, &gone));
    Some(cuts)
}

/// One import statement: the ranges of its names.
#[derive(Debug)]
struct Import {
    range: Range<usize>,
    default: Option<Range<usize>>,
    /// `* as name`, whole, and the name.
    namespace: Option<(Range<usize>, Range<usize>)>,
    /// The braces, and inside them each specifier, whole, with its local name.
    braces: Option<Range<usize>>,
    named: Vec<(Range<usize>, String)>,
    default_name: String,
    namespace_name: String,
}

enum Rest {
    Nothing,
    Cuts(Vec<Range<usize>>),
}

impl Import {
    /// What must be cut for these names to go; `None` when one of them is not imported here.
    fn without(&self, names: &[Option<&str>]) -> Option<Rest> {
        if names.contains(&None) {
            return Some(Rest::Nothing);
        }
        let goes = |name: &str| names.contains(&Some(name));
        let known = |name: &str| {
            (self.default.is_some() && self.default_name == name)
                || (self.namespace.is_some() && self.namespace_name == name)
                || self.named.iter().any(|(_, local)| local == name)
        };
        if !names.iter().flatten().all(|name| known(name)) {
            return None;
        }
        let default_stays = self.default.as_ref().filter(|_| !goes(&self.default_name));
        let namespace_stays = self.namespace.is_some() && !goes(&self.namespace_name);
        let named_stay = self.named.iter().any(|(_, local)| !goes(local));
        if default_stays.is_none() && !namespace_stays && !named_stay {
            return Some(Rest::Nothing);
        }
        let mut cuts = Vec::new();
        let second = self.namespace.as_ref().map(|(whole, _)| whole.clone()).or_else(|| self.braces.clone());
        match (&self.default, default_stays, second) {
            (Some(default), None, Some(second)) => cuts.push(default.start..second.start),
            (_, Some(default), Some(second)) if !namespace_stays && !named_stay => cuts.push(default.end..second.end),
            _ => {}
        }
        if named_stay {
            cuts.extend(self.specifier_cuts(&goes));
        }
        Some(Rest::Cuts(cuts))
    }

    /// Runs of specifiers that go, each with the comma that is then too many.
    fn specifier_cuts(&self, goes: &dyn Fn(&str) -> bool) -> Vec<Range<usize>> {
        let mut cuts = Vec::new();
        let mut begun: Option<usize> = None;
        for (at, (range, local)) in self.named.iter().enumerate() {
            match (goes(local), begun) {
                (true, None) => begun = Some(at),
                (false, Some(first)) => {
                    cuts.push(self.named[first].0.start..range.start);
                    begun = None;
                }
                _ => {}
            }
        }
        if let Some(first) = begun.filter(|first| *first > 0) {
            let last = self.named.len() - 1;
            cuts.push(self.named[first - 1].0.end..self.named[last].0.end);
        }
        cuts
    }
}

/// The import statement that the line, counted from 0, is part of.
fn import_at(source: &str, lines: &Lines<'_>, at: usize) -> Option<Import> {
    if at >= lines.count() {
        return None;
    }
    let first = (at.saturating_sub(STATEMENT_LINES_MAX)..=at).rev().find(|row| {
        let text = lines.text(&(*row..row + 1)).trim_start();
        text.strip_prefix("import")
            .is_some_and(|rest| !rest.starts_with(|c: char| c.is_alphanumeric() || "_$(.".contains(c)))
    })?;
    let line = lines.bytes(&(first..first + 1));
    let start =
        line.start + (lines.text(&(first..first + 1)).len() - lines.text(&(first..first + 1)).trim_start().len());
    let import = Parser::new(source, start).import()?;
    (lines.at(import.range.end.saturating_sub(1)) >= at).then_some(import)
}

/// A word, a string or a sign, with its place.
#[derive(Clone, Debug, PartialEq)]
enum Token {
    Name(String),
    Text,
    Sign(char),
}

struct Parser<'a> {
    source: &'a str,
    start: usize,
    at: usize,
    ahead: Option<(Token, Range<usize>)>,
}

impl<'a> Parser<'a> {
    fn new(source: &'a str, start: usize) -> Self {
        Self { source, start, at: start, ahead: None }
    }

    fn import(mut self) -> Option<Import> {
        self.name()?;
        let mut import = Import {
            range: self.start..self.start,
            default: None,
            namespace: None,
            braces: None,
            named: Vec::new(),
            default_name: String::new(),
            namespace_name: String::new(),
        };
        let mut end = None;
        if let Some((Token::Name(name), range)) = self.peek() {
            self.next();
            // `import type X from` has a modifier, `import type from` a default named `type`.
            let modifier = name == "type"
                && match self.peek() {
                    Some((Token::Name(next), _)) => next != "from",
                    Some((Token::Sign(sign), _)) => matches!(sign, '{' | '*'),
                    _ => false,
                };
            let (name, range) = if !modifier {
                (name, range)
            } else if matches!(self.peek(), Some((Token::Name(_), _))) {
                self.name()?
            } else {
                (String::new(), range)
            };
            if !name.is_empty() {
                import.default = Some(range);
                import.default_name = name;
            }
            if self.sign('=') {
                // `import x = require("y")`
                self.name()?;
                self.sign('(').then_some(())?;
                self.text()?;
                end = Some(self.closing(')')?);
            } else if import.default.is_some() && self.sign(',') && self.peek().is_none() {
                return None;
            }
        }
        if end.is_none() {
            self.rest_of_clause(&mut import)?;
            (self.name()?.0 == "from").then_some(())?;
            end = Some(self.text()?.end);
            if let Some((Token::Name(with), _)) = self.peek()
                && matches!(with.as_str(), "with" | "assert")
            {
                self.next();
                while self.peek().is_some_and(|(token, _)| token != Token::Sign('}')) {
                    self.next();
                }
                end = Some(self.closing('}')?);
            }
        }
        import.range.end = match self.peek() {
            Some((Token::Sign(';'), range)) => range.end,
            _ => end?,
        };
        Some(import)
    }

    /// `* as ns` or `{ a, b as c }`, where there is one.
    fn rest_of_clause(&mut self, import: &mut Import) -> Option<()> {
        match self.peek() {
            Some((Token::Sign('*'), star)) => {
                self.next();
                (self.name()?.0 == "as").then_some(())?;
                let (name, range) = self.name()?;
                import.namespace = Some((star.start..range.end, range));
                import.namespace_name = name;
            }
            Some((Token::Sign('{'), open)) => {
                self.next();
                while let Some((token, range)) = self.peek() {
                    match token {
                        Token::Sign('}') => {
                            self.next();
                            import.braces = Some(open.start..range.end);
                            return Some(());
                        }
                        Token::Sign(',') => {
                            self.next();
                        }
                        _ => import.named.push(self.specifier()?),
                    }
                }
                return None;
            }
            _ => {}
        }
        Some(())
    }

    /// `a`, `a as b`, `type a`, `"a-b" as c`: whole, and the local name.
    fn specifier(&mut self) -> Option<(Range<usize>, String)> {
        let mut whole: Option<Range<usize>> = None;
        let mut local = String::new();
        while let Some((token, range)) = self.peek() {
            match token {
                Token::Name(name) => local = name,
                Token::Text => {}
                Token::Sign(_) => break,
            }
            self.next();
            whole = Some(whole.map_or(range.clone(), |whole| whole.start..range.end));
        }
        whole.map(|whole| (whole, local))
    }

    fn name(&mut self) -> Option<(String, Range<usize>)> {
        match self.next()? {
            (Token::Name(name), range) => Some((name, range)),
            _ => None,
        }
    }

    fn text(&mut self) -> Option<Range<usize>> {
        self.next().and_then(|(token, range)| (token == Token::Text).then_some(range))
    }

    fn closing(&mut self, sign: char) -> Option<usize> {
        self.next().and_then(|(token, range)| (token == Token::Sign(sign)).then_some(range.end))
    }

    fn sign(&mut self, sign: char) -> bool {
        let there = self.peek().is_some_and(|(token, _)| token == Token::Sign(sign));
        if there {
            self.next();
        }
        there
    }

    fn peek(&mut self) -> Option<(Token, Range<usize>)> {
        if self.ahead.is_none() {
            self.ahead = self.token();
        }
        self.ahead.clone()
    }

    fn next(&mut self) -> Option<(Token, Range<usize>)> {
        let token = self.peek();
        self.ahead = None;
        token
    }

    fn token(&mut self) -> Option<(Token, Range<usize>)> {
        loop {
            let rest = &self.source[self.at..];
            let skipped = rest.len() - rest.trim_start().len();
            self.at += skipped;
            let rest = &rest[skipped..];
            if rest.starts_with("//") {
                self.at += rest.find('\n').unwrap_or(rest.len());
            } else if rest.starts_with("/*") {
                self.at += rest.find("*/")? + 2;
            } else {
                break;
            }
        }
        let rest = &self.source[self.at..];
        let first = rest.chars().next()?;
        let start = self.at;
        let in_name = |c: char| c.is_alphanumeric() || matches!(c, '_' | '$');
        let (token, length) = if in_name(first) {
            let length = rest.find(|c| !in_name(c)).unwrap_or(rest.len());
            (Token::Name(rest[..length].to_owned()), length)
        } else if matches!(first, '"' | '\'') {
            let inside = rest[1..].find(['\n', first])?;
            if rest[1 + inside..].starts_with('\n') {
                return None;
            }
            (Token::Text, inside + 2)
        } else {
            (Token::Sign(first), first.len_utf8())
        };
        self.at += length;
        Some((token, start..self.at))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn without(source: &str, unused: &[(u32, Option<&str>)]) -> Option<String> {
        let mut cuts = cuts(source, unused)?;
        cuts.sort_by_key(|cut| cut.range.start);
        let mut text = source.to_owned();
        for cut in cuts.into_iter().rev() {
            text.replace_range(cut.range, &cut.replace);
        }
        Some(text)
    }

    #[test]
    fn a_statement_goes_with_its_last_name() {
        for statement in [
            "import fs from 'node:fs';",
            "import * as fs from \"node:fs\"",
            "import { fs } from './x'; // why",
            "import type { fs } from './x';",
            "import { type x as fs, } from './x';",
            "import fs = require('fs');",
            "import fs from './x.json' with { type: 'json' };",
            "import {\n  fs,\n} from './x';",
        ] {
            let source = format!("import a from 'a';\n{statement}\n\nf(a);\n");
            let after = without(&source, &[(2, Some("fs"))]);
            assert_eq!(after.as_deref(), Some("import a from 'a';\n\nf(a);\n"), "{statement}");
        }
    }

    #[test]
    fn one_name_of_several_goes_alone() {
        for (statement, after) in [
            ("import { a, x, b } from 'm';", "import { a, b } from 'm';"),
            ("import { x, b } from 'm';", "import { b } from 'm';"),
            ("import { a, x } from 'm';", "import { a } from 'm';"),
            ("import { a, y as x, } from 'm';", "import { a, } from 'm';"),
            ("import x, { a } from 'm';", "import { a } from 'm';"),
            ("import x, * as a from 'm';", "import * as a from 'm';"),
            ("import a, { x } from 'm';", "import a from 'm';"),
            ("import a, * as x from 'm';", "import a from 'm';"),
            ("import type x, { a } from 'm';", "import type { a } from 'm';"),
            ("import {\n  a,\n  x,\n  b,\n} from 'm';", "import {\n  a,\n  b,\n} from 'm';"),
            ("import {\n  a,\n  x,\n} from 'm';", "import {\n  a,\n} from 'm';"),
        ] {
            assert_eq!(without(statement, &[(1, Some("x"))]).as_deref(), Some(after), "{statement}");
        }
    }

    #[test]
    fn several_names_of_one_statement_go_together() {
        let source = "import d, {\n  a,\n  x,\n  y,\n} from 'm';\n";
        let after = without(source, &[(3, Some("x")), (4, Some("y"))]);
        assert_eq!(after.as_deref(), Some("import d, {\n  a,\n} from 'm';\n"));
        let after = without(source, &[(2, Some("a")), (3, Some("x")), (4, Some("y"))]);
        assert_eq!(after.as_deref(), Some("import d from 'm';\n"));
        let after = without(source, &[(2, Some("a")), (3, Some("x")), (1, Some("d"))]);
        assert_eq!(after.as_deref(), Some("import {\n  y,\n} from 'm';\n"));
    }

    #[test]
    fn a_whole_statement_goes_when_all_of_it_is_unused() {
        let source = "import path, { join } from \"path\";\nexport {};\n";
        assert_eq!(without(source, &[(1, None)]).as_deref(), Some("export {};\n"));
    }

    #[test]
    fn a_statement_that_begins_further_above_than_the_limit_is_not_found() {
        let statement = |lines: usize| format!("import {{\n{}  x,\n  y,\n}} from 'm';\n", "  a,\n".repeat(lines - 1));
        let line = |lines: usize| u32::try_from(lines + 1).expect("a small number");
        assert!(without(&statement(STATEMENT_LINES_MAX), &[(line(STATEMENT_LINES_MAX), Some("x"))]).is_some());
        let longer = STATEMENT_LINES_MAX + 1;
        assert_eq!(without(&statement(longer), &[(line(longer), Some("x"))]), None);
    }

    #[test]
    fn what_is_no_import_of_the_name_is_left_alone() {
        for (source, line) in [
            ("const x = 1;\n", 1),
            ("import './x';\n", 1),
            ("import { a } from 'm';\n", 1),
            ("import { a } from 'm';\nconst x = 1;\n", 2),
            ("import('x');\n", 1),
            ("import { x from 'm';\n", 1),
            ("import { x } from 'm", 1),
            ("import {", 1),
            ("import", 1),
            ("", 1),
            ("import x from 'm';\n", 7),
        ] {
            assert_eq!(without(source, &[(line, Some("x"))]), None, "{source}");
        }
    }
}
