//! Lines of a log, and the few of them that are worth keeping.

/// One clean line, and where it stood in the raw log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Line<'a> {
    /// 1-based in the raw log; a line ends at `\n`.
    pub number: u64,
    /// Without timestamp, U+FEFF, colour codes and `##[…]` prefix; secrets replaced by `***`. A line that was written as
    /// a workflow command (`::error file=a.py,line=3::text`) keeps its prefix: it holds the place.
    pub text: &'a str,
    pub mark: Mark,
}

/// What the runner says of a line with its `##[…]` prefix.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Mark {
    #[default]
    Plain,
    Group,
    EndGroup,
    Error,
    Warning,
    Notice,
    Debug,
    Command,
}

/// Lines of a log, 1-based, both ends included.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span {
    pub first: u64,
    pub last: u64,
}

impl Span {
    /// No lines at all: of a failure that only a test report tells.
    pub const NONE: Self = Self { first: 0, last: 0 };

    pub fn at(line: u64) -> Self {
        Self { first: line, last: line }
    }
}

/// A bounded piece of a log, clean.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Excerpt {
    pub span: Span,
    pub lines: Vec<String>,
}

/// The size of a log, and what of it was not kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct LogSize {
    pub bytes: u64,
    pub lines: u64,
    /// Lines that were longer than the cursor reads, or not text.
    pub omitted_lines: u64,
}

/// The `##[group]Run …` block of one step, as the runner printed it: what GitHub claims to have run (P13).
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct RunBlock {
    pub first_line: u64,
    /// The text after `Run ` and the lines of a multi-line script.
    pub command: Vec<String>,
    /// The value of the block's `shell:` line.
    pub shell: Option<String>,
}

/// Whether whoever was handed a line wants the next one too, whatever is in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Attention {
    Sleep,
    Stay,
}

/// A log that was fetched, and what of it was too much to keep.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Download {
    pub bytes: u64,
    pub omitted_bytes: u64,
}
