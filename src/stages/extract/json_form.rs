//! Tools that write each complaint as an object of JSON into the log: which of its fields says what is data, not code.
//!
//! The object stands in one line, alone or with thousands of others, or is spread over lines of its own. It is known by
//! its first field: inside of a string `{"ruleId":` cannot stand, for there the quotes are escaped. So nothing around the
//! object needs to be whole: of a line that is too long what stands in its beginning is read.

use serde_json::Value;

use super::form::kind_of;
use super::reader::{Attention, Findings, Reader};
use crate::domain::failure::{Failure, Kind};
use crate::domain::log::{Line, Span};

/// An object with more lines, or more bytes, is none that tells of one complaint.
const LINES_MAX: u32 = 200;
const BYTES_MAX: usize = 128 << 10;

/// How one tool writes a complaint. A field within a field is named `Pos.Line`, the first of a list `suggestions.0`, and one
/// that is called otherwise elsewhere `message-id|messageId`.
pub struct JsonForm {
    /// The tool's name in `failures[].tool` and in the policy's `logs.tools`.
    pub tool: &'static str,
    pub kind: Kind,
    /// Codes, by how they begin, of complaints of another kind.
    pub kinds: &'static [(&'static str, Kind)],
    /// As of `Reader::wakes`; one of them stands in every line with a complaint, or with the first field of one.
    pub wakes: &'static [&'static str],
    /// The field that an object begins with.
    pub first: &'static str,
    /// What it has, too, so that nobody else's is taken for it.
    pub needs: &'static [&'static str],
    /// The field with the file's name that stands before its complaints, where they do not have it.
    pub file_above: Option<&'static str>,
    pub path: &'static str,
    pub line: &'static str,
    pub column: &'static str,
    pub code: &'static str,
    pub message: &'static str,
    pub suggestion: &'static str,
    pub level: &'static str,
    /// Levels that stop nothing: see `Findings::mild`.
    pub mild: &'static [&'static str],
    /// The field that takes the complaint back by being true, or a list that is not empty.
    pub taken_back_by: &'static str,
    /// What the tool calls the first line, and the first column: 0 or 1.
    pub first_line: u32,
    pub first_column: u32,
}

impl JsonForm {
    /// For `..JsonForm::DEFAULT`.
    pub const DEFAULT: Self = Self {
        tool: "",
        kind: Kind::LintError,
        kinds: &[],
        wakes: &[],
        first: "",
        needs: &[],
        file_above: None,
        path: "",
        line: "line",
        column: "column",
        code: "",
        message: "message",
        suggestion: "",
        level: "",
        mild: &[],
        taken_back_by: "",
        first_line: 1,
        first_column: 1,
    };
}

/// Reads what is written in one form.
pub struct JsonReader {
    form: &'static JsonForm,
    /// How an object begins, in a line with others and in a line of its own.
    opening: String,
    first: String,
    above: Option<String>,
    open: Option<Open>,
}

/// An object with a line for each field that is not whole yet.
struct Open {
    text: String,
    span: Span,
    lines: u32,
    /// How far its fields are indented.
    indent: usize,
}

impl JsonReader {
    pub fn of(form: &'static JsonForm) -> Self {
        let first = format!("\"{}\":", form.first);
        let above = form.file_above.map(|field| format!("\"{field}\":"));
        Self { form, opening: format!("{{{first}"), first, above, open: None }
    }

    /// Reads every complaint of a line; one that is cut off by the line's end is left out.
    fn read(&self, line: &Line<'_>, found: &mut Findings) {
        let mut file = None;
        let mut rest = line.text;
        while let Some(at) = rest.find(&self.opening) {
            let (before, from) = rest.split_at(at);
            if let Some(name) = self.above.as_ref().and_then(|above| Some(before.rfind(above)? + above.len())) {
                file = value(before.get(name..).unwrap_or_default()).ok().and_then(|(value, _)| text_of(&value));
            }
            let end = match value(from) {
                Ok((value, end)) => {
                    self.tell(&value, file.as_deref(), Span::at(line.number), found);
                    end
                }
                Err(_) => self.opening.len(),
            };
            rest = from.get(end..).unwrap_or_default();
        }
    }

    fn goes_on(&mut self, mut open: Open, line: &Line<'_>, found: &mut Findings) {
        let text = line.text;
        open.lines += 1;
        open.span.last = line.number;
        if open.text.len() + text.len() > BYTES_MAX || open.lines > LINES_MAX {
            return;
        }
        let field = text.trim_start();
        if text.len() - field.len() < open.indent {
            open.text.push('}');
            if let (true, Ok((value, _))) = (field.starts_with('}'), value(&open.text)) {
                self.tell(&value, None, open.span, found);
            }
            return;
        }
        open.text.push_str(field);
        self.open = Some(open);
    }

    /// Tells one complaint; `file` is the one that stands above it.
    fn tell(&self, value: &Value, file: Option<&str>, span: Span, found: &mut Findings) {
        let form = self.form;
        let text = |field| at(value, field).and_then(text_of);
        let number = |field, first| {
            let number = at(value, field).and_then(Value::as_u64).and_then(|number| u32::try_from(number).ok());
            number.map(|number| number.saturating_add(u32::from(first == 0)))
        };
        let path = text(form.path).or_else(|| file.map(str::to_owned));
        let message = text(form.message).filter(|message| !message.trim().is_empty());
        let (Some(path), Some(message)) = (path, message) else { return };
        if form.needs.iter().any(|field| at(value, field).is_none()) {
            return;
        }
        let takes_back = |by: &Value| by == &Value::Bool(true) || by.as_array().is_some_and(|by| !by.is_empty());
        if at(value, form.taken_back_by).is_some_and(takes_back) {
            found.understood();
            return;
        }
        let code = text(form.code).unwrap_or_default();
        let kind = kind_of(&code, form.kinds).unwrap_or(form.kind);
        let message = message.strip_suffix(&format!(" ({code})")).unwrap_or(&message);
        let mut failure = Failure::new(kind, form.tool, message, span);
        failure.path = Some(path);
        failure.line = number(form.line, form.first_line);
        failure.column = number(form.column, form.first_column);
        failure.code = Some(code).filter(|code| !code.is_empty());
        failure.suggestion = text(form.suggestion);
        if text(form.level).is_some_and(|level| form.mild.contains(&level.as_str())) {
            found.mild(failure);
        } else {
            found.failure(failure);
        }
    }
}

impl Reader for JsonReader {
    fn tool(&self) -> &str {
        self.form.tool
    }

    fn wakes(&self) -> &'static [&'static str] {
        self.form.wakes
    }

    fn line(&mut self, line: &Line<'_>, found: &mut Findings) -> Attention {
        let field = line.text.trim_start();
        if let Some(open) = self.open.take() {
            self.goes_on(open, line, found);
        } else if field.starts_with(&self.first) {
            let indent = line.text.len() - field.len();
            self.open = Some(Open { text: format!("{{{field}"), span: Span::at(line.number), lines: 1, indent });
        } else {
            self.read(line, found);
        }
        if self.open.is_some() { Attention::Stay } else { Attention::Sleep }
    }

    fn end(&mut self, _found: &mut Findings) {
        self.open = None;
    }
}

/// The value that a text begins with, and how many bytes it has.
fn value(text: &str) -> Result<(Value, usize), serde_json::Error> {
    let mut values = serde_json::Deserializer::from_str(text).into_iter::<Value>();
    let value = values.next().unwrap_or(Ok(Value::Null))?;
    Ok((value, values.byte_offset()))
}

fn at<'v>(value: &'v Value, field: &str) -> Option<&'v Value> {
    let inside = |value: &'v Value, name: &str| {
        value.get(name).or_else(|| name.parse().ok().and_then(|place: usize| value.get(place)))
    };
    let mut found = field.split('|').filter_map(|field| field.split('.').try_fold(value, inside));
    found.find(|value| !value.is_null())
}

fn text_of(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stages::extract::tests::read_by;

    static FORM: JsonForm = JsonForm {
        tool: "lint",
        wakes: &["\"rule\":"],
        kinds: &[("parse", Kind::BuildError)],
        first: "rule",
        needs: &["level"],
        file_above: Some("file"),
        code: "rule",
        message: "says",
        suggestion: "advice.0.text",
        level: "level",
        mild: &["1"],
        taken_back_by: "allowed",
        ..JsonForm::DEFAULT
    };

    static OWN_FILE: JsonForm = JsonForm {
        wakes: &["\"level\": \"error\""],
        first: "level",
        file_above: None,
        path: "file",
        line: "pos.line",
        column: "pos.column",
        first_line: 0,
        first_column: 0,
        ..FORM
    };

    fn told(form: &'static JsonForm, log: &str) -> Vec<String> {
        let tell = |failure: &Failure| {
            let (path, line) = (failure.path.as_deref().unwrap_or_default(), failure.line.unwrap_or_default());
            let code = failure.code.as_deref().unwrap_or_default();
            let suggestion = failure.suggestion.as_deref().map(|text| format!(" -> {text}")).unwrap_or_default();
            let span = (failure.log.first, failure.log.last);
            format!(
                "{} {path}:{line} {code} {}{suggestion} @{}-{}",
                failure.kind.as_str(),
                failure.message,
                span.0,
                span.1
            )
        };
        let failures = read_by(Box::new(JsonReader::of(form)), log).failures;
        failures.iter().filter(|failure| failure.tool == "lint").map(tell).collect()
    }

    const TWO_FILES: &str = r#"[{"file":"a.x","found":[{"rule":"no","level":2,"says":"not \"this\" (no)","line":3,"advice":[{"text":"that"}]}],"source":"{\"rule\":\"no\",\"level\":2,\"says\":\"quoted\"}"},{"file":"b.x","found":[{"rule":"parse","level":2,"says":"no {brace","line":4},{"rule":"no","level":2,"says":"allowed","allowed":["here"]},{"rule":"no","level":1,"says":"only a warning"}]}]"#;

    #[test]
    fn a_line_with_every_file_is_read_complaint_by_complaint() {
        let expected = ["lint_error a.x:3 no not \"this\" -> that @1-1", "build_error b.x:4 parse no {brace @1-1"];
        assert_eq!(told(&FORM, &format!("{TWO_FILES}\n")), expected);
    }

    #[test]
    fn of_a_line_that_is_cut_all_that_is_whole_is_read() {
        let whole = told(&FORM, &format!("{TWO_FILES}\n"));
        let (first, second) = (
            TWO_FILES.find("}],\"source").expect("there"),
            TWO_FILES.find(",{\"rule\":\"no\",\"level\":2,\"says\":\"allowed").expect("there"),
        );
        for (at, _) in TWO_FILES.char_indices() {
            let count = usize::from(at > first) + usize::from(at >= second);
            assert_eq!(told(&FORM, &format!("{}\n", &TWO_FILES[..at])), whole[..count], "{at}");
        }
    }

    #[test]
    fn an_object_with_a_line_for_each_field_is_read_to_its_end() {
        let log = r#"{ "list": [
    {
        "level": "error",
        "rule": "no",
        "file": "a.x",
        "says": "this }, {",
        "pos": {
            "line": 2,
            "column": 0
        }
    },
    {
        "level": "error",
        "rule": "no",
        "file": "b.x",
        "says": "that"
    }
] }
"#;
        assert_eq!(told(&OWN_FILE, log), ["lint_error a.x:3 no this }, { @3-11", "lint_error b.x:0 no that @13-17"]);
    }

    #[test]
    fn an_object_of_somebody_else_is_left_alone() {
        for other in
            [r#"{"rule":"no"}"#, r#"{"file":"a.x","rule":"no","says":"no level"}"#, r#"{"rule":3,"#, "\"rule\":"]
        {
            assert_eq!(told(&FORM, &format!("{other}\n\n")), [""; 0], "{other}");
        }
    }

    #[test]
    fn an_object_with_too_many_lines_is_none() {
        let fields = |count: u32| {
            format!(
                "  \"level\": \"error\",\n  \"rule\": \"no\",\n  \"file\": \"a\",\n{}  \"says\": \"x\"\n}}\n",
                "  \"n\": 1,\n".repeat(count as usize)
            )
        };
        assert_eq!(told(&OWN_FILE, &fields(LINES_MAX - 5)).len(), 1);
        assert_eq!(told(&OWN_FILE, &fields(LINES_MAX - 4)).len(), 0);
    }

    #[test]
    fn an_object_with_too_many_bytes_is_none() {
        let long = format!("  \"n\": \"{}\",\n", "x".repeat(60_000));
        let log = |lines: usize| {
            let fields = "  \"level\": \"error\",\n  \"rule\": \"no\",\n  \"file\": \"a\",\n";
            format!("{fields}{}  \"says\": \"x\"\n}}\n", long.repeat(lines))
        };
        assert_eq!(told(&OWN_FILE, &log(BYTES_MAX / 60_000)).len(), 1);
        assert_eq!(told(&OWN_FILE, &log(BYTES_MAX / 60_000 + 1)).len(), 0);
    }
}
