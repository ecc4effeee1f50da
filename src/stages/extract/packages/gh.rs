//! gh: what could not be fetched.
//!
//! `pkg/cmd/root`, `api/client.go`: `gh: MESSAGE (HTTP CODE)`, `HTTP CODE: MESSAGE (URL)`.
//! Scripts try and go on: it gives way to a tool that says what failed.

use crate::domain::failure::Kind;
use crate::stages::extract::form::Form;

pub const FORM: Form = Form {
    tool: "gh",
    kind: Kind::RuntimeError,
    wakes: &["(HTTP 4", "(HTTP 5", "HTTP 401: ", "HTTP 403: ", "HTTP 404: ", "HTTP 422: "],
    lines: &[r"^(?:gh: |failed to .*?: |error .*?: )?(?P<message>.+ \(HTTP (?P<code>\d{3})\)|HTTP \d{3}: .+)$"],
    guesses: true,
    ..Form::DEFAULT
};

#[cfg(test)]
mod tests {
    use crate::stages::extract::tests::told;

    #[test]
    fn what_could_not_be_fetched_is_told_with_the_code() {
        let log = "gh: Not Found (HTTP 404)\n";
        assert_eq!(told(log), ["gh runtime_error | 404 | Not Found (HTTP 404) | @1-1"]);
    }
}
