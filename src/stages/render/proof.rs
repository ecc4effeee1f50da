//! The proof as a small table of four legs, for the summary and the pull request.

use crate::domain::candidate::Rung;
use crate::domain::failure::TestEnd;
use crate::domain::jail::Exit;
use crate::domain::receipt::{Census, LegName, LegResult, Receipt};
use crate::text::counted;

/// Where a patch comes from, in words.
pub fn from_whom(rung: &Rung) -> String {
    match rung {
        Rung::Remembered { commit } => format!("remembered from commit {}", commit.get(..12).unwrap_or(commit)),
        Rung::Tool { remedy } => format!("by {remedy}"),
        Rung::Model { model } => format!("by the model {model}"),
        Rung::Given => "that was given".to_owned(),
    }
}

/// How a command ended, in words.
pub fn exit_in_words(exit: Exit) -> String {
    match exit {
        Exit::Code(code) => format!("exit {code}"),
        Exit::Signal(signal) => format!("signal {signal}"),
        Exit::TimedOut => "timed out".to_owned(),
        Exit::TooMuchOutput => "too much output".to_owned(),
    }
}

/// How a leg's last command ended; with the patch, a command that is red all the same is told as that.
pub fn ended_in_words(leg: &LegResult) -> String {
    let Some(run) = leg.runs.last() else { return String::new() };
    let others = leg.as_expected && leg.name.with_patch() && !run.exit.success();
    let but = if others { ", only for what failed before for another reason" } else { "" };
    format!("{}{but}", exit_in_words(run.exit))
}

/// What each leg is, in words that a newcomer understands.
pub fn leg_in_words(name: LegName) -> &'static str {
    match name {
        LegName::Red => "red: as it failed",
        LegName::Green => "green: with the patch",
        LegName::RedAgain => "red again: patch taken out",
        LegName::GreenAgain => "green again: patch put back",
    }
}

/// `3 passed, 1 failed`; empty when the tool counts nothing.
pub fn census_in_words(census: &Census) -> String {
    let parts = [(census.passed, "passed"), (census.failed, "failed"), (census.skipped, "skipped")];
    parts.iter().filter(|(n, _)| *n > 0).map(|(n, word)| format!("{n} {word}")).collect::<Vec<_>>().join(", ")
}

/// One row a leg.
pub fn table(receipt: &Receipt) -> String {
    let mut text = String::from("| leg | result | tests | time |\n|---|---|---|---|\n");
    for leg in &receipt.legs {
        text.push_str(&row(leg));
    }
    text
}

fn row(leg: &LegResult) -> String {
    let mark = if leg.as_expected { "as expected" } else { "**not as expected**" };
    let exits: Vec<String> = leg.runs.iter().map(|run| exit_in_words(run.exit)).collect();
    let tests = leg.runs.last().map(|run| census_in_words(&run.census)).filter(|text| !text.is_empty());
    let seconds: f64 = leg.runs.iter().map(|run| run.duration.as_secs_f64()).sum();
    format!(
        "| {} | {} ({mark}) | {} | {seconds:.1} s |\n",
        leg_in_words(leg.name),
        exits.join(", "),
        tests.unwrap_or_else(|| "not counted".to_owned()),
    )
}

/// One sentence on what was compared.
pub fn compared(receipt: &Receipt) -> String {
    let green = receipt.legs.iter().find(|leg| leg.name == LegName::Green).and_then(|leg| leg.runs.last());
    let named = green.map_or(0, |run| run.census.named.values().filter(|end| **end == TestEnd::Passed).count());
    if named > 0 {
        format!("Compared test by test: {} passed by name, none vanished.", counted(named, "test"))
    } else {
        "Compared by the failures' identities and the exit status: this tool names no passing tests.".to_owned()
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::domain::receipt::CommandRun;

    #[test]
    fn a_command_that_stays_red_with_the_patch_is_told_as_that() {
        let ended = |name: LegName, code: i32| {
            let run = CommandRun {
                command: "make".to_owned(),
                exit: Exit::Code(code),
                duration: Duration::ZERO,
                fingerprint: None,
                failures: Default::default(),
                census: Census::default(),
            };
            ended_in_words(&LegResult { name, as_expected: true, runs: vec![run] })
        };
        assert_eq!(ended(LegName::Red, 1), "exit 1");
        assert_eq!(ended(LegName::Green, 0), "exit 0");
        assert_eq!(ended(LegName::Green, 1), "exit 1, only for what failed before for another reason");
    }
}
