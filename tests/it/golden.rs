//! The golden set, scored as `self-heal eval` scores it: no slice may fall against the committed baseline.

use std::fs;
use std::path::Path;

use super::support::machine::{Ended, Machine, package};

fn eval(machine: &Machine, arguments: &[&str]) -> Ended {
    machine.self_heal([&["eval"], arguments].concat()).directory(package()).run()
}

#[test]
fn the_golden_set_is_read_as_well_as_its_baseline_says() {
    let page = eval(&Machine::new(), &["fixtures/golden"]).must_end_with(0).stdout();
    assert!(page.contains("nothing fell against the baseline"), "{page}");
}

/// A small golden set of one log that says what its case says.
fn small_set(machine: &Machine, case: &str) -> String {
    let folder = machine.folder().join("golden");
    fs::create_dir_all(folder.join("mypy")).expect("a folder");
    fs::write(folder.join("mypy/one.log"), "a.py:3: error: Name \"x\" is not defined  [name-defined]\n")
        .expect("a log");
    fs::write(folder.join("mypy/one.toml"), case).expect("a case");
    folder.to_string_lossy().into_owned()
}

const CASE: &str = "tool = \"mypy\"\nlanguage = \"python\"\nclass = \"deterministic_code\"\nkind = \"type_error\"\n\
    made = \"run\"\nwith = \"mypy 1.18\"\n[[failures]]\npath = \"a.py\"\nline = 3\ncode = \"name-defined\"\n";

#[test]
fn a_slice_that_falls_ends_with_one_until_somebody_agrees_to_it() {
    let machine = Machine::new();
    let set = small_set(&machine, CASE);
    let page = eval(&machine, &[&set, "--bless"]).must_end_with(0).stdout();
    assert!(page.contains("1 of 1 found"), "{page}");
    small_set(&machine, &CASE.replace("line = 3", "line = 4"));
    let page = eval(&machine, &[&set]).must_end_with(1).stdout();
    assert!(page.contains("tool mypy: failures fell from 100.0 to 0.0"), "{page}");
    eval(&machine, &[&set, "--bless"]).must_end_with(0);
    eval(&machine, &[&set, "--json"]).must_end_with(0);
}

#[test]
fn a_case_is_added_by_dropping_a_log_and_running_one_command() {
    let machine = Machine::new();
    let set = small_set(&machine, CASE);
    let log = Path::new(&set).join("mypy/two.log");
    fs::copy(Path::new(&set).join("mypy/one.log"), &log).expect("a log");
    eval(&machine, &["--add", &log.to_string_lossy()]).must_end_with(0);
    let case = log.with_extension("toml");
    let draft = fs::read_to_string(&case).expect("a draft");
    assert!(draft.contains("code = \"name-defined\"") && draft.contains("checked = false"), "{draft}");
    let complete = draft.replace("\"none\"", "\"python\"").replace("with = \"\"", "with = \"mypy 1.18\"");
    fs::write(&case, &complete).expect("a case");
    let page = eval(&machine, &[&set]).must_end_with(1).stdout();
    assert!(page.contains("no person has checked them") && page.contains("  mypy/two\n"), "{page}");
    let checked = complete.replace("checked = false", "checked = true");
    fs::write(&case, checked).expect("a case");
    let page = eval(&machine, &[&set]).must_end_with(0).stdout();
    assert!(page.contains("2 of 2 found"), "{page}");
}

#[test]
fn a_bad_case_is_a_usage_error_that_names_file_and_key() {
    let machine = Machine::new();
    for (case, named) in [
        (CASE.replace("class =", "clas ="), "mypy/one.toml, line 1: `class` is missing"),
        (CASE.replace("deterministic_code", "code"), "mypy/one.toml, line 3: `class` is the text `code`"),
        (CASE.replace("column", "col").replace("line = 3", "col = 3"), "`failures.col` is an unknown key"),
        (CASE.replace("made", "same-as = \"mypy/no\"\nmade"), "mypy/one.toml: `same-as` names `mypy/no`"),
    ] {
        let set = small_set(&machine, &case);
        let said = eval(&machine, &[&set]).must_end_with(2).stderr();
        assert!(said.contains(named), "{said}");
    }
    let set = small_set(&machine, CASE);
    fs::remove_file(Path::new(&set).join("mypy/one.log")).expect("a log");
    let said = eval(&machine, &[&set]).must_end_with(2).stderr();
    assert!(said.contains("mypy/one.log"), "{said}");
    let said = eval(&machine, &["no-such-folder"]).must_end_with(2).stderr();
    assert!(said.contains("no-such-folder"), "{said}");
}
