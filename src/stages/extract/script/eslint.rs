//! ESLint: its own stylish form, the compact and unix ones that older set-ups use, and JSON.
//!
//! eslint.org, "Formatters reference", `json`: all files in one line, each with `filePath`, then `messages`, whose objects
//! `lib/linter/` begins with `ruleId`; severity 2 is an error.

use crate::domain::failure::{Failure, Kind};
use crate::domain::log::{Line, Span};
use crate::stages::extract::json_form::JsonForm;
use crate::stages::extract::pattern::{Pattern, group, number};
use crate::stages::extract::reader::{Attention, Findings, Reader};

/// Warnings are kept until the run says that there are too many of them.
const WARNINGS_MAX: usize = 1_000;

#[derive(Default)]
pub struct Eslint {
    /// The file that the stylish form has named above.
    file: Option<String>,
    warnings: Vec<Failure>,
    crash: Crash,
}

/// ESLint that could not start says so in several lines.
#[derive(Default, PartialEq)]
enum Crash {
    #[default]
    None,
    Begun,
    VersionSaid,
}

/// `  1:5   error    'x' is never reassigned. Use 'const' instead  prefer-const`
static STYLISH: Pattern = Pattern::new(r"^\s+(\d+):(\d+)\s+(error|warning)\s+(.*?)(?:\s{2,}([@\w/.-]+))?\s*$");

static FILE: Pattern = Pattern::new(r"^(?:/|[A-Za-z]:\\)\S.*\.\w+$");

/// `/src/a.js: line 1, col 5, Error - … (prefer-const)`
static COMPACT: Pattern = Pattern::new(r"^(.+): line (\d+), col (\d+), (Error|Warning) - (.*?)(?: \(([@\w/.-]+)\))?$");

/// `/src/a.js:1:5: … [Error/prefer-const]`
static UNIX: Pattern = Pattern::new(r"^(.+?):(\d+):(\d+): (.*) \[(Error|Warning)(?:/([@\w/.-]+))?\]$");

static SUMMARY: Pattern = Pattern::new(r"^\s*✖ \d+ problems? \(");

pub const JSON: JsonForm = JsonForm {
    tool: "eslint",
    wakes: &["{\"ruleId\":"],
    first: "ruleId",
    needs: &["severity"],
    file_above: Some("filePath"),
    code: "ruleId",
    suggestion: "suggestions.0.desc",
    level: "severity",
    mild: &["1"],
    taken_back_by: "suppressions",
    ..JsonForm::DEFAULT
};

impl Reader for Eslint {
    fn tool(&self) -> &'static str {
        "eslint"
    }

    fn wakes(&self) -> &'static [&'static str] {
        &[
            "  error  ",
            "  warning  ",
            ", error - ",
            ", warning - ",
            "[error/",
            "[error]",
            "[warning/",
            "ESLint found too many warnings",
            "Oops! Something went wrong! :(",
        ]
    }

    /// The file is named in the line before its first problem.
    fn looks_back(&self) -> bool {
        true
    }

    fn line(&mut self, line: &Line<'_>, found: &mut Findings) -> Attention {
        let text = line.text;
        if self.crash != Crash::None || text.starts_with("Oops! Something went wrong! :(") {
            return self.crashed(line, found);
        }
        if FILE.is_match(text) {
            self.file = Some(text.to_owned());
            return Attention::Stay;
        }
        if text.contains("ESLint found too many warnings") {
            self.warnings.drain(..).for_each(|warning| found.failure(warning));
            return Attention::Sleep;
        }
        if SUMMARY.is_match(text) {
            self.file = None;
            return Attention::Sleep;
        }
        if text.is_empty() && self.file.is_some() {
            return Attention::Stay;
        }
        match problem(line, self.file.as_deref()) {
            Some((failure, true)) => found.failure(failure),
            Some((failure, false)) if self.warnings.len() < WARNINGS_MAX => self.warnings.push(failure),
            Some(_) => {}
            None => return Attention::Sleep,
        }
        Attention::Stay
    }
}

impl Eslint {
    fn crashed(&mut self, line: &Line<'_>, found: &mut Findings) -> Attention {
        match self.crash {
            Crash::None => self.crash = Crash::Begun,
            Crash::Begun if line.text.starts_with("ESLint: ") => self.crash = Crash::VersionSaid,
            Crash::VersionSaid if !line.text.is_empty() => {
                self.crash = Crash::None;
                found.failure(Failure::new(Kind::RuntimeError, "eslint", line.text, Span::at(line.number)));
                return Attention::Sleep;
            }
            _ if !line.text.is_empty() => {
                self.crash = Crash::None;
                return Attention::Sleep;
            }
            _ => {}
        }
        Attention::Stay
    }
}

/// One problem, and whether it is an error.
fn problem(line: &Line<'_>, file: Option<&str>) -> Option<(Failure, bool)> {
    let text = line.text;
    let (path, place, level, message, rule) = if let Some(found) = STYLISH.captures(text) {
        let place = (number(&found, 1), number(&found, 2));
        (file?.to_owned(), place, group(&found, 3), group(&found, 4), group(&found, 5))
    } else if let Some(found) = COMPACT.captures(text) {
        let place = (number(&found, 2), number(&found, 3));
        (group(&found, 1).to_owned(), place, group(&found, 4), group(&found, 5), group(&found, 6))
    } else {
        let found = UNIX.captures(text)?;
        let place = (number(&found, 2), number(&found, 3));
        (group(&found, 1).to_owned(), place, group(&found, 5), group(&found, 4), group(&found, 6))
    };
    let mut failure = Failure::new(Kind::LintError, "eslint", message, Span::at(line.number));
    failure.path = Some(path);
    (failure.line, failure.column) = place;
    failure.code = (!rule.is_empty()).then(|| rule.to_owned());
    Some((failure, level.eq_ignore_ascii_case("error")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stages::extract::tests::read;

    type Row = (String, Option<u32>, Option<u32>, String, String);

    fn shown(log: &str) -> Vec<Row> {
        let failures = read(log).failures.into_iter().filter(|failure| failure.tool == "eslint");
        failures
            .map(|failure| {
                let path = failure.path.unwrap_or_default();
                (path, failure.line, failure.column, failure.code.unwrap_or_default(), failure.message)
            })
            .collect()
    }

    fn expected(rows: &[(&str, u32, u32, &str, &str)]) -> Vec<Row> {
        rows.iter()
            .map(|(path, line, column, code, message)| {
                ((*path).to_owned(), Some(*line), Some(*column), (*code).to_owned(), (*message).to_owned())
            })
            .collect()
    }

    const STYLISH_LOG: &str = "
> es@1.0.0 lint
> eslint .


/srv/es/dir with space/b.js
  1:18  error  Parsing error: Unexpected token ;

/srv/es/ok.js
  1:34  warning  Expected '===' and instead saw '=='  eqeqeq

/srv/es/src/a.js
  1:5   error    'x' is never reassigned. Use 'const' instead  prefer-const
  4:9   warning  Expected '===' and instead saw '=='           eqeqeq
  6:10  error    'zed' is not defined                          no-undef

✖ 5 problems (3 errors, 2 warnings)
  1 error and 0 warnings potentially fixable with the `--fix` option.

";

    #[test]
    fn the_stylish_form_names_the_file_above_its_problems() {
        assert_eq!(
            shown(STYLISH_LOG),
            expected(&[
                ("/srv/es/dir with space/b.js", 1, 18, "", "Parsing error: Unexpected token ;"),
                ("/srv/es/src/a.js", 1, 5, "prefer-const", "'x' is never reassigned. Use 'const' instead"),
                ("/srv/es/src/a.js", 6, 10, "no-undef", "'zed' is not defined"),
            ])
        );
    }

    #[test]
    fn warnings_are_failures_only_where_there_are_too_many() {
        let only_warnings =
            "/srv/ok.js\n  1:34  warning  Expected '==='  eqeqeq\n\n✖ 1 problem (0 errors, 1 warning)\n\n";
        assert_eq!(shown(only_warnings), []);
        let too_many = format!("{only_warnings}ESLint found too many warnings (maximum: 0).\n");
        assert_eq!(shown(&too_many), expected(&[("/srv/ok.js", 1, 34, "eqeqeq", "Expected '==='")]));
    }

    #[test]
    fn warnings_beyond_the_limit_are_dropped() {
        let warnings: String = (1..=WARNINGS_MAX + 1).map(|line| format!("  {line}:1  warning  No  rule\n")).collect();
        let log =
            format!("/srv/ok.js\n{warnings}\n✖ 9 problems (0 errors, 9 warnings)\nESLint found too many warnings\n");
        assert_eq!(shown(&log).len(), WARNINGS_MAX);
    }

    #[test]
    fn the_compact_and_unix_forms_are_one_line_a_problem() {
        let compact = "\
/srv/es/b.js: line 1, col 18, Error - Parsing error: Unexpected token ;
/srv/es/ok.js: line 1, col 34, Warning - Expected '===' and instead saw '=='. (eqeqeq)
/srv/es/src/a.js: line 6, col 10, Error - 'zed' is not defined. (no-undef)
";
        let unix = "\
/srv/es/b.js:1:18: Parsing error: Unexpected token ; [Error]
/srv/es/ok.js:1:34: Expected '===' and instead saw '=='. [Warning/eqeqeq]
/srv/es/src/a.js:6:10: 'zed' is not defined. [Error/no-undef]
";
        let rows = expected(&[
            ("/srv/es/b.js", 1, 18, "", "Parsing error: Unexpected token ;"),
            ("/srv/es/src/a.js", 6, 10, "no-undef", "'zed' is not defined."),
        ]);
        assert_eq!(shown(compact), rows);
        assert_eq!(shown(unix), rows);
    }

    #[test]
    fn eslint_that_cannot_start_says_why() {
        let log = "
Oops! Something went wrong! :(

ESLint: 9.39.5

TypeError: Key \"rules\": Key \"nosuch\": Could not find \"nosuch\" in plugin \"@\".
    at throwRuleNotFoundError (/srv/node_modules/eslint/lib/config/config.js:100:16)
";
        let reading = read(log);
        assert_eq!(reading.failures[0].tool, "eslint");
        assert!(reading.failures[0].message.starts_with("TypeError: Key \"rules\""));
    }

    #[test]
    fn a_table_with_an_error_in_it_is_no_problem_of_eslint() {
        assert_eq!(shown("  1:18  error  something\nresult  error  3\n"), []);
    }
}
