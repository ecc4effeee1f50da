//! CMake: what a script says when configuring stops.
//!
//! True of `cmMessenger::DisplayMessage` of CMake 3 and 4: `CMake Error at file:line (command):`, then indented text,
//! then perhaps the calls that led there.

use crate::domain::failure::{Failure, Kind};
use crate::domain::log::{Line, Span};
use crate::stages::extract::pattern::{Pattern, group, number};
use crate::stages::extract::reader::{Attention, Findings, Reader};

/// A longer text is the output of a program that the script ran.
const MESSAGE_LINES_MAX: usize = 40;

#[derive(Default)]
pub struct Cmake {
    begun: Option<Failure>,
    said: Vec<String>,
    /// The calls that led there: the last is in the project's own file.
    calls: bool,
}

/// What is said where something is missing: by `FindPackageHandleStandardArgs`, `find_package`, `ExternalProject`'s
/// download script and `cmake_minimum_required`.
const DEPENDENCY: &[&str] =
    &["Could NOT find", "package configuration file", "Each download failed", "or higher is required"];

static HEAD: Pattern =
    Pattern::new(r"^CMake Error(?: \(dev\))?(?: (?:at|in) (\S[^:]*?)(?::(\d+))?(?: \(([\w-]+)\))?)?:(?: (.*))?$");

static CALL: Pattern = Pattern::new(r"^  (\S[^:]*):(\d+) \([\w-]+\)$");

impl Reader for Cmake {
    fn tool(&self) -> &'static str {
        "cmake"
    }

    fn wakes(&self) -> &'static [&'static str] {
        &["CMake Error"]
    }

    fn line(&mut self, line: &Line<'_>, found: &mut Findings) -> Attention {
        let text = line.text.trim_end();
        if let Some(head) = HEAD.captures(text) {
            self.end(found);
            let mut failure = Failure::new(Kind::BuildError, "cmake", "", Span::at(line.number));
            failure.path = Some(group(&head, 1)).filter(|path| !path.is_empty()).map(str::to_owned);
            failure.line = number(&head, 2);
            failure.code = Some(group(&head, 3)).filter(|command| !command.is_empty()).map(str::to_owned);
            self.said.extend(Some(group(&head, 4)).filter(|said| !said.is_empty()).map(str::to_owned));
            self.begun = Some(failure);
            return Attention::Stay;
        }
        let Some(failure) = &mut self.begun else { return Attention::Sleep };
        if text.is_empty() {
            return Attention::Stay;
        }
        if text.starts_with("Call Stack (most recent call first):") {
            self.calls = true;
        } else if let Some(call) = CALL.captures(text).filter(|_| self.calls) {
            // Modules of CMake's own report what a file of the project asked for.
            let own = failure.path.as_deref().is_some_and(|path| path.starts_with('/') || path.contains(":/"));
            if own && !group(&call, 1).starts_with('/') {
                (failure.path, failure.line) = (Some(group(&call, 1).to_owned()), number(&call, 2));
            }
        } else if text.starts_with("  ") && !self.calls && self.said.len() < MESSAGE_LINES_MAX {
            self.said.push(text.trim_start().to_owned());
        } else {
            self.end(found);
            return Attention::Sleep;
        }
        failure.log.last = line.number;
        Attention::Stay
    }

    fn end(&mut self, found: &mut Findings) {
        let said = std::mem::take(&mut self.said);
        self.calls = false;
        if let Some(mut failure) = self.begun.take() {
            failure.message = said.join("\n");
            if DEPENDENCY.iter().any(|words| failure.message.contains(words)) {
                failure.kind = Kind::DependencyIssue;
            }
            // `FetchContent` on the build that it ran, which has said why.
            failure.primary = !failure.message.starts_with("Build step for ");
            found.failure(failure);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::MESSAGE_LINES_MAX;
    use crate::stages::extract::tests::told;

    #[test]
    fn an_error_is_told_at_the_projects_own_line() {
        let log = "\
CMake Error at CMakeLists.txt:3 (frob):
  Unknown CMake command \"frob\".


CMake Error at /usr/share/cmake-3.25/Modules/FindPackageHandleStandardArgs.cmake:230 (message):
  Could NOT find Bell (missing: BELL_LIBRARY)
Call Stack (most recent call first):
  /usr/share/cmake-3.25/Modules/FindBell.cmake:12 (find_package_handle_standard_args)
  src/CMakeLists.txt:7 (find_package)


CMake Error: The source directory \"/srv/x\" does not appear to contain CMakeLists.txt.
-- Configuring incomplete, errors occurred!
";
        assert_eq!(
            told(log),
            [
                "cmake build_error | CMakeLists.txt:3 | frob | Unknown CMake command \"frob\". | @1-2",
                "cmake dependency_issue | src/CMakeLists.txt:7 | message | Could NOT find Bell (missing: BELL_LIBRARY) | @5-9",
                "cmake build_error | The source directory \"/srv/x\" does not appear to contain CMakeLists.txt. | @12-12",
            ]
        );
    }

    #[test]
    fn what_is_kept_is_bounded() {
        let log = format!("CMake Error at a.cmake:1 (message):\n{}", "  more\n".repeat(MESSAGE_LINES_MAX + 5));
        assert_eq!(told(&log)[0].matches("more").count(), MESSAGE_LINES_MAX);
    }
}
