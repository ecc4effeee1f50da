//! nginx -t: a configuration that cannot be used.
//!
//! `src/core/ngx_conf_file.c`, `ngx_conf_log_error`: `nginx: [emerg] MESSAGE in FILE:LINE`, on the error log with date and process before it.

use crate::domain::failure::Kind;
use crate::stages::extract::form::Form;

pub const FORM: Form = Form {
    tool: "nginx",
    kind: Kind::BuildError,
    wakes: &["[emerg] "],
    lines: &[r"^(?:nginx: |\S+ \S+ )\[emerg\] (?:\d+#\d+: )?(?P<message>.+?)(?: in (?P<path>\S+):(?P<line>\d+))?$"],
    ..Form::DEFAULT
};

#[cfg(test)]
mod tests {
    use crate::stages::extract::tests::told;

    #[test]
    fn an_unknown_directive_is_told_with_its_place() {
        let log = "2026/11/20 10:00:00 [emerg] 60#60: unknown directive \"listn\" in conf/web.conf:2\nnginx: [emerg] unknown directive \"x\" in conf/web.conf:3\n";
        assert_eq!(
            told(log),
            [
                "nginx build_error | conf/web.conf:2 | unknown directive \"listn\" | @1-1",
                "nginx build_error | conf/web.conf:3 | unknown directive \"x\" | @2-2",
            ]
        );
    }
}
