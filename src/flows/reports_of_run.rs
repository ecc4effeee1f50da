//! Test reports in the artifacts of the failed run: found by globs, read out of the zip into memory, never unpacked.
//!
//! Everybody whose code ran there has a say in them, as in its log; whatever is wrong with one is a warning and no more.

use std::path::Path;

use super::reports::REPORTS_MAX;
use crate::config::inputs::BadInput;
use crate::config::names::{Globs, Over};
use crate::domain::memory::Artifact;
use crate::domain::run::FailedRun;
use crate::edge::github::Github;
use crate::edge::github::error::{ApiError, Fault};
use crate::edge::github::zip::Zip;
use crate::edge::reports::REPORT_BYTES_MAX;
use crate::stages::extract::Reported;

/// A job uploads some three artifacts, and one job failed; a large matrix uploads one for each leg.
const ARTIFACTS_MAX: usize = 50;

/// The largest report, and not even compressed; a larger artifact is somebody's build.
const ARTIFACT_BYTES_MAX: u64 = REPORT_BYTES_MAX;

/// Four of the largest reports: some seconds of inflating and reading, whatever an archive holds.
const BYTES_MAX: u64 = 4 * REPORT_BYTES_MAX;

/// What the artifacts of one run say.
pub struct OfRun {
    pub reported: Reported,
    /// So many files are named by the globs.
    pub found: usize,
    /// What may still be inflated.
    bytes_left: u64,
    left_out: usize,
}

/// The reports that the globs name, by their path inside of an artifact or by `<artifact>/<path>`. Without globs nobody
/// is asked.
pub async fn read(github: &Github, run: &FailedRun, globs: &[String], scratch: &Path) -> Result<OfRun, BadInput> {
    let mut of_run = OfRun::new();
    if globs.is_empty() {
        return Ok(of_run);
    }
    let globs = Globs::parse(Over::Paths, globs).map_err(|reason| BadInput(format!("reports: {reason}")))?;
    let artifacts = match github.artifacts_of_run(&run.repository, run.run_id).await {
        Ok(artifacts) => newest_of_each_name(artifacts),
        Err(error) => {
            of_run.reported.warn("report.unreadable", None, &error.to_string());
            return Ok(of_run);
        }
    };
    let mut left = artifacts.into_iter();
    for made in left.by_ref().take(ARTIFACTS_MAX) {
        if made.bytes > ARTIFACT_BYTES_MAX {
            let message = format!("the artifact is larger than {} MiB", ARTIFACT_BYTES_MAX >> 20);
            of_run.reported.warn("report.left-out", Some(&made.name), &message);
            continue;
        }
        // One after the other in one place: they are looked into once.
        let zip = scratch.join("artifact.zip");
        match github.artifact(&run.repository, &made, &zip, ARTIFACT_BYTES_MAX).await {
            Ok(()) => of_run.take(&made.name, &zip, &globs),
            Err(error) => {
                of_run.reported.warn("report.unreadable", Some(&made.name), &said(&error));
                if !is_its_own(&error.fault) {
                    break;
                }
            }
        }
    }
    of_run.end(left.count());
    Ok(of_run)
}

fn said(error: &ApiError) -> String {
    match &error.fault {
        Fault::Gone => "GitHub no longer keeps the artifact".to_owned(),
        Fault::Unreadable(why) => format!("the artifact cannot be fetched: {why}"),
        _ => error.to_string(),
    }
}

/// Whether the next artifact may do better.
fn is_its_own(fault: &Fault) -> bool {
    matches!(fault, Fault::NotFound { .. } | Fault::Gone | Fault::Unreadable(_))
}

/// Attempts cannot be told apart, so of one name the newest is the failing one's. The newest first, for what has to be
/// left out.
fn newest_of_each_name(mut artifacts: Vec<Artifact>) -> Vec<Artifact> {
    artifacts.sort_by(|a, b| (&a.name, b.created, b.id).cmp(&(&b.name, a.created, a.id)));
    artifacts.dedup_by(|later, kept| later.name == kept.name);
    artifacts.sort_by_key(|made| std::cmp::Reverse((made.created, made.id)));
    artifacts
}

impl OfRun {
    fn new() -> Self {
        Self { reported: Reported::default(), found: 0, bytes_left: BYTES_MAX, left_out: 0 }
    }

    /// Reads what the globs name in one artifact.
    fn take(&mut self, artifact: &str, zip: &Path, globs: &Globs) {
        let mut zip = match Zip::open(zip) {
            Ok(zip) => zip,
            Err(bad) => return self.reported.warn("report.unreadable", Some(artifact), &bad.to_string()),
        };
        let whole = |inside: &str| format!("{artifact}/{inside}");
        let named = |inside: &&String| globs.matches_any(&[inside, &whole(inside)]);
        let files: Vec<String> = zip.names().iter().filter(named).cloned().collect();
        for inside in files {
            self.found += 1;
            if self.found > REPORTS_MAX || self.bytes_left == 0 {
                self.left_out += 1;
                continue;
            }
            match inflated(&mut zip, &inside, &mut self.bytes_left) {
                Ok(bytes) => self.reported.take(&whole(&inside), &bytes),
                Err(reason) => self.reported.warn("report.unreadable", Some(&whole(&inside)), &reason),
            }
        }
    }

    fn end(&mut self, artifacts: usize) {
        if artifacts > 0 {
            let message =
                format!("{artifacts} more artifacts of the run are left out: {ARTIFACTS_MAX} are looked into");
            self.reported.warn("report.left-out", None, &message);
        }
        if self.left_out > 0 {
            let message = format!(
                "{} more reports in artifacts are left out: {REPORTS_MAX} files and {} MiB are read",
                self.left_out,
                BYTES_MAX >> 20
            );
            self.reported.warn("report.left-out", None, &message);
        }
    }
}

/// A report's bytes; `bytes_left` is what all of them may still come to. The error is a phrase.
fn inflated(zip: &mut Zip, name: &str, bytes_left: &mut u64) -> Result<Vec<u8>, String> {
    let mut bytes = Vec::new();
    let read = zip.chunks(name, &mut |chunk| {
        let room = REPORT_BYTES_MAX.saturating_sub(bytes.len() as u64);
        if chunk.len() as u64 > room {
            return Err(std::io::Error::other(format!("it is larger than {} MiB", REPORT_BYTES_MAX >> 20)));
        }
        let Some(left) = bytes_left.checked_sub(chunk.len() as u64) else {
            *bytes_left = 0;
            return Err(std::io::Error::other(format!("all reports together are larger than {} MiB", BYTES_MAX >> 20)));
        };
        *bytes_left = left;
        bytes.extend_from_slice(chunk);
        Ok(())
    });
    read.map_err(|bad| bad.to_string())?;
    Ok(bytes)
}

#[cfg(test)]
#[expect(clippy::disallowed_methods, reason = "the archives lie on disk")]
mod tests {
    use std::io::Write as _;

    use zip::ZipWriter;
    use zip::write::SimpleFileOptions;

    use super::*;

    fn made(name: &str, id: u64, created: i64) -> Artifact {
        Artifact { id, name: name.to_owned(), bytes: 1, expired: false, created, of_fork: false, run_id: Some(1) }
    }

    /// What an artifact `unit-test` of these files comes to, with so much left to inflate.
    fn taken(files: &[(&str, &[u8])], bytes_left: u64) -> (OfRun, Vec<String>) {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("some.zip");
        let mut writer = ZipWriter::new(std::io::Cursor::new(Vec::new()));
        for (name, bytes) in files {
            writer.start_file(*name, SimpleFileOptions::default()).expect("an entry");
            writer.write_all(bytes).expect("memory");
        }
        std::fs::write(&path, writer.finish().expect("an archive").into_inner()).expect("a file");
        let globs = ["out/*.xml", "unit-test/**/a.xml", "!**/old.xml"].map(str::to_owned);
        let mut of_run = OfRun { bytes_left, ..OfRun::new() };
        of_run.take("unit-test", &path, &Globs::parse(Over::Paths, &globs).expect("good globs"));
        of_run.end(0);
        let (warnings, _) = of_run.reported.clone().told().join(&mut Vec::new(), &[]);
        (of_run, warnings.into_iter().map(|warning| warning.message).collect())
    }

    #[test]
    fn of_one_name_the_newest_artifact_counts() {
        let artifacts = vec![made("b", 4, 20), made("a", 1, 10), made("a", 3, 30), made("a", 2, 30)];
        let ids: Vec<u64> = newest_of_each_name(artifacts).iter().map(|made| made.id).collect();
        assert_eq!(ids, [3, 4]);
    }

    #[test]
    fn a_report_is_named_by_its_path_inside_or_behind_the_artifacts_name() {
        let files: [(&str, &[u8]); 5] =
            [("out/b.xml", b""), ("a.xml", b""), ("x/a.xml", b""), ("out/old.xml", b""), ("x/b.xml", b"")];
        assert_eq!(taken(&files, BYTES_MAX).0.found, 3);
    }

    #[test]
    fn a_report_at_the_limit_is_read_and_one_above_it_is_not() {
        let mut xml = b"<testsuite/>".to_vec();
        xml.resize(REPORT_BYTES_MAX as usize, b' ');
        assert_eq!(taken(&[("a.xml", &xml)], BYTES_MAX).1, Vec::<String>::new());
        xml.push(b' ');
        let said = taken(&[("a.xml", &xml)], BYTES_MAX).1;
        assert!(said.len() == 1 && said[0].contains("larger than 64 MiB"), "{said:?}");
    }

    #[test]
    fn all_reports_together_at_the_limit_are_read_and_what_is_above_it_is_counted() {
        let files: [(&str, &[u8]); 3] =
            [("out/a.xml", b"<testsuite/>"), ("out/b.xml", b"<testsuite />"), ("out/c.xml", b"<testsuite  />")];
        assert_eq!(taken(&files, 12 + 13 + 14).1, Vec::<String>::new());
        let said = taken(&files, 12 + 12).1;
        assert!(said[0].contains("all reports together") && said[1].starts_with("1 more"), "{said:?}");
    }

    #[test]
    fn reports_beyond_the_limit_are_counted() {
        let names: Vec<String> = (0..=REPORTS_MAX).map(|number| format!("out/{number}.xml")).collect();
        let files: Vec<(&str, &[u8])> = names.iter().map(|name| (name.as_str(), b"<testsuite/>".as_slice())).collect();
        assert_eq!(taken(&files[1..], BYTES_MAX).1, Vec::<String>::new());
        let said = taken(&files, BYTES_MAX).1;
        assert!(said.len() == 1 && said[0].starts_with("1 more"), "{said:?}");
    }
}
