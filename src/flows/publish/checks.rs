//! The workflow files at the commit under repair, asked which checks a pull request will have (P11).

use super::scene::Scene;
use crate::domain::checks::Checks;
use crate::domain::id::{Branch, CommitId};
use crate::stages::checks::add;

/// A request each, of 1,000 an hour; repositories with more workflows than this are few.
const WORKFLOWS_READ_MAX: usize = 30;

/// Where GitHub looks for workflows.
const FOLDER: &str = ".github/workflows";

/// What cannot be read is counted: a list of checks is a help, and never stops a fix.
pub async fn checks(scene: &Scene<'_>, commit: &CommitId, base: &Branch, changed: &[String]) -> Checks {
    let mut checks = Checks::default();
    let mut snapshot = scene.github.at(scene.repository, commit);
    let Ok(names) = snapshot.names(FOLDER).await else {
        return Checks { unread: 1, ..checks };
    };
    let files: Vec<&String> = names.iter().filter(|name| name.ends_with(".yml") || name.ends_with(".yaml")).collect();
    for name in files.iter().take(WORKFLOWS_READ_MAX) {
        let path = format!("{FOLDER}/{name}");
        match snapshot.text(&path).await {
            Ok(Some(text)) => add(&mut checks, &path, &text, base.as_str(), changed),
            _ => checks.unread += 1,
        }
    }
    checks.unread += files.len().saturating_sub(WORKFLOWS_READ_MAX);
    checks
}
