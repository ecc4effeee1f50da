//! kubeconform: manifests that their schema refuses.
//!
//! `pkg/output/text.go`: `FILE - KIND NAME is invalid: MESSAGE`, `FILE - KIND NAME failed validation: MESSAGE`.

use crate::stages::extract::form::Form;

pub const FORM: Form = Form {
    tool: "kubeconform",
    wakes: &[" is invalid: ", " failed validation: "],
    lines: &[r"^(?P<path>\S.*?\.(?:ya?ml|json)) - (?P<message>.*(?:is invalid|failed validation): .+)$"],
    ..Form::DEFAULT
};

#[cfg(test)]
mod tests {
    use crate::stages::extract::tests::told;

    #[test]
    fn what_a_schema_refuses_is_read() {
        let log = "k8s/app.yml - Deployment web is invalid: problem validating schema.\n";
        assert_eq!(
            told(log),
            ["kubeconform lint_error | k8s/app.yml | Deployment web is invalid: problem validating schema. | @1-1"]
        );
    }
}
