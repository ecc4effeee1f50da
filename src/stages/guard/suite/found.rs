//! What tests are: each with its name and its place, and with what it stands in.

use std::ops::Range;

/// One test that a runner would find.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Test {
    /// With the names of what it stands in: `TestCart > test_add`.
    pub name: String,
    pub line: u32,
    /// Its decorators, its head and its body.
    pub tokens: Range<usize>,
}

/// What holds tests: a class, a module, a `describe`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Group {
    pub name: String,
    /// Decorators and head, without the body.
    pub head: Range<usize>,
    pub tokens: Range<usize>,
    /// A module of Rust that is compiled for tests alone.
    pub only_for_tests: bool,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Suite {
    pub tests: Vec<Test>,
    pub groups: Vec<Group>,
}

/// Between the names of a test and of what it stands in.
const WITHIN: &str = " > ";

impl Suite {
    /// Each test gets the names of all that it stands in.
    pub fn named(mut self) -> Self {
        let groups = self.groups.clone();
        let outer: Vec<(Range<usize>, String)> =
            self.tests.iter().map(|test| (test.tokens.clone(), test.name.clone())).collect();
        for test in &mut self.tests {
            let inside = |range: &Range<usize>| range.start < test.tokens.start && test.tokens.end <= range.end;
            let mut names: Vec<(usize, &str)> = groups
                .iter()
                .filter(|group| inside(&group.tokens))
                .map(|group| (group.tokens.start, group.name.as_str()))
                .chain(
                    outer.iter().filter(|(range, _)| inside(range)).map(|(range, name)| (range.start, name.as_str())),
                )
                .collect();
            names.sort_by_key(|(start, _)| *start);
            let names: Vec<&str> = names.into_iter().map(|(_, name)| name).chain([test.name.as_str()]).collect();
            test.name = names.join(WITHIN);
        }
        self
    }

    /// The innermost test around a token.
    pub fn test_at(&self, at: usize) -> Option<&Test> {
        self.tests.iter().filter(|test| test.tokens.contains(&at)).min_by_key(|test| test.tokens.len())
    }

    /// What a decorator, attribute or annotation at this place belongs to: a test, a group, or the file (nothing).
    pub fn owner(&self, at: usize) -> Option<&str> {
        self.test_at(at)
            .map(|test| test.name.as_str())
            .or_else(|| self.groups.iter().find(|group| group.head.contains(&at)).map(|group| group.name.as_str()))
    }

    /// Whether a token stands at the head of something that holds tests.
    pub fn heads_tests(&self, at: usize) -> bool {
        let holds_tests = |group: &Group| self.tests.iter().any(|test| group.tokens.contains(&test.tokens.start));
        self.groups.iter().any(|group| group.head.contains(&at) && holds_tests(group))
    }
}

impl Test {
    pub fn own_name(&self) -> &str {
        self.name.rsplit(WITHIN).next().unwrap_or(&self.name)
    }
}

/// A test's range, cut where the next one begins: a block whose end is missing would swallow the rest of the file.
pub fn cut_at_next(tests: &mut [Test]) {
    let begins: Vec<usize> = tests.iter().map(|test| test.tokens.start).collect();
    for test in tests {
        if let Some(next) = begins.iter().find(|next| **next > test.tokens.start && **next < test.tokens.end) {
            test.tokens.end = *next;
        }
    }
}
