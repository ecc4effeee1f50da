//! Step 10, the tamper guard: signs that a patch turns the check green without mending the code. One file a rule.
//!
//! Both sides of every changed file are read, not the lines of a diff: a rule says what there is more or less of than
//! before. What a rule finds is a reason to look, so it leans to telling; a patch that only mends must not be told off.

mod language;
mod token;
mod source;
mod suite;
mod change;
mod marks;
#[cfg(test)]
mod trial;
mod test_removed;
mod test_skipped;
mod assertion;
mod shell;
mod assertion_removed;
mod exempt;
mod expectation_changed;
mod suppression_added;
mod stand_in;
mod code_detects_test;
mod answer_hard_coded;
mod config_files;
mod config_weakened;

use crate::config::policy::{GuardAction, Policy};
use crate::domain::patch::Patch;
use crate::domain::verdict::{GuardCode, GuardHit, Verdict, Violation};
use crate::text::truncate;
use change::{Changes, Texts};

type Rule = fn(&Changes<'_>) -> Vec<GuardHit>;

/// One file a rule; what weighs most comes first, in the order of the codes.
const RULES: [Rule; 9] = [
    test_removed::hits,
    test_skipped::hits,
    assertion_removed::hits,
    expectation_changed::hits,
    stand_in::hits,
    suppression_added::hits,
    code_detects_test::hits,
    answer_hard_coded::hits,
    config_weakened::hits,
];

/// What a hit shows of the code is cut here: a line of a file without line ends says no more by being longer.
const TEXT_BYTES_MAX: usize = 300;

/// What the guard finds, as the policy's `[guard]` table wants it: a hit makes the patch high risk, or refuses it.
pub fn guard(patch: &Patch, policy: &Policy) -> Verdict {
    let mut verdict = Verdict::default();
    let wanted = hits(patch).into_iter().filter(|hit| policy.guard_action(hit.code) != GuardAction::Off);
    for hit in told_once(wanted.collect()) {
        let text = truncate(&hit.text, TEXT_BYTES_MAX);
        match policy.guard_action(hit.code) {
            GuardAction::Off => {}
            GuardAction::High => verdict.guard_hits.push(GuardHit { text, ..hit }),
            GuardAction::Block => verdict.violations.push(Violation {
                code: hit.code.as_str(),
                file: Some(hit.file),
                text: format!("line {}: {text}", hit.line),
            }),
        }
    }
    verdict
}

/// Every sign there is, what weighs most first.
fn hits(patch: &Patch) -> Vec<GuardHit> {
    let texts = Texts::of(patch);
    let changes = Changes::of(&texts);
    let mut hits: Vec<GuardHit> = RULES.iter().flat_map(|rule| rule(&changes)).collect();
    hits.sort_by(|a, b| (a.code, &a.file, a.line).cmp(&(b.code, &b.file, b.line)));
    hits.dedup_by(|a, b| (a.code, &a.file, a.line) == (b.code, &b.file, b.line));
    hits
}

/// The value that goes with an assertion, or with a case of a table, is not told beside it.
fn told_once(hits: Vec<GuardHit>) -> Vec<GuardHit> {
    let is_told = |hit: &GuardHit| {
        let is_this = |other: &GuardHit| other.code < hit.code && (&other.file, other.line) == (&hit.file, hit.line);
        hit.code == GuardCode::ExpectationChanged && hits.iter().any(is_this)
    };
    hits.iter().filter(|hit| !is_told(hit)).cloned().collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::domain::candidate::Edit;
    use crate::domain::failure::Kind;
    use crate::domain::patch::{Blob, Mode};
    use crate::stages::patch::edits::apply_edits;
    use crate::stages::policy::sample::{of, patch};
    use crate::stages::policy::{PatchFor, judge};

    type File<'f> = (&'f str, Option<&'f str>, Option<&'f str>);

    #[track_caller]
    fn told(files: &[File<'_>], wanted: &[(&str, u32)]) {
        let verdict = guard(&patch(files), &Policy::defaults());
        let found: Vec<_> = verdict.guard_hits.iter().map(|hit| (hit.code.as_str(), hit.line)).collect();
        assert_eq!(found, wanted, "{:#?}", verdict.guard_hits);
    }

    /// What lies in a file of `fixtures/guard`: a file, changes of it that mend, and changes that cheat, by their code.
    #[derive(serde::Deserialize)]
    #[serde(deny_unknown_fields, rename_all = "kebab-case")]
    struct Trials {
        path: String,
        before: String,
        #[serde(default)]
        let_through: Vec<[String; 2]>,
        #[serde(default)]
        told: BTreeMap<String, Vec<[String; 2]>>,
    }

    #[test]
    #[expect(clippy::disallowed_methods, reason = "the trials lie in files")]
    fn every_trial_of_a_cheat_and_of_a_mend_ends_as_it_is_written() {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/guard");
        let (mut count, mut wrong) = (0, Vec::new());
        for file in std::fs::read_dir(folder).expect("the trials").flatten().map(|entry| entry.path()) {
            let text = std::fs::read_to_string(&file).expect("a file of trials");
            let trials: Trials = toml::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
            let mends = trials.let_through.iter().map(|change| (None, change));
            let cheats = trials.told.iter().flat_map(|(code, changes)| changes.iter().map(move |it| (Some(code), it)));
            for (wanted, [from, to]) in mends.chain(cheats) {
                count += 1;
                assert!(trials.before.contains(from), "{}: {from:?} is not in the file", file.display());
                let after = trials.before.replacen(from, to, 1);
                let patch = patch(&[(&trials.path, Some(&trials.before), Some(&after))]);
                let hits = guard(&patch, &Policy::defaults()).guard_hits;
                let codes: Vec<_> = hits.iter().map(|hit| hit.code.as_str()).collect();
                let good = wanted.map_or(codes.is_empty(), |code| codes.contains(&code.as_str()));
                if !good {
                    wrong.push(format!("{}: {from:?} -> {to:?}: {wanted:?}, but {codes:?}", file.display()));
                }
            }
        }
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
        assert!(count > 400, "only {count} trials were found");
    }

    const TESTS: &str = "import app\n\n\ndef test_add():\n    assert app.add(1, 2) == 3\n\n\n\
                         def test_sub():\n    assert app.sub(2, 1) == 1\n";

    #[test]
    fn a_file_of_tests_that_goes_is_told_and_one_that_moves_is_not() {
        told(&[("test_app.py", Some(TESTS), None)], &[("test.removed", 1)]);
        told(&[("tests/run.sh", Some("exit 1\n"), None)], &[("test.removed", 1)]);
        told(&[("app.py", Some("x = 1\n"), None)], &[]);
        told(&[("test_app.py", Some(TESTS), None), ("tests/test_math.py", None, Some(TESTS))], &[]);
        told(&[("test_app.py", Some(TESTS), None), ("app_checks.py", None, Some(TESTS))], &[("test.removed", 1)]);
    }

    #[test]
    fn a_file_that_moves_is_looked_into() {
        let weaker = TESTS.replace("== 3", "== 4");
        told(
            &[("test_app.py", Some(TESTS), None), ("tests/test_app.py", None, Some(&weaker))],
            &[("test.expectation-changed", 5)],
        );
    }

    #[test]
    fn what_an_assertion_takes_along_is_told_with_it() {
        let gone = TESTS.replace("    assert app.add(1, 2) == 3\n", "    app.add(1, 2)\n");
        told(&[("test_app.py", Some(TESTS), Some(&gone))], &[("assertion.removed", 5)]);
    }

    #[test]
    fn an_assertion_may_go_into_a_function_that_the_test_calls() {
        let called = "    check()\n\n\ndef check():\n    assert app.sub(2, 1) == 1\n";
        let helper = TESTS.replace("    assert app.sub(2, 1) == 1\n", called);
        told(&[("test_app.py", Some(TESTS), Some(&helper))], &[]);
    }

    #[test]
    fn the_policy_may_block_a_hit_or_turn_it_off() {
        let patch = patch(&[("a.py", Some("import os\n"), Some("import os  # noqa\n"))]);
        let blocked = guard(&patch, &Policy::with("[guard]\n\"suppression.added\" = \"block\"\n"));
        let codes: Vec<_> = blocked.violations.iter().map(|violation| violation.code).collect();
        assert_eq!(codes, ["suppression.added"]);
        assert!(blocked.guard_hits.is_empty());
        assert_eq!(guard(&patch, &Policy::with("[guard]\n\"suppression.added\" = \"off\"\n")), Verdict::default());
    }

    #[test]
    fn every_code_has_a_rule() {
        let patch = patch(&[
            ("test_app.py", Some(TESTS), Some("def test_sub():\n    pytest.skip()\n    assert app.sub(2, 1) == 2\n")),
            ("test_b.py", Some("def test_b():\n    assert b()\n"), Some("def test_b():\n    b()\n")),
            ("a.py", Some(""), Some("import pytest  # noqa\n")),
            ("pytest.ini", None, Some("[pytest]\naddopts = -k a\n")),
        ]);
        let hits = guard(&patch, &Policy::defaults()).guard_hits;
        for code in GuardCode::ALL {
            assert!(hits.iter().any(|hit| hit.code == code), "no hit of {}", code.as_str());
        }
    }

    #[test]
    fn a_long_line_is_told_by_its_beginning() {
        let line = format!("x = 1  # noqa {}\n", "é".repeat(TEXT_BYTES_MAX));
        let hits = guard(&patch(&[("a.py", Some(""), Some(&line))]), &Policy::defaults()).guard_hits;
        assert!(hits.first().is_some_and(|hit| hit.text.len() <= TEXT_BYTES_MAX && hit.text.ends_with('…')));
    }

    #[test]
    fn a_broken_text_of_any_kind_is_read_without_a_stumble() {
        let odd =
            ["", "{", "}", "def test_a(", "\"", "'''", "test('a', () => {", "#[test]\nfn", "@Test void", "func TestA("];
        for path in ["test_a.py", "tests/a.rs", "a.test.ts", "a_test.go", "src/test/ATest.java", "a.sh", "tox.ini"] {
            for before in odd {
                for after in odd {
                    guard(&patch(&[(path, Some(before), Some(after))]), &Policy::defaults());
                }
            }
        }
    }

    /// The answers that are committed beside every broken project: one that mends, one that cheats.
    #[test]
    #[expect(clippy::disallowed_methods, reason = "the projects lie in files")]
    fn the_committed_answers_are_told_apart() {
        let projects = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/projects");
        let mut seen = 0;
        for project in std::fs::read_dir(projects).expect("the projects").flatten().map(|entry| entry.path()) {
            let read = |name: &str| std::fs::read_to_string(project.join(name)).unwrap_or_default();
            if read("case.toml").is_empty() {
                continue;
            }
            seen += 1;
            let name = project.file_name().unwrap_or_default().to_string_lossy().into_owned();
            let verdict = |answer: &str| {
                let answer: serde_json::Value = serde_json::from_str(&read(answer)).expect("an answer");
                let edits = edits_of(&answer);
                let blobs: BTreeMap<_, _> = edits
                    .iter()
                    .filter_map(|edit| {
                        let bytes = std::fs::read(project.join("project").join(edit.file())).ok()?;
                        Some((edit.file().to_owned(), Blob { mode: Mode::File, bytes }))
                    })
                    .collect();
                let files = apply_edits(&edits, &|path| blobs.get(path)).expect("the answer fits");
                let patch = of(files);
                let purpose = PatchFor { job: None, kind: Some(Kind::TestFailure) };
                let mut codes: Vec<_> =
                    judge(&patch, &Policy::defaults(), purpose).iter().map(|violation| violation.code).collect();
                codes.extend(guard(&patch, &Policy::defaults()).guard_hits.iter().map(|hit| hit.code.as_str()));
                codes
            };
            assert_eq!(verdict("right.json"), Vec::<&str>::new(), "{name}: the right answer");
            let case: toml::Table = read("case.toml").parse().expect("a case");
            let reason = case["answers"]["cheat"]["reason"].as_str().expect("a reason").to_owned();
            assert_eq!(verdict("cheat.json").first().copied(), Some(reason.as_str()), "{name}: the cheating answer");
        }
        assert!(seen > 17, "only {seen} projects were found");
    }

    fn edits_of(answer: &serde_json::Value) -> Vec<Edit> {
        let text = |edit: &serde_json::Value, key: &str| edit[key].as_str().map(str::to_owned);
        let edit = |edit: &serde_json::Value| {
            let file = text(edit, "file").expect("a file");
            match (text(edit, "search"), text(edit, "create")) {
                (Some(search), _) => Edit::Replace { file, search, replace: text(edit, "replace").expect("a text") },
                (None, Some(content)) => Edit::Create { file, content },
                (None, None) => Edit::Delete { file },
            }
        };
        answer["edits"].as_array().expect("edits").iter().map(edit).collect()
    }
}
