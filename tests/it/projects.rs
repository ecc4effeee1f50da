//! Every project of `fixtures/projects/`, really run: that it is what its case says, and the whole way of its healing.

use crate::support::machine::Machine;
use crate::support::project::{Answer, Project, names};

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

/// The command is red and names the failure; the right answer turns it green, the wrong one does not, the cheat does.
#[track_caller]
fn is_what_its_case_says(project: &Project) {
    let machine = Machine::new();
    let repository = project.lay_out(&machine);
    let red = project.run(&machine, repository.folder());
    assert!(!red.success(), "`{}` is green on the broken project:\n{}", project.case.command, red.stdout());
    assert!(
        red.stdout().contains(&project.case.failure.message_contains),
        "`{}` fails for another reason than the case says:\n{}",
        project.case.command,
        red.stdout()
    );
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
    let ended = machine.self_heal(["classify".as_ref(), log.as_os_str()]).run().must_end_with(0);
    let report: serde_json::Value = serde_json::from_slice(&ended.stdout).expect("failure.json");
    let expected = &project.case.failure;
    assert_eq!(report["class"], "deterministic_code", "{report:#}");
    let failures = report["failures"].as_array().expect("a list of failures");
    let primary: Vec<_> = failures.iter().filter(|failure| failure["primary"] == true).collect();
    let found = primary.iter().any(|failure| expected.is(failure));
    assert!(found, "the case says {expected:#?}\nthe log gave {failures:#?}");
}
