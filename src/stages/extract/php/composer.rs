//! Composer: requirements that cannot be met.
//!
//! `src/Composer/DependencyResolver/SolverProblemsException.php` and `Problem.php`: `  Problem 1`, then its reasons, each
//! `    - …`; `src/Composer/Installer.php` heads them with `Your requirements could not be resolved to an installable set of
//! packages.` or `Your lock file does not contain a compatible set of packages.`

use crate::domain::failure::{Failure, Kind};
use crate::domain::log::{Line, Span};
use crate::stages::extract::form::Form;
use crate::stages::extract::pattern::Pattern;
use crate::stages::extract::reader::{Attention, Findings, Reader};

/// Reasons of one problem that are told; the first ones name the packages.
const REASONS_MAX: usize = 12;

#[derive(Default)]
pub struct Composer {
    heading: Option<u64>,
    problem: Option<Failure>,
    reasons: usize,
}

static PROBLEM: Pattern = Pattern::new(r"^\s+Problem \d+$");

impl Reader for Composer {
    fn tool(&self) -> &'static str {
        "composer"
    }

    fn wakes(&self) -> &'static [&'static str] {
        &["Your requirements could not be resolved to ", "Your lock file does not contain a "]
    }

    fn line(&mut self, line: &Line<'_>, found: &mut Findings) -> Attention {
        let text = line.text;
        if text.starts_with("Your requirements could") || text.starts_with("Your lock file does") {
            self.end(found);
            self.heading = Some(line.number);
        } else if self.heading.is_none() {
            return Attention::Sleep;
        } else if PROBLEM.is_match(text) {
            self.tell(found);
            self.problem = Some(Failure::new(Kind::DependencyIssue, "composer", "", Span::at(line.number)));
        } else if let Some(problem) = &mut self.problem
            && let Some(reason) = text.trim_start().strip_prefix("- ")
        {
            problem.log.last = line.number;
            self.reasons += 1;
            if self.reasons <= REASONS_MAX {
                let newline = if problem.message.is_empty() { "" } else { "\n" };
                problem.message.push_str(newline);
                problem.message.push_str(reason.trim_end());
            }
        } else if !text.is_empty() && !text.starts_with(' ') {
            self.end(found);
            return Attention::Sleep;
        }
        Attention::Stay
    }

    fn end(&mut self, found: &mut Findings) {
        self.tell(found);
        self.heading = None;
    }
}

impl Composer {
    fn tell(&mut self, found: &mut Findings) {
        self.reasons = 0;
        if let Some(problem) = self.problem.take().filter(|problem| !problem.message.is_empty()) {
            found.failure(problem);
        }
    }
}

/// An exception of a console program built on Symfony's, Composer among them (`Application.php`, `doRenderThrowable`):
/// `In Factory.php line 319:`, then the message between blank lines.
pub const CONSOLE: Form = Form {
    tool: "symfony-console",
    kind: Kind::RuntimeError,
    wakes: &[".php line "],
    lines: &[r"^In (?P<path>\S+\.php) line (?P<line>\d+):$", r"^ {2}(?P<message>[^\[\s].*?|\[.*[^\]\s])\s*$"],
    between: Some(r"^\s*(?:\[[\w\\]+(?: \(\w+\))?\]\s*)?$"),
    ..Form::DEFAULT
};

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stages::extract::tests::told;

    #[test]
    fn each_problem_is_told_with_its_reasons() {
        let log = "\
Updating dependencies
Your requirements could not be resolved to an installable set of packages.

  Problem 1
    - Root composer.json requires php ^8.9 but your php version (8.2.36) does not satisfy that requirement.
  Problem 2
    - Root composer.json requires acme/till ^2.0, found acme/till[1.0.0] but it does not match the constraint.
    - acme/till 1.0.0 conflicts with acme/shop.

Running update with --no-dev does not mean require-dev is ignored.
";
        assert_eq!(
            told(log),
            [
                "composer dependency_issue | Root composer.json requires php ^8.9 but your php version (8.2.36) does not satisfy that requirement. | @4-5",
                "composer dependency_issue | Root composer.json requires acme/till ^2.0, found acme/till[1.0.0] but it does not match the constraint.\nacme/till 1.0.0 conflicts with acme/shop. | @6-8",
            ]
        );
    }

    #[test]
    fn reasons_beyond_the_limit_are_left_out() {
        let reasons = "    - no\n".repeat(REASONS_MAX + 1);
        let log = format!("Your lock file does not contain a compatible set of packages.\n\n  Problem 1\n{reasons}");
        let message = ["no"; REASONS_MAX].join("\n");
        assert_eq!(told(&log), [format!("composer dependency_issue | {message} | @3-{}", REASONS_MAX + 4)]);
    }

    #[test]
    fn what_a_console_program_throws_is_told() {
        let log = "\nIn Factory.php line 319:\n                    \n  [RuntimeException]  \n  There is no composer.json here  \n                    \n";
        assert_eq!(
            told(log),
            ["symfony-console runtime_error | Factory.php:319 | There is no composer.json here | @2-5"]
        );
    }
}
