//! Checkstyle's XML, in which half of all linters can write: ktlint, detekt, phpcs, PHPStan, ESLint, stylelint, SwiftLint,
//! ShellCheck, hadolint, golangci-lint, RuboCop, Scalastyle.
//!
//! `XMLLogger` of Checkstyle: `checkstyle`, `file name`, `error line column severity message source`. A severity other
//! than `error` does not stop a build; one that is not written is an error (stylelint's and old tslint's formatters).

use super::case::{Report, finding};
use super::xml::walk;

/// How `source` begins, and whose findings these are; the longest comes first.
const SOURCES: &[(&str, &str)] = &[
    ("com.puppycrawl.tools.checkstyle.checks.", "checkstyle"),
    ("com.puppycrawl.tools.checkstyle.", "checkstyle"),
    ("org.scalastyle.", "scalastyle"),
    ("eslint.rules.", "eslint"),
    ("stylelint.rules.", "stylelint"),
    ("swiftlint.rules.", "swiftlint"),
    ("failure.tslint.", "tslint"),
    ("detekt.", "detekt"),
    ("ShellCheck.", "shellcheck"),
    ("phpstan.", "phpstan"),
    ("tsc.", "tsc"),
];

pub fn report(xml: &str) -> Result<Report, String> {
    let mut report = Report::of("checkstyle");
    walk(xml, &[], &mut |element, above| match (element.name.as_str(), above.last()) {
        ("error", Some(file)) if file.name == "file" => {
            let severity = element.attribute("severity").unwrap_or("error").to_lowercase();
            if severity != "error" && severity != "fatal" {
                return;
            }
            let source = element.attribute("source").unwrap_or_default();
            let (tool, code) = rule(source);
            let message = element.attribute("message").unwrap_or_default();
            let place = (element.number("line"), element.number("column"));
            let mut found = finding(tool, file.attribute("name"), place.0, place.1, message);
            found.code = Some(code).filter(|code| !code.is_empty());
            report.finding(found);
        }
        // Checkstyle could not read a file: the stack trace is its text, and its first line says why.
        ("exception", Some(file)) if file.name == "file" => {
            report.finding(finding("checkstyle", file.attribute("name"), None, None, "the file cannot be checked"));
        }
        _ => {}
    })?;
    Ok(report)
}

/// Whose rule it is, and its name as the tool's log has it.
fn rule(source: &str) -> (&'static str, String) {
    let Some((tool, name)) = SOURCES.iter().find_map(|(start, tool)| Some((*tool, source.strip_prefix(start)?))) else {
        return ("checkstyle", source.to_owned());
    };
    // `coding.MagicNumberCheck` is `[MagicNumber]` in the log (`AuditEventDefaultFormatter`).
    let name = if matches!(tool, "checkstyle" | "scalastyle") { name.rsplit('.').next().unwrap_or(name) } else { name };
    (tool, if tool == "checkstyle" { name.strip_suffix("Check").unwrap_or(name) } else { name }.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stops_a_build_is_told_and_a_warning_is_not() {
        let xml = "<?xml version='1.0'?><checkstyle version='4.3'><file name='/srv/src/A.java'><error line='3' column='7' severity='error' message='&apos;3&apos; is a magic number.' source='com.puppycrawl.tools.checkstyle.checks.coding.MagicNumberCheck'/><error line='0' message='no doc' source='unknown-rule'/><error line='4' severity='warning' message='w' source='x'/><error line='4' severity='info' message='i' source='x'/></file><file name='b.kt'/></checkstyle>";
        let found = report(xml).expect("a report").findings;
        let told: Vec<_> =
            found.iter().map(|f| (f.tool.as_str(), f.code.as_deref(), f.line, f.column, f.message.as_str())).collect();
        assert_eq!(
            told,
            [
                ("checkstyle", Some("MagicNumber"), Some(3), Some(7), "'3' is a magic number."),
                ("checkstyle", Some("unknown-rule"), None, None, "no doc"),
            ]
        );
        assert_eq!(found[0].path.as_deref(), Some("/srv/src/A.java"));
    }

    #[test]
    fn the_rules_name_says_whose_it_is() {
        for (source, tool, code) in [
            ("eslint.rules.no-undef", "eslint", "no-undef"),
            ("detekt.MagicNumber", "detekt", "MagicNumber"),
            ("ShellCheck.SC2086", "shellcheck", "SC2086"),
            ("com.puppycrawl.tools.checkstyle.Style/Foo", "checkstyle", "Style/Foo"),
            ("PSR2.Files.EndFileNewline", "checkstyle", "PSR2.Files.EndFileNewline"),
            ("", "checkstyle", ""),
        ] {
            assert_eq!(rule(source), (tool, code.to_owned()));
        }
    }
}
