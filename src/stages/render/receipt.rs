//! `receipt.json`, `self-heal/receipt/v1`, and the same as an in-toto Statement.
//!
//! Written by whoever proved, read again by whoever publishes: a receipt that is not exactly of this form is no proof.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::domain::failure::TestEnd;
use crate::domain::fingerprint::Fingerprint;
use crate::domain::id::{CommitId, Sha256};
use crate::domain::jail::{Exit, Isolation};
use crate::domain::receipt::{Census, CommandRun, LegName, LegResult, Receipt, Zones};

pub const SCHEMA: &str = "self-heal/receipt/v1";

/// The names a receipt may use for what was in force; anything else was not written by us.
const IN_FORCE: [&str; 17] = [
    "none",
    "landlock",
    "mount-namespace",
    "full",
    "loopback",
    "in-place",
    "elsewhere",
    "allow-list",
    "wall-clock",
    "output",
    "process-group",
    "no-new-privileges",
    "user",
    "mount",
    "pid",
    "net",
    "seccomp",
];

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct ReceiptFile {
    schema: String,
    patch_sha256: String,
    commit: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    proven_on: Option<String>,
    fingerprint: String,
    legs: Vec<LegPart>,
    tests: TestsPart,
    isolation: IsolationPart,
    zones: String,
    runs: u32,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct LegPart {
    name: String,
    as_expected: bool,
    commands: Vec<CommandPart>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct CommandPart {
    command: String,
    exit: ExitPart,
    duration_ms: u64,
    tests: CountPart,
    fingerprint: Option<String>,
    /// Identities of the root failures, sorted.
    failures: Vec<String>,
    /// Names of tests by how they ended; empty where the tool only counts.
    passed: Vec<String>,
    failed: Vec<String>,
    skipped: Vec<String>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
enum ExitPart {
    Code(i32),
    Signal(i32),
    TimedOut,
    TooMuchOutput,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct CountPart {
    passed: u32,
    failed: u32,
    skipped: u32,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct TestsPart {
    vanished: Vec<String>,
    new: Vec<String>,
    still_red: Vec<String>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct IsolationPart {
    file_system: String,
    network: String,
    namespaces: Vec<String>,
    limits: Vec<String>,
    path: String,
    environment: String,
}

/// The file's text.
pub fn receipt(receipt: &Receipt) -> String {
    let text = serde_json::to_string_pretty(&file(receipt)).unwrap_or_default();
    text + "\n"
}

/// An in-toto Statement v1 with the test-result predicate; its subject is the patch.
pub fn statement(receipt: &Receipt) -> String {
    let proven = receipt.legs.len() == LegName::ALL.len() && receipt.legs.iter().all(|leg| leg.as_expected);
    let green = receipt.legs.iter().find(|leg| leg.name == LegName::Green).and_then(|leg| leg.runs.last());
    let named = |wanted: TestEnd| -> Vec<&String> {
        let tests = green.map(|run| &run.census.named);
        tests.into_iter().flatten().filter(|(_, end)| **end == wanted).map(|(name, _)| name).collect()
    };
    let commands: Vec<&str> = green.iter().map(|run| run.command.as_str()).collect();
    let statement = json!({
        "_type": "https://in-toto.io/Statement/v1",
        "subject": [{ "name": "patch.diff", "digest": { "sha256": receipt.patch_sha256.as_str() } }],
        "predicateType": "https://in-toto.io/attestation/test-result/v0.1",
        "predicate": {
            "result": if proven { "PASSED" } else { "FAILED" },
            "configuration": [{
                "name": format!("commit {}", receipt.commit),
                "digest": { "gitCommit": receipt.commit.as_str() },
                "annotations": { "commands": commands, "receipt": file(receipt) },
            }],
            "passedTests": named(TestEnd::Passed),
            "warnedTests": named(TestEnd::Skipped),
            "failedTests": named(TestEnd::Failed),
        },
    });
    let text = serde_json::to_string_pretty(&statement).unwrap_or_default();
    text + "\n"
}

/// Reads a receipt back; the error names what is wrong with it.
pub fn read(text: &[u8]) -> Result<Receipt, String> {
    let file: ReceiptFile =
        serde_json::from_slice(text).map_err(|error| format!("receipt.json is not a receipt: {error}"))?;
    if file.schema != SCHEMA {
        return Err(format!("receipt.json has another schema than `{SCHEMA}`: use the version that wrote it"));
    }
    let bad = |what: &str| format!("receipt.json: `{what}` is not of its form; fetch the bundle again");
    let proven_on = match &file.proven_on {
        Some(text) => Some(CommitId::parse(text).ok_or_else(|| bad("proven_on"))?),
        None => None,
    };
    Ok(Receipt {
        proven_on,
        patch_sha256: Sha256::parse(&file.patch_sha256).ok_or_else(|| bad("patch_sha256"))?,
        commit: CommitId::parse(&file.commit).ok_or_else(|| bad("commit"))?,
        fingerprint: Fingerprint::parse(&file.fingerprint).ok_or_else(|| bad("fingerprint"))?,
        legs: file.legs.into_iter().map(|leg| read_leg(leg).ok_or_else(|| bad("legs"))).collect::<Result<_, _>>()?,
        tests_vanished: file.tests.vanished,
        tests_new: file.tests.new,
        tests_still_red: file.tests.still_red,
        isolation: read_isolation(&file.isolation).ok_or_else(|| bad("isolation"))?,
        zones: [Zones::Split, Zones::Shared]
            .into_iter()
            .find(|zones| zones.as_str() == file.zones)
            .ok_or_else(|| bad("zones"))?,
        runs: file.runs,
    })
}

fn file(receipt: &Receipt) -> ReceiptFile {
    let isolation = &receipt.isolation;
    let owned = |names: &[&'static str]| names.iter().map(|name| (*name).to_owned()).collect();
    ReceiptFile {
        schema: SCHEMA.to_owned(),
        patch_sha256: receipt.patch_sha256.to_string(),
        commit: receipt.commit.to_string(),
        proven_on: receipt.proven_on.as_ref().map(ToString::to_string),
        fingerprint: receipt.fingerprint.to_string(),
        legs: receipt.legs.iter().map(leg_part).collect(),
        tests: TestsPart {
            vanished: receipt.tests_vanished.clone(),
            new: receipt.tests_new.clone(),
            still_red: receipt.tests_still_red.clone(),
        },
        isolation: IsolationPart {
            file_system: isolation.file_system.to_owned(),
            network: isolation.network.to_owned(),
            namespaces: owned(&isolation.namespaces),
            limits: owned(&isolation.limits),
            path: isolation.path.to_owned(),
            environment: isolation.environment.to_owned(),
        },
        zones: receipt.zones.as_str().to_owned(),
        runs: receipt.runs,
    }
}

fn leg_part(leg: &LegResult) -> LegPart {
    LegPart {
        name: leg.name.as_str().to_owned(),
        as_expected: leg.as_expected,
        commands: leg.runs.iter().map(command_part).collect(),
    }
}

fn command_part(run: &CommandRun) -> CommandPart {
    let named = |wanted: TestEnd| {
        run.census.named.iter().filter(|(_, end)| **end == wanted).map(|(name, _)| name.clone()).collect()
    };
    CommandPart {
        command: run.command.clone(),
        exit: match run.exit {
            Exit::Code(code) => ExitPart::Code(code),
            Exit::Signal(signal) => ExitPart::Signal(signal),
            Exit::TimedOut => ExitPart::TimedOut,
            Exit::TooMuchOutput => ExitPart::TooMuchOutput,
        },
        duration_ms: u64::try_from(run.duration.as_millis()).unwrap_or(u64::MAX),
        tests: CountPart { passed: run.census.passed, failed: run.census.failed, skipped: run.census.skipped },
        fingerprint: run.fingerprint.as_ref().map(ToString::to_string),
        failures: run.failures.iter().cloned().collect(),
        passed: named(TestEnd::Passed),
        failed: named(TestEnd::Failed),
        skipped: named(TestEnd::Skipped),
    }
}

fn read_leg(leg: LegPart) -> Option<LegResult> {
    let name = LegName::ALL.into_iter().find(|name| name.as_str() == leg.name)?;
    let runs = leg.commands.into_iter().map(read_command).collect::<Option<_>>()?;
    Some(LegResult { name, as_expected: leg.as_expected, runs })
}

fn read_command(part: CommandPart) -> Option<CommandRun> {
    let fingerprint = match part.fingerprint {
        Some(text) => Some(Fingerprint::parse(&text)?),
        None => None,
    };
    let ends = [(part.passed, TestEnd::Passed), (part.failed, TestEnd::Failed), (part.skipped, TestEnd::Skipped)];
    let named = ends.into_iter().flat_map(|(names, end)| names.into_iter().map(move |name| (name, end))).collect();
    let CountPart { passed, failed, skipped } = part.tests;
    Some(CommandRun {
        command: part.command,
        exit: match part.exit {
            ExitPart::Code(code) => Exit::Code(code),
            ExitPart::Signal(signal) => Exit::Signal(signal),
            ExitPart::TimedOut => Exit::TimedOut,
            ExitPart::TooMuchOutput => Exit::TooMuchOutput,
        },
        duration: Duration::from_millis(part.duration_ms),
        census: Census { named, passed, failed, skipped },
        fingerprint,
        failures: part.failures.into_iter().collect(),
    })
}

fn read_isolation(part: &IsolationPart) -> Option<Isolation> {
    let known = |text: &String| IN_FORCE.into_iter().find(|name| name == text);
    Some(Isolation {
        file_system: known(&part.file_system)?,
        network: known(&part.network)?,
        namespaces: part.namespaces.iter().map(known).collect::<Option<_>>()?,
        limits: part.limits.iter().map(known).collect::<Option<_>>()?,
        path: known(&part.path)?,
        environment: known(&part.environment)?,
    })
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};
    use std::time::Duration;

    use super::{read, receipt, statement};
    use crate::domain::failure::TestEnd;
    use crate::domain::fingerprint::Fingerprint;
    use crate::domain::id::{CommitId, Sha256};
    use crate::domain::jail::{Exit, Isolation};
    use crate::domain::receipt::{Census, CommandRun, LegName, LegResult, Receipt, Zones};

    fn sample() -> Receipt {
        let fingerprint = Fingerprint::parse("py-typeerror-3f9a1c20b7de").expect("a fingerprint");
        let leg = |name: LegName| LegResult {
            name,
            as_expected: true,
            runs: vec![CommandRun {
                command: "pytest -q".to_owned(),
                exit: if name.with_patch() { Exit::Code(0) } else { Exit::Code(1) },
                duration: Duration::from_millis(310),
                census: Census {
                    named: BTreeMap::from([("tests/test_app.py::test_add".to_owned(), TestEnd::Passed)]),
                    passed: 1,
                    failed: 0,
                    skipped: 0,
                },
                fingerprint: (!name.with_patch()).then(|| fingerprint.clone()),
                failures: BTreeSet::from(["pytest|TypeError".to_owned()]),
            }],
        };
        Receipt {
            patch_sha256: Sha256::of(b"diff"),
            commit: CommitId::parse(&"a".repeat(40)).expect("a commit id"),
            proven_on: None,
            fingerprint: fingerprint.clone(),
            legs: LegName::ALL.map(leg).to_vec(),
            tests_vanished: Vec::new(),
            tests_new: vec!["tests/test_app.py::test_more".to_owned()],
            tests_still_red: Vec::new(),
            isolation: Isolation {
                file_system: "none",
                network: "full",
                namespaces: Vec::new(),
                limits: vec!["wall-clock"],
                path: "elsewhere",
                environment: "allow-list",
            },
            zones: Zones::Split,
            runs: 4,
        }
    }

    fn meets(schema: &str, text: &str) {
        let schema = serde_json::from_str(schema).expect("a schema");
        jsonschema::validate(&schema, &serde_json::from_str(text).expect("JSON")).expect("it meets its schema");
    }

    #[test]
    fn a_receipt_reads_back_as_it_was_written_and_meets_its_schema() {
        let text = receipt(&sample());
        assert_eq!(read(text.as_bytes()), Ok(sample()));
        meets(include_str!("../../../fixtures/schemas/receipt.v1.json"), &text);
    }

    #[test]
    fn p3_a_receipt_says_which_merge_it_was_proven_on() {
        let sample = Receipt { proven_on: CommitId::parse(&"b".repeat(40)), ..sample() };
        let text = receipt(&sample);
        assert_eq!(read(text.as_bytes()), Ok(sample));
        meets(include_str!("../../../fixtures/schemas/receipt.v1.json"), &text);
        assert!(read(text.replace(&"b".repeat(40), "main").as_bytes()).expect_err("a name").contains("proven_on"));
    }

    #[test]
    fn the_statement_names_the_patch_by_its_hash() {
        let value: serde_json::Value = serde_json::from_str(&statement(&sample())).expect("JSON");
        assert_eq!(value["subject"][0]["digest"]["sha256"], sample().patch_sha256.as_str());
        assert_eq!(value["predicate"]["result"], "PASSED");
        assert_eq!(value["predicate"]["passedTests"][0], "tests/test_app.py::test_add");
    }

    #[test]
    fn a_receipt_with_an_unknown_key_or_word_is_none() {
        let text = receipt(&sample());
        assert!(read(text.replace("\"runs\"", "\"rums\"").as_bytes()).is_err());
        assert!(read(text.replace("elsewhere", "somewhere").as_bytes()).expect_err("a word").contains("isolation"));
        assert!(read(text.replace("red_again", "red_twice").as_bytes()).expect_err("a leg").contains("legs"));
    }
}
