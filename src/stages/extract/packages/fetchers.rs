//! curl, wget and gh: what could not be fetched.
//!
//! curl (`src/tool_operate.c` and `tool_msgs.c`): `curl: (CODE) MESSAGE`. wget (`src/http.c`, `src/connect.c`): `ERROR CODE: REASON.` behind the time, `failed: REASON.`. gh
//! (`pkg/cmd/root`, `api/client.go`): `gh: MESSAGE (HTTP CODE)`, `HTTP CODE: MESSAGE (URL)`. Scripts try and go on: it gives way to a tool that says what failed.

use crate::domain::failure::Kind;
use crate::stages::extract::form::Form;

pub const CURL: Form = Form {
    tool: "curl",
    kind: Kind::Infrastructure,
    wakes: &["curl: ("],
    lines: &[r"curl: \((?P<code>\d+)\) (?P<message>\S.*)$"],
    guesses: true,
    ..Form::DEFAULT
};

pub const WGET: Form = Form {
    tool: "wget",
    kind: Kind::Infrastructure,
    wakes: &[" ERROR 4", " ERROR 5", "wget: ", "... failed: "],
    lines: &[
        r"^(?:\d{4}-\d\d-\d\d \d\d:\d\d:\d\d |wget: |Connecting to \S+ ?\S*\.\.\. |Resolving \S+ ?\S*\.\.\. )(?P<message>(?:ERROR (?P<code>\d{3}): |failed: |unable to resolve host |bad address |server returned error: |can't connect ).+)$",
    ],
    guesses: true,
    ..Form::DEFAULT
};

pub const GH: Form = Form {
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
        let log = "\
curl: (7) Failed to connect to 127.0.0.1 port 1 after 0 ms: Couldn't connect to server
2026-11-20 10:00:00 ERROR 404: Not Found.
gh: Not Found (HTTP 404)
";
        assert_eq!(
            told(log),
            [
                "curl infrastructure | 7 | Failed to connect to 127.0.0.1 port 1 after 0 ms: Couldn't connect to server | @1-1",
                "wget infrastructure | 404 | ERROR 404: Not Found. | @2-2",
                "gh runtime_error | 404 | Not Found (HTTP 404) | @3-3",
            ]
        );
    }
}
