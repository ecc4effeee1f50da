//! ansible-playbook: tasks that failed, and playbooks that cannot be read.
//!
//! `lib/ansible/plugins/callback/default.py`: `TASK [NAME] ***`, then `fatal: [HOST]: FAILED! => {json}` (`UNREACHABLE!` too), and `...ignoring` below where the
//! play goes on. `lib/ansible/utils/display.py` and, since ansible-core 2.19, `[ERROR]: MESSAGE` with `Origin: PATH:LINE:COLUMN` below it; before that
//! `ERROR! MESSAGE` with `The error appears to be in 'PATH': line N, column N, …`.

use crate::domain::failure::{Failure, Kind};
use crate::domain::log::{Line, Span};
use crate::stages::extract::form::Form;
use crate::stages::extract::pattern::{Pattern, group, number};
use crate::stages::extract::reader::{Attention, Findings, Reader};

/// A long message is wrapped before its `Origin:`.
const MESSAGE_LINES_MAX: u64 = 8;

#[derive(Default)]
pub struct Playbook {
    task: Option<String>,
    /// What `[ERROR]:` says, until its origin is told, and where it stands.
    said: Option<(String, u64)>,
    /// Where the task that failed stands: told before it is known whether that is ignored.
    origin: Option<(String, Option<u32>, Option<u32>, u64)>,
    /// The task failed; the next line says whether that is ignored.
    open: Option<Failure>,
}

static TASK: Pattern = Pattern::new(r"^(?:TASK|RUNNING HANDLER) \[(.+)\] \**$");
static FATAL: Pattern = Pattern::new(r"^(?:fatal|failed): \[(.+?)\](?: \(item=.*?\))?: (FAILED|UNREACHABLE)! => (.*)$");
static ERROR: Pattern = Pattern::new(r"^\[ERROR\]: (.+)$");
static ORIGIN: Pattern = Pattern::new(r"^Origin: (.+?):(\d+)(?::(\d+))?$");
static SAID: Pattern = Pattern::new(r#""msg": "((?:[^"\\]|\\.)*)""#);

impl Reader for Playbook {
    fn tool(&self) -> &'static str {
        "ansible-playbook"
    }

    fn wakes(&self) -> &'static [&'static str] {
        &["TASK [", "RUNNING HANDLER [", "]: FAILED! => ", "]: UNREACHABLE! => ", "[ERROR]: "]
    }

    fn line(&mut self, line: &Line<'_>, found: &mut Findings) -> Attention {
        if let Some(open) = self.open.take()
            && !line.text.starts_with("...ignoring")
        {
            found.failure(open);
        }
        if let Some(said) = self.said.take() {
            return self.below_error(said, line, found);
        }
        if let Some(error) = ERROR.captures(line.text) {
            self.said = Some((group(&error, 1).to_owned(), line.number));
            return Attention::Stay;
        }
        if let Some(task) = TASK.captures(line.text) {
            self.task = Some(group(&task, 1).to_owned());
        } else if let Some(fatal) = FATAL.captures(line.text) {
            let said =
                SAID.captures(group(&fatal, 3)).map_or(group(&fatal, 3).to_owned(), |said| group(&said, 1).to_owned());
            let unreachable = group(&fatal, 2) == "UNREACHABLE";
            let kind = if unreachable { Kind::Infrastructure } else { Kind::RuntimeError };
            let mut failure = Failure::new(kind, "ansible-playbook", said, Span::at(line.number));
            failure.test = self.task.clone();
            failure.code = Some(group(&fatal, 2).to_owned());
            if let Some((path, at, column, _)) = self.origin.take().filter(|origin| line.number - origin.3 < 30) {
                (failure.path, failure.line, failure.column) = (Some(path), at, column);
            }
            self.open = Some(failure);
            return Attention::Stay;
        }
        Attention::Sleep
    }

    fn end(&mut self, found: &mut Findings) {
        if let Some(open) = self.open.take() {
            found.failure(open);
        }
        (self.task, self.said, self.origin) = (None, None, None);
    }
}

impl Playbook {
    /// The message goes on, or its origin is told.
    fn below_error(&mut self, (said, first): (String, u64), line: &Line<'_>, found: &mut Findings) -> Attention {
        let Some(origin) = ORIGIN.captures(line.text) else {
            let goes_on = !line.text.is_empty() && line.number - first < MESSAGE_LINES_MAX;
            self.said = goes_on.then(|| (format!("{said} {}", line.text.trim()), first));
            return if goes_on { Attention::Stay } else { Attention::Sleep };
        };
        let (path, at, column) = (group(&origin, 1).to_owned(), number(&origin, 2), number(&origin, 3));
        if said.starts_with("Task failed") {
            self.origin = Some((path, at, column, line.number));
            return Attention::Sleep;
        }
        let log = Span { first, last: line.number };
        let mut failure = Failure::new(Kind::BuildError, "ansible-playbook", said, log);
        (failure.path, failure.line, failure.column) = (Some(path), at, column);
        found.failure(failure);
        Attention::Sleep
    }
}

pub const UNREAD_OLD: Form = Form {
    tool: "ansible-playbook",
    kind: Kind::BuildError,
    wakes: &["ERROR! "],
    lines: &[
        r"^ERROR! (?P<message>.+)$",
        r"^The error appears to be in '(?P<path>.+)': line (?P<line>\d+), column (?P<column>\d+),",
    ],
    between: Some(r"^$"),
    ..Form::DEFAULT
};

#[cfg(test)]
mod tests {
    use crate::stages::extract::tests::told;

    #[test]
    fn a_task_that_failed_is_told_and_one_that_is_ignored_is_not() {
        let log = "\
TASK [make the folder] ********************************************
fatal: [web1]: FAILED! => {\"changed\": true, \"msg\": \"non-zero return code\", \"rc\": 1}

TASK [try it] *****************************************************
fatal: [web1]: FAILED! => {\"changed\": false, \"msg\": \"no\"}
...ignoring
";
        assert_eq!(
            told(log),
            ["ansible-playbook runtime_error | make the folder | FAILED | non-zero return code | @2-2"]
        );
    }

    #[test]
    fn since_ansible_core_2_19_the_place_of_the_task_is_told_before() {
        let log = "\
TASK [make the folder] ********************************************
[ERROR]: Task failed: Module failed: non-zero return code
Origin: /home/runner/work/a/a/site.yml:6:7

6     - name: make the folder
        ^ column 7

fatal: [web1]: FAILED! => {\"changed\": true, \"msg\": \"non-zero return code\", \"rc\": 1}
";
        assert_eq!(
            told(log),
            ["ansible-playbook runtime_error | site.yml:6:7 | make the folder | FAILED | non-zero return code | @8-8"]
        );
    }

    #[test]
    fn a_playbook_that_cannot_be_read_is_told_with_its_place() {
        let new = "[ERROR]: conflicting action statements: nme, foo\nOrigin: site.yml:3:6\n";
        let old = "ERROR! conflicting action statements: nme, foo\n\nThe error appears to be in 'site.yml': line 3, column 6, but may\n";
        assert_eq!(
            told(new),
            ["ansible-playbook build_error | site.yml:3:6 | conflicting action statements: nme, foo | @1-2"]
        );
        assert_eq!(
            told(old),
            ["ansible-playbook build_error | site.yml:3:6 | conflicting action statements: nme, foo | @1-3"]
        );
    }
}
