//! Every golden log in other dresses: what failed, its class and its name do not depend on who ran the job, and when.
#![expect(clippy::disallowed_methods, reason = "a test may read its fixtures")]

use std::path::{Path, PathBuf};

use super::read::{LogRead, ReadOptions, read_log};
use crate::edge::store;

/// A runner's time before each line, as it is written in the fixtures.
const STAMP: &str = "2026-11-20T10:00:00.0000000Z ";

/// The logs that wear GitHub's dress, each with the folder of its checkout.
fn logs() -> Vec<(PathBuf, String, String)> {
    let golden = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/golden");
    let mut logs = Vec::new();
    for path in store::files_below(&golden, "log").expect("the golden set") {
        let text = String::from_utf8_lossy(&std::fs::read(&path).expect("a log")).into_owned();
        let root = text.lines().find_map(|line| line.split_once("Working directory is '")?.1.strip_suffix('\''));
        let green = path.to_string_lossy().ends_with(".green.log");
        if let Some(root) = root.filter(|_| !green && text.starts_with("\u{feff}2026-11-20T10:00:00")) {
            let root = root.to_owned();
            logs.push((path, text, root));
        }
    }
    assert!(logs.len() >= 40, "only {} logs are in GitHub's dress", logs.len());
    logs
}

fn read(text: &str, green: Option<PathBuf>) -> LogRead {
    let folder = tempfile::tempdir().expect("a folder");
    let log = folder.path().join("job.log");
    std::fs::write(&log, text).expect("write the log");
    read_log(&log, &ReadOptions { green, ..ReadOptions::default() }).expect("read the log")
}

/// What must be said of a log in every dress: its class, its name, and of each failure all but the printed folder.
fn said(read: &LogRead, root: &str) -> Vec<String> {
    let LogRead { reading, classification, fingerprint } = read;
    let fingerprint = fingerprint.as_ref().map(ToString::to_string);
    let mut said = vec![format!("{} {:?} {fingerprint:?}", classification.class.as_str(), classification.kind)];
    // What only goes by words is a cascade, and may take a program's own time for the CI's.
    for failure in reading.roots() {
        let path = failure.file.clone().or_else(|| failure.path.clone());
        let place = (path, failure.line, failure.column, failure.test.clone(), failure.code.clone());
        let message = failure.message.replace(root, "ROOT");
        said.push(format!(
            "{} {:?} {place:?} {message} {} {:?}",
            failure.tool, failure.kind, failure.primary, failure.log
        ));
    }
    said
}

fn each_line(text: &str, change: impl Fn(&str, &str) -> String) -> String {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let stamped = |line: &str| line.get(STAMP.len() - 2..STAMP.len()).is_some_and(|end| end == "Z ");
    let line = |line: &str| match line.split_at_checked(STAMP.len()) {
        Some((stamp, rest)) if stamped(line) && stamp.starts_with("2026-11-20T") => change(stamp, rest),
        // A line of one write of the runner with the line before: it has no time.
        _ => change("", line),
    };
    text.split('\n').map(line).collect::<Vec<_>>().join("\n")
}

/// Lines that another program wrote before the step that failed.
fn some_lines_later(text: &str) -> String {
    text.replacen(
        "##[group]Run actions/checkout",
        &("notice: it goes on\n".repeat(7) + "##[group]Run actions/checkout"),
        1,
    )
}

#[test]
fn what_failed_does_not_depend_on_who_ran_the_job_and_when() {
    let mut broken = Vec::new();
    for (number, (path, text, root)) in logs().into_iter().enumerate() {
        let green = Some(path.with_extension("green.log")).filter(|green| store::is_file(green));
        let before = said(&read(&text, green.clone()), &root);
        // A step's log: no times. Windows' ends of line. GitLab's folder.
        let other = "/builds/octo/shop";
        if number % 2 == 0 {
            let step = each_line(&text, |_, line| line.to_owned()).replace(&root, other).replace('\n', "\r\n");
            let after = said(&read(&step, green), other);
            if before != after {
                broken.push(format!("{} as a step's log\n  {before:#?}\n  {after:#?}", path.display()));
            }
            continue;
        }
        // Another day, somebody's own folder, some lines later.
        let other = "/srv/checkouts/shop";
        let later = |stamp: &str, line: &str| stamp.replace("2026-11-20T10:", "2027-01-03T23:") + line;
        let moved = some_lines_later(&each_line(&text, later)).replace(&root, other);
        let after = said(&read(&moved, green), other);
        // The lines it stands in are others now.
        let apart = |said: &[String]| {
            said.iter().map(|one| one.split(" Span ").next().unwrap_or_default().to_owned()).collect::<Vec<_>>()
        };
        if apart(&before) != apart(&after) {
            broken.push(format!("{} on another day\n  {before:#?}\n  {after:#?}", path.display()));
        }
    }
    assert!(broken.is_empty(), "{}", broken.join("\n"));
}
