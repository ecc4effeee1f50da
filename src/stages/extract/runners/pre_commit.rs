//! pre-commit: a hook that failed, or changed files.
//!
//! `pre_commit/commands/run.py`, `_run_single_hook`: `NAME....Failed`, `- hook id: ID`, `- duration: …`, `- exit code: N`, `- files were modified by this
//! hook`, an empty line, what the hook printed. A hook that only exits with a status has said why itself. The hooks of
//! pre-commit-hooks that change files name each: `Fixing PATH`.

use crate::domain::failure::{Failure, Kind};
use crate::domain::log::{Line, Span};
use crate::stages::extract::pattern::{Pattern, group};
use crate::stages::extract::reader::{Attention, Findings, Reader};

const MODIFIED: &str = "files were modified by this hook";

/// Files of one hook that are told one by one.
const FILES_MAX: usize = 200;

#[derive(Default)]
pub struct PreCommit {
    hook: Option<Hook>,
}

struct Hook {
    id: String,
    log: Span,
    exit: Option<String>,
    modified: bool,
    files: Vec<(String, u64)>,
}

static ID: Pattern = Pattern::new(r"^- hook id: (\S+)$");
static EXIT: Pattern = Pattern::new(r"^- exit code: (\d+)$");
static FILE: Pattern = Pattern::new(r"^(?:Fixing|Rewriting|Sorting|Formatted:?|reformatted) (\S.*)$");

impl Reader for PreCommit {
    fn tool(&self) -> &'static str {
        "pre-commit"
    }

    fn wakes(&self) -> &'static [&'static str] {
        &["- hook id: "]
    }

    fn line(&mut self, line: &Line<'_>, found: &mut Findings) -> Attention {
        if let Some(id) = ID.captures(line.text) {
            self.end(found);
            let log = Span { first: line.number.saturating_sub(1).max(1), last: line.number };
            self.hook =
                Some(Hook { id: group(&id, 1).to_owned(), log, exit: None, modified: false, files: Vec::new() });
            return Attention::Stay;
        }
        let Some(hook) = &mut self.hook else { return Attention::Sleep };
        if let Some(exit) = EXIT.captures(line.text) {
            hook.exit = Some(group(&exit, 1).to_owned());
        } else if line.text.starts_with("- files were modified") {
            hook.modified = true;
        } else if let Some(file) = FILE.captures(line.text).filter(|_| hook.modified && hook.files.len() < FILES_MAX) {
            hook.files.push((group(&file, 1).to_owned(), line.number));
        } else if !line.text.is_empty() && !line.text.starts_with("- duration")
            || line.text.is_empty() && !hook.modified
        {
            self.end(found);
            return Attention::Sleep;
        }
        if line.text.starts_with("- ") {
            hook.log.last = line.number;
        }
        Attention::Stay
    }

    fn end(&mut self, found: &mut Findings) {
        let Some(hook) = self.hook.take() else { return };
        let told = |message: &str, log| {
            let mut failure = Failure::new(Kind::FormatError, "pre-commit", message, log);
            failure.code = Some(hook.id.clone());
            failure.task = Some(hook.id.clone());
            failure
        };
        if !hook.modified {
            let exit = hook.exit.as_deref().unwrap_or("1");
            let failure = told(&format!("hook exited with code {exit}"), hook.log);
            found.mild(Failure { kind: Kind::LintError, ..failure });
        } else if hook.files.is_empty() {
            found.failure(told(MODIFIED, hook.log));
        }
        for (path, line) in &hook.files {
            found.failure(Failure {
                path: Some(path.clone()),
                ..told(MODIFIED, Span { first: hook.log.first, last: *line })
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::stages::extract::tests::{read, told};

    #[test]
    fn a_hook_that_changed_files_is_told_with_the_files() {
        let log = "\
check yaml...............................................................Passed
fix end of files.........................................................Failed
- hook id: end-of-file-fixer
- exit code: 1
- files were modified by this hook

Fixing docs/a.txt
Fixing docs/b.txt
";
        assert_eq!(
            told(log),
            [
                "pre-commit format_error | docs/a.txt | end-of-file-fixer | files were modified by this hook | @2-7",
                "pre-commit format_error | docs/b.txt | end-of-file-fixer | files were modified by this hook | @2-8",
            ]
        );
    }

    #[test]
    fn what_a_hooks_tool_says_belongs_to_the_tool_and_its_task_is_the_hook() {
        let log = "\
codespell................................................................Failed
- hook id: codespell
- exit code: 65

docs/a.txt:4: recieve ==> receive

flake8...................................................................Passed
";
        let failures = read(log).failures;
        assert_eq!(failures.len(), 1, "{failures:?}");
        assert_eq!((failures[0].tool.as_str(), failures[0].task.as_deref()), ("codespell", Some("codespell")));
    }

    #[test]
    fn a_hook_of_which_nothing_is_known_is_told_where_nothing_else_is() {
        let log = "my check...Failed\n- hook id: my-check\n- exit code: 3\n\nall is lost\n";
        assert!(told(log)[0].contains("my-check | hook exited with code 3"), "{:?}", told(log));
    }
}
