//! JSON of which only the fields that some report needs are kept, so that what it takes is bounded.

use std::cell::Cell;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};

use super::case::TEXT_BYTES_MAX;

/// Every field that a report is read from; the others, a source file's whole text among them, are passed over.
#[rustfmt::skip]
const KEPT: &[&str] = &[
    // Dart
    "protocolVersion", "type", "suite", "path", "test", "testID", "id", "name", "suiteID", "line", "column", "url",
    "error", "stackTrace", "result", "root_line", "root_url", "success",
    // Mocha
    "stats", "tests", "failures", "passes", "pending", "title", "fullTitle", "file", "err", "message", "stack",
    // go test
    "Action", "Package", "Test", "Output", "ImportPath", "FailedBuild",
    // cargo, rustc, libtest
    "reason", "$message_type", "level", "code", "spans", "file_name", "line_start", "column_start", "is_primary",
    "rendered", "event", "stdout",
    // ESLint
    "filePath", "messages", "ruleId", "severity", "fatal", "suggestions", "desc", "results",
    // SARIF
    "runs", "tool", "driver", "rules", "rule", "index", "ruleIndex", "text", "arguments", "kind", "locations",
    "physicalLocation", "artifactLocation", "uri", "region", "startLine", "startColumn", "artifacts", "location",
    "suppressions", "status", "baselineState", "fixes", "description", "defaultConfiguration", "messageStrings",
];

/// Values that are kept of one document: twenty each of the 25,000 results that GitHub takes of one SARIF run.
const VALUES_MAX: u32 = 500_000;

/// The value that stands at the start of a text; what comes after it is not looked at. The error is a phrase that says
/// where.
pub fn value(text: &str) -> Result<Value, String> {
    read(text, VALUES_MAX).map(|(value, _)| value)
}

/// The value that a line is, all of it.
pub fn line(text: &str) -> Option<Value> {
    if !text.trim_start().starts_with(['{', '[']) {
        return None;
    }
    let (value, mut reader) = read(text, VALUES_MAX).ok()?;
    reader.end().is_ok().then_some(value)
}

type Text<'a> = serde_json::Deserializer<serde_json::de::StrRead<'a>>;

fn read(text: &str, values_max: u32) -> Result<(Value, Text<'_>), String> {
    let left = Cell::new(values_max);
    let mut reader = serde_json::Deserializer::from_str(text);
    let value = Sieve { left: &left }.deserialize(&mut reader).map_err(|error| error.to_string())?;
    Ok((value, reader))
}

/// Keeps what `KEPT` names.
#[derive(Clone, Copy)]
struct Sieve<'l> {
    left: &'l Cell<u32>,
}

impl<'de> DeserializeSeed<'de> for Sieve<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, reader: D) -> Result<Value, D::Error> {
        let left = self.left.get().checked_sub(1).ok_or_else(|| D::Error::custom("it holds too many values"))?;
        self.left.set(left);
        reader.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Sieve<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(Value::from(value))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(Value::from(value))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(Value::from(value))
    }

    fn visit_str<E>(self, text: &str) -> Result<Value, E> {
        let end = text.floor_char_boundary(TEXT_BYTES_MAX);
        Ok(Value::from(text.get(..end).unwrap_or(text)))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Value, A::Error> {
        let mut kept = Vec::new();
        while let Some(value) = list.next_element_seed(self)? {
            kept.push(value);
        }
        Ok(Value::Array(kept))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut fields: A) -> Result<Value, A::Error> {
        let mut kept = Map::new();
        while let Some(name) = fields.next_key::<std::borrow::Cow<'de, str>>()? {
            if KEPT.contains(&&*name) {
                let value = fields.next_value_seed(self)?;
                kept.insert(name.into_owned(), value);
            } else {
                fields.next_value::<IgnoredAny>()?;
            }
        }
        Ok(Value::Object(kept))
    }
}

/// A text that is there and not blank.
pub fn text<'v>(value: &'v Value, field: &str) -> Option<&'v str> {
    value.get(field)?.as_str().filter(|text| !text.trim().is_empty())
}

/// A number from 1, as lines and columns are counted.
pub fn number(value: &Value, field: &str) -> Option<u32> {
    value.get(field)?.as_u64().and_then(|number| u32::try_from(number).ok()).filter(|number| *number > 0)
}

/// The items of a list; of anything else, none.
pub fn items<'v>(value: &'v Value, field: &str) -> &'v [Value] {
    value.get(field).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn only_the_fields_that_a_report_needs_are_kept() {
        let text =
            r#"{"message": "no", "source": "x = 1", "spans": [{"line_start": 3, "byte_start": 9}, null, 1.5]} tail"#;
        assert_eq!(value(text), Ok(json!({"message": "no", "spans": [{"line_start": 3}, null, 1.5]})));
        assert_eq!(line(text), None, "a tail is no part of it");
        assert_eq!(line(" {\"type\": \"start\"} "), Some(json!({"type": "start"})));
        assert_eq!(line("FAIL"), None);
    }

    #[test]
    fn a_text_is_bounded() {
        let long = json!({ "message": "ü".repeat(TEXT_BYTES_MAX) }).to_string();
        assert_eq!(value(&long).expect("JSON")["message"].as_str().map(str::len), Some(TEXT_BYTES_MAX));
    }

    #[test]
    fn values_at_the_limit_are_read_and_one_more_is_not() {
        let read_at_most = |values_max| read("[1, [2]]", values_max).map(|(value, _)| value);
        assert_eq!(read_at_most(4), Ok(json!([1, [2]])));
        assert!(read_at_most(3).is_err_and(|said| said.contains("too many values")));
    }

    #[test]
    fn what_is_no_json_says_where() {
        for (text, reason) in
            [("{\"a\":\n oops}", "line 2"), ("", "EOF"), ("[1, 2", "EOF"), (&"[".repeat(10_000), "recursion limit")]
        {
            let said = value(text).expect_err(text);
            assert!(said.contains(reason), "{said}");
        }
    }
}
