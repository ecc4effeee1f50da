//! A golden case as a person wrote it; an error names line, key and the nearest valid one.

use crate::config::raw;
use crate::config::written::{Notes, Problem, Table};
use crate::domain::class::{Class, Classification};
use crate::domain::failure::{Failure, Kind, Reading};
use crate::stages::extract::paths::SOMEWHERE;

/// What makes a case's log; only the recorder reads these.
const OF_THE_RECORDER: [&str; 11] =
    ["ci", "job", "shell", "setup", "before", "script", "runner", "green", "mend", "output", "exit"];

/// How a log came to be.
const MADE: [(&str, Made); 3] = [("run", Made::Run), ("caused", Made::Caused), ("documented", Made::Documented)];

/// How a log came to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Made {
    /// The tool really ran.
    Run,
    /// The fault was really caused.
    Caused,
    /// No registry ships the tool: written from its documentation.
    Documented,
}

impl Made {
    pub fn as_str(self) -> &'static str {
        MADE.iter().find(|(_, made)| *made == self).map_or("", |(name, _)| name)
    }
}

/// What a person says of one log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Case {
    /// `ruff/unused-import`: the files' place in the golden set, without an extension.
    pub name: String,
    pub tool: String,
    pub language: String,
    pub class: Class,
    /// `None` is not compared.
    pub kind: Option<Kind>,
    pub made: Made,
    pub trap: bool,
    /// Another case that is the same failure seen elsewhere.
    pub same_as: Option<String>,
    /// `false` until a person has looked at what the program wrote.
    pub checked: bool,
    /// The root failures; where none are told they are not compared.
    pub failures: Vec<Expected>,
}

/// One root failure; what is `None` is not compared.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Expected {
    pub tool: Option<String>,
    /// As printed, or from the repository's root.
    pub path: Option<String>,
    pub line: Option<u32>,
    pub column: Option<u32>,
    pub test: Option<String>,
    pub code: Option<String>,
    pub message: Option<String>,
    pub suggestion: Option<String>,
}

impl Case {
    /// Reads a case's file.
    pub fn parse(name: &str, text: &str) -> Result<Self, Problem> {
        let notes = Notes::default();
        let mut file = Table::whole_file(raw::entries_of(text)?, &notes);
        for key in ["tool", "language", "class", "made", "with"] {
            file.wants(key);
        }
        let class = file.choice("class", &Class::ALL.map(|class| (class.as_str(), class)), Class::Unknown);
        if class != Class::Unknown {
            file.wants("kind");
        }
        let kinds = Kind::ALL.map(|kind| (kind.as_str(), Some(kind)));
        let case = Self {
            name: name.to_owned(),
            tool: file.text_unless("tool", empty),
            language: file.text_unless("language", empty),
            class,
            kind: file.choice("kind", &kinds, None),
            made: file.choice("made", &MADE, Made::Run),
            trap: !file.text("trap").is_empty(),
            same_as: Some(file.text("same-as")).filter(|name| !name.is_empty()),
            checked: file.truth("checked", true),
            failures: Vec::new(),
        };
        file.text_unless("with", empty);
        for key in OF_THE_RECORDER {
            file.passes_over(key);
        }
        file.table("env").rest();
        let mut unknown = Vec::new();
        let failures = file.each("failures").into_iter().map(|mut table| {
            let expected = Expected::read(&mut table);
            unknown.extend(table.end());
            expected
        });
        let failures = failures.collect();
        unknown.extend(file.end());
        notes.unknown(unknown);
        notes.first().map_or(Ok(Self { failures, ..case }), Err)
    }

    /// The file of a case that nobody has looked at: what the program says of its log.
    pub fn draft(reading: &Reading, classification: &Classification) -> String {
        let tool = reading.roots().next().map_or("none", |failure| failure.tool.as_str());
        let mut text = format!(
            "checked = false   # look at every line, mend what is wrong, then take this one out\n\
             tool = {}\nlanguage = \"none\"\nclass = {}\n",
            quoted(tool),
            quoted(classification.class.as_str()),
        );
        if let Some(kind) = classification.kind {
            text += &format!("kind = {}\n", quoted(kind.as_str()));
        }
        text += "made = \"run\"\nwith = \"\"\n";
        for failure in reading.roots() {
            text += "\n[[failures]]\n";
            for (key, value) in [
                ("path", failure.file.as_deref().or(failure.path.as_deref())),
                ("code", failure.code.as_deref()),
                ("message", Some(failure.message.as_str())),
                ("test", failure.test.as_deref()),
            ] {
                text.extend(value.map(|value| format!("{key} = {}\n", quoted(value))));
            }
            for (key, value) in [("line", failure.line), ("column", failure.column)] {
                text.extend(value.map(|value| format!("{key} = {value}\n")));
            }
        }
        text
    }
}

impl Expected {
    fn read(table: &mut Table<'_>) -> Self {
        let text = |table: &mut Table<'_>, key| Some(table.text(key)).filter(|text| !text.is_empty());
        let number = |table: &mut Table<'_>, key| Some(table.whole::<u32>(key, 1, 0)).filter(|number| *number > 0);
        Self {
            tool: text(table, "tool"),
            path: text(table, "path"),
            line: number(table, "line"),
            column: number(table, "column"),
            test: text(table, "test"),
            code: text(table, "code"),
            message: text(table, "message"),
            suggestion: text(table, "suggestion"),
        }
    }

    /// Whether this is what the program says, in every field that is told.
    pub fn is(&self, failure: &Failure) -> bool {
        let same = |told: &Option<String>, said: &Option<String>| told.is_none() || told == said;
        let same_number = |told: Option<u32>, said: Option<u32>| told.is_none() || told == said;
        let path = self.path.is_none()
            || self.path == failure.file
            || self.path == failure.path
            || failure.file.is_none() && self.path.as_ref().is_some_and(|path| ends(path, failure.path.as_deref()));
        let tool = self.tool.as_ref().is_none_or(|tool| *tool == failure.tool);
        let message = self.message.as_ref().is_none_or(|message| says(message, &failure.message));
        path && tool
            && message
            && same_number(self.line, failure.line)
            && same_number(self.column, failure.column)
            && same(&self.test, &failure.test)
            && same(&self.code, &failure.code)
            && same(&self.suggestion, &failure.suggestion)
    }

    /// In one line: where, which test, which code, what.
    pub fn told(&self) -> String {
        let number = |number: Option<u32>| number.map(|number| format!(":{number}")).unwrap_or_default();
        let place = self.path.as_ref().map(|path| format!("{path}{}{}", number(self.line), number(self.column)));
        let parts = [place, self.test.clone(), self.code.clone(), self.message.clone()];
        parts.into_iter().flatten().collect::<Vec<_>>().join(" | ")
    }
}

/// Of some paths only the end is printed, a Java class's or a Go file's: then it has to be the end of what is told, or the
/// other way round, for a module's name stands before a package's folders.
fn ends(told: &str, printed: Option<&str>) -> bool {
    let Some(end) = printed.and_then(|printed| printed.strip_prefix(SOMEWHERE)) else { return false };
    let whole =
        |long: &str, short: &str| long.strip_suffix(short).is_some_and(|rest| rest.is_empty() || rest.ends_with('/'));
    whole(told, end) || whole(end, told)
}

/// White space apart, a message is told whole or by its first line.
fn says(told: &str, said: &str) -> bool {
    let words = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    let told = words(told);
    told == words(said) || said.lines().next().is_some_and(|first| told == words(first))
}

fn empty(text: &str) -> Option<String> {
    text.trim().is_empty().then(|| "is empty: give it".to_owned())
}

/// What JSON escapes in a string, TOML understands.
fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::log::Span;

    const WHOLE: &str = "tool = \"ruff\"\nlanguage = \"python\"\nclass = \"deterministic_code\"\nkind = \"lint_error\"\n\
        made = \"run\"\nwith = \"ruff 0.14.5\"\ntrap = \"its warnings\"\nenv = { A = \"b\" }\nscript = '''\nruff check\n'''\n\
        [[failures]]\npath = \"a.py\"\nline = 3\n[[failures]]\ncode = \"F401\"\n";

    fn wrong(text: &str) -> (u32, String) {
        let problem = Case::parse("x/y", text).expect_err("a problem");
        (problem.line, problem.text)
    }

    #[test]
    fn a_case_is_read() {
        let case = Case::parse("ruff/unused", WHOLE).expect("a case");
        assert_eq!(
            (case.tool.as_str(), case.class, case.kind),
            ("ruff", Class::DeterministicCode, Some(Kind::LintError))
        );
        assert!(case.trap && case.checked);
        let told: Vec<String> = case.failures.iter().map(Expected::told).collect();
        assert_eq!(told, ["a.py:3", "F401"]);
    }

    #[test]
    fn a_bad_case_names_line_and_key() {
        assert_eq!(wrong(&WHOLE.replace("tool =", "tol =")).1, "`tool` is missing: give it");
        let (line, text) = wrong(&WHOLE.replace("trap =", "trp ="));
        assert_eq!((line, text.as_str()), (7, "`trp` is an unknown key: the nearest is `trap`"));
        let (line, text) = wrong(&WHOLE.replace("deterministic_code", "deterministic"));
        assert_eq!((line, text.starts_with("`class` is the text `deterministic`: give `")), (3, true), "{text}");
        let (line, text) = wrong(&WHOLE.replace("line = 3", "lines = 3"));
        assert_eq!((line, text.as_str()), (14, "`failures.lines` is an unknown key: the nearest is `failures.line`"));
        assert_eq!(wrong(&WHOLE.replace("ruff 0.14.5", "")), (6, "`with` is empty: give it".to_owned()));
    }

    #[test]
    fn a_draft_can_be_read_once_a_person_has_completed_it() {
        let failure = Failure {
            path: Some("C:\\a\"b.py".to_owned()),
            line: Some(3),
            ..Failure::new(Kind::LintError, "ruff", "two\nlines", Span::at(1))
        };
        let reading = Reading { failures: vec![failure.clone()], ..Reading::default() };
        let classification = Classification {
            class: Class::DeterministicCode,
            kind: Some(Kind::LintError),
            confidence: 0.9,
            root_cause: String::new(),
            evidence: Vec::new(),
            also: Vec::new(),
        };
        let draft = Case::draft(&reading, &classification);
        assert_eq!(wrong(&draft).1, "`with` is empty: give it");
        let case = Case::parse("x/y", &draft.replace("with = \"\"", "with = \"ruff 1\"")).expect("a case");
        assert!(!case.checked);
        assert!(case.failures[0].is(&failure));
    }

    #[test]
    fn what_is_told_has_to_be_said() {
        let failure = Failure {
            file: Some("a.py".to_owned()),
            path: Some("/home/runner/work/x/x/a.py".to_owned()),
            line: Some(3),
            ..Failure::new(Kind::LintError, "ruff", "one  two\nthree", Span::at(1))
        };
        let told =
            Expected { path: Some("a.py".to_owned()), message: Some("one two".to_owned()), ..Expected::default() };
        assert!(told.is(&failure));
        assert!(Expected { path: failure.path.clone(), ..told.clone() }.is(&failure));
        assert!(!Expected { line: Some(4), ..told.clone() }.is(&failure));
        assert!(!Expected { code: Some("E1".to_owned()), ..told.clone() }.is(&failure));
        assert!(!Expected { message: Some("one".to_owned()), ..told }.is(&failure));
    }
}
