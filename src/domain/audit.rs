//! One record per step, so that every decision of a run can be told afterwards.

/// What one step decided, by which rule, on what evidence. Values are short and redacted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditRecord {
    /// The step of the data's way: `read`, `classify`, `gate`, `remedy`, `ask`, `patch`, `policy`, `prove`, `risk`, …
    pub step: &'static str,
    /// What was decided: `go`, `refused`, `as expected`, …
    pub decision: String,
    /// The rule that decided, where one did.
    pub rule: Option<String>,
    /// Names and values in reading order.
    pub evidence: Vec<(String, String)>,
}

impl AuditRecord {
    pub fn new(step: &'static str, decision: impl Into<String>) -> Self {
        Self { step, decision: decision.into(), rule: None, evidence: Vec::new() }
    }

    #[must_use]
    pub fn rule(mut self, rule: impl Into<String>) -> Self {
        self.rule = Some(rule.into());
        self
    }

    #[must_use]
    pub fn with(mut self, name: &str, value: impl ToString) -> Self {
        self.evidence.push((name.to_owned(), value.to_string()));
        self
    }
}
