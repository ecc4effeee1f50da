//! kubectl: manifests that it or a cluster refuses.
//!
//! `pkg/cmd/util/helpers.go`, `checkErr`: `error: MESSAGE`, `The KIND "NAME" is invalid: FIELD: MESSAGE`,
//! `Error from server (REASON): MESSAGE`; validation says `error validating "FILE": error validating data: …`.

use crate::domain::failure::Kind;
use crate::stages::extract::form::Form;

pub const VALIDATION: Form = Form {
    tool: "kubectl",
    wakes: &["error validating \"", "error parsing "],
    lines: &[
        r#"^error: error (?:validating|parsing) "?(?P<path>[^":]+)"?: (?P<message>.*?)(?:; if you choose to ignore these errors, .*)?$"#,
    ],
    ..Form::DEFAULT
};

pub const INVALID: Form = Form {
    tool: "kubectl",
    wakes: &["\" is invalid: "],
    lines: &[r#"^(?P<message>The \w+ "[^"]+" is invalid: .+)$"#],
    more: Some(r"^\* "),
    ..Form::DEFAULT
};

pub const SERVER: Form = Form {
    tool: "kubectl",
    kind: Kind::RuntimeError,
    wakes: &[
        "Error from server (",
        "error: the path \"",
        "error: no objects passed to",
        "error: unable to recognize",
        "error: resource mapping not found",
    ],
    lines: &[
        r#"^(?:Error from server \((?P<code>\w+)\)|error): (?P<message>(?:the path "(?P<path>[^"]+)" .+|no objects passed to .+|unable to recognize .+|resource mapping not found .+|.+ .+))$"#,
    ],
    ..Form::DEFAULT
};

pub const NO_SERVER: Form = Form {
    tool: "kubectl",
    kind: Kind::Infrastructure,
    wakes: &["The connection to the server ", "Unable to connect to the server: "],
    lines: &[r"^(?P<message>The connection to the server .+ was refused.*|Unable to connect to the server: .+)$"],
    ..Form::DEFAULT
};

#[cfg(test)]
mod tests {
    use crate::stages::extract::tests::told;

    #[test]
    fn what_it_or_a_cluster_refuses_is_read() {
        let log = "\
error: error validating \"k8s/app.yml\": error validating data: [apiVersion not set, kind not set]; if you choose to ignore these errors, turn validation off with --validate=false
The Deployment \"web\" is invalid: spec.replicas: Invalid value: -1: must be greater than or equal to 0
Error from server (NotFound): namespaces \"shop\" not found
error: the path \"k8s/nope.yml\" does not exist
";
        assert_eq!(
            told(log),
            [
                "kubectl lint_error | k8s/app.yml | error validating data: [apiVersion not set, kind not set] | @1-1",
                "kubectl lint_error | The Deployment \"web\" is invalid: spec.replicas: Invalid value: -1: must be greater than or equal to 0 | @2-2",
                "kubectl runtime_error | NotFound | namespaces \"shop\" not found | @3-3",
                "kubectl runtime_error | k8s/nope.yml | the path \"k8s/nope.yml\" does not exist | @4-4",
            ]
        );
    }
}
