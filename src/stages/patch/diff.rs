//! File changes become a diff in git's format, which `git apply --check` accepts.

use std::fmt::Write as _;

use similar::{ChangeTag, DiffOp, group_diff_ops};

use crate::domain::patch::{Blob, FileChange, Mode};
use crate::text::changes;

/// Lines of context around a change, as git writes them.
const CONTEXT_LINES: usize = 3;

/// A changed file with its lines counted; a binary one counts none.
pub fn change(path: String, before: Option<Blob>, after: Option<Blob>) -> FileChange {
    let text = |blob: &Option<Blob>| blob.as_ref().map_or(Some(String::new()), |blob| blob.text().map(str::to_owned));
    let (mut lines_added, mut lines_deleted) = (0_u32, 0_u32);
    if let (Some(old), Some(new)) = (text(&before), text(&after)) {
        for (tag, _) in compared(&lines_of(&old), &lines_of(&new)) {
            match tag {
                ChangeTag::Insert => lines_added = lines_added.saturating_add(1),
                ChangeTag::Delete => lines_deleted = lines_deleted.saturating_add(1),
                ChangeTag::Equal => {}
            }
        }
    }
    FileChange { path, before, after, lines_added, lines_deleted }
}

/// All changes as one diff, in their order.
pub fn diff(changes: &[FileChange]) -> String {
    let mut out = String::new();
    for change in changes {
        match (&change.before, &change.after) {
            // Git tells a change of type as a deletion and an addition.
            (Some(before), Some(after)) if regular(before.mode) != regular(after.mode) => {
                file(&mut out, &change.path, Some(before), None);
                file(&mut out, &change.path, None, Some(after));
            }
            (before, after) => file(&mut out, &change.path, before.as_ref(), after.as_ref()),
        }
    }
    out
}

fn regular(mode: Mode) -> bool {
    matches!(mode, Mode::File | Mode::Executable)
}

fn file(out: &mut String, path: &str, before: Option<&Blob>, after: Option<&Blob>) {
    if before == after {
        return;
    }
    let (old, new) = (quoted(&format!("a/{path}")), quoted(&format!("b/{path}")));
    push(out, &format!("diff --git {old} {new}\n"));
    match (before, after) {
        (None, Some(after)) => push(out, &format!("new file mode {}\n", after.mode.as_str())),
        (Some(before), None) => push(out, &format!("deleted file mode {}\n", before.mode.as_str())),
        (Some(before), Some(after)) if before.mode != after.mode => {
            push(out, &format!("old mode {}\nnew mode {}\n", before.mode.as_str(), after.mode.as_str()));
        }
        _ => {}
    }
    let text = |blob: Option<&Blob>| blob.map_or(Some(String::new()), |blob| blob.text().map(str::to_owned));
    let (Some(before_text), Some(after_text)) = (text(before), text(after)) else {
        if before.map(|blob| &blob.bytes) != after.map(|blob| &blob.bytes) {
            // No patch of a binary is ever written: the policy refuses one, and a reader sees that it is there.
            let side = |side: &str, blob: Option<&Blob>| blob.map_or("/dev/null".to_owned(), |_| side.to_owned());
            push(out, &format!("Binary files {} and {} differ\n", side(&old, before), side(&new, after)));
        }
        return;
    };
    if before_text == after_text {
        return;
    }
    // A name with a blank is ended by a tab, as git does, so that readers know where it ends.
    let end = if path.contains(' ') { "\t" } else { "" };
    let side = |name: &str, blob: Option<&Blob>| blob.map_or("/dev/null".to_owned(), |_| format!("{name}{end}"));
    push(out, &format!("--- {}\n+++ {}\n", side(&old, before), side(&new, after)));
    hunks(out, &lines_of(&before_text), &lines_of(&after_text));
}

fn hunks(out: &mut String, old: &[&str], new: &[&str]) {
    for group in group_diff_ops(changes(old, new), CONTEXT_LINES) {
        let (Some(first), Some(last)) = (group.first(), group.last()) else { continue };
        let side = |start: usize, end: usize| match end.saturating_sub(start) {
            // An empty side is named by the line before it.
            0 => format!("{start},0"),
            1 => format!("{}", start + 1),
            length => format!("{},{length}", start + 1),
        };
        let (old_side, new_side) =
            (side(first.old_range().start, last.old_range().end), side(first.new_range().start, last.new_range().end));
        push(out, &format!("@@ -{old_side} +{new_side} @@\n"));
        for op in &group {
            for (tag, line) in lines_of_op(op, old, new) {
                push(
                    out,
                    match tag {
                        ChangeTag::Equal => " ",
                        ChangeTag::Delete => "-",
                        ChangeTag::Insert => "+",
                    },
                );
                push(out, line);
                if !line.ends_with('\n') {
                    push(out, "\n\\ No newline at end of file\n");
                }
            }
        }
    }
}

fn compared<'t>(old: &[&'t str], new: &[&'t str]) -> Vec<(ChangeTag, &'t str)> {
    changes(old, new).iter().flat_map(|op| lines_of_op(op, old, new)).collect()
}

fn lines_of_op<'t>(op: &DiffOp, old: &[&'t str], new: &[&'t str]) -> Vec<(ChangeTag, &'t str)> {
    let (deleted, inserted) = match op {
        DiffOp::Equal { .. } => {
            return old.get(op.old_range()).unwrap_or_default().iter().map(|line| (ChangeTag::Equal, *line)).collect();
        }
        _ => (old.get(op.old_range()).unwrap_or_default(), new.get(op.new_range()).unwrap_or_default()),
    };
    let deleted = deleted.iter().map(|line| (ChangeTag::Delete, *line));
    deleted.chain(inserted.iter().map(|line| (ChangeTag::Insert, *line))).collect()
}

/// Git knows one line ending, `\n`; a lone `\r` is a character like any other.
fn lines_of(text: &str) -> Vec<&str> {
    text.split_inclusive('\n').collect()
}

/// A name as git quotes it: bytes that could be mistaken are escaped, and then the whole stands in quotes.
fn quoted(path: &str) -> String {
    if !path.chars().any(|c| c.is_control() || c == '"' || c == '\\') {
        return path.to_owned();
    }
    let mut out = String::from("\"");
    for byte in path.bytes() {
        match byte {
            b'"' => push(&mut out, "\\\""),
            b'\\' => push(&mut out, "\\\\"),
            b'\n' => push(&mut out, "\\n"),
            b'\t' => push(&mut out, "\\t"),
            0x20..=0x7e => out.push(char::from(byte)),
            other => {
                let _ = write!(out, "\\{other:03o}");
            }
        }
    }
    out.push('"');
    out
}

fn push(out: &mut String, text: &str) {
    out.push_str(text);
}
