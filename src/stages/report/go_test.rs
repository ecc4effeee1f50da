//! The JSON events of `go test -json`, also with build events (Go 1.24 and later) and with what else was printed.
//!
//! `go doc test2json` and `go help buildjson`. The events quote what `go test -v` prints, so the readers of logs read it.

use std::collections::HashMap;

use serde_json::Value;

use super::case::{CASES_MAX, Case, Report};
use super::json::text;
use crate::domain::failure::TestEnd;

pub fn is_event(value: &Value) -> bool {
    text(value, "Action").is_some() && (value.get("Package").is_some() || value.get("ImportPath").is_some())
}

/// Follows one run: packages and their tests run side by side, and what each printed is put together again.
#[derive(Default)]
pub struct GoTest {
    printed: Vec<(Printer, String)>,
    by_printer: HashMap<Printer, usize>,
    other: String,
}

/// The package and test, or the package that is built.
type Printer = (String, String);

impl GoTest {
    pub fn event(&mut self, value: &Value, report: &mut Report) {
        report.tool = "go-test";
        let package = text(value, "Package").or(text(value, "ImportPath")).unwrap_or_default();
        let test = text(value, "Test").unwrap_or_default();
        let end = match text(value, "Action").unwrap_or_default() {
            "output" | "build-output" => {
                // Not `text`: an empty line is one, too.
                if let Some(output) = value.get("Output").and_then(Value::as_str) {
                    self.print(package, test, output);
                }
                return;
            }
            "pass" => TestEnd::Passed,
            "fail" => TestEnd::Failed,
            "skip" => TestEnd::Skipped,
            _ => return,
        };
        if !test.is_empty() {
            report.case(Case { end, ..Case::of(package, test) });
        }
    }

    /// A line between the events: before Go 1.24, what the compiler says.
    pub fn printed(&mut self, line: &str, _: &mut Report) {
        self.other.push_str(line);
        self.other.push('\n');
    }

    pub fn end(self, report: &mut Report) {
        if report.tool != "go-test" {
            return;
        }
        report.retold.push_str(&self.other);
        let mut packages: Vec<&str> = Vec::new();
        for ((package, _), _) in &self.printed {
            if !packages.contains(&package.as_str()) {
                packages.push(package);
            }
        }
        for package in packages {
            // The package's own words come last, as they do in a log.
            let of_package =
                |own: bool| self.printed.iter().filter(move |((of, test), _)| of == package && test.is_empty() == own);
            for (_, text) in of_package(false).chain(of_package(true)) {
                report.retold.push_str(text);
            }
        }
    }

    fn print(&mut self, package: &str, test: &str, output: &str) {
        let printer = (package.to_owned(), test.to_owned());
        let at = match self.by_printer.get(&printer) {
            Some(at) => *at,
            None if self.printed.len() == CASES_MAX => return,
            None => {
                self.by_printer.insert(printer.clone(), self.printed.len());
                self.printed.push((printer, String::new()));
                self.printed.len() - 1
            }
        };
        if let Some((_, text)) = self.printed.get_mut(at) {
            text.push_str(output);
        }
    }
}
