//! What the policy and the tamper guard say of a patch.

/// A rule of the policy that the patch breaks: it is refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violation {
    /// Stable: `path.blocked`, `size.lines`, `size.files`, `mode.changed`, …
    pub code: &'static str,
    pub file: Option<String>,
    /// One sentence, with the limit and the mend.
    pub text: String,
}

/// A sign that the patch turns the check green without mending the code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GuardHit {
    pub code: GuardCode,
    pub file: String,
    /// 1-based, in the file after the patch (before it, for what was removed).
    pub line: u32,
    pub text: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum GuardCode {
    TestRemoved,
    TestSkipped,
    AssertionRemoved,
    ExpectationChanged,
    SuppressionAdded,
    CodeDetectsTest,
    ConfigWeakened,
}

impl GuardCode {
    pub const ALL: [Self; 7] = [
        Self::TestRemoved,
        Self::TestSkipped,
        Self::AssertionRemoved,
        Self::ExpectationChanged,
        Self::SuppressionAdded,
        Self::CodeDetectsTest,
        Self::ConfigWeakened,
    ];

    /// The name in reasons, receipts and the policy's `[guard]` table.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::TestRemoved => "test.removed",
            Self::TestSkipped => "test.skipped",
            Self::AssertionRemoved => "assertion.removed",
            Self::ExpectationChanged => "test.expectation-changed",
            Self::SuppressionAdded => "suppression.added",
            Self::CodeDetectsTest => "code.detects-test",
            Self::ConfigWeakened => "config.weakened",
        }
    }
}

/// Everything that steps 10's rules found.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Verdict {
    pub violations: Vec<Violation>,
    /// Hits that make the patch high risk.
    pub guard_hits: Vec<GuardHit>,
}

impl Verdict {
    pub fn allowed(&self) -> bool {
        self.violations.is_empty()
    }
}
