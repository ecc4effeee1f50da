//! What a person at a terminal is shown and asked, on a real pseudo-terminal.

use rexpect::session::PtySession;

use super::support::machine::Machine;
use super::support::project::{Answer, Project};
use super::support::repository::Repository;
use super::support::snapshot::Snapshot;

const QUESTION: &str = "Apply this patch to the workspace? [y/N] ";

/// A formatter's failure at a terminal: no model, a second's work.
fn project() -> Project {
    Project::named("rust-rustfmt-format")
}

/// `self-heal run` of the project's own command.
fn run(machine: &Machine, repository: &Repository<'_>, variables: &[(&str, &str)]) -> PtySession {
    let workspace = repository.folder().to_string_lossy().into_owned();
    let bundle = machine.folder().join("bundle").to_string_lossy().into_owned();
    let options = ["run", "--workspace", &workspace, "--bundle", &bundle];
    let mut program = machine.self_heal(options.into_iter().chain(["--", "cargo", "fmt", "--check"]));
    for (name, value) in variables {
        program = program.variable(name, value);
    }
    program.variable("TERM", "xterm-256color").on_terminal()
}

#[track_caller]
fn must_end_with(session: &PtySession, code: i32) {
    // The type of it is of a crate that is not ours to name: `Exited(Pid(7), 0)`.
    let status = format!("{:?}", session.process().wait().expect("it ends"));
    assert!(status.starts_with("Exited(") && status.ends_with(&format!(", {code})")), "{status}");
}

#[test]
fn a_person_sees_steps_diff_and_proof_and_says_yes() {
    let (machine, project) = (Machine::new(), project());
    let repository = project.lay_out(&machine);
    let mut session = run(&machine, &repository, &[]);
    let shown = session.exp_string(QUESTION).expect("the question");
    for part in ["rustfmt", "red", "green", "\u{1b}[32m", "src/route.rs"] {
        assert!(shown.contains(part), "`{part}` is not in:\n{shown}");
    }
    session.send_line("y").expect("answer");
    session.exp_string("the patch is in the workspace").expect("it is said");
    session.exp_eof().expect("it ends");
    must_end_with(&session, 0);
    let healed = repository.git(["diff"]);
    repository.git(["checkout", "--quiet", "--", "."]);
    project.apply(Answer::Right, &repository);
    assert_eq!(healed, repository.git(["diff"]));
}

#[test]
fn an_answer_that_is_not_yes_leaves_the_workspace_as_it_was() {
    for answer in ["", "n", "yes please"] {
        let (machine, project) = (Machine::new(), project());
        let repository = project.lay_out(&machine);
        let before = Snapshot::of(repository.folder());
        let mut session = run(&machine, &repository, &[]);
        session.exp_string(QUESTION).expect("the question");
        session.send_line(answer).expect("answer");
        session.exp_string("git apply ").expect("how to apply it later");
        session.exp_eof().expect("it ends");
        must_end_with(&session, 0);
        before.must_still_be(repository.folder());
    }
}

#[test]
fn an_interrupt_at_the_question_is_no_answer() {
    let (machine, project) = (Machine::new(), project());
    let repository = project.lay_out(&machine);
    let before = Snapshot::of(repository.folder());
    let mut session = run(&machine, &repository, &[]);
    session.exp_string(QUESTION).expect("the question");
    session.send_control('c').expect("interrupt");
    session.exp_eof().expect("it ends");
    before.must_still_be(repository.folder());
}

#[test]
fn no_color_is_plain_lines() {
    let (machine, project) = (Machine::new(), project());
    let repository = project.lay_out(&machine);
    let mut session = run(&machine, &repository, &[("NO_COLOR", "1")]);
    let shown = session.exp_string(QUESTION).expect("the question");
    // What comes before is the command's own, in its own colours.
    let (_, ours) = shown.split_once("cargo fmt proposes a patch").expect("our own lines");
    assert!(!ours.contains('\u{1b}'), "{ours:?}");
    session.send_line("n").expect("answer");
    session.exp_eof().expect("it ends");
}
