//! One raw line becomes a clean one, by an ordered list of steps.
//!
//! 1. line ends: `\r` before `\n`
//! 2. where it came from: U+FEFF, `job⇥step⇥` of `gh run view --log`, the CI's timestamp and what else it puts before a
//!    line (GitLab's stream mark, TeamCity's level and step), the container's name of Docker Compose
//! 3. what a terminal would show: colour and cursor codes go, a lone `\r` or a backspace rewrites
//! 4. bytes that are no UTF-8 become U+FFFD
//! 5. the runner's `##[…]` prefix becomes a mark

use memchr::{memchr, memchr_iter, memchr2, memchr3, memrchr3};

use crate::domain::log::Mark;

pub const ESCAPE: u8 = 0x1b;
const BACKSPACE: u8 = 0x08;
const BELL: u8 = 0x07;
const FEFF: &[u8] = "\u{feff}".as_bytes();

/// Job and step names that `gh run view --log` puts before the timestamp; GitHub cuts names far below this.
const ORIGIN_BYTES_MAX: usize = 400;

/// A container's name: project and service are no longer than a host's name (63) each.
const CONTAINER_BYTES_MAX: usize = 140;

/// Buildkite's time of a line, and any other text between a terminal code's beginning and its end that no terminal shows.
const HIDDEN_BYTES_MAX: usize = 4_096;

/// The clean text of a raw line without its `\n`. `scratch` holds the text where it cannot be borrowed.
pub fn strip<'a>(raw: &'a [u8], scratch: &'a mut String) -> (&'a str, Mark) {
    let raw = without_origin(without_carriage_return(raw));
    let shown = if is_plain(raw) { std::str::from_utf8(raw).ok() } else { None };
    let text = match shown {
        Some(text) => text,
        None => {
            scratch.clear();
            show(raw, scratch);
            scratch.as_str()
        }
    };
    take_mark(text)
}

/// Whether a raw line holds bytes that a terminal acts on, so that its text is not what it looks like.
pub fn next_odd(bytes: &[u8]) -> Option<usize> {
    let mut from = 0;
    while let Some(at) = bytes.get(from..).and_then(|rest| memchr3(ESCAPE, b'\r', BACKSPACE, rest)) {
        let at = from + at;
        let ends_line = bytes.get(at) == Some(&b'\r') && matches!(bytes.get(at + 1), None | Some(b'\n' | b'\r'));
        if !ends_line {
            return Some(at);
        }
        from = at + 1;
    }
    None
}

/// Copies lines without the codes that only change how their text looks: in most coloured logs there are no others. The
/// rest stays for `strip`.
pub fn uncolour(lines: &[u8], plain: &mut Vec<u8>) {
    plain.clear();
    let mut from = 0;
    for at in memchr_iter(ESCAPE, lines) {
        if let Some(length) = colour(lines, at) {
            plain.extend_from_slice(lines.get(from..at).unwrap_or_default());
            from = at + length;
        }
    }
    plain.extend_from_slice(lines.get(from..).unwrap_or_default());
}

/// The length of the colour code at `at`: `ESC [ 1;31 m`; `ESC [ K`, which gcc and grep write after each of theirs, where
/// nothing was rewritten before it; and Buildkite's time of a line, which changes nothing either.
fn colour(lines: &[u8], at: usize) -> Option<usize> {
    const BUILDKITE: &[u8] = b"\x1b_bk;t=";
    let code = lines.get(at..)?;
    if code.get(1) == Some(&b'_') {
        let time = code.strip_prefix(BUILDKITE)?;
        let digits = time.iter().take_while(|byte| byte.is_ascii_digit()).count();
        return (time.get(digits) == Some(&BELL)).then_some(BUILDKITE.len() + digits + 1);
    }
    let [ESCAPE, b'[', code @ ..] = code else { return None };
    let parameters = code.iter().take_while(|byte| matches!(byte, b'0'..=b';')).count();
    match (code.get(..parameters)?, code.get(parameters)?) {
        (_, b'm') => {}
        (b"" | b"0", b'K') => {
            let before = lines.get(..at)?;
            if memrchr3(b'\n', b'\r', BACKSPACE, before).is_some_and(|at| before.get(at) != Some(&b'\n')) {
                return None;
            }
        }
        _ => return None,
    }
    Some(parameters + 3)
}

fn is_plain(raw: &[u8]) -> bool {
    memchr3(ESCAPE, b'\r', BACKSPACE, raw).is_none()
}

fn without_carriage_return(mut raw: &[u8]) -> &[u8] {
    while let Some(rest) = raw.strip_suffix(b"\r") {
        raw = rest;
    }
    raw
}

fn without_origin(raw: &[u8]) -> &[u8] {
    without_container(without_ci(without_feff(raw)))
}

fn without_ci(raw: &[u8]) -> &[u8] {
    if let Some(rest) = after_timestamp(raw) {
        return without_feff(without_stream_mark(rest));
    }
    if let Some(rest) = after_bracketed_time(raw).or_else(|| after_time_of_day(raw)) {
        return rest;
    }
    // `gh run view --log` writes job, tab, step, tab, and then the line as the runner wrote it.
    let head = raw.get(..ORIGIN_BYTES_MAX).unwrap_or(raw);
    let after_step = memchr(b'\t', head)
        .and_then(|job| head.get(job + 1..).and_then(|rest| memchr(b'\t', rest)).map(|step| job + step + 2));
    match after_step.and_then(|at| raw.get(at..)).and_then(|rest| after_timestamp(without_feff(rest))) {
        Some(rest) => without_feff(rest),
        None => raw,
    }
}

fn without_feff(raw: &[u8]) -> &[u8] {
    raw.strip_prefix(FEFF).unwrap_or(raw)
}

/// What follows `2021-12-01T13:00:40.1077661Z ` at the line's start.
fn after_timestamp(raw: &[u8]) -> Option<&[u8]> {
    let (stamp, mut rest) = raw.split_first_chunk::<19>()?;
    let [y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2, b'T', h1, h2, b':', n1, n2, b':', s1, s2] = stamp else {
        return None;
    };
    let digits = [y1, y2, y3, y4, m1, m2, d1, d2, h1, h2, n1, n2, s1, s2];
    if !digits.iter().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    if let Some(fraction) = rest.strip_prefix(b".") {
        let digits = fraction.iter().take_while(|byte| byte.is_ascii_digit()).count();
        rest = fraction.get(digits..)?;
    }
    let rest = rest.strip_prefix(b"Z")?;
    Some(rest.strip_prefix(b" ").unwrap_or(rest))
}

/// `[2026-11-20T10:00:00.123Z] ` of Jenkins's Timestamper (its format for Pipeline logs), and TeamCity's
/// `[10:00:00]W:⇥ [Step 1/2] ` (its downloaded build log): time, level, nesting, build step.
fn after_bracketed_time(raw: &[u8]) -> Option<&[u8]> {
    let inside = raw.strip_prefix(b"[")?;
    if let Some(rest) = after_timestamp(inside) {
        let rest = rest.strip_prefix(b"]")?;
        return Some(rest.strip_prefix(b" ").unwrap_or(rest));
    }
    let rest = after_clock(inside)?.strip_prefix(b"]")?;
    let rest = match rest {
        [b'A'..=b'Z' | b'a'..=b'z' | b' ', b':', rest @ ..] | [b':', rest @ ..] => {
            let tabs = rest.iter().take_while(|byte| **byte == b'\t').count();
            rest.get(tabs..)?
        }
        _ => rest,
    };
    let rest = rest.strip_prefix(b" ").unwrap_or(rest);
    let after_step = rest.strip_prefix(b"[Step ").and_then(|step| {
        let numbers = step.iter().take_while(|byte| byte.is_ascii_digit() || **byte == b'/').count();
        step.get(numbers..)?.strip_prefix(b"]")
    });
    Some(after_step.map_or(rest, |text| text.strip_prefix(b" ").unwrap_or(text)))
}

/// `10:00:00  ` of Jenkins's Timestamper as it comes configured (system clock), `00:00:05.123  ` since the build's start.
fn after_time_of_day(raw: &[u8]) -> Option<&[u8]> {
    let rest = after_clock(raw)?.strip_prefix(b" ")?;
    Some(rest.strip_prefix(b" ").unwrap_or(rest))
}

/// What follows `10:00:00` or `10:00:00.123`.
fn after_clock(raw: &[u8]) -> Option<&[u8]> {
    let (clock, rest) = raw.split_first_chunk::<8>()?;
    let [h1, h2, b':', n1, n2, b':', s1, s2] = clock else { return None };
    if ![h1, h2, n1, n2, s1, s2].iter().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let fraction = rest.strip_prefix(b".").map(|digits| digits.iter().take_while(|byte| byte.is_ascii_digit()).count());
    rest.get(fraction.map_or(0, |digits| digits + 1)..)
}

/// `web-1  | ` and `web_1  | ` of Docker Compose (`up`, `logs`): the service, the container's number, padding.
fn without_container(raw: &[u8]) -> &[u8] {
    let after = || {
        let head = raw.get(..CONTAINER_BYTES_MAX).unwrap_or(raw);
        let bar = memchr(b'|', head)?;
        let name = head.get(..bar)?.strip_suffix(b" ")?.trim_ascii_end();
        let digits = name.iter().rev().take_while(|byte| byte.is_ascii_digit()).count();
        let (service, joint) =
            name.get(..name.len() - digits)?.split_last().map(|(joint, service)| (service, joint))?;
        let is_name = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
        let named = service.first().is_some_and(u8::is_ascii_alphanumeric) && service.iter().all(is_name);
        let rest = raw.get(bar + 1..)?;
        (digits > 0 && matches!(joint, b'-' | b'_') && named).then(|| rest.strip_prefix(b" ").unwrap_or(rest))
    };
    after().unwrap_or(raw)
}

/// GitLab's runner writes the stream after its timestamp: `00O `, `01E `, and `00O+` for a continued line.
fn without_stream_mark(raw: &[u8]) -> &[u8] {
    match raw {
        [a, b, b'O' | b'E', b' ' | b'+', rest @ ..] if a.is_ascii_hexdigit() && b.is_ascii_hexdigit() => rest,
        _ => raw,
    }
}

/// What a terminal would show of the line.
fn show(raw: &[u8], shown: &mut String) {
    let text = String::from_utf8_lossy(raw);
    if memchr2(b'\r', BACKSPACE, raw).is_none() {
        for piece in pieces(&text) {
            if let Piece::Text(piece) = piece {
                shown.push_str(piece);
            }
        }
        return;
    }
    let mut cells: Vec<char> = Vec::new();
    let mut column = 0_usize;
    for piece in pieces(&text) {
        match piece {
            Piece::Text(piece) => {
                for character in piece.chars() {
                    match character {
                        '\r' => column = 0,
                        '\u{8}' => column = column.saturating_sub(1),
                        _ => {
                            match cells.get_mut(column) {
                                Some(cell) => *cell = character,
                                None => cells.push(character),
                            }
                            column += 1;
                        }
                    }
                }
            }
            Piece::EraseToEnd => cells.truncate(column),
            Piece::EraseLine => {
                cells.clear();
                cells.resize(column, ' ');
            }
            Piece::Code => {}
        }
    }
    shown.extend(cells);
}

enum Piece<'a> {
    Text(&'a str),
    EraseToEnd,
    EraseLine,
    /// A code that changes how text looks, not which.
    Code,
}

/// Text and terminal codes in turn.
fn pieces(text: &str) -> impl Iterator<Item = Piece<'_>> {
    let mut rest = text;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let at = memchr(ESCAPE, rest.as_bytes()).unwrap_or(rest.len());
        if at > 0 {
            let (piece, after) = rest.split_at(at);
            rest = after;
            return Some(Piece::Text(piece));
        }
        let (piece, length) = code(rest.as_bytes());
        // Codes are made of ASCII; one that is cut in a character's middle takes the escape alone.
        rest = rest.get(length..).or_else(|| rest.get(1..)).unwrap_or_default();
        Some(piece)
    })
}

/// The terminal code that `bytes` starts with, and its length.
fn code(bytes: &[u8]) -> (Piece<'static>, usize) {
    match bytes.get(1) {
        Some(b'[') => {
            let parameters = bytes.iter().skip(2).take_while(|byte| (0x20..=0x3f).contains(*byte)).count();
            let piece = match (bytes.get(2..2 + parameters), bytes.get(2 + parameters)) {
                (Some(b"" | b"0"), Some(b'K')) => Piece::EraseToEnd,
                (Some(b"2"), Some(b'K')) => Piece::EraseLine,
                _ => Piece::Code,
            };
            let whole = bytes.get(2 + parameters).is_some_and(|last| (0x40..=0x7e).contains(last));
            (piece, 2 + parameters + usize::from(whole))
        }
        // Links and titles (OSC), and strings for programs: Buildkite's `ESC _ bk;t=1700000000000 BEL` before each line.
        Some(b']' | b'_' | b'^' | b'P' | b'X') => {
            let text = bytes.get(2..).unwrap_or_default();
            let text = text.get(..HIDDEN_BYTES_MAX).unwrap_or(text);
            let end = text.iter().position(|byte| *byte == BELL || *byte == ESCAPE);
            match end.map(|end| (end, text.get(end), text.get(end + 1))) {
                Some((end, Some(&BELL), _)) => (Piece::Code, 2 + end + 1),
                Some((end, _, Some(b'\\'))) => (Piece::Code, 2 + end + 2),
                _ => (Piece::Code, 2),
            }
        }
        Some(0x20..=0x2f) => {
            let between = bytes.iter().skip(1).take_while(|byte| (0x20..=0x2f).contains(*byte)).count();
            (Piece::Code, (2 + between).min(bytes.len()))
        }
        Some(0x30..=0x7e) => (Piece::Code, 2),
        _ => (Piece::Code, 1),
    }
}

/// The runner's prefix, as it stands in logs and as steps write it.
fn take_mark(text: &str) -> (&str, Mark) {
    const MARKS: &[(&str, Mark)] = &[
        ("##[group]", Mark::Group),
        ("##[endgroup]", Mark::EndGroup),
        ("##[error]", Mark::Error),
        ("##[warning]", Mark::Warning),
        ("##[notice]", Mark::Notice),
        ("##[debug]", Mark::Debug),
        ("##[command]", Mark::Command),
        ("[command]", Mark::Command),
        ("::group::", Mark::Group),
        ("::endgroup::", Mark::EndGroup),
        ("::debug::", Mark::Debug),
    ];
    // These keep their text: the place is in it.
    const COMMANDS: &[(&str, Mark)] =
        &[("::error", Mark::Error), ("::warning", Mark::Warning), ("::notice", Mark::Notice)];
    if !text.starts_with(['#', '[', ':']) {
        return (text, Mark::Plain);
    }
    // Azure's form of the same, as scripts write it ("Logging commands", task.logissue).
    if let Some(issue) = text.strip_prefix("##vso[task.logissue ")
        && let Some((properties, message)) = issue.split_once(']')
    {
        let is_error = properties.split(';').any(|property| property.trim() == "type=error");
        return (message, if is_error { Mark::Error } else { Mark::Warning });
    }
    if let Some((rest, mark)) = MARKS.iter().find_map(|(prefix, mark)| Some((text.strip_prefix(prefix)?, *mark))) {
        return (rest, mark);
    }
    let command = COMMANDS.iter().find(|(prefix, _)| {
        text.strip_prefix(prefix).is_some_and(|rest| rest.starts_with("::") || rest.starts_with(' '))
    });
    (text, command.map_or(Mark::Plain, |(_, mark)| *mark))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn check(raw: &str, text: &str, mark: Mark) {
        let mut scratch = String::new();
        assert_eq!(strip(raw.as_bytes(), &mut scratch), (text, mark), "of {raw:?}");
    }

    #[test]
    fn the_runners_timestamp_goes_and_so_does_feff_before_or_after_it() {
        check("2026-11-20T10:00:00.1234567Z hello", "hello", Mark::Plain);
        check("\u{feff}2026-11-20T10:00:00.1234567Z hello", "hello", Mark::Plain);
        check("2026-11-20T10:00:00.1234567Z \u{feff}hello", "hello", Mark::Plain);
        check("2026-11-20T10:00:00.1234567Z   indented", "  indented", Mark::Plain);
        check("2026-11-20T10:00:00.1234567Z", "", Mark::Plain);
        check("2026-11-20 is a day", "2026-11-20 is a day", Mark::Plain);
    }

    #[test]
    fn a_continuation_line_without_a_timestamp_is_a_line_like_any_other() {
        check("  File \"app.py\", line 7", "  File \"app.py\", line 7", Mark::Plain);
    }

    #[test]
    fn job_and_step_of_gh_run_view_go_only_before_a_timestamp() {
        check("unit-test\tRun pytest\t\u{feff}2026-11-20T10:00:00.12Z hello", "hello", Mark::Plain);
        check("a\tb\tc", "a\tb\tc", Mark::Plain);
    }

    #[test]
    fn the_stream_mark_of_gitlab_goes() {
        check("2026-11-20T10:00:00.123456Z 01E error: no", "error: no", Mark::Plain);
    }

    #[test]
    fn every_cis_prefix_goes() {
        for (raw, text) in [
            ("[2026-11-20T10:00:00.123Z] E   assert 1 == 2", "E   assert 1 == 2"),
            ("10:00:00  E   assert 1 == 2", "E   assert 1 == 2"),
            ("10:00:00 + pytest -q", "+ pytest -q"),
            ("00:01:02.345    indented", "  indented"),
            ("[10:00:00]W:\t [Step 1/2] npm ERR! no", "npm ERR! no"),
            ("[10:00:00] :\t [Step 2/2]   indented", "  indented"),
            ("[10:00:00]E: Failed", "Failed"),
            ("[10:00:00]i: TeamCity server version is 2025.3", "TeamCity server version is 2025.3"),
            ("web-1  | app.py:7: error", "app.py:7: error"),
            ("shop_api_1     |   indented", "  indented"),
            ("2026-11-20T10:00:00.1Z web-1  | no", "no"),
            ("2026-11-20T10:00:00.123456Z 01E web-1  |", ""),
            ("\u{1b}_bk;t=1763632800000\u{7}E   assert", "E   assert"),
            ("\u{1b}_bk;t=1763632800000\u{1b}\\E   assert", "E   assert"),
            ("travis_fold:start:install\r\u{1b}[0Ktravis_time:start:0a\r\u{1b}[0K$ npm ci", "$ npm ci"),
            ("2026-11-20T10:00:00.123456Z 00O section_start:1:step_script\r\u{1b}[0KExecuting", "Executing"),
        ] {
            check(raw, text, Mark::Plain);
        }
    }

    #[test]
    fn what_only_looks_like_a_cis_prefix_stays() {
        for text in [
            "12 | let a = 1;",
            "a-b | c",
            "-1 | c",
            "10:00 is the time",
            "10:00:00",
            "[INFO] 10:00:00",
            "[1/4] Resolving packages",
            "File   | % Stmts | % Branch",
            "| web-1 | a |",
        ] {
            check(text, text, Mark::Plain);
        }
    }

    #[test]
    fn azures_issues_are_marks_too() {
        check("##vso[task.logissue type=error;sourcepath=a.cs;linenumber=3]no", "no", Mark::Error);
        check("##vso[task.logissue type=warning]old", "old", Mark::Warning);
        check("##vso[task.setvariable variable=a]b", "##vso[task.setvariable variable=a]b", Mark::Plain);
    }

    proptest! {
        #[test]
        fn no_prefix_of_any_ci_changes_the_text(
            text in "[ ]{0,4}[a-zA-Z(+$][ -{}~é✗]{0,60}",
            colour in any::<bool>(),
            end in prop_oneof![Just(""), Just("\r")],
        ) {
            let mut scratch = String::new();
            let (plain, mark) = strip(text.as_bytes(), &mut scratch);
            let text = if colour { format!("\u{1b}[31m{text}\u{1b}[0m") } else { text.clone() };
            for prefix in [
                "2026-11-20T10:00:00.1234567Z ",
                "\u{feff}2026-11-20T10:00:00Z ",
                "unit-test\tRun pytest\t2026-11-20T10:00:00.12Z ",
                "2026-11-20T10:00:00.123456Z 00O ",
                "2026-11-20T10:00:00.123456Z 01E+",
                "[2026-11-20T10:00:00.123Z] ",
                "10:00:00  ",
                "[10:00:00]W:\t [Step 1/2] ",
                "web-1  | ",
                "\u{1b}_bk;t=1763632800000\u{7}",
                "section_start:1763632800:step_script\r\u{1b}[0K",
                "travis_fold:start:install\r\u{1b}[0K",
            ] {
                let raw = format!("{prefix}{text}{end}");
                let mut scratch = String::new();
                prop_assert_eq!(strip(raw.as_bytes(), &mut scratch), (plain, mark), "after {:?}", prefix);
                let (mut uncoloured, mut scratch) = (Vec::new(), String::new());
                uncolour(raw.as_bytes(), &mut uncoloured);
                prop_assert_eq!(strip(&uncoloured, &mut scratch), (plain, mark), "uncoloured, after {:?}", prefix);
            }
        }
    }

    #[test]
    fn colour_links_and_cut_codes_go() {
        check("\u{1b}[1m\u{1b}[31merror\u{1b}[0m: no", "error: no", Mark::Plain);
        check("\u{1b}]8;;https://x.example\u{1b}\\link\u{1b}]8;;\u{7}!", "link!", Mark::Plain);
        check("\u{1b}(Bplain\u{1b}[", "plain", Mark::Plain);
        check("\u{1b}é", "é", Mark::Plain);
        check("end\u{1b}", "end", Mark::Plain);
    }

    #[test]
    fn a_lone_carriage_return_rewrites_the_line_as_a_terminal_would() {
        check("10%\r100%", "100%", Mark::Plain);
        check("100%\r50", "500%", Mark::Plain);
        check("downloading\r\u{1b}[Kdone", "done", Mark::Plain);
        check("section_start:1:build\r\u{1b}[0Kbuilding", "building", Mark::Plain);
        check("ab\u{8}c", "ac", Mark::Plain);
        check("windows\r", "windows", Mark::Plain);
    }

    #[test]
    fn bytes_that_are_no_utf8_become_a_replacement_character() {
        let mut scratch = String::new();
        assert_eq!(strip(b"caf\xe9 failed", &mut scratch), ("caf\u{fffd} failed", Mark::Plain));
    }

    #[test]
    fn marks_are_read_and_a_written_command_keeps_its_place() {
        check(
            "2026-11-20T10:00:00.1Z ##[error]Process completed with exit code 1.",
            "Process completed with exit code 1.",
            Mark::Error,
        );
        check("##[group]Run pytest -q", "Run pytest -q", Mark::Group);
        check("[command]/usr/bin/git version", "/usr/bin/git version", Mark::Command);
        check("::error file=a.py,line=3::no", "::error file=a.py,line=3::no", Mark::Error);
        check("::errors are many", "::errors are many", Mark::Plain);
        check("##[section]Starting", "##[section]Starting", Mark::Plain);
    }

    #[test]
    fn a_carriage_return_that_ends_a_line_is_not_odd() {
        assert_eq!(next_odd(b"a\r\nb\r\n"), None);
        assert_eq!(next_odd(b"a\r\nb\rc\n"), Some(4));
        assert_eq!(next_odd(b"a\x1b[0m"), Some(1));
    }
}
