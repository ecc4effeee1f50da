//! Names as people and attackers choose them: `publish` shows them, and obeys none of them.

use serde_json::json;

use super::{FIX, MENDED, Stage, must_end};
use crate::support::bundle::{Bundle, FINGERPRINT};
use crate::support::machine::Machine;

#[test]
fn a_branch_with_any_letter_is_published_for() {
    for name in ["größe/ünï-\u{1f980}", "a#1&b=%2e", "it's(x)$y;z", "\"q\"+,@w"] {
        let machine = Machine::new();
        let stage =
            Stage::with_policy(&machine, "[publish]\nlabels = [\"läbel \u{1f980}\"]\ncommit-prefix = \"fïx\"\n");
        stage.approve("self-heal-low");
        stage.repository.git(["checkout", "--quiet", "-b", name]);
        stage.github.push(stage.repository.folder());
        let run = stage.github.failed_run(name, "unit-test", "Run pytest -q", b"log");
        stage.repository.write("app.py", MENDED);
        let bundle = stage.write(Bundle::healed(&stage.repository, run));
        must_end(&stage.publish(&bundle, &[]), 0, "published", "pull-request.opened");
        let again = must_end(&stage.publish(&bundle, &[]), 0, "published", "pull-request.unchanged");
        assert_eq!(again["pr-number"], "100");
        let state = stage.github.state();
        let pull = &state.pulls[0];
        assert_eq!((pull.base.as_str(), pull.head.clone()), (name, format!("self-heal/{name}/{FINGERPRINT}")));
        assert_eq!(pull.labels, ["läbel \u{1f980}"]);
        assert!(pull.title.starts_with("fïx: TypeError"), "{}", pull.title);
    }
}

#[test]
fn no_name_starts_a_line_hides_a_letter_or_turns_the_text() {
    let machine = Machine::new();
    let stage = Stage::new(&machine);
    stage.approve("self-heal-low");
    let odd =
        format!("a\u{0}b\u{1b}[31m\r\n::error::x\n## [x](y)\u{202e}\u{200b}\u{2028}`|\u{feff}{}", "ä".repeat(9_000));
    let mut bundle = stage.healed();
    for field in ["job", "root_cause", "rationale"] {
        bundle.bundle[field] = json!(odd);
    }
    let ended = stage.publish(&stage.write(bundle), &[]);
    must_end(&ended, 0, "published", "pull-request.opened");
    let state = stage.github.state();
    let commit = state.objects.commit(FIX).expect("the fix");
    let pull = &state.pulls[0];
    for text in [&pull.title, &pull.body, &commit.message] {
        assert!(!text.contains(['\u{0}', '\u{1b}', '\r', '\u{202e}', '\u{feff}']), "{text:?}");
        assert!(!text.lines().any(|line| line.starts_with("::") || line.starts_with("## ")), "{text}");
        assert!(text.len() < 65_536);
    }
    assert!(!pull.title.contains('\n') && pull.title.len() <= 80, "{}", pull.title);
    assert!(!ended.stderr().lines().any(|line| line.starts_with("::error")), "{}", ended.stderr());
}
