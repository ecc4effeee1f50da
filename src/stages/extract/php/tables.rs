//! Tables that PHP's checkers print: a file, then rows of line and message, long messages over several rows.
//!
//! PHP_CodeSniffer `src/Reports/Full.php` (`FILE: path`, ` 20 | ERROR | [x] message`), PHPStan
//! `src/Command/ErrorFormatter/TableErrorFormatter.php` (`  Line   path`, `  12     message`, then an identifier and a tip),
//! Psalm `src/Psalm/Report/CompactReport.php` (`FILE: path`, `| ERROR | 3 | InvalidReturnType | message |`).

use crate::domain::failure::{Failure, Kind};
use crate::domain::log::{Line, Span};
use crate::stages::extract::pattern::{Pattern, group, number};
use crate::stages::extract::reader::{Attention, Findings, Reader};

/// Rows over which one message may go.
const ROWS_MAX: u64 = 12;

#[derive(Default)]
pub struct Tables {
    file: Option<String>,
    row: Option<Failure>,
    mild: bool,
}

static FILE: Pattern = Pattern::new(r"^(FILE: |\s+Line\s{3}\s*)(\S.*?)(?: \(in context of .*\))?\s*$");
static CODESNIFFER: Pattern = Pattern::new(r"^\s*(\d+) \| (?:ERROR|WARNING)\s*\| (?:\[( |x)\] )?(.*)$");
static CODESNIFFER_MORE: Pattern = Pattern::new(r"^\s*\|\s+\|\s+(\S.*)$");
static SNIFF: Pattern = Pattern::new(r"^(.*?) ?\((\w+(?:\.\w+){2,3})\)$");
static PHPSTAN: Pattern = Pattern::new(r"^\s{2}:?(\d+)\s{3,}(\S.*?)\s*$");
static PHPSTAN_MORE: Pattern = Pattern::new(r"^\s{7,}(\S.*?)\s*$");
static PSALM: Pattern = Pattern::new(r"^\| (ERROR|INFO|WARNING)\s+\| (\d+)\s+\| (\S+)\s+\| (.*?)\s*\|$");
static RULER: Pattern = Pattern::new(r"^\s*[-+][-+ ]*$");

impl Reader for Tables {
    fn tool(&self) -> &'static str {
        "php-tables"
    }

    fn wakes(&self) -> &'static [&'static str] {
        &["FILE: ", "  Line   "]
    }

    fn line(&mut self, line: &Line<'_>, found: &mut Findings) -> Attention {
        let text = line.text;
        if let Some(file) = FILE.captures(text) {
            self.tell(found);
            self.file = Some(group(&file, 2).to_owned());
            return Attention::Stay;
        }
        if self.file.is_none() {
            return Attention::Sleep;
        }
        if let Some(row) = row(line) {
            self.tell(found);
            self.mild = row.1;
            self.row = Some(Failure { path: self.file.clone(), ..row.0 });
        } else if RULER.is_match(text) || text.starts_with("FOUND ") || text.starts_with("| SEVERITY") {
            self.tell(found);
        } else if !self.goes_on(line) {
            self.end(found);
            return Attention::Sleep;
        }
        Attention::Stay
    }

    fn end(&mut self, found: &mut Findings) {
        self.tell(found);
        self.file = None;
    }
}

/// The failure that a row begins, and whether it stops nothing.
fn row(line: &Line<'_>) -> Option<(Failure, bool)> {
    let failure = |kind, tool, message: &str, at| {
        let mut failure = Failure::new(kind, tool, message, Span::at(line.number));
        failure.line = at;
        failure
    };
    if let Some(row) = CODESNIFFER.captures(line.text) {
        let mut failure = failure(Kind::LintError, "phpcs", group(&row, 3), number(&row, 1));
        failure.suggestion = (group(&row, 2) == "x").then(|| "phpcbf".to_owned());
        return Some((failure, false));
    }
    if let Some(row) = PSALM.captures(line.text) {
        let mut failure = failure(Kind::TypeError, "psalm", group(&row, 4), number(&row, 2));
        failure.code = Some(group(&row, 3).to_owned());
        return Some((failure, group(&row, 1) != "ERROR"));
    }
    let row = PHPSTAN.captures(line.text)?;
    Some((failure(Kind::TypeError, "phpstan", group(&row, 2), number(&row, 1)), false))
}

impl Tables {
    /// Whether the line goes on with the row above it.
    fn goes_on(&mut self, line: &Line<'_>) -> bool {
        let Some(row) = &mut self.row else { return line.text.is_empty() };
        if line.number - row.log.first > ROWS_MAX {
            return false;
        }
        let more = match row.tool.as_str() {
            "phpcs" => CODESNIFFER_MORE.captures(line.text),
            "phpstan" => PHPSTAN_MORE.captures(line.text),
            _ => None,
        };
        let Some(more) = more else { return false };
        let text = group(&more, 1);
        row.log.last = line.number;
        if let Some(identifier) = text.strip_prefix('🪪') {
            row.code = Some(identifier.trim().to_owned());
        } else if let Some(tip) = text.strip_prefix('💡') {
            row.suggestion = Some(tip.trim().to_owned());
        } else if !text.starts_with('✏') && row.code.is_none() && (row.suggestion.is_none() || row.tool == "phpcs") {
            row.message.push(' ');
            row.message.push_str(text);
        }
        true
    }

    fn tell(&mut self, found: &mut Findings) {
        let Some(mut row) = self.row.take() else { return };
        if row.tool == "phpcs"
            && let Some(sniff) = SNIFF.captures(&row.message)
        {
            let (message, code) = (group(&sniff, 1).to_owned(), group(&sniff, 2).to_owned());
            (row.message, row.code) = (message, Some(code));
        }
        if self.mild {
            found.mild(row);
        } else {
            found.failure(row);
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::stages::extract::tests::told;

    #[test]
    fn code_sniffers_rows_go_on_below() {
        // As phpcs 3.7 prints it.
        let log = "
FILE: /home/runner/work/shop/shop/src/Till.php
----------------------------------------------------------------------
FOUND 1 ERROR AND 1 WARNING AFFECTING 2 LINES
----------------------------------------------------------------------
  2 | WARNING | [ ] Missing file doc comment
    |         |     (PEAR.Commenting.FileComment.Missing)
 20 | ERROR   | [x] Opening brace of a class must be on the line after
    |         |     the definition
----------------------------------------------------------------------
PHPCBF CAN FIX THE 1 MARKED SNIFF VIOLATIONS AUTOMATICALLY
----------------------------------------------------------------------
";
        assert_eq!(
            told(log),
            [
                "phpcs lint_error | src/Till.php:2 | PEAR.Commenting.FileComment.Missing | Missing file doc comment | @6-7",
                "phpcs lint_error | src/Till.php:20 | Opening brace of a class must be on the line after the definition | -> phpcbf | @8-9",
            ]
        );
    }

    #[test]
    fn phpstans_table_has_identifiers_and_tips() {
        let log = "
 ------ ---------------------------------------------------
  Line   src/Till.php
 ------ ---------------------------------------------------
  12     Method Till::open() should return int but returns
         string.
         🪪  return.type
         💡 Learn more at https://phpstan.example/x
  119    Access to an undefined property Till::$cart.
 ------ ---------------------------------------------------

 [ERROR] Found 2 errors
";
        let told = told(log);
        assert_eq!(
            told,
            [
                "phpstan type_error | src/Till.php:12 | return.type | Method Till::open() should return int but returns string. | -> Learn more at https://phpstan.example/x | @5-8",
                "phpstan type_error | src/Till.php:119 | Access to an undefined property Till::$cart. | @9-9",
            ]
        );
    }

    #[test]
    fn psalms_compact_table_is_read() {
        let log = "
FILE: src/Till.php
+----------+------+-------------------+------------------+
| SEVERITY | LINE | ISSUE             | DESCRIPTION      |
+----------+------+-------------------+------------------+
| ERROR    | 3    | InvalidReturnType | It is no string. |
| INFO     | 4    | MixedArgument     | It is mixed.     |
+----------+------+-------------------+------------------+
";
        assert_eq!(told(log), ["psalm type_error | src/Till.php:3 | InvalidReturnType | It is no string. | @6-6"]);
    }
}
