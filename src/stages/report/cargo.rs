//! The JSON messages of cargo (`--message-format=json`) and of rustc (`--error-format=json`).
//!
//! The Cargo Book, "External tools: JSON messages"; The rustc book, "JSON Output". A message carries what rustc would
//! have printed, and the reader of logs reads that.

use serde_json::Value;

use super::case::Report;
use super::json::{items, number, text};

pub fn is_event(value: &Value) -> bool {
    value.get("$message_type").is_some()
        || text(value, "reason").is_some_and(|reason| {
            reason.starts_with("compiler-") || matches!(reason, "build-script-executed" | "build-finished")
        })
}

pub fn event(value: &Value, report: &mut Report) {
    if report.tool.is_empty() {
        report.tool = "cargo-test";
    }
    let message = value.get("message").filter(|message| message.is_object()).unwrap_or(value);
    // A warning that is denied has the level of an error.
    if !text(message, "level").is_some_and(|level| level.starts_with("error")) {
        return;
    }
    match text(message, "rendered") {
        Some(rendered) => report.retold.push_str(rendered),
        None => report.retold.push_str(&rendered(message)),
    }
    report.retold.push_str("\n\n");
}

/// What rustc prints first of every error.
fn rendered(message: &Value) -> String {
    let code = message.get("code").and_then(|code| text(code, "code"));
    let code = code.map(|code| format!("[{code}]")).unwrap_or_default();
    let place = items(message, "spans").iter().find(|span| span.get("is_primary") == Some(&Value::Bool(true)));
    let place = place.and_then(|span| {
        let (line, column) = (number(span, "line_start")?, number(span, "column_start")?);
        Some(format!(" --> {}:{line}:{column}\n", text(span, "file_name")?))
    });
    format!("error{code}: {}\n{}", text(message, "message").unwrap_or_default(), place.unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn an_error_is_told_again_as_rustc_prints_it_and_a_warning_is_not() {
        let span = json!({"file_name": "src/lib.rs", "line_start": 3, "column_start": 5, "is_primary": true});
        let message = |level: &str, rendered: Value| {
            let code = json!({"code": "E0425"});
            json!({"reason": "compiler-message", "message": {"level": level, "message": "no `x`", "code": code, "spans": [span], "rendered": rendered}})
        };
        for (event_told, retold) in [
            (message("error", json!("error: whole\n")), "error: whole\n\n\n"),
            (message("error", json!(null)), "error[E0425]: no `x`\n --> src/lib.rs:3:5\n\n\n"),
            (message("warning", json!("warning: no\n")), ""),
            (json!({"reason": "build-finished"}), ""),
            (json!({"$message_type": "diagnostic", "level": "error", "rendered": "error: raw\n"}), "error: raw\n\n\n"),
        ] {
            assert!(is_event(&event_told));
            let mut report = Report::default();
            event(&event_told, &mut report);
            assert_eq!(report.retold, retold);
        }
    }
}
