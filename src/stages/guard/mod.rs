//! Step 10, the tamper guard: signs that a patch turns the check green without mending the code. One file per rule.
//!
//! Both sides of every changed file are read, not the lines of a diff: a rule says what there is more or less of than
//! before. What a rule finds is a reason to look, so it leans to telling; a patch that only mends must not be told off.

mod language;
mod source;
mod tokens;
mod change;
mod cases;
mod statements;
mod removed;
mod skipped;
mod assertions;
mod suppression;
mod detects;
mod config;

use crate::config::policy::{GuardAction, Policy};
use crate::domain::patch::Patch;
use crate::domain::verdict::{GuardHit, Verdict, Violation};
use crate::text::truncate;
use change::{Change, changes};

type Rule = fn(&[Change<'_>]) -> Vec<GuardHit>;

/// The rules, in the order in which their hits are told: what weighs most comes first.
const RULES: &[Rule] =
    &[removed::hits, skipped::hits, assertions::hits, suppression::hits, detects::hits, config::hits];

/// A statement over many lines, or a line of a file without any, is told by its beginning.
const TEXT_BYTES_MAX: usize = 300;

/// What the guard finds, as the policy's `[guard]` table wants it: a hit makes the patch high risk, or refuses it.
pub fn guard(patch: &Patch, policy: &Policy) -> Verdict {
    let mut verdict = Verdict::default();
    let changes = changes(patch);
    for hit in RULES.iter().flat_map(|rule| rule(&changes)) {
        let hit = GuardHit { text: truncate(&hit.text, TEXT_BYTES_MAX), ..hit };
        match policy.guard_action(hit.code) {
            GuardAction::Off => {}
            GuardAction::High => verdict.guard_hits.push(hit),
            GuardAction::Block => verdict.violations.push(Violation {
                code: hit.code.as_str(),
                file: Some(hit.file),
                text: format!("line {}: {}", hit.line, hit.text),
            }),
        }
    }
    verdict
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::candidate::Edit;
    use crate::domain::failure::Kind;
    use crate::domain::patch::{Blob, Mode};
    use crate::domain::verdict::GuardCode;
    use crate::stages::patch::edits::apply_edits;
    use crate::stages::policy::sample::{of, patch};
    use crate::stages::policy::{PatchFor, judge};

    type File<'f> = (&'f str, Option<&'f str>, Option<&'f str>);

    #[track_caller]
    fn hits(files: &[File<'_>], wanted: &[(&str, u32)]) {
        let verdict = guard(&patch(files), &Policy::defaults());
        let found: Vec<_> = verdict.guard_hits.iter().map(|hit| (hit.code.as_str(), hit.line)).collect();
        assert_eq!(found, wanted, "{:#?}", verdict.guard_hits);
    }

    /// One file that changes from one text to another.
    #[track_caller]
    fn change(path: &str, before: &str, after: &str, wanted: &[(&str, u32)]) {
        hits(&[(path, Some(before), Some(after))], wanted);
    }

    const PYTHON: &str = "import app\n\n\ndef test_add():\n    assert app.add(1, 2) == 3\n\n\ndef test_sub():\n    assert app.sub(2, 1) == 1\n";
    const RUST: &str = "pub fn add(a: i32, b: i32) -> i32 {\n    a + b\n}\n\n#[cfg(test)]\nmod tests {\n    use super::*;\n\n    #[test]\n    fn adds() {\n        assert_eq!(add(1, 2), 3);\n    }\n\n    #[test]\n    fn adds_nothing() {\n        assert_eq!(add(1, 0), 1);\n    }\n}\n";
    const GO: &str = "package sum\n\nimport \"testing\"\n\nfunc TestAdd(t *testing.T) {\n\tfor in, want := range map[int]int{\n\t\t1: 2,\n\t\t3: 4,\n\t} {\n\t\tif got := Add(in); got != want {\n\t\t\tt.Errorf(\"got %d\", got)\n\t\t}\n\t}\n}\n\nfunc TestSub(t *testing.T) {\n\tif Sub(1) != 0 {\n\t\tt.Fatal(\"no\")\n\t}\n}\n";
    const JAVASCRIPT: &str = "import { test, expect } from \"vitest\";\nimport { add } from \"./add\";\n\ntest(\"adds\", () => {\n  expect(add(1, 2)).toBe(3);\n});\n\ntest(\"adds nothing\", () => {\n  expect(add(1, 0)).toBe(1);\n});\n";
    const JAVA: &str = "package a;\n\nimport static org.junit.jupiter.api.Assertions.*;\nimport org.junit.jupiter.api.Test;\n\nclass SumTest {\n  @Test\n  void adds() {\n    assertEquals(3, Sum.add(1, 2));\n  }\n\n  @Test\n  void addsNothing() {\n    assertEquals(1, Sum.add(1, 0));\n  }\n}\n";

    fn cut(text: &str, from: &str, to: &str) -> String {
        let start = text.find(from).expect("the text is there");
        let end = start + text.get(start..).and_then(|rest| rest.find(to)).expect("the end is there");
        format!("{}{}", &text[..start], &text[end..])
    }

    #[test]
    fn a_removed_test_is_told_in_every_language() {
        let removed = |line| [("test.removed", line)];
        change("tests/test_app.py", PYTHON, &cut(PYTHON, "def test_add", "def test_sub"), &removed(4));
        change(
            "src/lib.rs",
            RUST,
            &cut(RUST, "    #[test]\n    fn adds()", "    #[test]\n    fn adds_nothing"),
            &removed(10),
        );
        change("sum_test.go", GO, &cut(GO, "func TestAdd", "func TestSub"), &removed(5));
        change("add.test.ts", JAVASCRIPT, &cut(JAVASCRIPT, "test(\"adds\"", "test(\"adds nothing"), &removed(4));
        change(
            "src/test/java/a/SumTest.java",
            JAVA,
            &cut(JAVA, "  @Test\n  void adds()", "  @Test\n  void addsNothing"),
            &removed(8),
        );
    }

    #[test]
    fn a_removed_file_of_tests_is_told_test_by_test() {
        hits(&[("test_app.py", Some(PYTHON), None)], &[("test.removed", 4), ("test.removed", 8)]);
        hits(&[("tests/run.sh", Some("exit 1\n"), None)], &[("test.removed", 1)]);
        hits(&[("app.py", Some("x = 1\n"), None)], &[]);
    }

    #[test]
    fn a_test_that_no_runner_finds_any_more_is_removed() {
        change("test_app.py", PYTHON, &PYTHON.replace("def test_add", "def check_add"), &[("test.removed", 4)]);
        change("src/lib.rs", RUST, &RUST.replacen("    #[test]\n", "", 1), &[("test.removed", 10)]);
        let commented = PYTHON.replace("def test_sub():\n    assert", "# def test_sub():\n#     assert");
        change("test_app.py", PYTHON, &commented, &[("test.removed", 8)]);
        hits(
            &[("test_app.py", Some(PYTHON), None), ("app_checks.py", None, Some(PYTHON))],
            &[("test.removed", 4), ("test.removed", 8)],
        );
    }

    #[test]
    fn a_test_that_moves_or_gets_a_better_name_is_still_there() {
        hits(&[("test_app.py", Some(PYTHON), None), ("tests/test_math.py", None, Some(PYTHON))], &[]);
        change("test_app.py", PYTHON, &PYTHON.replace("test_add", "test_addition"), &[]);
        change("add.test.ts", JAVASCRIPT, &JAVASCRIPT.replace("\"adds\"", "\"adds two numbers\""), &[]);
    }

    #[test]
    fn a_case_that_leaves_its_table_is_a_removed_test() {
        let table = "import pytest\n\n@pytest.mark.parametrize(\"a, b\", [(1, 2), (3, 4)])\ndef test_next(a, b):\n    assert a + 1 == b\n";
        change("test_a.py", table, &table.replace(", (3, 4)", ""), &[("test.removed", 3)]);
        change("sum_test.go", GO, &GO.replace("\t\t1: 2,\n", ""), &[("test.removed", 7)]);
    }

    #[test]
    fn a_skipped_test_is_told_in_every_language() {
        let skipped = |line| [("test.skipped", line)];
        let python = |line: &str| PYTHON.replace("def test_add", &format!("{line}\ndef test_add"));
        change("test_app.py", PYTHON, &python("@pytest.mark.skip(reason=\"flaky\")"), &skipped(4));
        change("test_app.py", PYTHON, &python("@unittest.expectedFailure"), &skipped(4));
        change(
            "test_app.py",
            PYTHON,
            &PYTHON.replace("import app\n", "app = pytest.importorskip(\"app\")\n"),
            &skipped(1),
        );
        change("src/lib.rs", RUST, &RUST.replacen("#[test]\n", "#[test]\n    #[ignore]\n", 1), &skipped(10));
        change("src/lib.rs", RUST, &RUST.replacen("#[test]\n", "#[test]\n    #[should_panic]\n", 1), &skipped(10));
        change("sum_test.go", GO, &GO.replace("T) {\n\tif Sub", "T) {\n\tt.Skip()\n\tif Sub"), &skipped(17));
        change("add.test.ts", JAVASCRIPT, &JAVASCRIPT.replace("test(\"adds\"", "test.skip(\"adds\""), &skipped(4));
        change(
            "add.test.ts",
            JAVASCRIPT,
            &JAVASCRIPT.replace("test(\"adds nothing", "test.only(\"adds nothing"),
            &skipped(8),
        );
        change(
            "add.test.ts",
            JAVASCRIPT,
            &JAVASCRIPT.replace("\"adds\", ()", "\"adds\", { skip: true }, ()"),
            &skipped(4),
        );
        change("SumTest.java", JAVA, &JAVA.replacen("  @Test\n", "  @Disabled\n  @Test\n", 1), &skipped(7));
        change(
            "SumTest.java",
            JAVA,
            &JAVA.replacen("{\n    assert", "{\n    assumeTrue(false);\n    assert", 1),
            &skipped(9),
        );
    }

    #[test]
    fn a_test_that_returns_before_it_checks_is_skipped() {
        change(
            "test_app.py",
            PYTHON,
            &PYTHON.replace("():\n    assert app.add", "():\n    return\n    assert app.add"),
            &[("test.skipped", 5)],
        );
        change("sum_test.go", GO, &GO.replace("T) {\n\tif Sub", "T) {\n\treturn\n\tif Sub"), &[("test.skipped", 17)]);
    }

    #[test]
    fn a_skip_that_was_there_before_or_stands_in_the_product_is_nothing_new() {
        let skipped = PYTHON.replace("def test_add", "@pytest.mark.skip(reason=\"a\")\ndef test_add");
        change("test_app.py", &skipped, &skipped.replace("\"a\"", "\"see issue 3\""), &[]);
        change("src/list.ts", "const a = 1;\n", "const a = rows.skip(1).only(2);\n", &[]);
        change("test_app.py", PYTHON, &format!("{PYTHON}\n\n# never pytest.skip() here\n"), &[]);
    }

    #[test]
    fn an_assertion_that_goes_is_told() {
        let gone = |line| [("assertion.removed", line)];
        change(
            "test_app.py",
            PYTHON,
            &PYTHON.replace("    assert app.add(1, 2) == 3\n", "    app.add(1, 2)\n"),
            &gone(5),
        );
        change("src/lib.rs", RUST, &RUST.replace("        assert_eq!(add(1, 2), 3);\n", ""), &gone(11));
        change("sum_test.go", GO, &GO.replace("\t\tt.Fatal(\"no\")\n", ""), &gone(18));
        change("add.test.ts", JAVASCRIPT, &JAVASCRIPT.replace("  expect(add(1, 2)).toBe(3);\n", ""), &gone(5));
        change("SumTest.java", JAVA, &JAVA.replace("    assertEquals(3, Sum.add(1, 2));\n", ""), &gone(9));
        change("tests/smoke.py", "import app\n\nassert app.add(1, 2) == 3\n", "import app\n", &gone(3));
    }

    #[test]
    fn an_assertion_that_is_loosened_is_told() {
        let loose = |line| [("assertion.removed", line)];
        change(
            "test_app.py",
            PYTHON,
            &PYTHON.replace("assert app.add(1, 2) == 3", "assert app.add(1, 2) is not None"),
            &loose(5),
        );
        change("src/lib.rs", RUST, &RUST.replace("assert_eq!(add(1, 2), 3)", "assert!(add(1, 2) >= 0)"), &loose(11));
        change("add.test.ts", JAVASCRIPT, &JAVASCRIPT.replace("toBe(3)", "toBeDefined()"), &loose(5));
        change(
            "SumTest.java",
            JAVA,
            &JAVA.replace("assertEquals(3, Sum.add(1, 2))", "assertNotNull(Sum.add(1, 2))"),
            &loose(9),
        );
    }

    #[test]
    fn another_expectation_is_told_in_every_language() {
        let changed = |line| [("test.expectation-changed", line)];
        change("test_app.py", PYTHON, &PYTHON.replace("== 3", "== 4"), &changed(5));
        change("src/lib.rs", RUST, &RUST.replace("2), 3", "2), 4"), &changed(11));
        change("sum_test.go", GO, &GO.replace("1: 2", "1: 3"), &changed(7));
        change("add.test.ts", JAVASCRIPT, &JAVASCRIPT.replace("toBe(3)", "toBe(-3)"), &changed(5));
        change("SumTest.java", JAVA, &JAVA.replace("assertEquals(3", "assertEquals(4"), &changed(9));
        change(
            "test_b.py",
            "want = [1]\n\n\ndef test_a():\n    assert a() == want\n",
            "want = [2]\n\n\ndef test_a():\n    assert a() == want\n",
            &changed(1),
        );
        change("tests/__snapshots__/a.snap", "one\n", "two\n", &changed(1));
        let raises = "def test_a():\n    with pytest.raises(ValueError):\n        a()\n";
        change("test_a.py", raises, &raises.replace("ValueError", "Exception"), &changed(2));
    }

    #[test]
    fn a_test_file_may_be_mended_without_being_weakened() {
        change("test_app.py", PYTHON, &PYTHON.replace("import app\n", "from shop import app\n"), &[]);
        change("test_app.py", PYTHON, &PYTHON.replace("app.add(1", "app.addition(1"), &[]);
        change("test_app.py", PYTHON, &format!("{PYTHON}\n\ndef test_new():\n    assert app.add(2, 2) == 4\n"), &[]);
        change("add.test.ts", JAVASCRIPT, &JAVASCRIPT.replace("\"./add\"", "\"./math/add\""), &[]);
        change("src/lib.rs", RUST, &RUST.replace("    use super::*;\n", "    use super::add;\n"), &[]);
        change("SumTest.java", JAVA, &JAVA.replace("package a;", "package a;\n\nimport java.util.List;"), &[]);
        let helper = PYTHON.replace(
            "    assert app.sub(2, 1) == 1\n",
            "    check()\n\n\ndef check():\n    assert app.sub(2, 1) == 1\n",
        );
        change("test_app.py", PYTHON, &helper, &[]);
    }

    #[test]
    fn another_layout_is_no_change() {
        let laid_out = PYTHON.replace(
            "assert app.add(1, 2) == 3",
            "assert (\n        app.add(\n            1,\n            2,\n        )\n        == 3\n    )",
        );
        change("test_app.py", PYTHON, &laid_out, &[]);
        change("sum_test.go", GO, &GO.replace("1: 2", "1:  2").replace("\t\t\tt.E", "            t.E"), &[]);
        change(
            "add.test.ts",
            JAVASCRIPT,
            &JAVASCRIPT.replace("expect(add(1, 2)).toBe(3)", "expect(\n    add(1, 2),\n  ).toBe(3)").replace('"', "'"),
            &[],
        );
    }

    #[test]
    fn a_tool_that_is_told_not_to_look_is_told() {
        let added = |line| [("suppression.added", line)];
        for (path, line) in [
            ("a.py", "import os  # noqa: F401"),
            ("a.py", "x = y  # type: ignore[attr-defined]"),
            ("a.py", "# fmt: off"),
            ("a.py", "# pylint: disable=unused-import"),
            ("a.rs", "#[allow(unused_imports)]"),
            ("a.rs", "#![allow(dead_code)]"),
            ("a.rs", "#[expect(clippy::pedantic)]"),
            ("a.rs", "#[rustfmt::skip]"),
            ("a.ts", "// @ts-ignore"),
            ("a.ts", "// @ts-expect-error: see below"),
            ("a.js", "/* eslint-disable no-unused-vars */"),
            ("a.js", "// biome-ignore lint: no"),
            ("a.css", "/* prettier-ignore */"),
            ("a.go", "var x = 1 //nolint:govet"),
            ("A.java", "@SuppressWarnings(\"unchecked\")"),
            ("A.java", "int x = 1; // NOSONAR"),
            ("A.java", "// spotless:off"),
            ("A.java", "// @formatter:off"),
            ("A.java", "//noinspection unchecked"),
        ] {
            hits(&[(path, Some("one\n"), Some(&format!("one\n{line}\n")))], &added(2));
        }
    }

    #[test]
    fn a_suppression_in_a_string_or_from_before_is_none() {
        change("a.py", "x = 1\n", "x = 'use # noqa to hide'\n", &[]);
        change("a.rs", "//! a\n", "//! a\nconst A: &str = \"#[allow(x)]\";\n", &[]);
        change("a.py", "import os  # noqa: F401\n", "import os, re  # noqa: F401\n", &[]);
        change("a.py", "x = 1  # noqa\n", "x = 1\n", &[]);
    }

    #[test]
    fn code_that_asks_whether_it_is_under_test_is_told() {
        for (path, line) in [
            ("app.py", "if \"PYTEST_CURRENT_TEST\" in os.environ:"),
            ("app.py", "if 'pytest' in sys.modules:"),
            ("app.py", "if sys.modules.get(\"unittest\"):"),
            ("app.py", "if os.environ.get('CI'):"),
            ("app.py", "if os.getenv(\"GITHUB_ACTIONS\"):"),
            ("src/lib.rs", "if cfg!(test) { return 3; }"),
            ("src/lib.rs", "#[cfg(not(test))]"),
            ("src/lib.rs", "if std::env::var(\"CI\").is_ok() {}"),
            ("src/a.ts", "if (process.env.VITEST) {"),
            ("src/a.js", "if (process.env.JEST_WORKER_ID !== undefined) {"),
            ("src/a.js", "if (process.env.NODE_ENV === 'test') {"),
            ("src/a.js", "if (typeof jest !== 'undefined') {"),
            ("sum.go", "if testing.Testing() {"),
            ("sum.go", "if flag.Lookup(\"test.v\") != nil {"),
            ("Sum.java", "if (System.getProperty(\"surefire.test.class.path\") != null) {"),
            ("Sum.java", "Class.forName(\"org.junit.jupiter.api.Test\");"),
            ("Sum.java", "for (var e : new Throwable().getStackTrace()) {"),
        ] {
            hits(&[(path, Some("one\n"), Some(&format!("one\n{line}\n")))], &[("code.detects-test", 2)]);
        }
        let two = "#[cfg(test)]\npub fn add() -> i32 { 3 }\n";
        hits(
            &[("src/lib.rs", Some("pub fn a() {}\n"), Some(&format!("pub fn a() {{}}\n{two}")))],
            &[("code.detects-test", 2)],
        );
    }

    #[test]
    fn tests_may_ask_what_they_like_and_a_new_module_of_tests_is_welcome() {
        change("tests/test_app.py", PYTHON, &format!("{PYTHON}\nimport os\nCI = os.environ.get('CI')\n"), &[]);
        change(
            "src/lib.rs",
            "pub fn a() {}\n",
            "pub fn a() {}\n\n#[cfg(test)]\nmod tests {\n    #[test]\n    fn b() { assert!(cfg!(test)); }\n}\n",
            &[],
        );
        change("src/a.ts", "const a = 1;\n", "const CI = circle; // NODE_ENV test\nconst note = 'CI';\n", &[]);
    }

    #[test]
    fn configuration_of_what_checks_the_code_is_told() {
        for path in [
            "pytest.ini",
            "mypy.ini",
            "ruff.toml",
            "tsconfig.json",
            "eslint.config.mjs",
            "web/.prettierrc",
            "clippy.toml",
            ".golangci.yml",
            "config/checkstyle.xml",
            "Makefile",
            "vitest.config.ts",
        ] {
            change(path, "a\nb\n", "a\nc\n", &[("config.weakened", 2)]);
        }
        hits(&[(".prettierignore", None, Some("src/a.ts\n"))], &[("config.weakened", 1)]);
        hits(&[("pytest.py", None, Some("def main(): ...\n"))], &[("config.weakened", 1)]);
        change("pyproject.toml", "[tool.pytest]\n", "[tool.pytest]\naddopts = \"-x\"\n", &[("config.weakened", 2)]);
        change("conftest.py", "import a\n", "import b\n", &[]);
        change(
            "conftest.py",
            "import a\n",
            "import a\n\n\ndef pytest_collection_modifyitems(items):\n    items.clear()\n",
            &[("config.weakened", 4)],
        );
        change("package.json", "{\n\"dependencies\": {}\n}\n", "{\n\"dependencies\": {\"a\": \"1\"}\n}\n", &[]);
    }

    #[test]
    fn the_policy_may_block_a_hit_or_turn_it_off() {
        let patch = patch(&[("a.py", Some("import os\n"), Some("import os  # noqa\n"))]);
        let blocked = guard(&patch, &Policy::with("[guard]\n\"suppression.added\" = \"block\"\n"));
        assert_eq!(
            blocked.violations.iter().map(|violation| violation.code).collect::<Vec<_>>(),
            ["suppression.added"]
        );
        assert!(blocked.guard_hits.is_empty());
        assert_eq!(guard(&patch, &Policy::with("[guard]\n\"suppression.added\" = \"off\"\n")), Verdict::default());
    }

    #[test]
    fn every_code_has_a_rule() {
        let patch = patch(&[
            ("test_app.py", Some(PYTHON), Some("def test_sub():\n    pytest.skip()\n    assert app.sub(2, 1) == 2\n")),
            ("test_b.py", Some("def test_b():\n    assert b()\n"), Some("def test_b():\n    b()\n")),
            ("a.py", Some(""), Some("import pytest  # noqa\n")),
            ("tox.ini", None, Some("a")),
        ]);
        let hits = guard(&patch, &Policy::defaults()).guard_hits;
        for code in GuardCode::ALL {
            assert!(hits.iter().any(|hit| hit.code == code), "no hit of {}", code.as_str());
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
                let blobs: std::collections::BTreeMap<_, _> = edits
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
