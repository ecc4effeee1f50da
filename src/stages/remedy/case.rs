//! What the remedies of one tool may look at: its failures, the tree, and the command that failed.

use super::script::{self, Call};
use super::shell::{placed_commands, quote};
use crate::domain::candidate::{Change, Fixer, Place, Remedy};
use crate::domain::failure::{Failure, Reproduce};

/// A command that names more files is longer than a shell takes, and its patch larger than any policy allows.
const FILES_MAX: usize = 100;

/// A tool that suggests more replacements for one name than this is only listing what there is.
const ALTERNATIVES_MAX: usize = 3;

/// No compiler's own limit, but longer than any name that people write.
const NAME_BYTES_MAX: usize = 200;

pub struct Case<'a> {
    pub failures: Vec<&'a Failure>,
    pub reproduce: &'a Reproduce,
    exists: &'a dyn Fn(&str) -> bool,
}

impl<'a> Case<'a> {
    pub fn new(failures: Vec<&'a Failure>, exists: &'a dyn Fn(&str) -> bool, reproduce: &'a Reproduce) -> Self {
        Self { failures, reproduce, exists }
    }

    /// Every run of `tool` in the failing script.
    pub fn calls(&self, tool: &str) -> Vec<Call> {
        script::calls(&self.reproduce.command, tool)
    }

    /// Whether the tool's check failed and none of its files was named.
    pub fn names_no_file(&self) -> bool {
        !self.failures.is_empty()
            && self.failures.iter().all(|failure| failure.path.is_none() && failure.file.is_none())
    }

    /// A run of `tool` where the script ends up: for scripts that start it through something else, such as `make`.
    pub fn bare_call(&self, launcher: &str, tool: &str) -> Call {
        let setup = placed_commands(&self.reproduce.command).pop().map(|(setup, _)| setup).unwrap_or_default();
        let launcher = launcher.split_whitespace().map(str::to_owned).collect();
        Call { setup, launcher, tool: tool.to_owned(), args: Vec::new() }
    }

    /// The file is in the tree; the path is relative to where the script starts.
    pub fn has(&self, path: &str) -> bool {
        script::join(&self.reproduce.directory, path).is_some_and(|path| (self.exists)(&path))
    }

    /// The files of the failures, quoted for a shell and named from where the call runs; `None` when there are none,
    /// too many, or the script hides where it runs.
    pub fn files(&self, call: &Call) -> Option<Vec<String>> {
        let directory = script::join(&self.reproduce.directory, &call.directory()?)?;
        let mut files: Vec<&str> = self.failures.iter().filter_map(|failure| failure.file.as_deref()).collect();
        files.retain(|file| (self.exists)(file));
        files.sort_unstable();
        files.dedup();
        (!files.is_empty() && files.len() <= FILES_MAX)
            .then(|| files.into_iter().map(|file| quote(&script::relative(&directory, file))).collect())
    }

    pub fn fixer(&self, name: &str, command: String) -> Remedy {
        // A fixer is a shell script, also where the failing one is Python.
        let own = self.reproduce.shell.as_str();
        let program = own.split_whitespace().next().unwrap_or_default();
        let is_shell = matches!(program.rsplit('/').next(), Some("bash" | "sh"));
        Remedy::Fixer(Fixer {
            name: name.to_owned(),
            command,
            shell: if is_shell { own.to_owned() } else { "sh -e {0}".to_owned() },
            directory: self.reproduce.directory.clone(),
        })
    }

    /// One remedy for all places that are named; where a tool gives several replacements, one for each.
    pub fn places(&self, name: &str, changes: &dyn Fn(&Failure) -> Vec<Change>) -> Vec<Remedy> {
        let mut places: Vec<(Place, Vec<Change>)> = Vec::new();
        for failure in &self.failures {
            let (Some(file), Some(line)) = (&failure.file, failure.line) else { continue };
            let changes = changes(failure);
            let Some(change) = changes.first().cloned().filter(|_| (self.exists)(file)) else { continue };
            let place = Place { file: file.clone(), line, column: failure.column, change };
            if !places.iter().any(|(known, _)| *known == place) {
                places.push((place, changes));
            }
        }
        let alternatives = places.iter().map(|(_, changes)| changes.len()).max().unwrap_or(0).min(ALTERNATIVES_MAX);
        (0..alternatives)
            .map(|nth| {
                let places = places.iter().map(|(place, changes)| {
                    let change = changes.get(nth).unwrap_or(&place.change).clone();
                    Place { change, ..place.clone() }
                });
                Remedy::Places { name: name.to_owned(), places: places.collect() }
            })
            .collect()
    }
}

/// A rename that a tool names, if both sides are names: a log cannot bring anything else into a file.
pub fn rename(from: &str, to: &str) -> Option<Change> {
    let name = |text: &str| {
        !text.is_empty()
            && text.len() <= NAME_BYTES_MAX
            && !text.starts_with(|c: char| c.is_ascii_digit())
            && text.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '$'))
    };
    let path = |text: &str| text.replace("::", ".").split('.').all(name);
    (name(from) && path(to) && from != to).then(|| Change::Rename { from: from.to_owned(), to: to.to_owned() })
}

/// The same for a name that is imported: its uses go with it.
pub fn of_import(change: Change) -> Change {
    match change {
        Change::Rename { from, to } => Change::RenameImport { from, to },
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::failure::{Kind, ReproduceFrom};
    use crate::domain::log::Span;

    fn failures(count: usize) -> Vec<Failure> {
        (0..count)
            .map(|nth| {
                let mut failure = Failure::new(Kind::LintError, "eslint", "no", Span::at(1));
                (failure.file, failure.line) = (Some(format!("{nth}.js")), Some(1));
                failure
            })
            .collect()
    }

    fn reproduce(command: &str, shell: &str) -> Reproduce {
        Reproduce {
            command: command.to_owned(),
            shell: shell.to_owned(),
            directory: "web".to_owned(),
            env: Vec::new(),
            from: ReproduceFrom::Workflow,
        }
    }

    #[test]
    fn files_are_named_from_where_the_tool_runs_up_to_the_limit() {
        let reproduce = reproduce("cd app && npx eslint .", "bash -e {0}");
        for (count, named) in [(FILES_MAX, true), (FILES_MAX + 1, false), (0, false)] {
            let failures = failures(count);
            let case = Case::new(failures.iter().collect(), &|_| true, &reproduce);
            let files = case.files(&case.calls("eslint")[0]);
            assert_eq!(files.is_some(), named, "{count}");
            assert!(files.unwrap_or_default().iter().all(|file| file.starts_with("../../")));
        }
        let failures = failures(1);
        let gone = Case::new(failures.iter().collect(), &|_| false, &reproduce);
        assert_eq!(gone.files(&gone.calls("eslint")[0]), None);
    }

    #[test]
    fn a_fixer_of_a_step_that_is_no_shell_script_is_one() {
        for (shell, own) in [
            ("bash --noprofile --norc -eo pipefail {0}", "bash --noprofile --norc -eo pipefail {0}"),
            ("/bin/sh -e {0}", "/bin/sh -e {0}"),
            ("python {0}", "sh -e {0}"),
            ("pwsh -command \". '{0}'\"", "sh -e {0}"),
        ] {
            let reproduce = reproduce("ruff check .", shell);
            let Remedy::Fixer(fixer) = Case::new(Vec::new(), &|_| true, &reproduce).fixer("x", "x".to_owned()) else {
                panic!("a fixer")
            };
            assert_eq!((fixer.shell.as_str(), fixer.directory.as_str()), (own, "web"));
        }
    }

    #[test]
    fn alternatives_beyond_the_limit_are_not_tried() {
        let failures = failures(1);
        let reproduce = reproduce("make", "bash -e {0}");
        let case = Case::new(failures.iter().collect(), &|_| true, &reproduce);
        let changes =
            |count: usize| move |_: &Failure| (0..count).filter_map(|nth| rename("a", &format!("b{nth}"))).collect();
        assert_eq!(case.places("x", &changes(ALTERNATIVES_MAX)).len(), ALTERNATIVES_MAX);
        assert_eq!(case.places("x", &changes(ALTERNATIVES_MAX + 1)).len(), ALTERNATIVES_MAX);
        assert_eq!(case.places("x", &changes(0)), []);
    }

    #[test]
    fn only_names_are_renamed_to_names() {
        assert!(rename("a", "this.b").is_some());
        assert!(rename("größe", "Größe").is_some());
        let longest = "x".repeat(NAME_BYTES_MAX);
        assert!(rename("a", &longest).is_some());
        for (from, to) in
            [("a", "a"), ("a", ""), ("", "a"), ("a", "b()"), ("a b", "c"), ("a", "b\nc"), ("1a", "a"), ("a", "..")]
        {
            assert_eq!(rename(from, to), None, "{from} {to}");
        }
        assert_eq!(rename("a", &format!("{longest}x")), None);
    }
}
