//! helm: lint, template, install.
//!
//! `pkg/lint/support/message.go`: `[ERROR] PATH: MESSAGE`, in `helm lint` with `[WARNING]` and `[INFO]` beside it; the `Error: …` of the other
//! commands is the Go error chain as it is (`cmd/helm/helm.go`): templates are `template: CHART/templates/FILE:LINE:COLUMN: …`, broken YAML is
//! `YAML parse error on CHART/templates/FILE: …`, what goes wrong with a release is in capitals.

use crate::domain::failure::Kind;
use crate::stages::extract::form::Form;

pub const TEMPLATE: Form = Form {
    tool: "helm",
    kind: Kind::BuildError,
    wakes: &["template: ", "YAML parse error on ", "parse error at ("],
    lines: &[
        r"^(?:Error: |\[ERROR\] ).*?(?:(?:parse error at \(|template: )(?P<path>[^\s:]+):(?P<line>\d+)(?::(?P<column>\d+))?\)?: (?P<message>.+))$",
    ],
    ..Form::DEFAULT
};

pub const YAML: Form = Form {
    lines: &[
        r"^(?:Error: |\[ERROR\] ).*?YAML parse error on (?P<path>[^\s:]+): (?P<message>.*?(?:line (?P<line>\d+): .*)?)$",
    ],
    ..TEMPLATE
};

pub const LINT: Form = Form {
    tool: "helm",
    wakes: &["[ERROR] templates/", "[ERROR] Chart.yaml", "[ERROR] values.yaml"],
    lines: &[r"^\[ERROR\] (?P<path>templates/\S*|Chart\.yaml|values\.yaml): (?P<message>.+)$"],
    ..Form::DEFAULT
};

pub const RELEASE: Form = Form {
    tool: "helm",
    kind: Kind::RuntimeError,
    wakes: &["INSTALLATION FAILED: ", "UPGRADE FAILED: ", "Error: chart ", "Error: execution error at ("],
    lines: &[
        r"^Error: (?P<message>(?:(?:INSTALLATION|UPGRADE) FAILED: |chart |execution error at \((?P<path>[^\s:]+):(?P<line>\d+):(?P<column>\d+)\): ).+)$",
    ],
    ..Form::DEFAULT
};

#[cfg(test)]
mod tests {
    use crate::stages::extract::tests::told;

    #[test]
    fn templates_and_lint_are_read() {
        let log = "\
Error: template: web/templates/deployment.yaml:8:20: executing \"web/templates/deployment.yaml\" at <.Values.image.tag>: nil pointer evaluating interface {}.tag
Error: parse error at (web/templates/service.yaml:4): unclosed action
Error: YAML parse error on web/templates/config.yaml: error converting YAML to JSON: yaml: line 5: mapping values are not allowed in this context
[ERROR] Chart.yaml: version is required
[INFO] Chart.yaml: icon is recommended
Error: 1 chart(s) linted, 1 chart(s) failed
";
        assert_eq!(
            told(log)[..4],
            [
                "helm build_error | web/templates/deployment.yaml:8:20 | executing \"web/templates/deployment.yaml\" at <.Values.image.tag>: nil pointer evaluating interface {}.tag | @1-1",
                "helm build_error | web/templates/service.yaml:4 | unclosed action | @2-2",
                "helm build_error | web/templates/config.yaml:5 | error converting YAML to JSON: yaml: line 5: mapping values are not allowed in this context | @3-3",
                "helm lint_error | Chart.yaml | version is required | @4-4",
            ]
        );
    }
}
