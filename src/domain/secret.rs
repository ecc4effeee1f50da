//! A value that must not be shown, and text that is known to hold none.

use std::fmt;

/// A key or token. It has no `Display`, and its `Debug` says nothing.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// `None` when there is nothing in it: an empty key is no key (P16).
    pub fn new(value: &str) -> Option<Self> {
        let value = value.trim();
        (!value.is_empty()).then(|| Self(value.to_owned()))
    }

    /// The value itself. Every call of this is a place to audit.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(***)")
    }
}

/// Text that went through redaction. Only this can reach a model (`stages::clean::redact` is its one call site).
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Redacted(String);

impl Redacted {
    pub fn by_redaction(text: String) -> Self {
        Self(text)
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}
