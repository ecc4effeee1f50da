//! The law of the house, held over the project's own source, and shown to be able to fail.

mod law;
mod source;

use law::{Law, broken, doors, knots, paths, test_names};
use source::Files;

const LAW: Law = Law {
    root: "src/lib.rs",
    pure: &["domain", "config", "text", "stages"],
    impure_paths: &[
        "std::env",
        "std::fs",
        "std::io::stderr",
        "std::io::stdin",
        "std::io::stdout",
        "std::net",
        "std::os",
        "std::process",
        "std::thread",
        "anstream",
        "chrono::Local",
        "chrono::Utc::now",
        "getrandom",
        "indicatif",
        "octocrab",
        "reqwest",
        "rustix",
        "tempfile",
        "tokio",
        "tracing",
        "walkdir",
        "Local::now",
        "Utc::now",
    ],
    impure_words: &["async", "await", "Instant", "SystemTime"],
    strangers: &[("stages", "edge")],
    apart: &["edge"],
    grounds: &[
        ("edge", "http", "whose certificates are believed is decided once, for GitHub and for the models"),
        ("edge", "interrupt", "whoever waits for something outside lets go of it when we are asked to end"),
    ],
    unserialised: ("domain", &["Serialize", "Deserialize", "serde"]),
    permissions: &["by_policy", "by_receipt", "reopen", "by_redaction"],
};

/// The package of its own: as pure as a stage.
const WATCH: Law = Law { root: "src/watch/lib.rs", pure: &["", "sample"], grounds: &[], ..LAW };

/// The rules this version of the program answers for; each is held by a test whose name begins with its number.
const RULES: [&str; 37] = [
    "p1", "p2", "p3", "p4", "p5", "p6", "p7", "p8", "p9", "p10", "p11", "p13", "p14", "p15", "p16", "p17", "p18",
    "p19", "p20", "p21", "p22", "p23", "t1", "t3", "t4", "t6", "t7", "t10", "t12", "t13", "t14", "t15", "t16", "t17",
    "t18", "t19", "t20",
];

/// Reads every Rust file under the given folders; a package within one of them is a house of its own.
fn own_files(folders: &[&str]) -> Files {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut files = Files::new();
    let is_ours = |entry: &walkdir::DirEntry| entry.depth() == 0 || !entry.path().join("Cargo.toml").exists();
    let walk = |folder| walkdir::WalkDir::new(root.join(folder)).into_iter().filter_entry(is_ours);
    for entry in folders.iter().flat_map(walk) {
        let entry = entry.expect("list the source");
        if entry.path().extension().is_some_and(|extension| extension == "rs") {
            let name = entry.path().strip_prefix(root).expect("a path below the package");
            let text = std::fs::read_to_string(entry.path()).expect("read the source");
            files.insert(name.to_string_lossy().into_owned(), text);
        }
    }
    files
}

#[test]
fn the_source_keeps_the_law_of_the_house() {
    for (law, folders) in [(&LAW, &["src", "tests"][..]), (&WATCH, &["src/watch"])] {
        let broken = broken(law, &own_files(folders));
        assert!(broken.is_empty(), "the law of `{}` is broken:\n{}", law.root, broken.join("\n"));
    }
}

#[test]
fn no_modules_need_each_other_in_a_circle() {
    assert_eq!(knots(&LAW, &own_files(&["src"])), Vec::<String>::new());
    assert_eq!(knots(&WATCH, &own_files(&["src/watch"])), Vec::<String>::new());
}

#[test]
fn every_permission_has_one_door() {
    assert_eq!(doors(&LAW, &own_files(&["src"])), Vec::<String>::new());
}

#[test]
fn every_rule_has_a_test_that_bears_its_number() {
    let tests = test_names(&own_files(&["src", "tests"]));
    let missing: Vec<_> =
        RULES.iter().filter(|rule| !tests.iter().any(|test| test.starts_with(&format!("{rule}_")))).collect();
    assert!(missing.is_empty(), "no test is named after {missing:?}");
}

/// A small house that keeps the law; the tests below break one thing each.
fn small_house() -> Files {
    [
        ("src/lib.rs", "//! A small house.\nmod domain;\nmod text;\nmod stages;\nmod edge;\nmod flows;"),
        ("src/domain/mod.rs", "//! The nouns of it.\npub mod id;\npub mod patch;"),
        ("src/domain/id.rs", "//! What things are called.\npub struct Id;"),
        (
            "src/domain/patch.rs",
            "//! A change and its doors.\nuse super::id::Id;\npub fn by_policy() {}\npub fn by_receipt() {}\n\
             pub fn reopen() {}\npub fn by_redaction() {}",
        ),
        ("src/text.rs", "//! Helpers for text."),
        (
            "src/stages/mod.rs",
            "//! The verbs of it.\npub mod clean;\npub mod risk;\nuse clean::Line;\npub trait Reader {}",
        ),
        (
            "src/stages/clean.rs",
            "//! Cleans a line.\nuse super::Reader;\nuse crate::domain::patch::by_redaction;\npub struct Line;\n\
             #[cfg(test)]\nmod tests {\n    use super::*;\n    fn tries() { by_redaction(); }\n}",
        ),
        ("src/stages/risk.rs", "//! Weighs a patch.\nuse super::clean::Line;"),
        ("src/edge/mod.rs", "//! The world outside.\npub mod http;\npub mod interrupt;\npub mod git;\npub mod store;"),
        ("src/edge/http.rs", "//! Makes a client."),
        ("src/edge/interrupt.rs", "//! Asks us to end."),
        (
            "src/edge/git.rs",
            "//! Asks git for things.\nuse crate::domain::{id::Id, patch};\nuse super::{http, interrupt};\npub async fn ask() {}",
        ),
        ("src/edge/store.rs", "//! Keeps files on disk.\nuse std::fs;"),
        (
            "src/flows/mod.rs",
            "//! Joins both sides.\nuse crate::domain::patch::{by_policy as allow, by_receipt};\n\
             fn run() { crate::edge::git::ask(); crate::stages::risk::weigh(); crate::domain::patch::reopen(); }",
        ),
    ]
    .into_iter()
    .map(|(file, text)| (file.to_owned(), text.to_owned()))
    .collect()
}

/// The small house with one line more in one file must be told off for exactly this.
#[track_caller]
fn told_off(file: &str, line: &str, sentence: &str) {
    let mut files = small_house();
    let text = files.entry(file.to_owned()).or_default();
    text.push('\n');
    text.push_str(line);
    assert_eq!(broken(&LAW, &files), [sentence], "after `{line}` in {file}");
}

#[test]
fn a_house_that_keeps_the_law_is_left_alone() {
    assert_eq!(broken(&LAW, &small_house()), Vec::<String>::new());
}

#[test]
fn an_import_down_the_top_list_is_found() {
    told_off(
        "src/text.rs",
        "use crate::flows::run;",
        "src/text.rs:2: `crate::flows::run` names `flows`, which src/lib.rs declares below `text`",
    );
}

#[test]
fn an_import_down_a_folder_s_list_is_found() {
    told_off(
        "src/domain/id.rs",
        "use super::patch::Patch;",
        "src/domain/id.rs:3: `super::patch::Patch` names `patch`, which src/domain/mod.rs declares below `id`",
    );
}

#[test]
fn only_a_test_may_name_what_is_made_for_tests() {
    let mut files = small_house();
    files.entry("src/domain/mod.rs".to_owned()).or_default().push_str("\n#[cfg(test)]\nmod sample;");
    files.insert("src/domain/sample.rs".to_owned(), "//! Makes samples for tests.\nuse super::id::Id;".to_owned());
    let id = files.get_mut("src/domain/id.rs").expect("a noun");
    id.push_str("\n#[cfg(test)]\nmod tests {\n    use super::super::sample::sample;\n}");
    assert_eq!(broken(&LAW, &files), Vec::<String>::new());
    files.entry("src/domain/id.rs".to_owned()).or_default().push_str("\nuse super::sample::sample;");
    assert_eq!(
        broken(&LAW, &files),
        ["src/domain/id.rs:7: `super::sample::sample` names `sample`, which src/domain/mod.rs declares below `id`"]
    );
}

#[test]
fn an_inline_path_counts_as_an_import() {
    told_off(
        "src/domain/id.rs",
        "fn f() { println!(\"{}\", crate::text::first()) }",
        "src/domain/id.rs:3: `crate::text::first` names `text`, which src/lib.rs declares below `domain`",
    );
}

#[test]
fn a_path_in_a_group_and_under_another_name_is_found() {
    told_off(
        "src/text.rs",
        "use crate::{domain::id, stages::{risk as weighing}};",
        "src/text.rs:2: `crate::stages::risk` names `stages`, which src/lib.rs declares below `text`",
    );
}

#[test]
fn super_in_an_inline_module_means_the_file_itself() {
    told_off(
        "src/stages/clean.rs",
        "mod inner { use super::super::risk::weigh; }",
        "src/stages/clean.rs:10: `super::super::risk::weigh` names `risk`, which src/stages/mod.rs declares below `clean`",
    );
}

#[test]
fn a_re_export_does_not_hide_where_a_name_comes_from() {
    let mut files = small_house();
    files.insert(
        "src/stages/mod.rs".to_owned(),
        "//! The verbs of it.\npub mod clean;\npub mod risk;\npub use risk::Weight;\npub trait Reader {}".to_owned(),
    );
    files.entry("src/stages/clean.rs".to_owned()).or_default().push_str("\nuse super::Weight;");
    assert_eq!(
        broken(&LAW, &files),
        ["src/stages/clean.rs:10: `super::Weight` names `risk`, which src/stages/mod.rs declares below `clean`"]
    );
}

#[test]
fn taking_in_the_module_one_is_part_of_is_found() {
    told_off(
        "src/stages/clean.rs",
        "use crate::stages;",
        "src/stages/clean.rs:10: `crate::stages` takes in a module that this file is part of: name the item you need",
    );
}

#[test]
fn a_stage_and_an_edge_that_meet_are_found() {
    told_off(
        "src/edge/git.rs",
        "use crate::stages::clean::Line;",
        "src/edge/git.rs:5: `crate::stages::clean::Line`: stages and edge are strangers, only a flow joins them",
    );
}

#[test]
fn two_edges_that_meet_are_found() {
    told_off(
        "src/edge/store.rs",
        "fn f() { super::git::ask() }",
        "src/edge/store.rs:3: `super::git::ask`: store and git do not know each other, only domain",
    );
}

#[test]
fn an_exception_that_nobody_needs_is_found() {
    let mut files = small_house();
    let git = files.get_mut("src/edge/git.rs").expect("an edge");
    *git = git.replace("use super::{http, interrupt};", "use super::interrupt;");
    let broken = broken(&LAW, &files);
    assert!(broken.len() == 1 && broken[0].starts_with("nobody in edge stands on `http`"), "{broken:?}");
}

#[test]
fn io_in_a_pure_module_is_found() {
    told_off(
        "src/stages/risk.rs",
        "use std::{collections::BTreeMap, fs::File};",
        "src/stages/risk.rs:3: `std::fs::File`: std::fs touches the world",
    );
    told_off(
        "src/domain/id.rs",
        "fn f() { tokio::spawn(g()) }",
        "src/domain/id.rs:3: `tokio::spawn`: tokio touches the world",
    );
}

#[test]
fn a_test_in_a_pure_module_may_read_its_fixtures() {
    let mut files = small_house();
    files
        .entry("src/stages/risk.rs".to_owned())
        .or_default()
        .push_str("\n#[cfg(test)]\nmod tests {\n    fn f() { std::fs::read(\"fixture\"); }\n}");
    assert_eq!(broken(&LAW, &files), Vec::<String>::new());
}

#[test]
fn a_clock_in_a_pure_module_is_found() {
    told_off(
        "src/stages/risk.rs",
        "use std::time::Instant;",
        "src/stages/risk.rs:3: `Instant` is not for a pure module",
    );
}

#[test]
fn async_in_a_pure_module_is_found() {
    told_off("src/text.rs", "async fn f() {}", "src/text.rs:2: `async` is not for a pure module");
}

#[test]
fn a_noun_made_for_the_wire_is_found() {
    told_off(
        "src/domain/id.rs",
        "#[derive(Serialize)] struct Wire;",
        "src/domain/id.rs:3: `Serialize` is for the structs of `stages/render/`",
    );
}

#[test]
fn a_file_that_does_not_say_what_it_is_for_is_found() {
    let mut files = small_house();
    files.insert("src/text.rs".to_owned(), "// Helpers for text.".to_owned());
    assert_eq!(
        broken(&LAW, &files),
        ["src/text.rs: begin it with a `//!` sentence that says what it is for, with its full stop"]
    );
}

#[test]
fn a_file_that_nobody_declares_is_found() {
    let mut files = small_house();
    files.insert("src/edge/spare.rs".to_owned(), "//! Spare things for later.".to_owned());
    assert_eq!(broken(&LAW, &files), ["src/edge/spare.rs: no `mod` line names it"]);
}

#[test]
fn a_second_door_to_a_permission_is_found() {
    let mut files = small_house();
    assert_eq!(doors(&LAW, &files), Vec::<String>::new());
    files.entry("src/edge/git.rs".to_owned()).or_default().push_str("\nfn f() { patch::by_policy() }");
    assert_eq!(
        doors(&LAW, &files),
        ["`by_policy` has one door, and is called in src/edge/git.rs:5, src/flows/mod.rs:2"]
    );
}

#[test]
fn a_permission_that_nobody_gives_is_found() {
    let mut files = small_house();
    let flow = files.get_mut("src/flows/mod.rs").expect("the flow");
    *flow = flow.replace("crate::domain::patch::reopen();", "");
    assert_eq!(doors(&LAW, &files), ["`reopen` is called nowhere: the permission is given by nobody"]);
}

#[test]
fn a_parent_and_a_child_that_need_each_other_are_found() {
    let mut files = small_house();
    assert_eq!(knots(&LAW, &files), ["src/stages/mod.rs, src/stages/clean.rs"]);
    let parent = files.get_mut("src/stages/mod.rs").expect("the parent");
    *parent = parent.replace("use clean::Line;", "");
    assert_eq!(knots(&LAW, &files), Vec::<String>::new());
}

#[test]
fn words_in_comments_and_strings_are_not_code() {
    let mut files = small_house();
    files.entry("src/text.rs".to_owned()).or_default().push_str(
        "\n// use crate::flows::run; Instant, std::fs\n/// async\nconst S: &str = \"use crate::edge::git; async\";",
    );
    assert_eq!(broken(&LAW, &files), Vec::<String>::new());
}

#[test]
fn every_form_of_a_path_is_read() {
    let text = "use a::{self, b::{c, d as e}, f::*};\nuse g;\nfn h() -> i::J { k::l::<m::N>(o.p::<Q>()); r!(s::t) }";
    assert_eq!(
        paths(text).expect("readable"),
        ["a", "a::b::c", "a::b::d", "a::f::*", "g", "i::J", "k::l", "m::N", "s::t"]
    );
}

#[test]
fn only_functions_marked_as_tests_count_for_a_rule() {
    let text = "#[test]\nfn t1_holds() {}\nfn t3_helper() {}\n#[tokio::test]\nasync fn t4_holds() {}";
    let files = Files::from([("src/a.rs".to_owned(), text.to_owned())]);
    assert_eq!(test_names(&files), ["t1_holds", "t4_holds"]);
}
