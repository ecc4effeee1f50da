//! The JSON events of Rust's tests: `cargo test -- -Z unstable-options --format json`, nextest's `libtest-json`.
//!
//! rust-lang/rust, `library/test/src/formatters/json.rs`; nexte.st, "Machine-readable output". What a test printed is
//! quoted, and the reader of logs reads it.

use serde_json::Value;

use super::case::{Case, Report};
use super::json::text;
use crate::domain::failure::TestEnd;

pub fn is_event(value: &Value) -> bool {
    text(value, "event").is_some() && matches!(text(value, "type"), Some("suite" | "test" | "bench" | "report"))
}

pub fn event(value: &Value, report: &mut Report) {
    report.tool = "cargo-test";
    let name = text(value, "name").unwrap_or_default();
    // nextest writes `package::binary$module::test`.
    let name = name.split_once('$').map_or(name, |(_, name)| name);
    if text(value, "type") != Some("test") || name.is_empty() {
        return;
    }
    let mut case = Case::of("", name);
    match text(value, "event").unwrap_or_default() {
        "ok" => {}
        "ignored" => case.end = TestEnd::Skipped,
        "failed" => {
            case.end = TestEnd::Failed;
            case.message = text(value, "message").or(text(value, "reason")).map(str::to_owned);
            if let Some(printed) = text(value, "stdout") {
                report.retold.push_str(&format!("---- {name} stdout ----\n{}\n\n\n", printed.trim_end()));
            }
        }
        // `started` and `timeout`: it takes long, and it goes on.
        _ => return,
    }
    report.case(case);
}
