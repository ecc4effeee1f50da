//! One cursor reads a log: bytes are pushed in as they come, clean lines come out, and what is kept is bounded.
//!
//! A cursor with a watch hands over only the lines in which one of the watched literals stands, and those that were
//! asked for; every other line costs two searches and nothing else. What stood before a line is cleaned only when
//! somebody asks for it.
use std::sync::Arc;

use memchr::{memchr, memchr_iter, memrchr};
use watch::sample::Sample;
use watch::{Finder, Watch};

use super::redact::{self, Redactor};
use super::strip::{ESCAPE, next_odd, strip, uncolour};
use super::wide::Encoding;
use crate::domain::log::{Attention, Line, LogSize, Mark, Span};

/// Longer than any line that a person reads; the rest of a longer one is dropped and the line counted as omitted.
pub const LINE_BYTES_MAX: usize = 64 << 10;

/// Enough of what came before for the lines that people look at, across the border of two chunks.
const TAIL_BYTES: usize = 32 << 10;

/// Private keys that stand within one tail.
const SECRET_SPANS_MAX: usize = 32;

/// A log in which more than one byte of so many is NUL is not text.
const BINARY_NUL_SHARE: u64 = 100;

/// Reads a log chunk by chunk.
#[derive(Default)]
pub struct Cursor {
    watch: Option<Arc<Watch>>,
    sample: Sample,
    /// The watch's finder for text like this log's.
    tuned: Option<Finder>,
    encoding: Encoding,
    size: LogSize,
    nul_bytes: u64,
    asked: bool,
    /// The begun line at the end of the last chunk.
    rest: Vec<u8>,
    rest_is_cut: bool,
    /// Lines without their colour; only the allocation is kept.
    plain: Vec<u8>,
    /// What was read before this chunk, its last `TAIL_BYTES` at least; it starts at any byte and ends at a line's end.
    tail: Vec<u8>,
    redactor: Redactor,
    /// Where private keys stood lately: their lines do not look like secrets one by one.
    secret_lines: Vec<Span>,
    scratch: String,
    hits: Vec<usize>,
}

/// What is known when the log has ended.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct LogEnd {
    pub size: LogSize,
    /// So much of it is no text that nothing in it should be believed.
    pub binary: bool,
    /// The last line has no end.
    pub cut: bool,
    /// The last lines, clean.
    pub tail: Vec<(u64, String)>,
}

/// Who is handed lines: it says whether it wants the next one too.
pub type Each<'a> = dyn FnMut(&Line<'_>, &Around<'_>) -> Attention + 'a;

impl Cursor {
    /// Hands over every line.
    pub fn new() -> Self {
        Self::default()
    }

    /// Hands over the lines in which a watched literal stands, and those that are asked for.
    pub fn watching(watch: impl Into<Arc<Watch>>) -> Self {
        Self { watch: Some(watch.into()), ..Self::default() }
    }

    /// The first line is handed over whatever is in it, as if somebody had asked for it.
    pub fn asked_for(mut self, first: bool) -> Self {
        self.asked = first;
        self
    }

    /// Reads on. Lines may begin in one chunk and end in another.
    pub fn push(&mut self, chunk: &[u8], each: &mut Each<'_>) {
        self.size.bytes += chunk.len() as u64;
        let mut encoding = std::mem::take(&mut self.encoding);
        let text = encoding.decode(chunk).unwrap_or(chunk);
        // No line that begins and ends in one piece is too long.
        text.chunks(LINE_BYTES_MAX).for_each(|piece| self.push_piece(piece, each));
        self.encoding = encoding;
    }

    fn push_piece(&mut self, piece: &[u8], each: &mut Each<'_>) {
        let Some(last_end) = memrchr(b'\n', piece) else {
            self.count_nuls(piece);
            self.begin(piece);
            return;
        };
        let (mut lines, begun) = piece.split_at(last_end + 1);
        if !self.rest.is_empty() {
            let first_end = memchr(b'\n', lines).unwrap_or_default();
            let end = lines.get(..first_end).unwrap_or_default();
            self.count_nuls(end);
            self.begin(end);
            self.end_begun_line(each);
            self.remember(b"\n");
            lines = lines.get(first_end + 1..).unwrap_or_default();
        }
        if self.count_nuls(lines) > 0 {
            let lines = lines.split_inclusive(|byte| *byte == b'\n');
            self.size.omitted_lines += lines.filter(|line| memchr(0, line).is_some()).count() as u64;
        }
        if memchr(ESCAPE, lines).is_some() {
            let mut plain = std::mem::take(&mut self.plain);
            uncolour(lines, &mut plain);
            self.read_lines(&plain, each);
            self.plain = plain;
        } else {
            self.read_lines(lines, each);
        }
        self.count_nuls(begun);
        self.begin(begun);
    }

    /// Reads whole lines: those that nobody wants are counted, and no more.
    fn read_lines(&mut self, lines: &[u8], each: &mut Each<'_>) {
        if let Some(watch) = &self.watch
            && self.sample.take(lines, self.size.bytes)
        {
            self.tuned = Some(watch.tuned(&self.sample));
        }
        let mut start = 0;
        let mut ahead = Ahead::default();
        while start < lines.len() {
            if !self.hears_everything() {
                let wanted = ahead.look(self.watch.as_deref(), self.tuned.as_ref(), lines, start);
                let passed = lines.get(start..wanted).unwrap_or_default();
                self.size.lines += memchr_iter(b'\n', passed).count() as u64;
                start += memrchr(b'\n', passed).map_or(0, |end| end + 1);
                if wanted == lines.len() {
                    break;
                }
            }
            let rest = lines.get(start..).unwrap_or_default();
            let end = memchr(b'\n', rest).unwrap_or(rest.len());
            self.size.lines += 1;
            self.hand_over(rest.get(..end).unwrap_or_default(), lines.get(..start).unwrap_or_default(), each);
            start += end + 1;
        }
        self.remember(lines);
    }

    fn count_nuls(&mut self, bytes: &[u8]) -> u64 {
        let nuls = if memchr(0, bytes).is_some() { memchr_iter(0, bytes).count() as u64 } else { 0 };
        self.nul_bytes += nuls;
        nuls
    }

    /// The log has ended: a last line without `\n` is handed over too. `tail_lines` of its end come back.
    pub fn finish(mut self, tail_lines: usize, each: &mut Each<'_>) -> LogEnd {
        if let Some(first) = std::mem::take(&mut self.encoding).end() {
            self.push_piece(&[first], each);
        }
        let cut = !self.rest.is_empty();
        if cut {
            self.end_begun_line(each);
        }
        let around = Around {
            hits: &[],
            tail: &self.tail,
            chunk: &[],
            next: self.size.lines + 1,
            secret_lines: &self.secret_lines,
        };
        LogEnd {
            size: self.size,
            binary: self.nul_bytes.saturating_mul(BINARY_NUL_SHARE) > self.size.bytes,
            cut,
            tail: around.before(tail_lines),
        }
    }

    fn hears_everything(&self) -> bool {
        self.asked || self.watch.is_none() || self.redactor.is_open()
    }

    /// Keeps a line whose end is not there yet.
    fn begin(&mut self, bytes: &[u8]) {
        let room = LINE_BYTES_MAX.saturating_sub(self.rest.len());
        self.rest.extend_from_slice(bytes.get(..room).unwrap_or(bytes));
        self.rest_is_cut |= bytes.len() > room;
    }

    fn end_begun_line(&mut self, each: &mut Each<'_>) {
        let raw = std::mem::take(&mut self.rest);
        self.size.lines += 1;
        if std::mem::take(&mut self.rest_is_cut) || memchr(0, &raw).is_some() {
            self.size.omitted_lines += 1;
        }
        if memchr(ESCAPE, &raw).is_some() {
            let mut plain = std::mem::take(&mut self.plain);
            uncolour(&raw, &mut plain);
            self.hand_over(&plain, &[], each);
            self.remember(&plain);
            self.plain = plain;
        } else {
            self.hand_over(&raw, &[], each);
            self.remember(&raw);
        }
        // The allocation is used again.
        self.rest = raw;
        self.rest.clear();
    }

    /// Cleans one raw line and hands it over, if somebody wants it now that it is clean.
    fn hand_over(&mut self, raw: &[u8], before: &[u8], each: &mut Each<'_>) {
        if memchr(0, raw).is_some() {
            return;
        }
        let everything = self.hears_everything();
        let raw = raw.get(..LINE_BYTES_MAX).unwrap_or(raw);
        let (text, mark) = strip(raw, &mut self.scratch);
        if let Some(watch) = &self.watch {
            watch.hits(text, &mut self.hits);
            if !everything && mark == Mark::Plain && !watch.any_loud(&self.hits) {
                return;
            }
        }
        let in_key = self.redactor.is_open();
        let redacted = self.redactor.line(text);
        if in_key && redacted.is_some() {
            note_secret_line(&mut self.secret_lines, self.size.lines);
        }
        let line = Line { number: self.size.lines, text: redacted.as_deref().unwrap_or(text), mark };
        let around = Around {
            hits: &self.hits,
            tail: &self.tail,
            chunk: before,
            next: self.size.lines,
            secret_lines: &self.secret_lines,
        };
        self.asked = each(&line, &around) == Attention::Stay;
    }

    fn remember(&mut self, lines: &[u8]) {
        match lines.len().checked_sub(TAIL_BYTES) {
            Some(from) => {
                self.tail.clear();
                self.tail.extend_from_slice(lines.get(from..).unwrap_or_default());
            }
            None => {
                // Moved to the front only now and then: most of what is remembered is never asked for.
                if self.tail.len() + lines.len() > 2 * TAIL_BYTES {
                    self.tail.drain(..self.tail.len().saturating_sub(TAIL_BYTES));
                }
                self.tail.extend_from_slice(lines);
            }
        }
    }
}

/// The literals that a cursor must watch for itself, beside everybody's.
pub const WAKES: &[&str] = redact::WAKES;

/// How far lines were searched already, so that each byte is looked at once.
#[derive(Default)]
struct Ahead {
    hit: Option<usize>,
    odd: Option<usize>,
}

impl Ahead {
    /// Where from `start` on the first watched literal stands, or anything that could hide one; else the lines' end.
    fn look(&mut self, watch: Option<&Watch>, tuned: Option<&Finder>, lines: &[u8], start: usize) -> usize {
        let nowhere = lines.len();
        let hit = match self.hit {
            Some(hit) if hit >= start => hit,
            _ => watch.and_then(|watch| watch.next(tuned, lines, start)).unwrap_or(nowhere),
        };
        let odd = match self.odd {
            Some(odd) if odd >= start => odd,
            _ => next_odd(lines.get(start..).unwrap_or_default()).map_or(nowhere, |at| start + at),
        };
        (self.hit, self.odd) = (Some(hit), Some(odd));
        hit.min(odd)
    }
}

/// What is known of a line beside its text.
pub struct Around<'a> {
    hits: &'a [usize],
    tail: &'a [u8],
    chunk: &'a [u8],
    /// The number of the line that this is before.
    next: u64,
    secret_lines: &'a [Span],
}

impl Around<'_> {
    /// The watched literals that stand in the line, by their place in the watch's list, in order.
    pub fn hits(&self) -> &[usize] {
        self.hits
    }

    /// What stood before, cleaned now that somebody asks: at most `count` lines, in order, with their numbers; lines that are no text are left out.
    pub fn before(&self, count: usize) -> Vec<(u64, String)> {
        // The first line of a full tail was cut at its front, and with it perhaps what makes a secret known.
        let whole = match self.tail.len().checked_sub(TAIL_BYTES) {
            Some(from) => after_first_line(self.tail.get(from..).unwrap_or_default()),
            None => self.tail,
        };
        let raw: Vec<&[u8]> = backwards(self.chunk).chain(backwards(whole)).take(count).collect();
        let first = self.next.saturating_sub(raw.len() as u64);
        let mut redactor = Redactor::default();
        let mut scratch = String::new();
        raw.into_iter()
            .rev()
            .zip(first..)
            .filter(|(raw, _)| memchr(0, raw).is_none())
            .map(|(raw, number)| {
                let (text, _) = strip(raw.get(..LINE_BYTES_MAX).unwrap_or(raw), &mut scratch);
                let redacted = redactor.line(text);
                let secret = self.secret_lines.iter().any(|span| (span.first..=span.last).contains(&number));
                (number, if secret { "***".to_owned() } else { redacted.unwrap_or_else(|| text.to_owned()) })
            })
            .collect()
    }
}

fn note_secret_line(spans: &mut Vec<Span>, number: u64) {
    match spans.last_mut() {
        Some(span) if span.last + 1 == number => span.last = number,
        _ => {
            if spans.len() == SECRET_SPANS_MAX {
                spans.remove(0);
            }
            spans.push(Span::at(number));
        }
    }
}

fn after_first_line(bytes: &[u8]) -> &[u8] {
    memchr(b'\n', bytes).and_then(|end| bytes.get(end + 1..)).unwrap_or_default()
}

/// The lines of `bytes`, last first.
fn backwards(bytes: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut rest = bytes;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let body = rest.strip_suffix(b"\n").unwrap_or(rest);
        let start = memrchr(b'\n', body).map_or(0, |at| at + 1);
        let line = body.get(start..).unwrap_or_default();
        rest = rest.get(..start).unwrap_or_default();
        Some(line)
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Every line that a cursor hands over, and what it knows at the end.
    fn read(mut cursor: Cursor, chunks: &[&[u8]]) -> (Vec<(u64, String, Mark)>, LogEnd) {
        let mut lines = Vec::new();
        let mut each = |line: &Line<'_>, _: &Around<'_>| {
            lines.push((line.number, line.text.to_owned(), line.mark));
            Attention::Sleep
        };
        for chunk in chunks {
            cursor.push(chunk, &mut each);
        }
        let end = cursor.finish(3, &mut each);
        (lines, end)
    }

    fn texts(lines: &[(u64, String, Mark)]) -> Vec<&str> {
        lines.iter().map(|(_, text, _)| text.as_str()).collect()
    }

    fn watching(literals: &[&str]) -> Cursor {
        Cursor::watching(Watch::new(literals.iter().chain(WAKES).copied()))
    }

    #[test]
    fn lines_end_at_a_line_feed_and_keep_their_raw_number() {
        let (lines, end) = read(Cursor::new(), &[b"one\r\ntwo\rTWO\n\nfour"]);
        assert_eq!(texts(&lines), ["one", "TWO", "", "four"]);
        assert_eq!(lines.last().map(|line| line.0), Some(4));
        assert_eq!(end.size, LogSize { bytes: 18, lines: 4, omitted_lines: 0 });
        assert!(end.cut);
        assert_eq!(end.tail.iter().map(|line| line.0).collect::<Vec<_>>(), [2, 3, 4]);
    }

    #[test]
    fn a_log_that_powershell_redirected_is_read() {
        let log: Vec<u8> = "\u{feff}one\r\nan Error: é\r\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
        let (lines, end) = read(watching(&["error:"]), &[&log[..5], &log[5..]]);
        assert_eq!(texts(&lines), ["an Error: é"]);
        assert_eq!(end.size, LogSize { bytes: log.len() as u64, lines: 2, omitted_lines: 0 });
        assert!(!end.binary);
    }

    #[test]
    fn an_empty_log_has_no_lines() {
        let (lines, end) = read(Cursor::new(), &[b""]);
        assert!(lines.is_empty());
        assert_eq!(end, LogEnd::default());
    }

    #[test]
    fn a_line_at_the_limit_is_whole_and_a_longer_one_is_cut_and_counted() {
        let exact = [vec![b'x'; LINE_BYTES_MAX], b"\n".to_vec()].concat();
        let longer = [vec![b'x'; LINE_BYTES_MAX + 1], b"\n".to_vec()].concat();
        for (log, omitted) in [(&exact, 0), (&longer, 1)] {
            for pieces in [vec![log.as_slice()], log.chunks(1000).collect()] {
                let (lines, end) = read(Cursor::new(), &pieces);
                assert_eq!(lines[0].1.len(), LINE_BYTES_MAX);
                assert_eq!(end.size.omitted_lines, omitted);
            }
        }
    }

    #[test]
    fn a_line_with_a_nul_byte_is_no_text() {
        let (lines, end) = read(Cursor::new(), &[b"a\n\0\0\0b\nc\n"]);
        assert_eq!(texts(&lines), ["a", "c"]);
        assert_eq!(end.size.omitted_lines, 1);
        assert!(end.binary);
    }

    #[test]
    fn one_nul_in_a_long_text_does_not_make_it_binary() {
        let log = ["line\n".repeat(50).as_bytes(), b"\0\n"].concat();
        assert!(!read(Cursor::new(), &[&log]).1.binary);
    }

    #[test]
    fn a_watching_cursor_hands_over_what_was_waited_for_even_under_colour() {
        let log = b"fine\nan Error: here\n\x1b[31merr\x1b[0mor: too\n\x1b[32mfine\x1b[0m\n";
        let (lines, _) = read(watching(&["error:"]), &[log]);
        assert_eq!(texts(&lines), ["an Error: here", "error: too"]);
    }

    #[test]
    fn whoever_asks_gets_the_next_line_too() {
        let mut seen = Vec::new();
        let mut cursor = watching(&["start"]);
        cursor.push(b"a\nstart\nb\nc\n", &mut |line, _| {
            seen.push(line.text.to_owned());
            if line.text == "start" { Attention::Stay } else { Attention::Sleep }
        });
        assert_eq!(seen, ["start", "b"]);
    }

    #[test]
    fn what_stood_before_is_there_across_chunks_and_without_secrets() {
        let begin = ["-----BEGIN PRIVATE", " KEY-----"].concat();
        let end = ["-----END PRIVATE", " KEY-----"].concat();
        let key = format!("{begin}\nMIIEabc\n{end}\n");
        let mut cursor = watching(&["stop"]);
        let mut before = Vec::new();
        for chunk in ["a\nb\n", &key, "2026-11-20T10:00:00.1Z c\nst", "op\n"] {
            cursor.push(chunk.as_bytes(), &mut |line, around| {
                if line.text == "stop" {
                    before = around.before(4);
                }
                Attention::Sleep
            });
        }
        let expected = [(3, begin.as_str()), (4, "***"), (5, end.as_str()), (6, "c")];
        assert_eq!(before, expected.map(|(number, text)| (number, text.to_owned())));
    }

    #[test]
    fn what_stood_before_is_bounded_and_never_starts_in_the_middle_of_a_line() {
        let mut cursor = watching(&["stop"]);
        let mut before = Vec::new();
        let long = format!("{}\n", "y".repeat(1000)).repeat(100);
        for chunk in [long.as_bytes(), b"stop\n"] {
            cursor.push(chunk, &mut |_, around| {
                before = around.before(1000);
                Attention::Sleep
            });
        }
        assert_eq!(before.len(), TAIL_BYTES / 1001);
        assert!(before.iter().all(|(_, text)| text.len() == 1000));
        assert_eq!(before.last().map(|line| line.0), Some(100));
    }

    proptest! {
        #[test]
        fn where_the_chunks_are_cut_changes_nothing(
            log in proptest::collection::vec(prop_oneof![Just(b'\n'), Just(b'\r'), Just(0x1b), Just(b'['), Just(b'm'), Just(b'e'), any::<u8>()], 0..200),
            size in 1_usize..40,
        ) {
            let whole = read(Cursor::new(), &[&log]);
            let pieces: Vec<&[u8]> = log.chunks(size).collect();
            prop_assert_eq!(read(Cursor::new(), &pieces), whole);
            let watched = read(watching(&["e"]), &[&log]);
            prop_assert_eq!(read(watching(&["e"]), &pieces), watched);
        }

        #[test]
        fn a_watching_cursor_misses_no_line_that_a_hearing_one_would_want(
            log in "([a-c\u{1b}\\[m\r]|error){0,40}(\n([a-c\u{1b}\\[m\r]|error){0,40}){0,8}\n",
        ) {
            let all = read(Cursor::new(), &[log.as_bytes()]).0;
            let wanted: Vec<_> = all.into_iter().filter(|line| line.1.contains("error")).collect();
            prop_assert_eq!(read(watching(&["error"]), &[log.as_bytes()]).0, wanted);
        }
    }
}
