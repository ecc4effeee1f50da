//! A workflow file and those that it calls: which job GitHub shows by a name, and what a rerun of it would do again.

use std::cell::Cell;
use std::collections::BTreeSet;

use regex::Regex;
use serde_json::{Map, Value};

use crate::domain::id::Repository;
use crate::text::{inline_code, truncate};

/// How far a job's `uses: ./.github/workflows/…` is followed; GitHub itself allows ten levels.
const CALLS_MAX: u32 = 10;

/// GitHub runs at most 50 workflow files in one run; jobs may share them. What asks for more is a knot, not a workflow.
const READS_MAX: u32 = 200;

/// Names in a sentence are chosen by anybody; this much tells them apart.
const NAME_BYTES_MAX: usize = 100;

/// Gives the text of a workflow file: by its path from the repository's root, or `OWNER/NAME/PATH@REF` where it is in
/// another repository.
pub type Read<'a> = &'a dyn Fn(&str) -> Option<String>;

/// Why a workflow file does not answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unread {
    /// It is not at the commit, or is no YAML map of jobs.
    NoWorkflow { path: String },
    /// It is in another repository, and was not read.
    Elsewhere { uses: String },
    /// No job of the file is shown by that name, or several are.
    NoSuchJob { job: String },
}

impl Unread {
    /// Stable.
    pub fn code(&self) -> &'static str {
        match self {
            Self::NoWorkflow { .. } => "workflow.unreadable",
            Self::Elsewhere { .. } => "workflow.elsewhere",
            Self::NoSuchJob { .. } => "job.not-in-workflow",
        }
    }

    /// What is the matter; whoever asked adds the mend.
    pub fn sentence(&self) -> String {
        let quoted = |text: &String| inline_code(&truncate(text, NAME_BYTES_MAX));
        match self {
            Self::NoWorkflow { path } => format!("{} is not a workflow file at the failing commit", quoted(path)),
            Self::Elsewhere { uses } => {
                format!("the job is in the workflow {} of another repository, which could not be read", quoted(uses))
            }
            Self::NoSuchJob { job } => format!("no one job of the workflow file is shown as {}", quoted(job)),
        }
    }
}

/// The repository, path and reference of `OWNER/NAME/PATH@REF`; `None` for a path of the run's own repository.
pub fn elsewhere(path: &str) -> Option<(Repository, &str, &str)> {
    let (file, at) = path.split_once('@')?;
    let (name, _) = file.match_indices('/').nth(1)?;
    Some((Repository::parse(file.get(..name)?)?, file.get(name + 1..)?, at))
}

/// A job, and the workflow file that it is in.
#[derive(Clone, Debug)]
pub struct Found {
    pub workflow: Value,
    pub job: Value,
}

/// The one job that GitHub shows as `shown`; a job that calls another workflow is followed.
pub fn find_job(path: &str, shown: &str, read: Read<'_>) -> Result<Found, Unread> {
    let reads = Cell::new(0);
    find(path, shown, &|path| within(&reads, path, read), CALLS_MAX)
}

fn find(path: &str, shown: &str, read: Read<'_>, calls: u32) -> Result<Found, Unread> {
    let workflow = parsed(path, read)?;
    let mut exact = Vec::new();
    let mut called = Vec::new();
    let mut elsewhere = None;
    for (id, job) in jobs(&workflow) {
        match callee(path, job) {
            None if is_shown_as(template(id, job), shown) => exact.push(job.clone()),
            None => {}
            Some(file) => {
                for (caller, rest) in borders(shown) {
                    if is_shown_as(template(id, job), caller) && calls > 0 {
                        match find(&file, rest, read, calls - 1) {
                            Ok(found) => called.push(found),
                            Err(unread @ Unread::Elsewhere { .. }) => elsewhere = Some(unread),
                            Err(_) => {}
                        }
                    }
                }
            }
        }
    }
    let unread = elsewhere.unwrap_or_else(|| Unread::NoSuchJob { job: shown.to_owned() });
    match (exact.pop(), called.pop()) {
        (Some(job), None) if exact.is_empty() => Ok(Found { workflow, job }),
        (None, Some(found)) if called.is_empty() => Ok(found),
        _ => Err(unread),
    }
}

/// The job with this id in the file itself, else in exactly one of the workflows that it calls: inside of a job its
/// shown name is not known, and its id is not told with its caller's.
pub fn find_job_by_id(path: &str, id: &str, read: Read<'_>) -> Result<Found, Unread> {
    let reads = Cell::new(0);
    let mut found = by_id(path, id, &|path| within(&reads, path, read), CALLS_MAX)?;
    match (found.pop(), found.is_empty()) {
        (Some(one), true) => Ok(one),
        _ => Err(Unread::NoSuchJob { job: id.to_owned() }),
    }
}

/// The name that GitHub shows of a job of the file itself; `None` where it has expressions, or legs.
pub fn shown_by_id(path: &str, id: &str, read: Read<'_>) -> Option<String> {
    let workflow = parsed(path, read).ok()?;
    let job = jobs(&workflow).find(|(own, _)| *own == id)?.1;
    let name = template(id, job);
    (!name.contains("${{") && job.get("strategy").is_none()).then(|| name.to_owned())
}

fn by_id(path: &str, id: &str, read: Read<'_>, calls: u32) -> Result<Vec<Found>, Unread> {
    let workflow = parsed(path, read)?;
    let own = jobs(&workflow).find(|(own, job)| *own == id && callee(path, job).is_none());
    if let Some((_, job)) = own {
        return Ok(vec![Found { job: job.clone(), workflow }]);
    }
    let files: BTreeSet<String> = jobs(&workflow).filter_map(|(_, job)| callee(path, job)).collect();
    let below = files.iter().filter(|_| calls > 0).filter_map(|file| by_id(file, id, read, calls - 1).ok());
    Ok(below.flatten().collect())
}

/// The first job with an `environment:` among those that a rerun of the failed jobs runs again (P15): these, and every
/// job that needs one of them. `None` where there is none.
pub fn environment_again(path: &str, failed: &[&str], read: Read<'_>) -> Result<Option<String>, Unread> {
    for shown in failed {
        let reads = Cell::new(0);
        if let Some(job) = again(path, Some(shown), &|path| within(&reads, path, read), CALLS_MAX)? {
            return Ok(Some(job));
        }
    }
    Ok(None)
}

/// The same for one failed job, or for all jobs of the file.
fn again(path: &str, failed: Option<&str>, read: Read<'_>, calls: u32) -> Result<Option<String>, Unread> {
    let workflow = parsed(path, read)?;
    let mut runs: BTreeSet<&str> = BTreeSet::new();
    let mut unread = None;
    for (id, job) in jobs(&workflow) {
        let Some(shown) = failed else {
            runs.insert(id);
            if let Some(job) = environment_of(path, id, job, read, calls)? {
                return Ok(Some(job));
            }
            continue;
        };
        if is_shown_as(template(id, job), shown) {
            runs.insert(id);
            if let Some(job) = environment_of(path, id, job, read, calls)? {
                return Ok(Some(job));
            }
        }
        let Some(file) = callee(path, job) else { continue };
        for (caller, rest) in borders(shown) {
            if is_shown_as(template(id, job), caller) && calls > 0 {
                match again(&file, Some(rest), read, calls - 1) {
                    Ok(Some(job)) => return Ok(Some(job)),
                    Ok(None) => drop(runs.insert(id)),
                    Err(error) => unread = Some(error),
                }
            }
        }
    }
    if let (Some(shown), true) = (failed, runs.is_empty()) {
        return Err(unread.unwrap_or_else(|| Unread::NoSuchJob { job: shown.to_owned() }));
    }
    let mut grows = true;
    while grows {
        grows = false;
        for (id, job) in jobs(&workflow) {
            if !runs.contains(id) && needs(job).any(|needed| runs.contains(needed)) {
                grows = runs.insert(id);
                if let Some(job) = environment_of(path, id, job, read, calls)? {
                    return Ok(Some(job));
                }
            }
        }
    }
    Ok(None)
}

fn environment_of(path: &str, id: &str, job: &Value, read: Read<'_>, calls: u32) -> Result<Option<String>, Unread> {
    if job.get("environment").is_some_and(|environment| !environment.is_null()) {
        return Ok(Some(template(id, job).to_owned()));
    }
    match callee(path, job) {
        Some(file) if calls > 0 => again(&file, None, read, calls - 1),
        _ => Ok(None),
    }
}

fn needs(job: &Value) -> impl Iterator<Item = &str> {
    let needs = job.get("needs");
    let one = needs.and_then(Value::as_str);
    let many = needs.and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str);
    one.into_iter().chain(many)
}

fn within(reads: &Cell<u32>, path: &str, read: Read<'_>) -> Option<String> {
    reads.set(reads.get() + 1);
    if reads.get() <= READS_MAX { read(path) } else { None }
}

fn parsed(path: &str, read: Read<'_>) -> Result<Value, Unread> {
    let unread = || match path.split_once('@') {
        Some(_) => Unread::Elsewhere { uses: path.to_owned() },
        None => Unread::NoWorkflow { path: path.to_owned() },
    };
    let workflow: Value = read(path).and_then(|text| serde_saphyr::from_str(&text).ok()).ok_or_else(unread)?;
    if workflow.get("jobs").is_some_and(Value::is_object) { Ok(workflow) } else { Err(unread()) }
}

fn jobs(workflow: &Value) -> impl Iterator<Item = (&str, &Value)> {
    let jobs = workflow.get("jobs").and_then(Value::as_object).into_iter().flat_map(Map::iter);
    jobs.map(|(id, job)| (id.as_str(), job))
}

fn template<'j>(id: &'j str, job: &'j Value) -> &'j str {
    job.get("name").and_then(Value::as_str).unwrap_or(id)
}

/// The file that a job calls. `./` and `$/` are the repository that the calling file is in, at its commit.
fn callee(path: &str, job: &Value) -> Option<String> {
    let uses = job.get("uses")?.as_str()?;
    let Some(own) = uses.strip_prefix("./").or_else(|| uses.strip_prefix("$/")) else { return Some(uses.to_owned()) };
    let Some((file, at)) = path.split_once('@') else { return Some(own.to_owned()) };
    let repository: Vec<&str> = file.splitn(3, '/').take(2).collect();
    Some(format!("{}/{own}@{at}", repository.join("/")))
}

/// Every way to take a shown name for a caller's and a called job's: a name may hold ` / ` itself.
fn borders(shown: &str) -> impl Iterator<Item = (&str, &str)> {
    shown.match_indices(" / ").filter_map(|(at, border)| Some((shown.get(..at)?, shown.get(at + border.len()..)?)))
}

/// Whether a name with expressions in it can be shown so; a matrix leg adds ` (a, b)` to a name without any.
fn is_shown_as(template: &str, shown: &str) -> bool {
    let pattern = format!(r"^(?s:{})(?: \(.*\))?$", wildcards(template.trim()));
    Regex::new(&pattern).is_ok_and(|pattern| pattern.is_match(shown.trim()))
}

/// The text as a pattern in which every `${{ … }}` may be anything.
pub fn wildcards(template: &str) -> String {
    let mut pattern = String::new();
    let mut rest = template;
    while let Some((literal, tail)) = rest.split_once("${{") {
        pattern.push_str(&regex::escape(literal));
        pattern.push_str(".*?");
        rest = tail.split_once("}}").map_or("", |(_, after)| after);
    }
    pattern + &regex::escape(rest)
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::{READS_MAX, Unread, elsewhere, environment_again, find_job, find_job_by_id, shown_by_id};

    const CI: &str = r"
jobs:
  lint: { runs-on: x, steps: [] }
  test:
    name: Test ${{ matrix.os }}
    strategy: { matrix: { os: [a, b] } }
    steps: []
  package: { needs: test, steps: [] }
  call: { uses: ./.github/workflows/deploy.yml, needs: [package] }
  docs: { needs: [lint], steps: [] }
  pages: { name: Pages, environment: { name: github-pages }, steps: [] }
  far: { uses: octo-org/flows/.github/workflows/check.yml@v1 }
";
    const DEPLOY: &str = "jobs:\n  build: { steps: [] }\n  ship: { needs: build, environment: production, steps: [] }\n  note: { steps: [] }\n";
    const CHECK: &str = "jobs:\n  inner: { uses: ./.github/workflows/inner.yml }\n";
    const INNER: &str = "jobs:\n  unit: { steps: [] }\n";

    fn read(path: &str) -> Option<String> {
        let text = match path {
            "ci.yml" => CI,
            ".github/workflows/deploy.yml" => DEPLOY,
            "octo-org/flows/.github/workflows/check.yml@v1" => CHECK,
            "octo-org/flows/.github/workflows/inner.yml@v1" => INNER,
            "broken.yml" => "jobs: [",
            _ => return None,
        };
        Some(text.to_owned())
    }

    fn again(failed: &[&str]) -> Result<Option<String>, Unread> {
        environment_again("ci.yml", failed, &read)
    }

    #[test]
    fn p15_a_job_with_an_environment_and_whoever_leads_to_one_are_not_run_again() {
        assert_eq!(again(&["lint"]), Ok(None), "docs need lint, and deploy nothing");
        assert_eq!(again(&["Pages"]), Ok(Some("Pages".to_owned())), "itself");
        assert_eq!(again(&["package"]), Ok(Some("ship".to_owned())), "a dependent, in the workflow that it calls");
        assert_eq!(again(&["lint", "Test a (a)"]), Ok(Some("ship".to_owned())), "a dependent's dependent");
        assert_eq!(again(&["call / build"]), Ok(Some("ship".to_owned())));
        assert_eq!(again(&["call / note"]), Ok(None), "nothing in that file needs it");
    }

    #[test]
    fn p15_a_workflow_that_cannot_be_read_is_no_permission() {
        let job = |name: &str| Err(Unread::NoSuchJob { job: name.to_owned() });
        assert_eq!(again(&["gone"]), job("gone"));
        assert_eq!(again(&["call / gone"]), job("gone"));
        for path in ["broken.yml", "missing.yml"] {
            let unread = Err(Unread::NoWorkflow { path: path.to_owned() });
            assert_eq!(environment_again(path, &["lint"], &read), unread);
        }
        let only = |path: &str| if path == "ci.yml" { read(path) } else { None };
        let far = "octo-org/flows/.github/workflows/check.yml@v1".to_owned();
        assert_eq!(environment_again("ci.yml", &["far / unit"], &only), Err(Unread::Elsewhere { uses: far }));
    }

    #[test]
    fn a_workflow_of_another_repository_is_named_by_repository_path_and_reference() {
        let (repository, path, at) = elsewhere("octo-org/flows/.github/workflows/x.yml@feature/v1").expect("a file");
        assert_eq!(
            (repository.to_string().as_str(), path, at),
            ("octo-org/flows", ".github/workflows/x.yml", "feature/v1")
        );
        for path in [".github/workflows/x.yml", "octo-org@v1", "octo-org/../../x@v1", "a b/c/x.yml@v1"] {
            assert!(elsewhere(path).is_none(), "{path}");
        }
    }

    #[test]
    fn p14_a_job_of_a_called_workflow_is_found_wherever_it_is() {
        for shown in ["call / ship", "far / inner / unit", "Test a (a)"] {
            assert!(find_job("ci.yml", shown, &read).is_ok(), "{shown}");
        }
        let only = |path: &str| if path == "ci.yml" { read(path) } else { None };
        let why = find_job("ci.yml", "far / inner / unit", &only).expect_err("it was not read").sentence();
        assert!(why.contains("`octo-org/flows/.github/workflows/check.yml@v1` of another repository"), "{why}");
    }

    #[test]
    fn p16_a_job_is_found_by_its_id_where_there_is_one_of_that_id() {
        let steps = |id| find_job_by_id("ci.yml", id, &read).map(|found| found.job.get("steps").is_some());
        assert_eq!(steps("lint"), Ok(true));
        assert_eq!(steps("ship"), Ok(true), "inside of a called workflow only the id is known");
        assert_eq!(steps("unit"), Ok(true));
        assert_eq!(steps("call"), Err(Unread::NoSuchJob { job: "call".to_owned() }), "nothing runs in a caller");
        assert_eq!(shown_by_id("ci.yml", "pages", &read).as_deref(), Some("Pages"));
        assert_eq!(shown_by_id("ci.yml", "lint", &read).as_deref(), Some("lint"));
        assert_eq!(shown_by_id("ci.yml", "test", &read), None, "its legs are not known");
        assert_eq!(steps("Pages"), Err(Unread::NoSuchJob { job: "Pages".to_owned() }), "a name is no id");
    }

    #[test]
    fn a_workflow_that_calls_itself_is_read_as_often_as_the_limit_and_no_more() {
        let reads = Cell::new(0);
        let knot = "jobs:\n  a: { uses: ./a.yml }\n  b: { uses: ./a.yml }\n  c: { uses: ./a.yml }\n";
        let read = |_: &str| {
            reads.set(reads.get() + 1);
            Some(knot.to_owned())
        };
        environment_again("a.yml", &["a"], &read).expect_err("it has no end");
        assert_eq!(reads.get(), READS_MAX);
        find_job("a.yml", &"a / ".repeat(90), &read).expect_err("it has no end");
        find_job_by_id("a.yml", "z", &read).expect_err("it is nowhere");
        assert!(reads.get() <= 3 * READS_MAX);
    }
}
