//! wget: what could not be fetched.
//!
//! `src/http.c`, `src/connect.c`: `ERROR CODE: REASON.` behind the time, `failed: REASON.`.
//! Scripts try and go on: it gives way to a tool that says what failed.

use crate::domain::failure::Kind;
use crate::stages::extract::form::Form;

pub const FORM: Form = Form {
    tool: "wget",
    kind: Kind::Infrastructure,
    wakes: &[" ERROR 4", " ERROR 5", "wget: ", "... failed: "],
    lines: &[
        r"^(?:\d{4}-\d\d-\d\d \d\d:\d\d:\d\d |wget: |Connecting to \S+ ?\S*\.\.\. |Resolving \S+ ?\S*\.\.\. )(?P<message>(?:ERROR (?P<code>\d{3}): |failed: |unable to resolve host |bad address |server returned error: |can't connect ).+)$",
    ],
    guesses: true,
    ..Form::DEFAULT
};

#[cfg(test)]
mod tests {
    use crate::stages::extract::tests::told;

    #[test]
    fn what_could_not_be_fetched_is_told_with_the_code() {
        let log = "2026-11-20 10:00:00 ERROR 404: Not Found.\n";
        assert_eq!(told(log), ["wget infrastructure | 404 | ERROR 404: Not Found. | @1-1"]);
    }
}
