//! rustfmt: one `Diff in` a hunk.

use std::sync::LazyLock;

use regex::Regex;

use crate::domain::failure::{Failure, Kind};
use crate::domain::log::{Line, Span};
use crate::stages::extract::reader::{Attention, Findings, Reader};

/// Reads what `cargo fmt --check` prints.
#[derive(Default)]
pub struct Rustfmt {
    in_diff: bool,
}

/// `Diff in src/a.rs:6:`, and before 1.74 `Diff in src/a.rs at line 6:`.
static DIFF: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"^Diff in (?<path>.+?\.rs)(?::| at line )(?<line>\d+):$").expect("the pattern compiles")
});

impl Reader for Rustfmt {
    fn tool(&self) -> &'static str {
        "rustfmt"
    }

    fn wakes(&self) -> &'static [&'static str] {
        &["diff in "]
    }

    fn line(&mut self, line: &Line<'_>, found: &mut Findings) -> Attention {
        if let Some(diff) = DIFF.captures(line.text) {
            let mut failure =
                Failure::new(Kind::FormatError, "rustfmt", line.text.trim_end_matches(':'), Span::at(line.number));
            failure.path = diff.name("path").map(|path| path.as_str().to_owned());
            failure.line = diff.name("line").and_then(|line| line.as_str().parse().ok());
            found.failure(failure);
            self.in_diff = true;
            return Attention::Stay;
        }
        // The diff's lines are source: nobody else should read them.
        self.in_diff &= line.text.is_empty() || line.text.starts_with([' ', '+', '-']);
        if self.in_diff { Attention::Stay } else { Attention::Sleep }
    }

    fn end(&mut self, _found: &mut Findings) {
        self.in_diff = false;
    }
}

#[cfg(test)]
mod tests {
    use crate::stages::extract::tests::told;

    #[test]
    fn each_hunk_is_told_and_its_source_is_nobody_elses() {
        let log = "\
Diff in /home/runner/work/x/x/src/route.rs:6:
 
 impl<'a> Route<'a> {
\u{1b}[31m-    panic!(\"error: no\")
\u{1b}(B\u{1b}[m\u{1b}[32m+    panic!(\"error: no\");
\u{1b}(B\u{1b}[m }
Diff in /home/runner/work/x/x/src/route.rs at line 20:
 }
";
        assert_eq!(
            told(log),
            [
                "rustfmt format_error | src/route.rs:6 | Diff in /home/runner/work/x/x/src/route.rs:6 | @1-1",
                "rustfmt format_error | src/route.rs:20 | Diff in /home/runner/work/x/x/src/route.rs at line 20 | @7-7",
            ]
        );
    }
}
