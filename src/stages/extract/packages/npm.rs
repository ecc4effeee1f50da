//! npm, versions 6 to 11: one block of lines behind `npm ERR!` or, since version 10, `npm error`.
//!
//! `lib/utils/error-message.js` (npm 7 and later: `lib/utils/error-message.js` too) says what each code prints; `lib/cli/exit-handler.js` prints the
//! block: `code CODE`, then the summary and the detail, at last where the whole log is. A script that failed (`ELIFECYCLE`, or no code and
//! `Lifecycle script …`) has said why itself: that is nothing of npm's own.

use crate::domain::failure::{Failure, Kind};
use crate::domain::log::{Line, Span};
use crate::stages::extract::pattern::{Pattern, group};
use crate::stages::extract::reader::{Attention, Findings, Reader};

/// Beyond it npm prints its help, or another program's output.
const LINES_KEPT_MAX: usize = 40;

#[derive(Default)]
pub struct Npm {
    first: u64,
    /// The block's lines without what stands before each, and where they stand.
    lines: Vec<(u64, String)>,
}

static PREFIX: Pattern = Pattern::new(r"^npm (?:ERR!|error)(?: (.*))?$");
static LAST_WORDS: Pattern = Pattern::new(
    r"^(?:A complete log of this run can be found in|For a full report see|Please include the following file|Usage:|Clean install a project|Install a package|/|[A-Z]:\\| *$)",
);

/// Codes of a script that failed, which has spoken for itself.
const CASCADES: &[&str] = &["ELIFECYCLE"];

/// Codes of a machine or a network that does not do what it should.
const MACHINES: &[&str] = &[
    "ECONNREFUSED",
    "ECONNRESET",
    "ENOTFOUND",
    "ETIMEDOUT",
    "EAI_AGAIN",
    "ERR_SOCKET_TIMEOUT",
    "ENOSPC",
    "ENOMEM",
    "EMFILE",
    "E500",
    "E502",
    "E503",
    "E504",
    "E429",
    "EACCES",
    "EPERM",
    "EIDLETIMEOUT",
    "FETCH_ERROR",
    "CERT_HAS_EXPIRED",
    "SELF_SIGNED_CERT_IN_CHAIN",
];

impl Reader for Npm {
    fn tool(&self) -> &'static str {
        "npm"
    }

    fn wakes(&self) -> &'static [&'static str] {
        &["npm ERR!", "npm error"]
    }

    fn line(&mut self, line: &Line<'_>, found: &mut Findings) -> Attention {
        let Some(prefixed) = PREFIX.captures(line.text) else {
            self.end(found);
            return Attention::Sleep;
        };
        let text = group(&prefixed, 1);
        // Two runs of npm, one right below the other.
        if text.starts_with("code ") && self.lines.iter().any(|(_, line)| line.starts_with("code ")) {
            self.end(found);
        }
        if self.lines.is_empty() {
            self.first = line.number;
        }
        if self.lines.len() < LINES_KEPT_MAX {
            self.lines.push((line.number, text.to_owned()));
        }
        Attention::Stay
    }

    fn end(&mut self, found: &mut Findings) {
        let lines = std::mem::take(&mut self.lines);
        match told(self.first, &lines) {
            Some(failure) if failure.code.as_deref().is_some_and(|code| CASCADES.contains(&code)) => {
                found.mild(failure)
            }
            Some(failure) => found.failure(failure),
            None => {}
        }
    }
}

fn told(first: u64, lines: &[(u64, String)]) -> Option<Failure> {
    let code = lines.iter().find_map(|(_, text)| text.strip_prefix("code ")).map(str::trim);
    // What is said begins after the settings that errors of the system carry: `syscall open`, `path /x`, `errno -2`.
    let said = |text: &str| {
        !text.starts_with("code ")
            && !["syscall ", "errno ", "path ", "dest ", "command ", "file "]
                .iter()
                .any(|start| text.starts_with(start))
    };
    let words = |text: &str| without_code(text, code).trim().to_owned();
    let mut sayings = lines
        .iter()
        .filter(|(_, text)| said(text))
        .map(|(at, text)| (*at, words(text)))
        .skip_while(|(_, text)| text.is_empty());
    let (at, summary) = sayings.next()?;
    let is_script = summary.starts_with("Lifecycle script ")
        || summary.starts_with("Test failed.")
        || summary.contains("ELIFECYCLE");
    let code = if is_script { Some("ELIFECYCLE") } else { code };
    if code.is_none() && !summary.starts_with("Missing script") {
        return None;
    }
    // A sentence that goes over lines.
    let mut message = summary;
    let mut last = at;
    for (at, text) in sayings.clone().take_while(|(_, text)| !text.is_empty()) {
        if !message.ends_with([' ', '.', ':']) && text.starts_with(char::is_lowercase) || message.ends_with(" or") {
            message = format!("{message} {text}");
            last = at;
        } else {
            break;
        }
    }
    // What does not fit which, in one line.
    let conflict = sayings.clone().find(|(_, text)| {
        ["peer ", "Invalid: ", "Missing: ", "Required: ", "Not compatible "].iter().any(|start| text.starts_with(start))
    });
    if let Some((at, conflict)) = conflict {
        message = format!("{message}: {conflict}");
        last = last.max(at);
    }
    let end =
        lines.iter().take_while(|(_, text)| text.is_empty() || !LAST_WORDS.is_match(text)).map(|(at, _)| *at).last();
    let kind = match code {
        Some(code) if MACHINES.contains(&code) => Kind::Infrastructure,
        Some("EJSONPARSE") => Kind::BuildError,
        Some(code) if CASCADES.contains(&code) => Kind::RuntimeError,
        None => Kind::BuildError,
        Some(_) => Kind::DependencyIssue,
    };
    let mut failure = Failure::new(kind, "npm", message.clone(), Span { first, last: end.unwrap_or(last).max(last) });
    failure.code = code.map(str::to_owned);
    failure.path = lines.iter().find_map(|(_, text)| text.strip_prefix("path ")).map(str::to_owned).or_else(|| {
        message.contains("package.json").then(|| "package.json".to_owned()).filter(|_| code == Some("EJSONPARSE"))
    });
    failure.suggestion = sayings
        .map(|(_, text)| text)
        .chain([message])
        .find_map(|text| text.find("Please update your lock file").and_then(|at| text.get(at..).map(str::to_owned)))
        .map(|text| text.split(": ").next().unwrap_or_default().to_owned());
    Some(failure)
}

/// npm repeats the code, or a word for it, before each line of the detail.
fn without_code<'a>(text: &'a str, code: Option<&str>) -> &'a str {
    let words =
        ["notarget", "enoent", "JSON.parse", "engine", "404", "401", "403", "network", "nospc", "nolock", "notsup"];
    let start = words.iter().copied().chain(code).find(|word| {
        text.strip_prefix(word).is_some_and(|rest| rest.is_empty() || rest.starts_with(' '))
            && !text.starts_with("404 Not Found")
    });
    start.and_then(|start| text.get(start.len()..)).unwrap_or(text)
}

#[cfg(test)]
mod tests {
    use crate::stages::extract::tests::told;

    #[test]
    fn a_conflict_is_told_with_who_wants_what() {
        let log = "\
npm error code ERESOLVE
npm error ERESOLVE unable to resolve dependency tree
npm error
npm error While resolving: shop@1.0.0
npm error Found: react@18.2.0
npm error node_modules/react
npm error   react@\"18.2.0\" from the root project
npm error
npm error Could not resolve dependency:
npm error peer react@\"17.0.2\" from react-dom@17.0.2
npm error
npm error A complete log of this run can be found in: /home/runner/.npm/_logs/x-debug-0.log
";
        assert!(told(log)[0].starts_with(
            "npm dependency_issue | ERESOLVE | unable to resolve dependency tree: peer react@\"17.0.2\" from react-dom@17.0.2 | @1-"
        ), "{:?}", told(log));
    }

    #[test]
    fn a_lock_file_that_is_out_of_date_is_told_with_what_would_mend_it() {
        let log = "\
npm ERR! code EUSAGE
npm ERR!
npm ERR! `npm ci` can only install packages when your package.json and package-lock.json are in sync. Please update your lock file with `npm install` before continuing.
npm ERR!
npm ERR! Missing: left-pad@1.3.0 from lock file
npm ERR!
npm ERR! Clean install a project
";
        let told = told(log);
        assert_eq!(told.len(), 1);
        assert!(told[0].contains("EUSAGE") && told[0].contains("Missing: left-pad@1.3.0"), "{told:?}");
        assert!(told[0].contains("-> Please update your lock file with `npm install` before continuing."), "{told:?}");
    }

    #[test]
    fn a_script_that_failed_is_told_only_where_nothing_else_is() {
        for log in [
            "npm ERR! code ELIFECYCLE\nnpm ERR! errno 1\nnpm ERR! shop@1.0.0 test: `jest`\nnpm ERR! Exit status 1\n",
            "npm error Lifecycle script `test` failed with error:\nnpm error code 1\nnpm error path /home/runner/work/a/a\n",
        ] {
            assert!(told(log)[0].starts_with("[npm runtime_error | "), "{:?}", told(log));
            let log = format!("{log}src/a.sh:3:8: note: Double quote. [SC2086]\n");
            assert!(told(&log).iter().all(|told| told.starts_with("shellcheck ")), "{:?}", told(&log));
        }
    }

    #[test]
    fn what_is_not_there_is_told_whatever_is_missing() {
        let missing = |log| told(log).remove(0);
        assert!(
            missing("npm error Missing script: \"nope\"\nnpm error\n")
                .starts_with("npm build_error | Missing script: \"nope\"")
        );
        let log = "npm error code E404\nnpm error 404 Not Found - GET https://npm.registry.example/nope - Not found\nnpm error 404\n";
        assert!(missing(log).starts_with("npm dependency_issue | E404 | 404 Not Found - GET"));
        let log = "npm error code ETARGET\nnpm error notarget No matching version found for left-pad@99.\nnpm error notarget In most cases you\n";
        assert!(
            missing(log).starts_with("npm dependency_issue | ETARGET | No matching version found for left-pad@99.")
        );
        let log = "npm error code ENOENT\nnpm error syscall open\nnpm error path /home/runner/work/a/a/package.json\nnpm error errno -2\nnpm error enoent Could not read package.json: Error: ENOENT: no such file or directory\n";
        assert!(missing(log).starts_with("npm dependency_issue | package.json | ENOENT | Could not read package.json"));
        let log = "npm ERR! code ECONNREFUSED\nnpm ERR! syscall connect\nnpm ERR! errno ECONNREFUSED\nnpm ERR! FetchError: request failed\n";
        assert!(missing(log).starts_with("npm infrastructure | ECONNREFUSED | FetchError: request failed"));
    }
}
