//! Every project of `fixtures/projects/`, really run: that it is what its case says, and the whole way of its healing.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::support::github::{FakeGithub, TOKEN};
use crate::support::machine::Machine;
use crate::support::model::{FakeModel, KEY, Say};
use crate::support::project::{Answer, HealedBy, JOB, Project, names};
use crate::support::repository::Repository;
use crate::support::snapshot::Snapshot;
use crate::support::step::{OWN_RUN, Step};

/// Some tests for each project, so that a failure names the project and what went wrong with it.
macro_rules! projects {
    ($($name:ident)*) => {
        const LISTED: &[&str] = &[$(stringify!($name)),*];
        $(mod $name {
            #[test]
            fn is_what_its_case_says() {
                super::is_what_its_case_says(&super::project(stringify!($name)));
            }

            #[test]
            fn is_read_from_its_log() {
                super::is_read_from_its_log(&super::project(stringify!($name)));
            }

            #[test]
            fn its_right_answer_is_published() {
                super::its_right_answer_is_published(&super::project(stringify!($name)));
            }

            #[test]
            fn its_wrong_answer_is_not() {
                super::is_not_published(&super::project(stringify!($name)), super::Answer::Wrong);
            }

            #[test]
            fn its_cheating_answer_is_not() {
                super::is_not_published(&super::project(stringify!($name)), super::Answer::Cheat);
            }
        })*
    };
}

projects! {
    go_build_did_you_mean
    go_build_unused_import
    go_gofmt_format
    go_test_index
    go_test_logic
    go_vet_printf
    java_javac_renamed_symbol
    java_javac_type
    java_spotless_format
    java_surefire_assertion
    java_surefire_zero_division
    javascript_eslint_lint
    javascript_jest_name
    javascript_jest_type
    javascript_node_test_assertion
    python_mypy_attribute
    python_mypy_type
    python_pytest_import
    python_pytest_index
    python_pytest_logic
    python_pytest_missing_module
    python_pytest_renamed_symbol
    python_pytest_syntax
    python_pytest_type
    python_pytest_zero_division
    python_python_attribute
    python_ruff_format
    python_ruff_unused_import
    python_unittest_name
    rust_cargo_test_assertion
    rust_cargo_test_index
    rust_clippy_unused_import
    rust_rustc_did_you_mean
    rust_rustc_type
    rust_rustfmt_format
    typescript_prettier_format
    typescript_tsc_did_you_mean
    typescript_tsc_renamed_symbol
    typescript_vitest_index
    typescript_vitest_logic
}

fn project(name: &str) -> Project {
    Project::named(&name.replace('_', "-"))
}

#[test]
fn no_project_is_left_out() {
    let listed: Vec<String> = LISTED.iter().map(|name| name.replace('_', "-")).collect();
    assert_eq!(names(), listed, "the folders of fixtures/projects and the list in tests/it/projects.rs");
}

/// What the projects are there for: every language, and every kind of break that is promised.
#[test]
fn the_projects_break_in_every_way_that_is_promised() {
    let cases: Vec<_> = names().iter().map(|name| Project::named(name).case).collect();
    let languages: BTreeSet<&str> = cases.iter().map(|case| case.language.as_str()).collect();
    assert_eq!(languages.into_iter().collect::<Vec<_>>(), ["go", "java", "javascript", "python", "rust", "typescript"]);
    let breaks: BTreeSet<&str> = cases.iter().map(|case| case.breaks.as_str()).collect();
    let promised = [
        "assertion",
        "import",
        "syntax",
        "logic",
        "missing-module",
        "attribute",
        "name",
        "index",
        "type",
        "zero-division",
        "unused-import",
        "format",
        "renamed-symbol",
        "did-you-mean",
    ];
    let missing: Vec<_> = promised.iter().filter(|kind| !breaks.contains(*kind)).collect();
    assert!(missing.is_empty(), "no project breaks by {missing:?}");
    let tools: BTreeSet<&str> = cases.iter().map(|case| case.tool.as_str()).collect();
    assert!(tools.len() >= 18, "{tools:?}");
}

/// The command is red and names the failure; the right answer turns it green, the wrong one does not, the cheat does.
#[track_caller]
fn is_what_its_case_says(project: &Project) {
    let machine = Machine::new();
    let repository = project.lay_out(&machine);
    let (said, exit) = project.failed(&machine, &repository);
    let said = String::from_utf8_lossy(&said);
    assert_ne!(exit, 0, "`{}` is green on the broken project:\n{said}", project.case.command);
    assert!(
        said.contains(&project.case.failure.message_contains),
        "`{}` fails for another reason than the case says:\n{said}",
        project.case.command
    );
    repository.git(["clean", "--quiet", "--force", "-d"]);
    for (answer, green) in [(Answer::Right, true), (Answer::Wrong, false), (Answer::Cheat, true)] {
        project.apply(answer, &repository);
        let ended = project.run(&machine, repository.folder());
        assert_eq!(ended.success(), green, "{answer:?}: `{}` said:\n{}", project.case.command, ended.stdout());
        repository.git(["checkout", "--quiet", "--", "."]);
        repository.git(["clean", "--quiet", "--force", "-d"]);
    }
}

/// The log of the failing job, as GitHub serves it, gives the failure that the case names.
#[track_caller]
fn is_read_from_its_log(project: &Project) {
    let machine = Machine::new();
    let repository = project.lay_out(&machine);
    let log = machine.folder().join("job.log");
    std::fs::write(&log, project.job_log(&machine, &repository)).expect("write the log");
    let workspace = repository.folder().as_os_str();
    let arguments = ["classify".as_ref(), "--workspace".as_ref(), workspace, log.as_os_str()];
    let ended = machine.self_heal(arguments).run().must_end_with(0);
    let report = ended.failure_json();
    let expected = &project.case.failure;
    assert_eq!(report["class"], "deterministic_code", "{report:#}");
    let failures = report["failures"].as_array().expect("a list of failures");
    let primary: Vec<_> = failures.iter().filter(|failure| failure["primary"] == true).collect();
    let found = primary.iter().any(|failure| expected.is(failure));
    assert!(found, "the case says {expected:#?}\nthe log gave {failures:#?}");
}

/// From the failed run to the pull request, whose tree is the right one to the byte.
#[track_caller]
fn its_right_answer_is_published(project: &Project) {
    let machine = Machine::new();
    let repository = project.lay_out(&machine);
    let way = Way::begin(project, &machine, &repository);
    let healed = way.heal(Answer::Right);
    assert_eq!(healed.outcome(), project.case.answers.right.outcome, "{healed:#?}");
    assert!(healed.summary.contains(&healed.outputs["fingerprint"]), "{healed:#?}");
    if project.case.healed_by == HealedBy::Tool {
        assert_eq!(healed.outputs["model-calls"], "0", "{healed:#?}");
    }
    assert_eq!(way.github.writes(), Vec::<String>::new(), "heal writes nothing to GitHub");

    way.github.approve(OWN_RUN, "self-heal", "approved", "octocat");
    let published = way.publish(&healed);
    assert_eq!(published.outcome(), "published", "{published:#?}");
    let branch = format!("self-heal/main/{}", healed.outputs["fingerprint"]);
    let pulls = way.github.state().pulls.clone();
    assert_eq!(pulls.len(), 1, "{pulls:#?}");
    assert_eq!((pulls[0].head.as_str(), pulls[0].base.as_str(), pulls[0].open), (branch.as_str(), "main", true));

    project.apply(Answer::Right, &repository);
    let right = repository.commit("The right answer");
    let right_tree = repository.git(["rev-parse", &format!("{right}^{{tree}}")]);
    let published_tree = way.github.state().objects.ok(&["rev-parse", &format!("refs/heads/{branch}^{{tree}}")]);
    let changed = way.github.changed("main", &branch);
    assert_eq!(published_tree, right_tree, "the pull request changes {changed:#?}");
    way.github.must_be_well_treated();
}

/// From the failed run to an ending that is not a patch; whatever is asked of `publish` then, no branch is made.
#[track_caller]
fn is_not_published(project: &Project, answer: Answer) {
    let machine = Machine::new();
    let repository = project.lay_out(&machine);
    let way = Way::begin(project, &machine, &repository);
    let expected = project.ending(answer);
    let ended = match project.case.healed_by {
        HealedBy::Model => way.heal(answer),
        HealedBy::Tool => way.validate(answer),
    };
    assert_eq!(ended.outcome(), expected.outcome, "{ended:#?}");
    if let Some(reason) = &expected.reason {
        assert_eq!(&ended.outputs["reason"], reason, "{ended:#?}");
    }
    way.github.approve(OWN_RUN, "self-heal", "approved", "octocat");
    let published = way.publish(&ended);
    assert_ne!(published.outcome(), "published", "{published:#?}");
    assert_eq!(way.github.state().pulls.len(), 0);
    assert_eq!(way.github.state().objects.ok(&["for-each-ref", "refs/heads/self-heal/"]), "");
    way.github.must_be_well_treated();
}

/// A failed run of a project on a fake GitHub, and a workspace that no step may change.
struct Way<'a> {
    project: &'a Project,
    machine: &'a Machine,
    repository: &'a Repository<'a>,
    github: FakeGithub,
    event: String,
}

/// What a step left: its outputs, and what it said, for the message of a test that fails.
#[derive(Debug)]
struct Left {
    outputs: BTreeMap<String, String>,
    summary: String,
    #[expect(dead_code, reason = "it is shown when a test fails")]
    said: String,
}

impl Left {
    fn outcome(&self) -> &str {
        self.outputs.get("outcome").map_or("", String::as_str)
    }
}

impl<'a> Way<'a> {
    fn begin(project: &'a Project, machine: &'a Machine, repository: &'a Repository<'a>) -> Self {
        let log = project.job_log(machine, repository);
        repository.git(["clean", "--quiet", "--force", "-dx", "--exclude=node_modules"]);
        let github = FakeGithub::start(machine, repository);
        let step = format!("Run {}", project.case.command.lines().next().unwrap_or_default());
        let run_id = github.failed_run("main", JOB, &step, &log);
        let event = github.event(run_id);
        Self { project, machine, repository, github, event }
    }

    /// `heal` with the payload of the failed run. Where a model is needed, it gives this answer and has one round to.
    fn heal(&self, answer: Answer) -> Left {
        let workspace = self.repository.folder().to_string_lossy().into_owned();
        let mut arguments = vec!["heal", "--workspace", &workspace];
        let model = model(self.project, answer);
        let base_url = model.base_url();
        let mut variables = vec![("GITHUB_TOKEN", TOKEN)];
        match self.project.case.healed_by {
            HealedBy::Tool => arguments.extend(["--model", "none"]),
            HealedBy::Model => {
                arguments.extend(["--model", "anthropic", "--base-url", &base_url, "--rounds", "1"]);
                variables.push(("SELF_HEAL_API_KEY", KEY));
            }
        }
        self.step("heal", &arguments, &variables)
    }

    /// `validate` of the answer as a bare git diff, on the bundle that `heal` made: no token and no key.
    fn validate(&self, answer: Answer) -> Left {
        self.project.apply(answer, self.repository);
        self.repository.git(["add", "--all"]);
        let diff = self.repository.git(["diff", "--cached"]);
        self.repository.git(["reset", "--quiet", "--hard"]);
        let patch = self.machine.folder().join("answer.diff");
        fs::write(&patch, diff).expect("write the patch");
        let healed = self.heal(answer);
        let workspace = self.repository.folder().to_string_lossy().into_owned();
        let bundle = &healed.outputs["bundle"];
        let arguments = ["validate", "--workspace", &workspace, "--bundle", bundle, &patch.to_string_lossy()];
        self.step("validate", &arguments, &[])
    }

    /// `publish` on another machine, which has the bundle and nothing else of what came before.
    fn publish(&self, left: &Left) -> Left {
        let other = Machine::new();
        let bundle = other.folder().join("bundle");
        copy_folder(Path::new(&left.outputs["bundle"]), &bundle);
        let step = Step::new(&other, &self.github, "publish", &self.event);
        let arguments =
            ["publish", "--bundle", &bundle.to_string_lossy(), "--bundle-sha256", &left.outputs["bundle-sha256"]];
        let ended = step.self_heal(arguments, &[("GITHUB_TOKEN", TOKEN)]);
        Left {
            outputs: step.outputs(),
            summary: step.summary(),
            said: format!("{}\n{}", ended.stdout(), ended.stderr()),
        }
    }

    /// One step on the workspace, which must be as it was afterwards.
    #[track_caller]
    fn step(&self, name: &str, arguments: &[&str], variables: &[(&str, &str)]) -> Left {
        let before = Snapshot::of(self.repository.folder());
        let step = Step::new(self.machine, &self.github, name, &self.event);
        let ended = step.self_heal(arguments, variables);
        before.must_still_be(self.repository.folder());
        Left {
            outputs: step.outputs(),
            summary: step.summary(),
            said: format!("{}\n{}", ended.stdout(), ended.stderr()),
        }
    }
}

/// A model that diagnoses what the case tells, and gives this answer whenever it is asked for edits.
fn model(project: &Project, answer: Answer) -> FakeModel {
    let edits: Value = serde_json::from_str(&project.answer(answer)).expect("an answer");
    let files: Vec<&str> =
        edits["edits"].as_array().into_iter().flatten().filter_map(|edit| edit["file"].as_str()).collect();
    let diagnosis = Say::diagnosis(&project.case.about, &files);
    let edits = Say::Text(edits.to_string());
    FakeModel::answering(move |asked| if asked.step() == "edit" { edits.clone() } else { diagnosis.clone() })
}

fn copy_folder(from: &Path, to: &Path) {
    for entry in walkdir::WalkDir::new(from) {
        let entry = entry.expect("list the folder");
        let copy = to.join(entry.path().strip_prefix(from).expect("a path below it"));
        if entry.file_type().is_dir() {
            fs::create_dir_all(copy).expect("make the folder");
        } else {
            fs::copy(entry.path(), copy).expect("copy the file");
        }
    }
}
