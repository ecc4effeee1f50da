//! curl: what could not be fetched.
//!
//! `src/tool_operate.c` and `tool_msgs.c`: `curl: (CODE) MESSAGE`.
//! Scripts try and go on: it gives way to a tool that says what failed.

use crate::domain::failure::Kind;
use crate::stages::extract::form::Form;

pub const FORM: Form = Form {
    tool: "curl",
    kind: Kind::Infrastructure,
    wakes: &["curl: ("],
    lines: &[r"curl: \((?P<code>\d+)\) (?P<message>\S.*)$"],
    guesses: true,
    ..Form::DEFAULT
};

#[cfg(test)]
mod tests {
    use crate::stages::extract::tests::told;

    #[test]
    fn what_could_not_be_fetched_is_told_with_the_code() {
        let log = "curl: (7) Failed to connect to 127.0.0.1 port 1 after 0 ms: Couldn't connect to server\n";
        assert_eq!(
            told(log),
            [
                "curl infrastructure | 7 | Failed to connect to 127.0.0.1 port 1 after 0 ms: Couldn't connect to server | @1-1"
            ]
        );
    }
}
