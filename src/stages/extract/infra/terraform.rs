//! terraform and OpenTofu, in a box or, with `-no-color`, without one; tflint, which writes the same below a count.
//!
//! `internal/command/format/diagnostic.go`: `Diagnostic` draws `╷`, `│ Error: SUMMARY`, an empty line, `│   on FILE line N, in BLOCK:`, the source,
//! the detail, `╵`; `DiagnosticPlain` writes the same lines without the box. tflint's `formatter/pretty.go`:
//! `LEVEL: MESSAGE (RULE)`, and below it `  on FILE line N:`. `terraform fmt -check` only names files.

use crate::domain::failure::{Failure, Kind};
use crate::domain::log::{Line, Span};
use crate::stages::extract::pattern::{Pattern, group, number};
use crate::stages::extract::reader::{Attention, Findings, Reader};

/// A detail that is longer prints a whole plan or response.
const BLOCK_LINES_MAX: u64 = 60;

/// Summary, empty line, place: so far above the place stands what it belongs to.
const ABOVE_LINES_MAX: u64 = 3;

/// Of tflint's issues one follows the other within so many lines.
const ISSUE_LINES_MAX: u64 = 16;

#[derive(Default)]
pub struct Terraform {
    boxed: Option<Block>,
    /// The last summary outside of a box, which may be anybody's until a place of a `.tf` file follows it.
    summary: Option<(u64, String)>,
    plain: Option<Block>,
    /// tflint has said how many issues come: its warnings have no literal that others do not have.
    tflint_until: u64,
}

struct Block {
    failure: Failure,
    is_warning: bool,
    /// Empty lines in a row.
    blanks: u32,
    detail: bool,
}

static SUMMARY: Pattern = Pattern::new(r"^(Error|Warning|Notice): (?:\[Fixable\] )?(.+?)(?: \((\w+)\))?$");
static PLACE: Pattern = Pattern::new(r"^ +on (.+?) line (\d+)(?:,| in |:|$)");
static DRIFT: Pattern = Pattern::new(r"(?i)did you mean (.+?)\?");

impl Reader for Terraform {
    fn tool(&self) -> &'static str {
        "terraform"
    }

    fn wakes(&self) -> &'static [&'static str] {
        &[
            "│ Error: ",
            "│ Warning: ",
            "Error: ",
            " issue(s) found:",
            ".tf line \u{1}",
            ".tfvars line \u{1}",
            ".tf.json line \u{1}",
            ".hcl line \u{1}",
        ]
    }

    fn line(&mut self, line: &Line<'_>, found: &mut Findings) -> Attention {
        if line.text.ends_with(" issue(s) found:") || (self.tflint_until > line.number && SUMMARY.is_match(line.text)) {
            self.tflint_until = line.number + ISSUE_LINES_MAX;
        }
        let attention = self.read(line, found);
        if line.number < self.tflint_until { Attention::Stay } else { attention }
    }

    fn end(&mut self, found: &mut Findings) {
        for block in [self.boxed.take(), self.plain.take()].into_iter().flatten() {
            block.tell(found);
        }
        (self.summary, self.tflint_until) = (None, 0);
    }
}

impl Terraform {
    fn read(&mut self, line: &Line<'_>, found: &mut Findings) -> Attention {
        if let Some(block) = self.boxed.take() {
            return self.in_box(block, line, found);
        }
        if let Some(block) = self.plain.take() {
            return self.below_place(block, line, found);
        }
        if let Some(text) = line.text.strip_prefix("│ ") {
            let Some(summary) = SUMMARY.captures(text) else { return Attention::Sleep };
            self.boxed = Some(Block::new(&summary, line.number));
            return Attention::Stay;
        }
        if SUMMARY.is_match(line.text) {
            self.summary = Some((line.number, line.text.to_owned()));
        } else if let Some(place) = PLACE.captures(line.text)
            && let Some((at, text)) = self.summary.take().filter(|(at, _)| line.number - at <= ABOVE_LINES_MAX)
            && let Some(summary) = SUMMARY.captures(&text)
        {
            let mut block = Block::new(&summary, at);
            block.place(&place);
            block.failure.log.last = line.number;
            self.plain = Some(block);
            return Attention::Stay;
        }
        Attention::Sleep
    }

    fn in_box(&mut self, mut block: Block, line: &Line<'_>, found: &mut Findings) -> Attention {
        let Some(text) = line.text.strip_prefix('│') else {
            if line.text.starts_with('╵') {
                block.failure.log.last = line.number;
            }
            block.tell(found);
            return Attention::Sleep;
        };
        block.read(text, line.number);
        if line.number - block.failure.log.first > BLOCK_LINES_MAX {
            block.tell(found);
            return Attention::Sleep;
        }
        self.boxed = Some(block);
        Attention::Stay
    }

    /// The source follows the place, and after one empty line the detail: one paragraph.
    fn below_place(&mut self, mut block: Block, line: &Line<'_>, found: &mut Findings) -> Attention {
        let text = line.text;
        block.blanks = if text.is_empty() { block.blanks + 1 } else { 0 };
        let ends = block.blanks > 1
            || (block.detail && text.is_empty())
            || SUMMARY.is_match(text)
            || line.number - block.failure.log.first > BLOCK_LINES_MAX;
        if ends {
            block.tell(found);
            return if SUMMARY.is_match(text) { self.read(line, found) } else { Attention::Sleep };
        }
        if !text.is_empty() {
            block.detail |= !text.starts_with(' ');
            block.read(text, line.number);
        }
        self.plain = Some(block);
        Attention::Stay
    }
}

impl Block {
    fn new(summary: &regex::Captures<'_>, at: u64) -> Self {
        let rule = group(summary, 3);
        // A rule's name in brackets is tflint's; terraform's own summaries are sentences.
        let (tool, kind) =
            if rule.contains('_') { ("tflint", Kind::LintError) } else { ("terraform", Kind::BuildError) };
        let message = if tool == "tflint" || rule.is_empty() {
            group(summary, 2).to_owned()
        } else {
            format!("{} ({rule})", group(summary, 2))
        };
        let mut failure = Failure::new(kind, tool, message, Span::at(at));
        failure.code = (tool == "tflint").then(|| rule.to_owned());
        let is_warning = group(summary, 1) != "Error" && tool == "terraform";
        Self { failure, is_warning, blanks: 0, detail: false }
    }

    fn place(&mut self, place: &regex::Captures<'_>) {
        if self.failure.path.is_none() {
            self.failure.path = Some(group(place, 1).to_owned());
            self.failure.line = number(place, 2);
        }
    }

    fn read(&mut self, text: &str, at: u64) {
        if !text.trim().is_empty() {
            self.failure.log.last = at;
        }
        let text = text.strip_prefix(' ').unwrap_or(text);
        if let Some(place) = PLACE.captures(text) {
            self.place(&place);
        } else if let Some(meant) = DRIFT.captures(text) {
            self.failure.suggestion = Some(group(&meant, 1).trim_matches('"').to_owned());
        }
    }

    fn tell(self, found: &mut Findings) {
        if self.is_warning {
            found.mild(self.failure);
        } else {
            found.failure(self.failure);
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::stages::extract::tests::told;

    const EXPECTED: &str = "terraform build_error | main.tf:3 | Reference to undeclared input variable | @2-9";

    #[test]
    fn an_error_in_a_box_is_read_with_its_place() {
        let log = "\
╷
│ Error: Reference to undeclared input variable
│
│   on main.tf line 3, in resource \"null_resource\" \"a\":
│    3:     x = var.missing
│
│ An input variable with the name \"missing\" has not been declared. This
│ variable can be declared with a variable \"missing\" {} block.
╵
";
        assert_eq!(told(log), [EXPECTED]);
        let coloured =
            log.replace('│', "\u{1b}[31m│\u{1b}[0m").replace("Error: ", "\u{1b}[1m\u{1b}[31mError: \u{1b}[0m");
        assert_eq!(told(&coloured), [EXPECTED]);
    }

    #[test]
    fn without_colour_there_is_no_box() {
        let log = "\
Error: Unsupported argument

  on modules/net/main.tf line 12, in resource \"null_resource\" \"a\":
  12:   tigers = {}

An argument named \"tigers\" is not expected here. Did you mean \"triggers\"?

Error: Something else

  on b.tf line 1:
   1: x {

done
";
        assert_eq!(
            told(log),
            [
                "terraform build_error | modules/net/main.tf:12 | Unsupported argument | -> triggers | @1-6",
                "terraform build_error | b.tf:1 | Something else | @8-13",
            ]
        );
    }

    #[test]
    fn warnings_stop_nothing_but_for_tflint() {
        let log = "│ Warning: Deprecated\n│\n│   on a.tf line 1:\n╵\nError: x\n";
        assert_eq!(told(log).iter().filter(|told| told.contains("terraform")).count(), 0);
        let tflint = "1 issue(s) found:\n\nWarning: terraform \"required_version\" attribute is required (terraform_required_version)\n\n  on main.tf line 1:\n   1: terraform {\n\nReference: docs/rules/terraform_required_version.md\n";
        assert_eq!(
            told(tflint),
            [
                "tflint lint_error | main.tf:1 | terraform_required_version | terraform \"required_version\" attribute is required | @3-8"
            ]
        );
    }
}
