//! ESLint's JSON (`--format json` and `json-with-metadata`).
//!
//! eslint.org, "Formatters: json": a list of files with their `messages`; severity 2 is an error, and a file that cannot
//! be parsed is a message that is `fatal`. Oxlint and others write the same.

use serde_json::Value;

use super::case::{Report, finding};
use super::json::{items, number, text};

const ERROR: u64 = 2;

/// ESLint's document; `None` where it is another's. An empty list is a run over no files.
pub fn report(value: &Value) -> Option<Report> {
    let files = value.as_array().map_or_else(|| items(value, "results"), Vec::as_slice);
    let is_file = |file: &Value| file.get("filePath").is_some() && file.get("messages").is_some_and(Value::is_array);
    if !files.iter().all(is_file) || (files.is_empty() && !value.is_array()) {
        return None;
    }
    let mut report = Report::of("eslint");
    for file in files {
        let is_error = |message: &&Value| {
            message.get("severity").and_then(Value::as_u64) == Some(ERROR)
                || message.get("fatal") == Some(&Value::Bool(true))
        };
        for message in items(file, "messages").iter().filter(is_error) {
            let place = (number(message, "line"), number(message, "column"));
            let said = text(message, "message").unwrap_or_default();
            let mut found = finding("eslint", text(file, "filePath"), place.0, place.1, said);
            found.code = text(message, "ruleId").map(str::to_owned);
            found.suggestion = items(message, "suggestions").first().and_then(|s| text(s, "desc")).map(str::to_owned);
            report.finding(found);
        }
    }
    Some(report)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn errors_are_told_and_warnings_are_not() {
        let files = json!([{"filePath": "/srv/a.js", "messages": [
            {"ruleId": "no-undef", "severity": 2, "message": "'x' is not defined.", "line": 3, "column": 7,
                "suggestions": [{"desc": "Import it."}]},
            {"ruleId": "semi", "severity": 1, "message": "Missing semicolon.", "line": 4, "column": 1},
            {"ruleId": null, "fatal": true, "severity": 2, "message": "Parsing error: Unexpected token", "line": 5},
        ]}, {"filePath": "/srv/b.js", "messages": []}]);
        for document in [files.clone(), json!({"results": files, "metadata": {}})] {
            let found = report(&document).expect("a report").findings;
            let told: Vec<_> =
                found.iter().map(|f| (f.code.as_deref(), f.line, f.column, f.message.as_str())).collect();
            assert_eq!(
                told,
                [
                    (Some("no-undef"), Some(3), Some(7), "'x' is not defined."),
                    (None, Some(5), None, "Parsing error: Unexpected token"),
                ]
            );
            assert_eq!(found[0].suggestion.as_deref(), Some("Import it."));
        }
    }

    #[test]
    fn a_list_of_anything_else_is_anothers() {
        assert!(report(&json!([])).is_some_and(|report| report.findings.is_empty()));
        for other in [json!([{"path": "a"}]), json!({}), json!({"results": []}), json!([{"filePath": "a"}]), json!(3)] {
            assert_eq!(report(&other), None, "{other}");
        }
    }
}
