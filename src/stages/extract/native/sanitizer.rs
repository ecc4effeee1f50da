//! The sanitizers of clang and gcc, and Valgrind: what went wrong while a program ran, and where.
//!
//! True of compiler-rt's `ScopedErrorReportLock`/`ReportErrorSummary` (`==1==ERROR: AddressSanitizer: … SUMMARY: …`), of
//! `ubsan_diag.cpp` (`file:line:column: runtime error: …`), of `tsan_report.cpp`, and of Memcheck's `mc_errors.c`.

use crate::domain::failure::{Failure, Kind};
use crate::domain::log::{Line, Span};
use crate::stages::extract::pattern::{Pattern, group, number};
use crate::stages::extract::reader::{Attention, Findings, Reader};

/// Reports of races show several stacks.
const BLOCK_LINES_MAX: u64 = 200;

#[derive(Default)]
pub struct Sanitizer {
    begun: Option<Begun>,
}

struct Begun {
    failure: Failure,
    /// Of Valgrind, which ends a report by an empty line.
    valgrind: bool,
}

/// `==123==ERROR: AddressSanitizer: heap-use-after-free on address 0x… at pc …`
static HEAD: Pattern = Pattern::new(
    r"(?:^|\s)(?:==\d+==\s?)?(?:ERROR|WARNING): ((?:Address|Leak|Memory|Thread|HWAddress|UndefinedBehavior|Kernel\w*)Sanitizer): (.*)$",
);

static UNDEFINED: Pattern = Pattern::new(r"^(\S[^:]*):(\d+):(\d+): runtime error: (.*)$");

static SUMMARY: Pattern = Pattern::new(r"^SUMMARY: \w+Sanitizer: ");

/// `    #1 0x55 in ring /srv/src/bell.c:5:3`
static FRAME: Pattern =
    Pattern::new(r"^\s*#\d+ (?:0x[0-9a-f]+ in )?\S.*? ((?:[A-Za-z]:|/|\.|\w)[^\s:()]*\.\w+):(\d+)(?::(\d+))?(?: |$)");

/// The runtime's and the system's own code.
static FOREIGN: Pattern = Pattern::new(
    r"^/usr/|^/lib|libsanitizer|compiler-rt|sysdeps|/libc|^/build/glibc|^\.\./\.\./\.\./|vg_replace_malloc",
);

/// `==1== Invalid read of size 4`
static MEMCHECK: Pattern = Pattern::new(concat!(
    r"^==\d+== ((?:Invalid (?:read|write|free)|Conditional jump|Use of uninitialised|Syscall param|Source and destination overlap",
    r"|Mismatched free|Process terminating|Jump to the invalid|[\d,]+(?: \([^)]*\))? bytes in [\d,]+ blocks are definitely lost).*)$",
));

static MEMCHECK_FRAME: Pattern = Pattern::new(r"^==\d+==    (?:at|by) 0x[0-9A-F]+: (\S.*) \(([^():]+):(\d+)\)$");

/// What differs from run to run.
static VOLATILE: Pattern =
    Pattern::new(r" (?:on (?:unknown )?address|\(pid=|at address|0x[0-9a-f]{6,}).*$| in loss record.*$");

impl Reader for Sanitizer {
    fn tool(&self) -> &'static str {
        "sanitizer"
    }

    fn wakes(&self) -> &'static [&'static str] {
        &[
            ": AddressSanitizer: ",
            ": LeakSanitizer: ",
            ": MemorySanitizer: ",
            ": ThreadSanitizer: ",
            ": HWAddressSanitizer: ",
            ": runtime error: ",
            "== Invalid ",
            "== Conditional jump",
            "== Use of uninitialised",
            "== Syscall param",
            "== Mismatched free",
            "== Source and destination overlap",
            "== Process terminating",
            "are definitely lost",
        ]
    }

    fn line(&mut self, line: &Line<'_>, found: &mut Findings) -> Attention {
        let text = line.text.trim_end();
        if let Some(begun) = &mut self.begun {
            if SUMMARY.is_match(text) {
                begun.failure.log.last = line.number;
                self.end(found);
                return Attention::Sleep;
            }
            if begun.goes_on(text, line.number) {
                return Attention::Stay;
            }
        }
        self.end(found);
        self.begun = begin(text, line.number);
        if self.begun.is_some() { Attention::Stay } else { Attention::Sleep }
    }

    fn end(&mut self, found: &mut Findings) {
        self.begun.take().into_iter().for_each(|begun| found.failure(begun.failure));
    }
}

fn begin(text: &str, line: u64) -> Option<Begun> {
    let new = |tool, message: &str| {
        let end = VOLATILE.captures(message).and_then(|at| at.get(0)).map_or(message.len(), |at| at.start());
        Failure::new(Kind::RuntimeError, tool, message.get(..end).unwrap_or_default(), Span::at(line))
    };
    if let Some(head) = HEAD.captures(text) {
        let mut failure = new("sanitizer", group(&head, 2));
        failure.code = Some(group(&head, 1).to_owned());
        return Some(Begun { failure, valgrind: false });
    }
    if let Some(undefined) = UNDEFINED.captures(text) {
        let mut failure = new("sanitizer", group(&undefined, 4));
        failure.code = Some("UndefinedBehaviorSanitizer".to_owned());
        failure.path = Some(group(&undefined, 1).to_owned());
        (failure.line, failure.column) = (number(&undefined, 2), number(&undefined, 3));
        return Some(Begun { failure, valgrind: false });
    }
    let memcheck = MEMCHECK.captures(text)?;
    Some(Begun { failure: new("valgrind", group(&memcheck, 1)), valgrind: true })
}

impl Begun {
    fn goes_on(&mut self, text: &str, line: u64) -> bool {
        if line - self.failure.log.first > BLOCK_LINES_MAX {
            return false;
        }
        if self.valgrind {
            let Some((_, said)) = text.strip_prefix("==").and_then(|text| text.split_once("==")) else { return false };
            if said.trim().is_empty() {
                return false;
            }
            self.place(
                MEMCHECK_FRAME.captures(text).map(|frame| (group(&frame, 2).to_owned(), number(&frame, 3), None)),
            );
            self.failure.log.last = line;
            return true;
        }
        if HEAD.is_match(text) || UNDEFINED.is_match(text) {
            return false;
        }
        // Undefined behaviour shows a stack only where it is asked for.
        let undefined = self.failure.column.is_some() && self.failure.log.last == self.failure.log.first;
        let framed = FRAME.captures(text);
        if undefined && framed.is_none() && !text.starts_with("    #") {
            return false;
        }
        if !text.is_empty() && !text.starts_with("=====") {
            self.failure.log.last = line;
        }
        self.place(framed.map(|frame| (group(&frame, 1).to_owned(), number(&frame, 2), number(&frame, 3))));
        true
    }

    /// The deepest frame that is not the runtime's own.
    fn place(&mut self, frame: Option<(String, Option<u32>, Option<u32>)>) {
        if let Some((path, row, column)) = frame.filter(|(path, ..)| !FOREIGN.is_match(path))
            && self.failure.line.is_none()
        {
            self.failure.path = Some(path);
            (self.failure.line, self.failure.column) = (row, column);
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::stages::extract::tests::told;

    #[test]
    fn a_sanitizer_points_at_the_deepest_frame_of_the_program() {
        let log = "\
=================================================================
==4242==ERROR: AddressSanitizer: heap-use-after-free on address 0x602000000010 at pc 0x55 bp 0x7f sp 0x7f
READ of size 4 at 0x602000000010 thread T0
    #0 0x7f1 in __interceptor_memcpy ../../../../src/libsanitizer/asan/asan_interceptors.cpp:20
    #1 0x55a in ring /srv/src/bell.c:5:3
    #2 0x55b in main /srv/src/tram.c:12:5

SUMMARY: AddressSanitizer: heap-use-after-free /srv/src/bell.c:5:3 in ring
==4242==ABORTING
src/tram.c:7:10: runtime error: signed integer overflow: 2147483647 + 1 cannot be represented in type 'int'
Fine.
";
        let rows: Vec<_> = told(log).into_iter().filter(|row| row.starts_with("sanitizer")).collect();
        assert_eq!(
            rows,
            [
                "sanitizer runtime_error | ?/srv/src/bell.c:5:3 | AddressSanitizer | heap-use-after-free | @2-8",
                "sanitizer runtime_error | src/tram.c:7:10 | UndefinedBehaviorSanitizer | signed integer overflow: 2147483647 + 1 cannot be represented in type 'int' | @10-10",
            ]
        );
    }

    #[test]
    fn valgrind_ends_a_report_by_an_empty_line() {
        let log = "\
==7== Invalid read of size 4
==7==    at 0x483B7F3: malloc (vg_replace_malloc.c:307)
==7==    by 0x109167: ring (bell.c:5)
==7==  Address 0x4a4a044 is 0 bytes after a block of size 4 alloc'd
==7== 
==7== 40 bytes in 1 blocks are definitely lost in loss record 1 of 1
==7==    by 0x109167: main (tram.c:9)
==7== 
==7== ERROR SUMMARY: 2 errors from 2 contexts (suppressed: 0 from 0)
";
        let rows: Vec<_> = told(log).into_iter().filter(|row| row.starts_with("valgrind")).collect();
        assert_eq!(
            rows,
            [
                "valgrind runtime_error | bell.c:5 | Invalid read of size 4 | @1-4",
                "valgrind runtime_error | tram.c:9 | 40 bytes in 1 blocks are definitely lost | @6-7",
            ]
        );
    }

    #[test]
    fn what_is_kept_is_bounded() {
        let log = format!("==1==ERROR: AddressSanitizer: SEGV on unknown address\n{}", "  x\n".repeat(300));
        assert!(told(&log)[0].ends_with("@1-201"), "{:?}", told(&log));
    }
}
