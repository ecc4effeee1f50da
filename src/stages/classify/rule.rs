//! What a rule is: a line's meaning, as data.

use crate::domain::class::Class;
use crate::domain::failure::Kind;

/// How far what a line says reaches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    /// It explains why a program that fetches, installs or runs something failed. Beside a test or a compiler that
    /// found something wrong it is only a word.
    Command,
    /// The same, and a test or a module that fails with these very words.
    Message,
    /// It explains whatever failed from there on: with a full disk everything fails.
    Everything,
}

/// What a line that meets a rule means. A rule is true of a tool, a protocol or a platform, never of one log.
#[derive(Clone, Copy, Debug)]
pub struct Rule {
    /// `area.rule`, stable: it is the `rule` of published evidence.
    pub name: &'static str,
    pub class: Class,
    pub kind: Kind,
    /// Lower-case literals, one of which is in every line that can meet the rule.
    pub wakes: &'static [&'static str],
    /// Where the literals above are common words: a line is looked at only where one of these stands in it too, or where
    /// somebody else wants it.
    pub beside: &'static [&'static str],
    /// Decides on a woken line; upper and lower case are the same.
    pub pattern: &'static str,
    /// 0 to 1: how sure its line alone makes us, where a step ends with it.
    pub weight: f64,
    pub reach: Reach,
    /// Whether the tool says this when it has given up: then a word about trying again in the line is no hope.
    pub last_word: bool,
    /// What it means, for a person.
    pub reason: &'static str,
}

impl Rule {
    /// The same commit can be green next time.
    pub const fn transient(
        name: &'static str,
        wakes: &'static [&'static str],
        pattern: &'static str,
        weight: f64,
        reason: &'static str,
    ) -> Self {
        Self {
            name,
            class: Class::TransientRetryable,
            kind: Kind::Infrastructure,
            wakes,
            beside: &[],
            pattern,
            weight,
            reach: Reach::Command,
            last_word: false,
            reason,
        }
    }

    /// A person has to act, and not on the code.
    pub const fn environment(
        name: &'static str,
        wakes: &'static [&'static str],
        pattern: &'static str,
        weight: f64,
        reason: &'static str,
    ) -> Self {
        Self { class: Class::EnvironmentPolicy, ..Self::transient(name, wakes, pattern, weight, reason) }
    }

    /// The repository says so every time.
    pub const fn code(
        name: &'static str,
        kind: Kind,
        wakes: &'static [&'static str],
        pattern: &'static str,
        weight: f64,
        reason: &'static str,
    ) -> Self {
        Self { class: Class::DeterministicCode, kind, ..Self::transient(name, wakes, pattern, weight, reason) }
    }

    pub const fn of(self, kind: Kind) -> Self {
        Self { kind, ..self }
    }

    pub const fn beside(self, beside: &'static [&'static str]) -> Self {
        Self { beside, ..self }
    }

    pub const fn above_all(self) -> Self {
        Self { reach: Reach::Everything, ..self }
    }

    pub const fn its_message(self) -> Self {
        Self { reach: Reach::Message, ..self }
    }

    pub const fn last_word(self) -> Self {
        Self { last_word: true, ..self }
    }
}
