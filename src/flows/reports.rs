//! Which test reports are read beside a log, and what they say.

use std::path::{Path, PathBuf};

use crate::config::inputs::{BadInput, Inputs};
use crate::config::policy::Policy;
use crate::edge::reports::{self, Since};
use crate::stages::extract::Reported;

/// A report a module of a very large build; beyond it the rest is counted.
pub const REPORTS_MAX: usize = 2_000;

/// Reports that were found, in order.
#[derive(Clone, Debug, Default)]
pub struct Reports {
    base: PathBuf,
    files: Vec<PathBuf>,
    /// What the artifacts of the failed run say.
    of_run: Reported,
    /// Where no report is, in words.
    missing: Option<String>,
    /// Several jobs failed, and nothing says whose they are.
    ambiguous: bool,
}

impl Reports {
    /// The files below `base` that the globs name; with `since`, only those written after it.
    pub fn find(base: &Path, globs: &[String], since: Option<Since>) -> Result<Self, BadInput> {
        let files = reports::find(base, globs, since).map_err(|reason| BadInput(format!("reports: {reason}")))?;
        let missing = (files.is_empty() && !globs.is_empty()).then(|| format!("`{}`", globs.join("`, `")));
        Ok(Self { base: base.to_owned(), files, missing, ..Self::default() })
    }

    /// Those of one job of several: nothing says whose they are, so none is read, wherever it may be.
    pub fn of_several_jobs(self) -> Self {
        let wanted = !self.files.is_empty() || self.missing.is_some();
        Self { ambiguous: wanted, files: Vec::new(), missing: None, ..self }
    }

    /// With what the artifacts of the failed run say, in so many reports.
    pub fn and_of_run(self, of_run: Reported, found: usize) -> Self {
        let missing = self.missing.filter(|_| found == 0);
        let missing = missing.map(|globs| format!("{globs}, neither in the workspace nor in an artifact of the run"));
        Self { of_run, missing, ..self }
    }

    /// These files and no others.
    pub fn of(base: &Path, files: Vec<PathBuf>) -> Self {
        Self { base: base.to_owned(), files, ..Self::default() }
    }

    /// Without files of the commit: these were there before anything ran.
    pub fn without(mut self, committed: &[String]) -> Self {
        let base = self.base.clone();
        let is_committed = |path: &PathBuf| {
            let path = path.strip_prefix(&base).unwrap_or(path).to_string_lossy();
            committed.iter().any(|file| *file == path)
        };
        self.files.retain(|path| !is_committed(path));
        self
    }

    /// Reads them; one that cannot be read is named, and the others are read.
    pub fn read(&self) -> Reported {
        let mut reported = self.of_run.clone();
        for path in self.files.iter().take(REPORTS_MAX) {
            let name = path.strip_prefix(&self.base).unwrap_or(path).display().to_string();
            match reports::read(path) {
                Ok(bytes) => reported.take(&name, &bytes),
                Err(reason) => reported.warn("report.unreadable", Some(&name), &reason),
            }
        }
        if let Some(left_out) = self.files.len().checked_sub(REPORTS_MAX).filter(|left_out| *left_out > 0) {
            let message = format!("{left_out} more reports are left out: {REPORTS_MAX} are read");
            reported.warn("report.left-out", None, &message);
        }
        if let Some(where_none_is) = &self.missing {
            reported.warn("report.missing", None, &format!("no report is at {where_none_is}"));
        }
        if self.ambiguous {
            let message = "several jobs failed, and nothing says whose the reports are: name one with `job`";
            reported.warn("report.left-out", None, message);
        }
        reported
    }
}

/// The input's glob, else the policy's. In the policy a name without a slash is one at any depth, as everywhere there.
pub fn globs(inputs: &Inputs, policy: &Policy) -> Vec<String> {
    if let Some(glob) = &inputs.reports {
        return vec![glob.clone()];
    }
    policy.logs.reports.iter().map(|glob| at_any_depth(glob)).collect()
}

fn at_any_depth(glob: &str) -> String {
    let (mark, name) = glob.strip_prefix('!').map_or(("", glob), |rest| ("!", rest));
    let name = name.strip_prefix('/').unwrap_or(name);
    if glob.contains('/') { format!("{mark}{name}") } else { format!("{mark}**/{name}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_of_the_policy_without_a_slash_is_one_at_any_depth() {
        for (written, glob) in [
            ("TEST-*.xml", "**/TEST-*.xml"),
            ("!old.xml", "!**/old.xml"),
            ("out/*.xml", "out/*.xml"),
            ("/a.xml", "a.xml"),
        ] {
            assert_eq!(at_any_depth(written), glob);
        }
    }
}
