//! Each example workflow from the failing commit to the pull request: the true action, by `act`, against the fake GitHub.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;

use serde_json::{Value, json};

use super::support::act::{Act, Played};
use super::support::assets::Action;
use super::support::example::Example;
use super::support::github::FakeGithub;
use super::support::machine::Machine;
use super::support::model::{FakeModel, KEY, Say};
use super::support::project::{Answer, JOB, Project};
use super::support::repository::Repository;
use super::support::step::OWN_RUN;

/// A project that its own tool mends.
const BY_TOOL: &str = "python-ruff-format";

/// A project that only a model mends.
const BY_MODEL: &str = "python-pytest-type";

/// Without a deeper sandbox no patch is low.
const ENVIRONMENT: &str = "self-heal-medium";

/// A failed run of a project on a fake GitHub, and the action as it is released.
struct Scene<'m> {
    machine: &'m Machine,
    project: Project,
    repository: Repository<'m>,
    github: FakeGithub,
    run: u64,
    action: Action<'m>,
}

impl<'m> Scene<'m> {
    fn new(machine: &'m Machine, project: &str) -> Self {
        let project = Project::named(project);
        let repository = project.lay_out(machine);
        let log = project.job_log(machine, &repository);
        let github = FakeGithub::start(machine, &repository);
        let run = github.failed_run("main", JOB, &format!("Run {}", project.case.command), &log);
        Self { machine, project, repository, github, run, action: released(machine) }
    }

    /// Plays an example, changed as a user changes it, with the event that starts it.
    fn play(&self, example: &str, event_name: &str, event: &Value) -> Played {
        let folder = self.machine.folder().join("examples");
        fs::create_dir_all(&folder).expect("make a folder");
        let file = folder.join("self-heal.yml");
        fs::write(&file, example).expect("write the example");
        let act = Act::new(self.machine, file).against(&self.github).event(event_name, event);
        act.action("org/self-heal-action", self.action.folder()).secret("SELF_HEAL_API_KEY", KEY).run()
    }

    fn event(&self) -> Value {
        serde_json::from_str(&self.github.event(self.run)).expect("an event")
    }

    /// The one pull request there is, and that its tree is the right answer's.
    #[track_caller]
    fn must_be_mended(&self, played: &Played) {
        let pulls = self.github.state().pulls.clone();
        let [pull] = pulls.as_slice() else { panic!("{pulls:#?}\n{}", played.log()) };
        assert!(pull.open && pull.head.starts_with("self-heal/main/"), "{pull:#?}");
        self.project.apply(Answer::Right, &self.repository);
        let right = self.repository.commit("The right answer");
        let right_tree = self.repository.git(["rev-parse", &format!("{right}^{{tree}}")]);
        let published = self.github.state().objects.ok(&["rev-parse", &format!("refs/heads/{}^{{tree}}", pull.head)]);
        assert_eq!(published, right_tree);
        self.github.must_be_well_treated();
        // The line that tells the runner what to mask is the runner's own.
        for job in ["heal", "propose", "validate", "publish"] {
            assert!(!played.said(job).contains(KEY), "{}", played.said(job));
        }
    }

    #[track_caller]
    fn must_be_untouched(&self) {
        assert_eq!(self.github.writes(), Vec::<String>::new());
        self.github.must_be_well_treated();
    }

    /// The names under which bundles were kept, in the order in which they were.
    fn kept(&self) -> Vec<String> {
        let folder = self.machine.folder().join("artifacts");
        let name = |id: usize| fs::read_to_string(folder.join(id.to_string()).join("name")).ok();
        (1..).map_while(name).map(|name| name.trim().to_owned()).collect()
    }
}

/// The action as it is released with the binary under test, which the runner's tool cache holds already.
fn released(machine: &Machine) -> Action<'_> {
    let binary = Path::new(env!("CARGO_BIN_EXE_self-heal"));
    let action = Action::copy(machine);
    action.release(&fs::read(binary).expect("read the binary"));
    let (version, as_cached) = (env!("CARGO_PKG_VERSION"), if cfg!(target_arch = "x86_64") { "x64" } else { "arm64" });
    let cache = machine.folder().join("act/cache/tool_cache/self-heal").join(version);
    fs::create_dir_all(cache.join(as_cached)).expect("make the tool cache");
    symlink(binary, cache.join(as_cached).join("self-heal")).expect("put the binary into the tool cache");
    fs::write(cache.join(format!("{as_cached}.complete")), "").expect("mark it complete");
    action
}

fn model(project: &Project) -> FakeModel {
    let edits: Value = serde_json::from_str(&project.answer(Answer::Right)).expect("an answer");
    let edits = Say::Text(edits.to_string());
    let diagnosis = Say::diagnosis(&project.case.about, &["app.py"]);
    FakeModel::answering(move |asked| if asked.step() == "edit" { edits.clone() } else { diagnosis.clone() })
}

/// The model of an example is on the internet; a user's own is elsewhere, and is given by its address.
fn with_model_at(example: &Example, model: &FakeModel) -> String {
    let key = "api-key: ${{ secrets.SELF_HEAL_API_KEY }}";
    assert!(example.text.contains(key), "{}", example.name);
    example.text.replace(key, &format!("{key}\n          base-url: {}", model.base_url()))
}

#[test]
fn the_example_without_a_key_heals_a_failed_run() {
    let machine = Machine::new();
    let scene = Scene::new(&machine, BY_TOOL);
    scene.github.approve(OWN_RUN, ENVIRONMENT, "approved", "octocat");
    let played = scene.play(&Example::named("no-key").text, "workflow_run", &scene.event()).must_succeed();
    assert_eq!(played.outputs("heal", "heal")["outcome"], "healed", "{}", played.log());
    assert_eq!((played.job("respond"), played.job("publish")), (None, Some("success")));
    scene.must_be_mended(&played);
    let fingerprint = &played.outputs("heal", "heal")["fingerprint"];
    assert_eq!(scene.kept(), [format!("self-heal-{fingerprint}")]);
}

#[test]
fn the_split_example_heals_what_only_a_model_can() {
    let machine = Machine::new();
    let scene = Scene::new(&machine, BY_MODEL);
    let model = model(&scene.project);
    scene.github.approve(OWN_RUN, ENVIRONMENT, "approved", "octocat");
    let example = with_model_at(&Example::named("split"), &model);
    let played = scene.play(&example, "workflow_run", &scene.event()).must_succeed();
    let outcomes = [("heal", "heal"), ("propose", "propose"), ("validate", "validate")]
        .map(|(job, step)| played.outputs(job, step)["outcome"].clone());
    assert_eq!(outcomes, ["no_patch", "no_patch", "healed"], "{}", played.log());
    assert_eq!(played.outputs("validate", "validate")["risk-tier"], "medium");
    assert_eq!((played.job("respond"), played.job("publish")), (None, Some("success")));
    scene.must_be_mended(&played);
    let fingerprint = &played.outputs("heal", "heal")["fingerprint"];
    let names = ["", "proposed-", "validated-"].map(|what| format!("self-heal-{what}{fingerprint}"));
    assert_eq!(scene.kept(), names);
}

#[test]
fn the_split_example_asks_no_model_where_a_tool_has_the_answer() {
    let machine = Machine::new();
    let scene = Scene::new(&machine, BY_TOOL);
    let model = model(&Project::named(BY_MODEL));
    scene.github.approve(OWN_RUN, ENVIRONMENT, "approved", "octocat");
    let example = with_model_at(&Example::named("split"), &model);
    let played = scene.play(&example, "workflow_run", &scene.event()).must_succeed();
    assert_eq!((played.job("propose"), played.job("validate"), played.job("publish")), (None, None, Some("success")));
    assert_eq!(model.asked().len(), 0);
    scene.must_be_mended(&played);
}

#[test]
fn the_shared_example_heals_and_says_that_the_zones_were_shared() {
    let machine = Machine::new();
    let scene = Scene::new(&machine, BY_MODEL);
    let model = model(&scene.project);
    scene.github.approve(OWN_RUN, ENVIRONMENT, "approved", "octocat");
    let example = with_model_at(&Example::named("shared"), &model);
    let played = scene.play(&example, "workflow_run", &scene.event()).must_succeed();
    assert_eq!(played.outputs("heal", "heal")["outcome"], "healed", "{}", played.log());
    scene.must_be_mended(&played);
    assert!(scene.github.state().pulls[0].body.contains("zones.shared"), "{}", scene.github.state().pulls[0].body);
}

#[test]
fn the_example_inside_a_failing_job_heals_it() {
    let machine = Machine::new();
    let scene = Scene::new(&machine, BY_TOOL);
    scene.github.approve(OWN_RUN, ENVIRONMENT, "approved", "octocat");
    let event = scene.event();
    // The failed run is the very one that the step is in.
    scene.github.state().runs.last_mut().expect("a run").id = OWN_RUN;
    // As a user takes it over: with the job's own command.
    let example = Example::named("inside").text.replace("pytest -q", &scene.project.case.command);
    let push = json!({
        "ref": "refs/heads/main", "before": "0".repeat(40), "after": scene.repository.head(),
        "repository": event["repository"], "sender": event["sender"], "pusher": { "name": "octocat" },
    });
    let played = scene.play(&example, "push", &push).must_fail();
    assert_eq!(played.job("unit-test"), Some("failure"));
    assert_eq!(played.outputs("unit-test", "heal")["outcome"], "healed", "{}", played.log());
    assert_eq!(played.job("self-heal"), Some("success"));
    scene.must_be_mended(&played);
}

#[test]
fn the_example_by_hand_shows_everything_in_a_dry_run_and_publishes_without() {
    let machine = Machine::new();
    let scene = Scene::new(&machine, BY_TOOL);
    scene.github.approve(OWN_RUN, ENVIRONMENT, "approved", "octocat");
    let example = Example::named("dispatch").text;
    let form = |dry_run: bool| json!({ "inputs": { "run-id": scene.run.to_string(), "dry-run": dry_run.to_string() } });
    let played = scene.play(&example, "workflow_dispatch", &form(true)).must_succeed();
    let outputs = played.outputs("heal", "heal");
    assert_eq!((outputs["outcome"].as_str(), outputs["dry-run"].as_str()), ("healed", "true"), "{}", played.log());
    assert!(played.summary("heal", "heal").contains("### The proof"), "{}", played.summary("heal", "heal"));
    assert_eq!(played.job("publish"), None);
    scene.must_be_untouched();
    let played = scene.play(&example, "workflow_dispatch", &form(false)).must_succeed();
    assert_eq!(played.job("publish"), Some("success"), "{}", played.log());
    scene.must_be_mended(&played);
}

#[test]
fn p1_an_example_reports_what_is_not_the_codes_fault_without_asking_anybody() {
    let machine = Machine::new();
    let scene = Scene::new(&machine, BY_TOOL);
    scene.github.open_pull("feature/sum", "main");
    {
        let mut state = scene.github.state();
        let run = state.runs.last_mut().expect("a run");
        run.pull_requests = vec![100];
        run.head_repository = Some("eve/adder".to_owned());
        run.event = "pull_request".to_owned();
    }
    let played = scene.play(&Example::named("no-key").text, "workflow_run", &scene.event()).must_succeed();
    assert_eq!(played.outputs("heal", "heal")["outcome"], "reported", "{}", played.log());
    assert_eq!((played.job("respond"), played.job("publish")), (Some("success"), None));
    let comments = scene.github.state().comments.clone();
    assert_eq!(comments.len(), 1, "{}", played.log());
    assert_eq!(played.step("heal", "0"), None, "of a fork nothing is checked out");
}

#[test]
fn without_an_approval_an_example_hands_the_patch_over() {
    let machine = Machine::new();
    let scene = Scene::new(&machine, BY_TOOL);
    let played = scene.play(&Example::named("no-key").text, "workflow_run", &scene.event()).must_succeed();
    let publish = played.said("publish");
    assert!(publish.contains("handed_over"), "{publish}");
    scene.must_be_untouched();
}
