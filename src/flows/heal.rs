//! What the action runs: steps 1 to 14. Writes nothing to GitHub.

use crate::config::inputs::{BadInput, Inputs, Keys};
use crate::config::policy::Policy;
use crate::domain::audit::AuditRecord;
use crate::domain::memory::Memory;
use crate::domain::outcome::{Ending, Outcome};
use crate::domain::run::{FailedRun, Trigger};
use crate::edge::interrupt::{self, Interrupted};
use crate::edge::terminal::Terminal;
use crate::edge::wait::wait;
use crate::edge::{actions, store};
use crate::flows::book::Book;
use crate::flows::fetch::{Fetched, Stopped, Which, fetch};
use crate::flows::frame::{
    CANCELLED, Call, begin, begin_healing, cancelled, end_before_reading, finish, worked, workspace_state,
};
use crate::flows::given::{Given, Inside};
use crate::flows::incident::{Incident, Seen, mend_incident};
use crate::flows::{given, merge, place};
use crate::stages::gate::IncidentQuestion;
use crate::stages::trigger::{Triggered, trigger};

pub fn heal(inputs: &Inputs, keys: &Keys, terminal: &mut Terminal) -> anyhow::Result<Outcome> {
    // A runner that cancels gives us seconds: the bundle is closed with what there is (P17).
    let _held = interrupt::hold();
    let workspace = place::workspace(inputs)?;
    let call = Call { inputs, keys, workspace: &workspace };
    let which = match trigger(actions::event()?.as_deref(), inputs, actions::own_step().as_ref()) {
        Triggered::Missing(missing) => return Err(BadInput(missing.sentence()).into()),
        Triggered::By(Trigger::Log { path }) => {
            return given::heal(call, &Given { log: &path, inside: None }, terminal);
        }
        Triggered::By(Trigger::Inside { path, run, job_id }) => {
            let inside = Inside { run: &run, job_id: job_id.as_deref() };
            return given::heal(call, &Given { log: &path, inside: Some(inside) }, terminal);
        }
        Triggered::By(Trigger::RunId { repository, run_id }) => Which::ById(repository, run_id),
        Triggered::By(Trigger::WorkflowRun(run)) => Which::Told(run),
    };
    let scratch = store::scratch()?;
    terminal.begin("reading the failed run");
    let told = match &which {
        Which::Told(run) => Some((**run).clone()),
        Which::ById(..) => None,
    };
    let fetched = match (wait(fetch(inputs, keys, which, &workspace, scratch.path())), told) {
        (Err(error), Some(run)) if error.is::<Interrupted>() => {
            let policy = Policy::defaults();
            return end_before_reading(call, &policy, &run, cancelled(), None, terminal);
        }
        (fetched, _) => fetched?,
    };
    terminal.done(true, &format!("read run {} of {}", fetched.run.run_id, fetched.run.repository));
    heal_run(call, &fetched, terminal)
}

fn heal_run(call: Call<'_>, fetched: &Fetched, terminal: &mut Terminal) -> anyhow::Result<Outcome> {
    let Fetched { run, policy, .. } = fetched;
    let incidents = match &fetched.seen {
        Ok(incidents) => incidents,
        Err(Stopped { ending, classification }) => {
            return end_before_reading(call, policy, run, ending.clone(), classification.as_ref(), terminal);
        }
    };
    if let (Some(ending), Some((first, _))) = (&fetched.transient, incidents.first()) {
        return end_transient(call, policy, run, first, ending.clone(), terminal);
    }
    let state = workspace_state(call.workspace)?;
    let mut outcome = None;
    let wanted = usize::try_from(policy.attempts.incidents_per_run).unwrap_or(usize::MAX);
    // One folder holds one incident: the one that was named is the first's.
    let unnamed = Inputs { bundle: None, ..call.inputs.clone() };
    for (index, (seen, memory)) in incidents.iter().take(wanted).enumerate() {
        let inputs = if index == 0 { call.inputs } else { &unnamed };
        let mut book = begin(run, policy, terminal)?;
        name_the_rest(fetched, incidents, wanted, &mut book)?;
        let mut healing = begin_healing(inputs, run, Some(seen));
        let ending = worked(|| {
            let merge = merge::tested(run, seen, &state)?;
            let question = IncidentQuestion {
                policy,
                job: seen.job.as_ref().map(|job| job.name.as_str()),
                run: Some(run),
                memory,
                workspace: &state,
                commit: Some(&run.head_commit),
            };
            let incident = Incident {
                inputs,
                keys: call.keys,
                workspace: call.workspace,
                policy,
                seen,
                workflow_path: Some(&run.workflow_path),
                commit: Some(&run.head_commit),
                merge: merge.as_ref(),
                inside: None,
                left: &[],
            };
            mend_incident(incident, &question, &mut healing, &mut book)
        })?;
        let cancelled = ending.reason == CANCELLED;
        let ended = finish(healing, ending, policy, book, index == 0)?;
        outcome.get_or_insert(ended);
        if cancelled {
            break;
        }
    }
    Ok(outcome.unwrap_or(Outcome::Unknown))
}

fn end_transient(
    call: Call<'_>,
    policy: &Policy,
    run: &FailedRun,
    seen: &Seen,
    ending: Ending,
    terminal: &mut Terminal,
) -> anyhow::Result<Outcome> {
    let mut book = begin(run, policy, terminal)?;
    let mut healing = begin_healing(call.inputs, run, Some(seen));
    seen.put_into(&mut healing, &place::bundle(call.inputs, call.workspace, &seen.name()), &mut book)?;
    book.record(&AuditRecord::new("gate", ending.outcome.as_str()).rule(&ending.reason).with("why", &ending.sentence))?;
    finish(healing, ending, policy, book, true)
}

/// What of the run is not worked on here: other incidents, and jobs whose logs were not read.
fn name_the_rest(
    fetched: &Fetched,
    incidents: &[(Seen, Memory)],
    wanted: usize,
    book: &mut Book<'_>,
) -> anyhow::Result<()> {
    for (seen, _) in incidents.iter().skip(wanted) {
        let class = &seen.read.classification;
        let record = AuditRecord::new("incident", "left for another run").rule("attempts.incidents-per-run");
        let record = record.with("job", seen.name_of_job());
        book.record(&record.with("class", class.class.as_str()).with("root", &class.root_cause))?;
    }
    if !fetched.unread.is_empty() {
        let record = AuditRecord::new("incident", "logs that were not read").rule("log.unread");
        book.record(&fetched.unread.iter().fold(record, |record, (job, why)| record.with(job, why)))?;
    }
    Ok(())
}
