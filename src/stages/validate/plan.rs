//! The failing command becomes the command of a leg: the same words, with reports that name every test.
//!
//! Variables only add a report or names to what is printed; they never choose which tests run.

use crate::config::policy::Policy;
use crate::domain::failure::{Reproduce, SHELL_DEFAULT};
use crate::domain::jail::Leg;

/// Reports that tools leave in the tree by themselves. Old ones go before a leg: yesterday's report is no evidence.
pub const LEFT_BY_TOOLS: &[&str] = &["**/target/surefire-reports/TEST-*.xml", "**/target/failsafe-reports/TEST-*.xml"];

/// What to run, and where its reports will be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    pub leg: Leg,
    /// A command of the policy that runs before, in the same copy; `None` when the policy has none.
    pub setup: Option<Leg>,
    /// Globs below the tree: removed before the command runs, read after it.
    pub reports: Vec<String>,
    /// A report outside the tree, made by a variable of ours.
    pub own_report: String,
}

/// `already` gives a variable of the scrubbed environment, `temporary` is a folder beside the tree.
pub fn plan(reproduce: &Reproduce, policy: &Policy, already: &dyn Fn(&str) -> Option<String>, temporary: &str) -> Plan {
    let own_report = format!("{temporary}/self-heal-junit.xml");
    let mut variables = reproduce.env.clone();
    // The file attribute of `xunit1` is what makes a test's name one that a person can look up.
    let quoted = own_report.replace('\'', "'\\''");
    add(&mut variables, already, "PYTEST_ADDOPTS", &format!("--junitxml='{quoted}' -o junit_family=xunit1"));
    // T11: an answer from Go's cache is no run.
    add(&mut variables, already, "GOFLAGS", "-count=1 -v");
    let leg = Leg {
        command: reproduce.command.clone(),
        shell: reproduce.shell.clone(),
        directory: reproduce.directory.clone(),
        variables,
        timeout: policy.validate.timeout,
    };
    let setup = (!policy.validate.setup.trim().is_empty()).then(|| Leg {
        command: policy.validate.setup.clone(),
        shell: SHELL_DEFAULT.to_owned(),
        directory: ".".to_owned(),
        variables: reproduce.env.clone(),
        timeout: policy.validate.timeout,
    });
    let reports =
        LEFT_BY_TOOLS.iter().map(|glob| (*glob).to_owned()).chain(policy.logs.reports.iter().cloned()).collect();
    Plan { leg, setup, reports, own_report }
}

/// Adds words to a variable, after those that are there.
fn add(variables: &mut Vec<(String, String)>, already: &dyn Fn(&str) -> Option<String>, name: &str, words: &str) {
    let known = variables.iter().rposition(|(known, _)| known == name).map(|at| variables.remove(at).1);
    let value = match known.or_else(|| already(name)) {
        Some(value) if !value.trim().is_empty() => format!("{value} {words}"),
        _ => words.to_owned(),
    };
    variables.push((name.to_owned(), value));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::failure::ReproduceFrom;

    fn reproduce(env: &[(&str, &str)]) -> Reproduce {
        Reproduce {
            command: "pytest -q".to_owned(),
            shell: "bash -e {0}".to_owned(),
            directory: "api".to_owned(),
            env: env.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect(),
            from: ReproduceFrom::Workflow,
        }
    }

    fn variable<'p>(plan: &'p Plan, name: &str) -> &'p str {
        plan.leg.variables.iter().find(|(known, _)| known == name).map_or("", |(_, value)| value)
    }

    #[test]
    fn the_command_is_run_as_it_failed() {
        let policy = Policy::with("[validate]\ntimeout-seconds = 7\n");
        let plan = plan(&reproduce(&[("DEBUG", "1")]), &policy, &|_| None, "/tmp/x");
        assert_eq!((plan.leg.command.as_str(), plan.leg.directory.as_str()), ("pytest -q", "api"));
        assert_eq!(plan.leg.timeout.as_secs(), 7);
        assert_eq!(variable(&plan, "DEBUG"), "1");
        assert_eq!(plan.setup, None);
    }

    #[test]
    fn variables_are_added_to_and_never_replaced() {
        let env = [("PYTEST_ADDOPTS", "-p no:cacheprovider")];
        let plan = plan(
            &reproduce(&env),
            &Policy::defaults(),
            &|name| (name == "GOFLAGS").then(|| "-mod=vendor".to_owned()),
            "/tmp/it's",
        );
        assert_eq!(variable(&plan, "GOFLAGS"), "-mod=vendor -count=1 -v");
        assert_eq!(
            variable(&plan, "PYTEST_ADDOPTS"),
            "-p no:cacheprovider --junitxml='/tmp/it'\\''s/self-heal-junit.xml' -o junit_family=xunit1"
        );
        assert_eq!(plan.leg.variables.iter().filter(|(name, _)| name == "PYTEST_ADDOPTS").count(), 1);
    }

    #[test]
    fn the_policys_setup_runs_before_and_its_reports_are_read() {
        let policy = Policy::with("[validate]\nsetup = \"make deps\"\n[logs]\nreports = [\"out/*.xml\"]\n");
        let plan = plan(&reproduce(&[]), &policy, &|_| None, "/tmp/x");
        assert_eq!(plan.setup.map(|leg| leg.command), Some("make deps".to_owned()));
        assert!(plan.reports.iter().any(|glob| glob == "out/*.xml"));
    }
}
