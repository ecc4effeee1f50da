//! Linkers: GNU's ld and gold, LLVM's lld, and Apple's.
//!
//! True of `ldmain.c` and `ldmisc.c` (`einfo`) of binutils, of gold's `errors.cc`, of lld's `ELF/Relocations.cpp` and
//! `Symbols.cpp` (lines that go on begin with `>>>`), and of ld64's `Undefined symbols for architecture`.

use crate::domain::failure::{Failure, Kind};
use crate::domain::log::{Line, Span};
use crate::stages::extract::pattern::{Pattern, group, number};
use crate::stages::extract::reader::{Attention, Findings, Reader};

#[derive(Default)]
pub struct Ld {
    /// Where `in function` stands, for the line below it.
    context: Option<u64>,
    begun: Option<Failure>,
    /// Below Apple's list of undefined symbols.
    listing: bool,
}

/// `/usr/bin/ld: tram.o: in function ring`
static CONTEXT: Pattern = Pattern::new(r"^\S.*: [Ii]n function [`'‘].*:$");

/// `tram.c:(.text+0x5): undefined reference to bell`, with the linker's name, an object and a line where they are known.
static SYMBOL: Pattern = Pattern::new(concat!(
    r"^(?:\S*ld(?:\.\w+)?(?:\.exe)?: )?(?:([^\s:]+\.(?:o|obj|a|so[\d.]*)(?:\([^)]*\))?):)?\s?(?:([^\s:()]+):(?:(\d+):|\([^)]*\):)+)?\s*",
    r"(?:warning: )?(?:error: )?((?:undefined reference to|multiple definition of|relocation truncated to fit:|relocation R_\w+ against) .*)$",
));

static LINKER: Pattern = Pattern::new(concat!(
    r"^(?:\S*/)?(?:[\w.]+-)*ld(?:\.(?:bfd|gold|lld|mold))?(?:64\.lld)?(?:\.exe)?: (?:error: |fatal error: )?",
    r"((?:cannot find|cannot open|library|framework|file not recognized|unable to find|unrecognized|duplicate symbol).*|.*: (?:No such file or directory|file not recognized.*|file format not recognized.*|No space left on device))$",
));

static LLD: Pattern = Pattern::new(
    r"^(?:\S*/)?(?:ld\.lld|ld64\.lld|lld-link|wasm-ld|mold)(?:-\d+)?(?:\.exe)?: (?:fatal )?error: (?:(\S+):\((\d+)\): )?(.*)$",
);

/// `>>> referenced by tram.c:5 (/srv/tram.c:5)`
static PLACE: Pattern = Pattern::new(r"^>>> (?:referenced by|defined at) (?:\S+ \(([^()\s]+):(\d+)\)|(\S+):(\d+))");

static APPLE: Pattern = Pattern::new(r#"^ +"([^"]+)", referenced from:$"#);

static APPLE_TWICE: Pattern = Pattern::new(r"^duplicate symbol '?([^']+?)'? in:$");

impl Reader for Ld {
    fn tool(&self) -> &'static str {
        "ld"
    }

    fn wakes(&self) -> &'static [&'static str] {
        &[
            ": in function `",
            "undefined reference to",
            "multiple definition of",
            ": relocation R_",
            "relocation truncated to fit",
            "ld: cannot find",
            "ld: cannot open",
            "ld: library ",
            "ld: framework ",
            "ld: error: ",
            "ld: final link failed",
            "lld: error: ",
            "lld-link: error: ",
            "wasm-ld: error: ",
            "mold: error: ",
            "file not recognized",
            "Undefined symbols for arch",
            "duplicate symbol",
        ]
    }

    fn line(&mut self, line: &Line<'_>, found: &mut Findings) -> Attention {
        let text = line.text;
        if let Some(begun) = &mut self.begun {
            let below =
                text.starts_with(">>>") || self.listing && text.starts_with("      ") || text.starts_with("    /");
            if below {
                begun.log.last = line.number;
                if let Some(place) = PLACE.captures(text).filter(|_| begun.line.is_none()) {
                    let at = if group(&place, 1).is_empty() { 3 } else { 1 };
                    begun.path = Some(group(&place, at).to_owned());
                    begun.line = number(&place, at + 1);
                }
                return Attention::Stay;
            }
        }
        self.finish(found);
        let context = self.context.take().filter(|context| context + 1 == line.number);
        if CONTEXT.is_match(text) {
            self.context = Some(line.number);
            return Attention::Stay;
        }
        if text.starts_with("Undefined symbols for architecture") {
            self.listing = true;
            return Attention::Stay;
        }
        self.begun = self.complaint(line);
        match &mut self.begun {
            Some(begun) => {
                begun.log.first = context.unwrap_or(begun.log.first);
                Attention::Stay
            }
            None => {
                self.listing = false;
                Attention::Sleep
            }
        }
    }

    fn end(&mut self, found: &mut Findings) {
        self.finish(found);
        *self = Self::default();
    }
}

impl Ld {
    fn finish(&mut self, found: &mut Findings) {
        self.begun.take().into_iter().for_each(|failure| found.failure(failure));
    }

    fn complaint(&self, line: &Line<'_>) -> Option<Failure> {
        let text = line.text;
        let new = |message: &str| Failure::new(Kind::BuildError, "ld", message, Span::at(line.number));
        if let Some(symbol) = SYMBOL.captures(text) {
            let mut failure = new(group(&symbol, 4));
            let source = group(&symbol, 2);
            let path = if source.is_empty() { group(&symbol, 1) } else { source };
            failure.path = (!path.is_empty()).then(|| path.to_owned());
            failure.line = number(&symbol, 3);
            return Some(failure);
        }
        if let Some(said) = LLD.captures(text) {
            let mut failure = new(group(&said, 3));
            failure.path = Some(group(&said, 1)).filter(|path| !path.is_empty()).map(str::to_owned);
            failure.line = number(&said, 2);
            return Some(failure);
        }
        if let Some(said) = LINKER.captures(text) {
            return Some(new(group(&said, 1)));
        }
        if let Some(twice) = APPLE_TWICE.captures(text) {
            return Some(new(&format!("duplicate symbol {}", group(&twice, 1))));
        }
        let symbol = APPLE.captures(text).filter(|_| self.listing)?;
        Some(new(&format!("undefined symbol: {}", group(&symbol, 1))))
    }
}

#[cfg(test)]
mod tests {
    use crate::stages::extract::tests::told;

    fn lds(log: &str) -> Vec<String> {
        told(log).into_iter().filter(|row| row.starts_with("ld ")).collect()
    }

    #[test]
    fn gnu_names_the_section_or_the_line() {
        let log = "\
/usr/bin/ld: /tmp/ccSVWCPG.o: in function `main':
tram.c:(.text+0x5): undefined reference to `bell'
/usr/bin/ld: tram.c:12: undefined reference to `horn'
/usr/bin/ld: bell.o:/srv/bell.c:3: multiple definition of `x'; tram.o:/srv/tram.c:3: first defined here
/usr/bin/ld: libbell.a(ring.o): relocation R_X86_64_32 against `.rodata' can not be used when making a shared object; recompile with -fPIC
/usr/bin/ld: cannot find -lbell: No such file or directory
collect2: error: ld returned 1 exit status
";
        assert_eq!(
            lds(log),
            [
                "ld build_error | tram.c | undefined reference to `bell' | @1-2",
                "ld build_error | tram.c:12 | undefined reference to `horn' | @3-3",
                "ld build_error | ?/srv/bell.c:3 | multiple definition of `x'; tram.o:/srv/tram.c:3: first defined here | @4-4",
                "ld build_error | libbell.a(ring.o) | relocation R_X86_64_32 against `.rodata' can not be used when making a shared object; recompile with -fPIC | @5-5",
                "ld build_error | cannot find -lbell: No such file or directory | @6-6",
            ]
        );
    }

    #[test]
    fn llvm_and_apple_go_on_below() {
        let log = "\
ld.lld: error: undefined symbol: bell
>>> referenced by tram.c:5 (/srv/tram.c:5)
>>>               /tmp/d-e06f50.o:(main)
ld.lld: error: unable to find library -lbell
Undefined symbols for architecture arm64:
  \"_horn\", referenced from:
      _main in tram.o
  \"_bell\", referenced from:
      _main in tram.o
ld: symbol(s) not found for architecture arm64
clang: error: linker command failed with exit code 1 (use -v to see invocation)
";
        assert_eq!(
            lds(log),
            [
                "ld build_error | ?/srv/tram.c:5 | undefined symbol: bell | @1-3",
                "ld build_error | unable to find library -lbell | @4-4",
                "ld build_error | undefined symbol: _horn | @6-7",
                "ld build_error | undefined symbol: _bell | @8-9",
            ]
        );
    }
}
