//! dpkg: a package that it cannot unpack or configure.
//!
//! `dpkg: error processing package NAME (--ACTION):`, and below it, indented, why.

use crate::domain::failure::Kind;
use crate::stages::extract::form::Form;

pub const FORM: Form = Form {
    tool: "dpkg",
    kind: Kind::DependencyIssue,
    wakes: &["dpkg: error"],
    lines: &[r"^dpkg: error(?: processing (?:package|archive) \S+(?: \(--\w+\))?)?: ?(?P<message>.*)$"],
    more: Some(r"^ (?P<message>\S.+)$"),
    ..Form::DEFAULT
};
