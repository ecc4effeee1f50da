//! Annotations that any action or program writes as a workflow command.
//!
//! GitHub's "Workflow commands for GitHub Actions": `::error file={name},line={line},col={col},title={title}::{message}`; actions/toolkit's
//! `packages/core/src/command.ts`: `%25`, `%0D`, `%0A` in the message, `%3A` and `%2C` in a value too. Without a file it is a sentence like any
//! other. What a tool has said itself of the same line is not said again: see `settle`.

use crate::domain::failure::{Failure, Kind};
use crate::domain::log::{Line, Span};
use crate::stages::extract::reader::{Attention, Findings, Reader};

pub const TOOL: &str = "workflow-command";

#[derive(Default)]
pub struct WorkflowCommand;

impl Reader for WorkflowCommand {
    fn tool(&self) -> &'static str {
        TOOL
    }

    fn wakes(&self) -> &'static [&'static str] {
        &["::error file=", "::error title=", "::error line=", "::error col=", "::error endline="]
    }

    fn line(&mut self, line: &Line<'_>, found: &mut Findings) -> Attention {
        if let Some(mut failure) = annotation(line.text) {
            failure.log = Span::at(line.number);
            found.failure(failure);
        }
        Attention::Sleep
    }
}

fn annotation(text: &str) -> Option<Failure> {
    let (settings, message) = text.trim_start().strip_prefix("::error ")?.split_once("::")?;
    let setting = |name: &str| {
        let value = settings
            .split(',')
            .filter_map(|setting| setting.trim().split_once('='))
            .find(|(known, _)| known.eq_ignore_ascii_case(name))?
            .1;
        Some(unescaped(value)).filter(|value| !value.is_empty())
    };
    let mut failure = Failure::new(Kind::LintError, TOOL, unescaped(message).trim(), Span::NONE);
    failure.path = Some(setting("file")?);
    failure.line = setting("line").and_then(|line| line.parse().ok());
    failure.column = setting("col").and_then(|column| column.parse().ok());
    failure.code = setting("title");
    Some(failure)
}

fn unescaped(text: &str) -> String {
    let mut text = text.to_owned();
    for (escape, character) in [("%0D", "\r"), ("%0A", "\n"), ("%3A", ":"), ("%2C", ","), ("%25", "%")] {
        if text.contains(escape) {
            text = text.replace(escape, character);
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use crate::stages::extract::tests::told;

    #[test]
    fn an_annotation_is_read_with_its_place_and_without_its_escapes() {
        let log = "\
::error file=src/a.x,line=3,col=5,title=Rule 7::50%25 of this%0Ais wrong
::error title=Only a title::no file
";
        let told: Vec<_> = told(log).into_iter().filter(|told| told.starts_with("workflow-command")).collect();
        assert_eq!(told, ["workflow-command lint_error | src/a.x:3:5 | Rule 7 | 50% of this\nis wrong | @1-1",]);
    }

    #[test]
    fn what_a_tool_has_said_itself_is_not_said_again() {
        let log = "docs/a.txt:4: recieve ==> receive\n::error file=docs/a.txt,line=4::recieve ==> receive\n";
        assert_eq!(told(log).len(), 1, "{:?}", told(log));
    }
}
