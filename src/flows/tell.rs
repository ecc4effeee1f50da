//! The end of a run, told to whoever started it: outputs and summary in the action, sentences on a terminal.

use crate::domain::context::Prompt;
use crate::domain::healing::Healing;
use crate::domain::outcome::Outcome;
use crate::edge::actions;
use crate::edge::terminal::{Annotation, Terminal};
use crate::flows::book::Closed;
use crate::stages::render::outputs::{output_file, outputs};
use crate::stages::render::proof::{census_in_words, ended_in_words, leg_in_words};
use crate::stages::render::summary::{headline, summary};

/// What a model is sent. Line by line and without control characters, so that no line of it is taken for a command.
pub fn tell_prompt(prompt: &Prompt, terminal: &mut Terminal) {
    for (name, text) in [("system", &prompt.system), ("prompt", &prompt.prompt)] {
        terminal.say(&format!("--- {name}"));
        for line in text.as_str().lines() {
            let line: String = line.chars().filter(|c| !c.is_control() || *c == '\t').collect();
            terminal.say(&line);
        }
    }
}

/// Tells one incident. `first`: outputs describe the first incident of a run.
pub fn tell(healing: &Healing, closed: Option<&Closed>, first: bool, terminal: &mut Terminal) -> anyhow::Result<()> {
    let folder = closed.map(|closed| closed.folder.display().to_string()).unwrap_or_default();
    let sha256 = closed.map(|closed| closed.sha256.to_string()).unwrap_or_default();
    if first {
        actions::add_outputs(&output_file(&outputs(healing, &folder, &sha256)))?;
    }
    actions::add_summary(&summary(healing))?;
    annotate(healing, terminal);
    if let Some(proof) = &healing.proof {
        terminal.heading("The patch");
        terminal.diff(&proof.patch.patch().diff);
        terminal.heading("The proof");
        for leg in &proof.patch.receipt().legs {
            let run = leg.runs.last();
            let exit = ended_in_words(leg);
            let tests = run.map(|run| census_in_words(&run.census)).filter(|text| !text.is_empty());
            let tests = tests.map(|text| format!(", {text}")).unwrap_or_default();
            terminal.done(leg.as_expected, &format!("{}: {exit}{tests}", leg_in_words(leg.name)));
        }
        let reasons: Vec<&str> = proof.risk.reasons.iter().map(|reason| reason.code).collect();
        terminal.say(&format!("risk: {} ({})", proof.risk.tier.as_str(), reasons.join(", ")));
    }
    terminal.heading(&format!("{}: {}", healing.ending.outcome.as_str(), headline(healing.ending.outcome)));
    terminal.say(&healing.ending.sentence);
    if !folder.is_empty() {
        terminal.say(&format!("bundle: {folder}"));
    }
    Ok(())
}

fn annotate(healing: &Healing, terminal: &mut Terminal) {
    let level = match healing.ending.outcome {
        Outcome::Healed | Outcome::Published | Outcome::Rerun | Outcome::NothingToHeal | Outcome::Skipped => {
            Annotation::Notice
        }
        _ => Annotation::Warning,
    };
    let root = healing.reading.as_ref().and_then(|reading| reading.roots().next());
    let place = root.and_then(|failure| Some((failure.file.as_deref()?, failure.line?)));
    let title = format!("self-heal: {}", headline(healing.ending.outcome));
    terminal.annotate(level, &title, place, &healing.ending.sentence);
}
