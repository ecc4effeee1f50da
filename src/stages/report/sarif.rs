//! SARIF 2.1, in which most linters and scanners can write.
//!
//! OASIS, "Static Analysis Results Interchange Format Version 2.1.0": `runs[].results[]`; a level that is not written is
//! the rule's own, else `warning` (3.27.10, 3.50.3); what is suppressed, no failure or gone is passed over (3.27.9,
//! 3.27.23, 3.27.24). Only the level `error` stops a build.

use std::collections::HashMap;

use percent_encoding::percent_decode_str;
use serde_json::Value;

use super::case::{Report, finding, tool_name};
use super::json::{items, number, text};

/// A SARIF document; `None` where it is another's.
pub fn report(value: &Value) -> Option<Report> {
    if !value.get("runs")?.is_array() {
        return None;
    }
    let mut report = Report::of("sarif");
    for run in items(value, "runs") {
        let driver = run.pointer("/tool/driver").unwrap_or(&Value::Null);
        let tool = tool_name(text(driver, "name").unwrap_or("sarif"));
        let rules: HashMap<&str, &Value> =
            items(driver, "rules").iter().filter_map(|rule| Some((text(rule, "id")?, rule))).collect();
        for result in items(run, "results").iter().filter(|result| stands(result)) {
            let rule = rule(result, driver, &rules);
            let level = text(result, "level").or_else(|| text(rule?.get("defaultConfiguration")?, "level"));
            if level != Some("error") {
                continue;
            }
            let place = result.pointer("/locations/0/physicalLocation").unwrap_or(&Value::Null);
            let region = place.get("region").unwrap_or(&Value::Null);
            let at = (number(region, "startLine"), number(region, "startColumn"));
            let mut found = finding(&tool, path(place, run).as_deref(), at.0, at.1, &message(result, rule));
            let id = text(result, "ruleId").or_else(|| text(result.get("rule")?, "id")).or_else(|| text(rule?, "id"));
            found.code = id.map(str::to_owned);
            let fix = result.pointer("/fixes/0/description").and_then(|fix| text(fix, "text"));
            found.suggestion = fix.map(str::to_owned);
            report.finding(found);
        }
    }
    Some(report)
}

fn stands(result: &Value) -> bool {
    let suppressed =
        items(result, "suppressions").iter().any(|it| text(it, "status").is_none_or(|is| is == "accepted"));
    !suppressed
        && text(result, "kind").is_none_or(|kind| kind == "fail")
        && text(result, "baselineState").is_none_or(|state| state != "absent")
}

fn rule<'v>(result: &Value, driver: &'v Value, by_id: &HashMap<&str, &'v Value>) -> Option<&'v Value> {
    let index = result.get("ruleIndex").or_else(|| result.get("rule")?.get("index")).and_then(Value::as_u64);
    let by_index = index.and_then(|index| items(driver, "rules").get(usize::try_from(index).ok()?));
    let id = text(result, "ruleId");
    let by_index = by_index.filter(|rule| id.is_none() || hierarchical(id, text(rule, "id")));
    by_index.or_else(|| by_id.get(id?).copied())
}

/// `CA1000/1` is of the rule `CA1000` (3.52.4).
fn hierarchical(id: Option<&str>, of: Option<&str>) -> bool {
    let (id, of) = (id.unwrap_or_default(), of.unwrap_or_default());
    id.strip_prefix(of).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// The message itself, or the rule's with its gaps filled (3.11.7).
fn message(result: &Value, rule: Option<&Value>) -> String {
    let told = result.get("message").unwrap_or(&Value::Null);
    if let Some(text) = text(told, "text") {
        return filled(text, told);
    }
    let id = text(told, "id").unwrap_or("default");
    let of_rule = rule.and_then(|rule| text(rule.get("messageStrings")?.get(id)?, "text"));
    of_rule.map_or_else(|| id.to_owned(), |text| filled(text, told))
}

fn filled(text: &str, message: &Value) -> String {
    let arguments = items(message, "arguments").iter().take(10).enumerate();
    arguments.fold(text.to_owned(), |text, (at, argument)| {
        text.replace(&format!("{{{at}}}"), argument.as_str().unwrap_or_default())
    })
}

/// Relative to whatever base, as most tools write it; `file:///srv/a%20b.py` is a path, too.
fn path(place: &Value, run: &Value) -> Option<String> {
    let location = place.get("artifactLocation")?;
    let by_index = || {
        let index = usize::try_from(location.get("index")?.as_u64()?).ok()?;
        text(items(run, "artifacts").get(index)?.get("location")?, "uri")
    };
    let uri = text(location, "uri").or_else(by_index)?;
    let path = percent_decode_str(uri).decode_utf8_lossy();
    let path = path.strip_prefix("file://").unwrap_or(&path);
    // `file:///C:/src` has a slash before the drive.
    let drive = path.strip_prefix('/').filter(|rest| rest.as_bytes().get(1) == Some(&b':'));
    Some(drive.unwrap_or(path).to_owned())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn run(rules: Value, results: Value) -> Value {
        json!({"version": "2.1.0", "runs": [{"tool": {"driver": {"name": "Some Lint", "rules": rules}},
            "artifacts": [{"location": {"uri": "src/b.py"}}], "results": results}]})
    }

    fn at(uri: &str, line: u32) -> Value {
        json!([{"physicalLocation": {"artifactLocation": {"uri": uri}, "region": {"startLine": line, "startColumn": 2}}}])
    }

    #[test]
    fn an_error_has_its_rule_its_message_and_its_place() {
        let rules = json!([{"id": "A1", "messageStrings": {"default": {"text": "`{0}` is {1}"}},
            "defaultConfiguration": {"level": "error"}}, {"id": "A2"}]);
        let results = json!([
            {"ruleId": "A1", "message": {"id": "default", "arguments": ["x", "bad"]}, "locations": at("file:///srv/a%20b.py", 3)},
            {"ruleIndex": 0, "message": {"text": "second"}, "locations": at("file:///C:/src/a.py", 4),
                "fixes": [{"description": {"text": "Remove it"}}]},
            {"rule": {"id": "A2", "index": 1}, "level": "error", "message": {"text": "third"},
                "locations": [{"physicalLocation": {"artifactLocation": {"index": 0}}}]},
        ]);
        let found = report(&run(rules, results)).expect("a report").findings;
        let told: Vec<_> = found
            .iter()
            .map(|f| (f.code.as_deref(), f.path.as_deref(), f.line, f.message.as_str(), f.suggestion.as_deref()))
            .collect();
        assert_eq!(
            told,
            [
                (Some("A1"), Some("/srv/a b.py"), Some(3), "`x` is bad", None),
                (Some("A1"), Some("C:/src/a.py"), Some(4), "second", Some("Remove it")),
                (Some("A2"), Some("src/b.py"), None, "third", None),
            ]
        );
        assert_eq!(found[0].tool, "some-lint");
    }

    #[test]
    fn what_stops_no_build_is_passed_over() {
        for result in [
            json!({"message": {"text": "no level is a warning"}}),
            json!({"level": "warning", "message": {"text": "no"}}),
            json!({"level": "error", "message": {"text": "no"}, "suppressions": [{"kind": "inSource"}]}),
            json!({"level": "error", "message": {"text": "no"}, "kind": "pass"}),
            json!({"level": "error", "message": {"text": "no"}, "baselineState": "absent"}),
        ] {
            assert_eq!(report(&run(json!([]), json!([result]))).expect("a report").findings, [], "{result}");
        }
        let rejected = json!([{"level": "error", "message": {"text": "no"}, "suppressions": [{"status": "rejected"}]}]);
        assert_eq!(report(&run(json!([]), rejected)).expect("a report").findings.len(), 1);
        assert_eq!(report(&json!({"version": "2.1.0"})), None);
    }
}
