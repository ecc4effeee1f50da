//! `suppression.added`: a comment or attribute tells a tool not to look, so that it no longer says what is wrong.

use std::sync::LazyLock;

use regex::Regex;

use super::change::Change;
use super::language::Language;
use super::source::Line;
use crate::domain::verdict::{GuardCode, GuardHit};

/// In comments, of any language: people keep several tools in one repository.
static COMMENTS: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?ix)
        \bnoqa\b | \btype:\s*ignore\b | \bpyright:\s*(?:ignore|basic|off) | \bmypy:\s*(?:ignore|disable|allow) |
        \bpyre-(?:ignore|fixme) | \bpytype:\s*disable | \bpylint:\s*(?:disable|skip) | \bnosec\b | \bbandit:\s*skip |
        \bfmt:\s*(?:off|skip) | \byapf:\s*disable | \bisort:\s*(?:skip|off) | \bruff:\s*(?:noqa|ignore|disable) |
        \bpragma:\s*no\s*cover | \beslint-disable | \beslint\s+[\w@/-]+\s*:\s*(?:0|off|\x22off) |
        @ts-(?:ignore|expect-error|nocheck) | \bbiome-ignore | \bprettier-ignore | \boxlint-disable |
        \bdeno-(?:lint|fmt)-ignore | \b(?:istanbul|c8|v8)\s+ignore | \btslint:disable | \bstylelint-disable |
        \bjs[hc]int\s+ignore | \$FlowFixMe | \bflow-disable | \bsonar-?ignore | \bNOSONAR\b | \bnolint\b |
        \blint:(?:file-)?ignore | \bcheckstyle:\s*(?:off|stop) | \bCHECKSTYLE[.:]\s*(?:OFF|SUPPRESS) | \bNOPMD\b |
        \bspotless:off | @formatter:off | \bnoinspection\b | \bktlint-disable | \bdetekt:disable |
        \brustfmt::skip | \bshellcheck\s+disable | \bhadolint\s+ignore | \bclang-format\s+off | \bNOLINT | \bskipcq\b
        ",
    )
});

/// In code: attributes and annotations that say the same.
static RUST: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"#!?\[\s*(?:allow|expect)\s*\(|cfg_attr\s*\([^\]]*\b(?:allow|expect)\s*\(|rustfmt(?:::|_)skip|#!?\[\s*coverage\s*\(\s*off|clippy::msrv",
    )
});
static JAVA: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"@(?:file:)?(?:\w+\.)*(?:SuppressWarnings|Suppress|SuppressFBWarnings|SuppressLint)\b"));

fn pattern(text: &str) -> Regex {
    Regex::new(text).expect("a constant pattern")
}

pub fn hits(changes: &[Change<'_>]) -> Vec<GuardHit> {
    changes.iter().flat_map(of_change).collect()
}

fn of_change(change: &Change<'_>) -> Vec<GuardHit> {
    let hit = |line: &Line, said: &str| GuardHit {
        code: GuardCode::SuppressionAdded,
        file: change.path.to_owned(),
        line: line.number,
        text: format!("a tool is told not to look: `{}`", said.trim()),
    };
    let comments = change.new_signs(|line| &line.comment, |comment| COMMENTS.is_match(comment));
    let mut hits: Vec<_> = comments.into_iter().map(|line| hit(line, &line.comment)).collect();
    let in_code = match change.language {
        Language::Rust => Some(&RUST),
        Language::Java => Some(&JAVA),
        _ => None,
    };
    if let Some(sign) = in_code {
        let lines = change.new_signs(|line| &line.bare, |code| sign.is_match(code));
        hits.extend(lines.into_iter().map(|line| hit(line, &line.code)));
    }
    hits
}
