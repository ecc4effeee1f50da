//! Secrets out: what looks like a credential becomes `***`, in log lines and in anything a model may see.

use crate::domain::secret::Redacted;

/// The text with everything that looks like a credential replaced by `***`.
pub fn redact(text: &str) -> Redacted {
    Redacted::by_redaction(text.to_owned())
}
