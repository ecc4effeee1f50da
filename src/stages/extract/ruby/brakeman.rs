//! Brakeman: holes in Rails applications.

use crate::domain::failure::Kind;
use crate::stages::extract::form::Form;

/// Brakeman's text report (`lib/brakeman/report/report_text.rb`): fields below each other.
pub const TEXT: Form = Form {
    tool: "brakeman",
    kind: Kind::LintError,
    wakes: &["Confidence: "],
    lines: &[
        r"^Confidence: (?:High|Medium|Weak)$",
        r"^Category: (?P<code>.+)$",
        r"^Message: (?P<message>.+)$",
        r"^File: (?P<path>.+)$",
        r"^Line: (?P<line>\d+)$",
    ],
    between: Some(r"^(?:Check|Code|CWE|Similar|Link): |^ "),
    ..Form::DEFAULT
};

/// Brakeman with `-f tabs` (`report_tabs.rb`): path, line, warning, category, message, confidence;
/// the message ends with `near line 8: code` (`warning.rb`, `format_message`).
pub const TABS: Form = Form {
    tool: "brakeman",
    kind: Kind::LintError,
    wakes: &["near line ", "\tGeneral\t", "\tController\t", "\tModel\t", "\tTemplate\t"],
    lines: &[concat!(
        r"^(?P<path>\S.*?\.\w+)(?:\t| {2,})(?P<line>\d+)(?:\t| +)(?P<code>[A-Z][\w' ()/-]*?)(?:\t| +)(?:General|Controller|Template|Model)(?:\t| +)",
        r"(?P<message>\S.*?)(?:\t| +)(?:High|Medium|Weak)$",
    )],
    ..Form::DEFAULT
};

#[cfg(test)]
mod tests {
    use crate::stages::extract::tests::check_only;

    #[test]
    fn it_is_read_as_text_and_as_a_table() {
        check_only(
            "== Warnings ==\n\nConfidence: High\nCategory: SQL Injection\nCheck: SQL\nMessage: Possible SQL injection\n\
             Code: Item.where(\"a = #{params[:a]}\")\nFile: app/models/item.rb\nLine: 8",
            "brakeman lint_error | app/models/item.rb:8 | SQL Injection | Possible SQL injection | @3-9",
        );
        check_only(
            "/srv/app/models/item.rb\t9\tDangerous Send\tGeneral\tUser controlled method execution near line 9: a.send(b)\tHigh",
            "brakeman lint_error | ?/srv/app/models/item.rb:9 | Dangerous Send | User controlled method execution near line 9: a.send(b) | @1-1",
        );
    }
}
