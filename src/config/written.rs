//! Keys and values as somebody wrote them, each with its line; whoever reads them says what may stand there.
//!
//! A reader names every key it knows together with its default. What it did not name is an unknown key; what it could
//! not take is kept as a problem, and reading goes on with the default: so an empty table reads as the built-in policy.

use std::cell::RefCell;
use std::fmt::Display;

use super::names::{Globs, Over};
use crate::text::truncate;

/// Keys and values are shown in one sentence; this much of them tells which one is meant.
const SHOWN_BYTES_MAX: usize = 80;

/// How much more alike (0 to 1) a key of another table must be before it is offered: most mistakes are slips of the pen.
const ELSEWHERE_MARGIN: f64 = 0.3;

#[derive(Clone, Debug, PartialEq)]
pub struct Written {
    /// 1-based.
    pub line: u32,
    pub value: Value,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    Text(String),
    Whole(i64),
    Number(f64),
    Truth(bool),
    List(Vec<Written>),
    /// In the order written.
    Table(Vec<Entry>),
    /// Something no policy has a use for: its name.
    Other(&'static str),
}

#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    pub key: String,
    pub line: u32,
    pub value: Written,
}

impl Value {
    fn kind(&self) -> &'static str {
        match self {
            Self::Text(_) => "a text",
            Self::Whole(_) => "a whole number",
            Self::Number(_) => "a number",
            Self::Truth(_) => "true or false",
            Self::List(_) => "a list",
            Self::Table(_) => "a table",
            Self::Other(name) => name,
        }
    }
}

/// What is wrong, and every key there is; one page for all tables of one file.
#[derive(Debug, Default)]
pub struct Notes {
    problems: RefCell<Vec<Problem>>,
    /// Each as its table's prefix and its own name.
    keys: RefCell<Vec<(String, String)>>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    pub line: u32,
    pub text: String,
}

impl Notes {
    fn problem(&self, line: u32, text: String) {
        self.problems.borrow_mut().push(Problem { line, text });
    }

    /// The topmost problem: people mend a file from its top.
    pub fn first(self) -> Option<Problem> {
        self.problems.into_inner().into_iter().min_by_key(|problem| problem.line)
    }
}

/// One table, while it is read.
pub struct Table<'n> {
    notes: &'n Notes,
    /// `` for the file itself, `patch.` for the table `patch`.
    prefix: String,
    line: u32,
    entries: Vec<Entry>,
}

impl<'n> Table<'n> {
    pub fn whole_file(entries: Vec<Entry>, notes: &'n Notes) -> Self {
        Self { notes, prefix: String::new(), line: 1, entries }
    }

    /// Says that this is a key, also where it is not asked for.
    pub fn knows(&self, key: &str) {
        self.notes.keys.borrow_mut().push((self.prefix.clone(), key.to_owned()));
    }

    /// Takes the entry out, so that what is left at the end is unknown.
    fn take(&mut self, key: &str) -> Option<Entry> {
        self.knows(key);
        let at = self.entries.iter().position(|entry| entry.key == key)?;
        Some(self.entries.remove(at))
    }

    /// The entry as `read` takes it; where it cannot, the default, and a problem that says what belongs there.
    fn read<T>(&mut self, key: &str, wanted: &str, default: T, read: impl FnOnce(&Value) -> Option<T>) -> T {
        let Some(entry) = self.take(key) else { return default };
        match read(&entry.value.value) {
            Some(value) => value,
            None => {
                let is = shown(&entry.value.value);
                self.problem(entry.value.line, key, format!("is {is}: give {wanted}"));
                default
            }
        }
    }

    pub fn problem(&self, line: u32, key: &str, what: impl Display) {
        self.notes.problem(line, format!("`{}{}` {what}", self.prefix, short(key)));
    }

    pub fn text(&mut self, key: &str) -> String {
        self.text_or(key, "")
    }

    pub fn text_or(&mut self, key: &str, default: &str) -> String {
        self.read(key, "a text", default.to_owned(), |value| match value {
            Value::Text(text) => Some(text.clone()),
            _ => None,
        })
    }

    /// A text that `refuse` has nothing to say against.
    pub fn text_unless(&mut self, key: &str, refuse: impl FnOnce(&str) -> Option<String>) -> String {
        let line = self.line_of(key);
        let text = self.text(key);
        match refuse(&text) {
            Some(why) => {
                self.problem(line, key, why);
                String::new()
            }
            None => text,
        }
    }

    pub fn truth(&mut self, key: &str, default: bool) -> bool {
        self.read(key, "true or false", default, |value| match value {
            Value::Truth(truth) => Some(*truth),
            _ => None,
        })
    }

    pub fn whole<N: TryFrom<i64> + TryInto<i64> + Copy + Display>(&mut self, key: &str, least: N, default: N) -> N {
        self.read(key, &format!("a whole number, {least} or more"), default, |value| match value {
            Value::Whole(whole) if least.try_into().is_ok_and(|least| *whole >= least) => N::try_from(*whole).ok(),
            _ => None,
        })
    }

    /// A number from 0 to `most`, where there is a most.
    pub fn number(&mut self, key: &str, most: Option<f64>, default: f64) -> f64 {
        let wanted = match most {
            Some(most) => format!("a number from 0 to {most}"),
            None => "a number, 0 or more".to_owned(),
        };
        let fits = |number: &f64| number.is_finite() && *number >= 0.0 && most.is_none_or(|most| *number <= most);
        self.read(key, &wanted, default, |value| number(value).filter(fits))
    }

    pub fn choice<T: Copy>(&mut self, key: &str, choices: &[(&str, T)], default: T) -> T {
        let names: Vec<String> = choices.iter().map(|(name, _)| format!("`{name}`")).collect();
        self.read(key, &names.join(" or "), default, |value| match value {
            Value::Text(text) => choices.iter().find(|(name, _)| name == text).map(|(_, choice)| *choice),
            _ => None,
        })
    }

    pub fn texts(&mut self, key: &str, default: &[&str]) -> Vec<String> {
        let default = default.iter().map(|&text| text.to_owned()).collect();
        self.read(key, "a list of texts", default, |value| match value {
            Value::List(_) => one_or_many(value),
            _ => None,
        })
    }

    /// Globs; `built_in` ones stand before what is written.
    pub fn globs(&mut self, key: &str, over: Over, built_in: &[&str], default: &[&str]) -> Globs {
        let line = self.line_of(key);
        let written = self.texts(key, default);
        let all: Vec<String> = built_in.iter().map(|&glob| glob.to_owned()).chain(written).collect();
        match Globs::parse(over, &all) {
            Ok(globs) => globs,
            Err(bad) => {
                self.problem(line, key, format!("holds a bad pattern: {bad}"));
                Globs::none(over)
            }
        }
    }

    /// The glob that this table's own name is.
    pub fn own_glob(&self, over: Over, name: &str) -> Globs {
        Globs::parse(over, &[name.to_owned()]).unwrap_or_else(|bad| {
            self.notes.problem(self.line, format!("`{}` is a bad pattern: {bad}", self.prefix.trim_end_matches('.')));
            Globs::none(over)
        })
    }

    /// `a.b = 1` may have been read as a table in a table: here both are one key with a dot.
    pub fn flatten(&mut self) {
        let entries = std::mem::take(&mut self.entries);
        for entry in entries {
            match entry.value.value {
                Value::Table(inner) => self.entries.extend(
                    inner.into_iter().map(|inner| Entry { key: format!("{}.{}", entry.key, inner.key), ..inner }),
                ),
                _ => self.entries.push(entry),
            }
        }
    }

    /// A table with known keys; empty where it is not written.
    pub fn table(&mut self, key: &str) -> Table<'n> {
        let line = self.line_of(key);
        let entries = self.read(key, "a table", Vec::new(), |value| match value {
            Value::Table(entries) => Some(entries.clone()),
            _ => None,
        });
        Table { notes: self.notes, prefix: format!("{}{key}.", self.prefix), line, entries }
    }

    /// Tables whose names are free, in the order written.
    pub fn tables(&mut self, key: &str) -> Vec<(String, Table<'n>)> {
        let outer = self.table(key);
        let mut tables = Vec::new();
        for Entry { key, line, value } in outer.entries {
            let prefix = format!("{}{}.", outer.prefix, short(&key));
            match value.value {
                Value::Table(entries) => tables.push((key, Table { notes: self.notes, prefix, line, entries })),
                other => {
                    let name = prefix.trim_end_matches('.');
                    self.notes.problem(line, format!("`{name}` is {}: give a table", shown(&other)));
                }
            }
        }
        tables
    }

    /// The tables of a list (`[[failures]]`), in the order written.
    pub fn each(&mut self, key: &str) -> Vec<Table<'n>> {
        let items = self.read(key, "tables, each under its own heading", Vec::new(), |value| match value {
            Value::List(items) => items
                .iter()
                .map(|item| match &item.value {
                    Value::Table(entries) => Some((item.line, entries.clone())),
                    _ => None,
                })
                .collect(),
            _ => None,
        });
        let prefix = format!("{}{key}.", self.prefix);
        let table = |(line, entries)| Table { notes: self.notes, prefix: prefix.clone(), line, entries };
        items.into_iter().map(table).collect()
    }

    /// A key that is somebody else's to read.
    pub fn passes_over(&mut self, key: &str) {
        self.take(key);
    }

    /// Whatever is left, for a table whose keys are free: nothing of it is unknown any more.
    pub fn rest(&mut self) -> Vec<Entry> {
        std::mem::take(&mut self.entries)
    }

    pub fn wants(&self, key: &str) {
        if !self.has(key) {
            self.problem(self.line, key, "is missing: give it");
        }
    }

    pub fn has(&self, key: &str) -> bool {
        self.entries.iter().any(|entry| entry.key == key)
    }

    pub fn line_of(&self, key: &str) -> u32 {
        self.entries.iter().find(|entry| entry.key == key).map_or(self.line, |entry| entry.value.line)
    }

    /// Everything that nobody asked for is an unknown key. Called when all tables are read, so that a key may be
    /// offered that belongs to another table.
    pub fn end(self) -> Vec<Unknown> {
        let Self { prefix, entries, .. } = self;
        entries.into_iter().map(|entry| Unknown { prefix: prefix.clone(), key: entry.key, line: entry.line }).collect()
    }
}

/// A text, or a list of texts.
pub fn one_or_many(value: &Value) -> Option<Vec<String>> {
    match value {
        Value::Text(text) => Some(vec![text.clone()]),
        Value::List(items) => items
            .iter()
            .map(|item| match &item.value {
                Value::Text(text) => Some(text.clone()),
                _ => None,
            })
            .collect(),
        _ => None,
    }
}

/// A key that no table knows.
pub struct Unknown {
    prefix: String,
    key: String,
    line: u32,
}

impl Notes {
    /// Says of each unknown key which known one is nearest.
    pub fn unknown(&self, keys: Vec<Unknown>) {
        for Unknown { prefix, key, line } in keys {
            let name = format!("`{prefix}{}`", short(&key));
            let text = if dashed(&key) == "base-url" {
                format!("{name} can never come from a policy: give it as the input `base-url`")
            } else {
                match self.nearest(&prefix, &key) {
                    Some(nearest) => format!("{name} is an unknown key: the nearest is `{nearest}`"),
                    None => format!("{name} is an unknown key"),
                }
            };
            self.problem(line, text);
        }
    }

    /// The nearest key of the same table; a key of another one only where that is much nearer.
    fn nearest(&self, prefix: &str, key: &str) -> Option<String> {
        let wrong = dashed(key);
        let keys = self.keys.borrow();
        let nearest_of = |own: bool| {
            keys.iter()
                .filter(|(table, _)| !own || table == prefix)
                .map(|(table, known)| (strsim::jaro_winkler(known, &wrong), table, known))
                .max_by(|a, b| a.0.total_cmp(&b.0))
        };
        let (own, any) = (nearest_of(true), nearest_of(false)?);
        let (_, table, known) = own.filter(|own| any.0 - own.0 < ELSEWHERE_MARGIN).unwrap_or(any);
        Some(format!("{table}{known}"))
    }
}

fn dashed(key: &str) -> String {
    key.to_lowercase().replace('_', "-")
}

fn short(key: &str) -> String {
    truncate(&key.escape_debug().to_string(), SHOWN_BYTES_MAX)
}

/// A value, for a sentence that says it is the wrong one.
fn shown(value: &Value) -> String {
    match value {
        Value::Text(text) => format!("the text `{}`", short(text)),
        Value::Whole(whole) => format!("{whole}"),
        Value::Number(number) => format!("{number}"),
        Value::Truth(truth) => format!("{truth}"),
        Value::List(items) => match items.iter().find(|item| !matches!(item.value, Value::Text(_))) {
            Some(item) => format!("a list with {} in it", item.value.kind()),
            None => "a list".to_owned(),
        },
        other => other.kind().to_owned(),
    }
}

#[expect(clippy::cast_precision_loss, reason = "a price or a share is far below the 2^53 where whole numbers get lost")]
fn number(value: &Value) -> Option<f64> {
    match value {
        Value::Number(number) => Some(*number),
        Value::Whole(whole) => Some(*whole as f64),
        _ => None,
    }
}
