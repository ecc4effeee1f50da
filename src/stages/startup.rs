//! A run without jobs becomes an ending: what GitHub notes at its check is all there is to read (P23).

use crate::domain::class::{Class, Classification, Evidence};
use crate::domain::failure::Kind;
use crate::domain::log::Span;
use crate::domain::outcome::{Ending, Outcome};
use crate::domain::run::{Annotation, FailedRun};
use crate::text::{one_line, truncate};

/// Notes that are kept; GitHub shows ten of a check.
const NOTES_MAX: usize = 10;

/// GitHub's own notes are a sentence; anybody can write longer ones.
const NOTE_BYTES_MAX: usize = 400;

/// `unasked`: why the notes could not be read, with the mend.
pub fn not_started(run: &FailedRun, annotations: &[Annotation], unasked: Option<&str>) -> (Ending, Classification) {
    let notes: Vec<String> = annotations.iter().map(note).filter(|note| !note.is_empty()).take(NOTES_MAX).collect();
    let begun = format!("run {} failed before any job of it began", run.run_id);
    let root_cause = notes.first().cloned().unwrap_or_else(|| begun.clone());
    let why = match (notes.first(), unasked) {
        (Some(note), _) => format!("{begun}: {note}"),
        (None, Some(unasked)) => {
            format!("{begun}, and why is not known: {}", truncate(&one_line(unasked), NOTE_BYTES_MAX))
        }
        (None, None) => format!("{begun}: its page says why, the workflow file may be broken"),
    };
    let evidence = |text: String| Evidence { span: Span::NONE, text, rule: "workflow.not-started".to_owned() };
    let classification = Classification {
        class: Class::EnvironmentPolicy,
        kind: Some(Kind::WorkflowError),
        confidence: 1.0,
        root_cause,
        evidence: notes.into_iter().map(evidence).collect(),
        also: Vec::new(),
    };
    (Ending::new(Outcome::Reported, "workflow.not-started", why), classification)
}

/// `path:line: title: message`, as far as it is there.
fn note(annotation: &Annotation) -> String {
    let place = match annotation.line {
        Some(line) if !annotation.path.is_empty() => format!("{}:{line}", annotation.path),
        _ => annotation.path.clone(),
    };
    let parts = [place.as_str(), &annotation.title, &annotation.message];
    let parts: Vec<String> = parts.iter().map(|part| one_line(part).trim().to_owned()).collect();
    let parts: Vec<&str> = parts.iter().map(String::as_str).filter(|part| !part.is_empty()).collect();
    truncate(&parts.join(": "), NOTE_BYTES_MAX)
}

#[cfg(test)]
mod tests {
    use super::{NOTE_BYTES_MAX, NOTES_MAX, not_started};
    use crate::domain::id::{CommitId, Repository};
    use crate::domain::run::{Annotation, FailedRun};

    fn run() -> FailedRun {
        let commit = CommitId::parse(&"a".repeat(40)).expect("a commit");
        FailedRun::of(Repository::parse("o/r").expect("a name"), 5, commit)
    }

    fn noted(message: &str) -> Annotation {
        let (path, title) = (".github/workflows/ci.yml".to_owned(), "Invalid workflow file".to_owned());
        Annotation { failure: true, path, line: Some(7), title, message: message.to_owned() }
    }

    #[test]
    fn p23_a_run_that_did_not_start_is_told_in_githubs_own_words_on_one_line() {
        let hostile = "You have an error\n::error::forged\r\nin your yaml syntax on line 7";
        let (ending, class) = not_started(&run(), &[noted(hostile)], None);
        assert_eq!((ending.outcome.as_str(), ending.reason.as_str()), ("reported", "workflow.not-started"));
        assert_eq!(class.kind.map(|kind| kind.as_str()), Some("workflow_error"));
        let told = ".github/workflows/ci.yml:7: Invalid workflow file: You have an error";
        assert!(class.root_cause.starts_with(told), "{}", class.root_cause);
        assert!(ending.sentence.contains(told) && !ending.sentence.contains('\n'), "{}", ending.sentence);
    }

    #[test]
    fn p23_notes_are_bounded() {
        let many = vec![noted(&"x".repeat(10_000)); NOTES_MAX + 1];
        let (ending, class) = not_started(&run(), &many, None);
        assert_eq!(class.evidence.len(), NOTES_MAX);
        assert!(class.root_cause.len() <= NOTE_BYTES_MAX && ending.sentence.len() <= NOTE_BYTES_MAX + 100);
    }

    #[test]
    fn p23_where_nothing_may_be_read_the_mend_is_told() {
        let (ending, _) = not_started(&run(), &[], Some("read the checks of run 5: give the job `checks: read`"));
        assert!(ending.sentence.ends_with("give the job `checks: read`"), "{}", ending.sentence);
        let (ending, _) = not_started(&run(), &[], None);
        assert!(ending.sentence.contains("its page says why"));
    }
}
