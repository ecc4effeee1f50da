//! Which of the users' problem matchers are tried on a log, and where their files are read.

use std::path::Path;

use crate::config::inputs::{BadInput, Inputs};
use crate::config::names::{Globs, Over};
use crate::config::policy::Policy;
use crate::domain::id::{CommitId, Repository};
use crate::edge::git::Git;
use crate::edge::github::Github;
use crate::edge::{reports, store};
use crate::stages::matchers::Matchers;

/// One file a tool; every tool of a large repository together has a dozen.
const FILES_MAX: usize = 50;

/// A matcher is a page of text.
const FILE_BYTES_MAX: usize = 1 << 20;

/// Those of the input, which are files of the workspace; else those of the policy, at the policy's own commit, so that
/// what failed has no say in how it is read (T13). `github` is asked only where that commit is not here.
pub async fn find(
    inputs: &Inputs,
    policy: &Policy,
    workspace: &Path,
    git: Option<&Git>,
    github: Option<(&Github, &Repository)>,
) -> anyhow::Result<Matchers> {
    let globs = &policy.logs.matchers;
    if inputs.matchers.is_some() || globs.is_empty() {
        return Ok(of_input(inputs, workspace)?);
    }
    let commit = policy.source.commit.as_deref().and_then(CommitId::parse).or_else(|| Some(git?.head().clone()));
    let Some(commit) = commit else { return Ok(missing(globs)) };
    if let Some(matchers) = git.map(|git| of_commit(git, &commit, globs)).transpose()?.flatten() {
        return Ok(matchers);
    }
    match github {
        Some((github, repository)) => Ok(of_api(github, repository, &commit, globs).await),
        None => Ok(missing(globs)),
    }
}

/// What the `matchers` input names; without one there are none.
pub fn of_input(inputs: &Inputs, workspace: &Path) -> Result<Matchers, BadInput> {
    let globs = inputs.matchers.as_slice();
    let files = reports::find(workspace, globs, None).map_err(|reason| BadInput(format!("matchers: {reason}")))?;
    let named = files.into_iter().map(|path| {
        let name = path.strip_prefix(workspace).unwrap_or(&path).display().to_string();
        let text = store::text(&path, FILE_BYTES_MAX as u64 + 1);
        (name, text.map(Option::unwrap_or_default).map_err(|error| format!("{error:#}")))
    });
    Ok(taken(globs, named))
}

/// Those of a commit that is here; `None` where it is not.
fn of_commit(git: &Git, commit: &CommitId, globs: &[String]) -> anyhow::Result<Option<Matchers>> {
    let wanted = Globs::parse(Over::Paths, globs).map_err(|reason| BadInput(format!("logs.matchers: {reason}")))?;
    let Ok(files) = git.files(commit) else { return Ok(None) };
    let named = files.into_iter().map(|(_, path)| path).filter(|path| wanted.matches(path)).map(|path| {
        let text = git.file_at(commit, &path).map_err(|error| error.to_string());
        (path, text.and_then(|text| text.ok_or_else(|| "it is no text file".to_owned())))
    });
    Ok(Some(taken(globs, named)))
}

/// Those of a commit that only GitHub has: a folder is listed, and no more than one.
async fn of_api(github: &Github, repository: &Repository, commit: &CommitId, globs: &[String]) -> Matchers {
    let mut tree = github.at(repository, commit);
    let mut named = Vec::new();
    let mut odd = Vec::new();
    for glob in globs {
        let (folder, name) = glob.trim_start_matches('/').rsplit_once('/').unwrap_or(("", glob));
        let is_pattern = |text: &str| text.contains(['*', '?', '[', '!']);
        if folder.is_empty() || is_pattern(folder) {
            odd.push(glob);
            continue;
        }
        let names = if is_pattern(name) { tree.names(folder).await } else { Ok(vec![name.to_owned()]) };
        let pattern = Globs::parse(Over::Paths, &[name.to_owned()]).unwrap_or_else(|_| Globs::none(Over::Paths));
        for name in names.unwrap_or_default().iter().filter(|name| pattern.matches(name)).take(FILES_MAX + 1) {
            let path = format!("{folder}/{name}");
            let text = tree.text(&path).await.map_err(|error| error.to_string());
            named.push((path, text.and_then(|text| text.ok_or_else(|| "it is no text file".to_owned()))));
        }
    }
    let mut matchers = taken(globs, named.into_iter());
    for glob in odd {
        let message = format!(
            "`{glob}` is not read: the policy's commit {} is not in the checkout; name one folder, as in `.github/matchers/*.json`",
            commit.short()
        );
        matchers.warn("matcher.missing", None, &message);
    }
    matchers
}

/// Takes in the files, in order; one that cannot be read is named, and the others are read.
fn taken(globs: &[String], mut files: impl Iterator<Item = (String, Result<String, String>)>) -> Matchers {
    let mut matchers = Matchers::default();
    let mut found = false;
    for (name, text) in files.by_ref().take(FILES_MAX) {
        found = true;
        match text {
            Ok(text) if text.len() > FILE_BYTES_MAX => {
                let message = format!("it is larger than {} MiB", FILE_BYTES_MAX >> 20);
                matchers.warn("matcher.unreadable", Some(&name), &message);
            }
            Ok(text) => matchers.add(&name, &text),
            Err(reason) => matchers.warn("matcher.unreadable", Some(&name), &reason),
        }
    }
    let left_out = files.count();
    if left_out > 0 {
        let message = format!("{left_out} more files of matchers are left out: {FILES_MAX} are read");
        matchers.warn("matcher.left-out", None, &message);
    }
    if !found && !globs.is_empty() {
        matchers.warnings.extend(missing(globs).warnings);
    }
    matchers
}

fn missing(globs: &[String]) -> Matchers {
    let mut matchers = Matchers::default();
    matchers.warn("matcher.missing", None, &format!("no problem matcher is at `{}`", globs.join("`, `")));
    matchers
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = r#"{"problemMatcher": [{"owner": "own", "pattern": {"regexp": "BAD (.*)", "message": 1}}]}"#;

    fn codes(files: Vec<(String, Result<String, String>)>) -> (usize, Vec<&'static str>) {
        let matchers = taken(&["m/*.json".to_owned()], files.into_iter());
        (matchers.list.len(), matchers.warnings.iter().map(|warning| warning.code).collect())
    }

    fn file(name: &str, text: String) -> (String, Result<String, String>) {
        (name.to_owned(), Ok(text))
    }

    #[test]
    fn files_that_cannot_be_read_are_named_and_the_others_are_read() {
        let bad = ("m/c.json".to_owned(), Err("it is no text file".to_owned()));
        assert_eq!(codes(vec![file("m/a.json", GOOD.to_owned()), bad]), (1, vec!["matcher.unreadable"]));
        assert_eq!(codes(Vec::new()), (0, vec!["matcher.missing"]));
    }

    #[test]
    fn files_at_the_limit_are_read_and_what_is_above_it_is_not() {
        let padded = |length: usize| format!("{GOOD}{}", " ".repeat(length - GOOD.len()));
        assert_eq!(codes(vec![file("a", padded(FILE_BYTES_MAX))]), (1, vec![]));
        assert_eq!(codes(vec![file("a", padded(FILE_BYTES_MAX + 1))]), (0, vec!["matcher.unreadable"]));
        let many = |count: usize| (0..count).map(|_| file("a", GOOD.to_owned())).collect();
        assert_eq!(codes(many(FILES_MAX)), (1, vec![]));
        assert_eq!(codes(many(FILES_MAX + 1)), (1, vec!["matcher.left-out"]));
    }
}
