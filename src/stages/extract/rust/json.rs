//! `--message-format json` in the log: what rustc would have printed stands in each message.
//!
//! Cargo's reference, "External tools": one object a line, `reason` `compiler-message`, its `message.rendered` as rustc
//! prints it; rustc itself writes `$message_type` `diagnostic`. `json-diagnostic-rendered-ansi` colours it.

use serde_json::Value;

use super::rustc::Rustc;
use crate::domain::log::Line;
use crate::stages::extract::reader::{Attention, Findings, Reader};

#[derive(Default)]
pub struct CargoJson {
    rustc: Rustc,
}

impl Reader for CargoJson {
    fn tool(&self) -> &'static str {
        "rustc"
    }

    fn wakes(&self) -> &'static [&'static str] {
        &["\"compiler-message\"", "\"$message_type\":\"diagnostic\""]
    }

    fn line(&mut self, line: &Line<'_>, found: &mut Findings) -> Attention {
        let event = line.text.starts_with('{').then(|| serde_json::from_str::<Value>(line.text).ok()).flatten();
        let Some(event) = event else { return Attention::Sleep };
        let message = event.get("message").filter(|message| message.is_object()).unwrap_or(&event);
        let Some(rendered) = message.get("rendered").and_then(Value::as_str) else { return Attention::Sleep };
        for text in rendered.lines().chain([""]) {
            self.rustc.line(&Line { number: line.number, text: &plain(text), mark: line.mark }, found);
        }
        self.rustc.close(found);
        Attention::Sleep
    }

    fn end(&mut self, found: &mut Findings) {
        self.rustc.end(found);
    }
}

/// Without colours: these stand inside of JSON, where nobody has taken them out.
fn plain(text: &str) -> String {
    let mut parts = text.split("\u{1b}[");
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |plain, part| plain + part.split_once('m').map_or("", |(_, rest)| rest))
}

#[cfg(test)]
mod tests {
    use crate::stages::extract::tests::told;

    #[test]
    fn what_is_rendered_is_read_as_if_it_were_printed() {
        let rendered = "\u{1b}[1m\u{1b}[91merror[E0308]\u{1b}[0m: mismatched types\n \u{1b}[94m--> \u{1b}[0msrc/lib.rs:3:5\n  |\n3 |     1\n  |     ^ expected `()`\n\n";
        let event =
            serde_json::json!({"reason": "compiler-message", "message": {"rendered": rendered, "level": "error"}});
        let artifact = "{\"reason\":\"compiler-artifact\",\"target\":{\"name\":\"shop\"}}";
        assert_eq!(
            told(&format!("{artifact}\n{event}\n")),
            ["rustc build_error | src/lib.rs:3:5 | E0308 | mismatched types | @2-2"]
        );
    }
}
