//! GHC, and cabal and stack, which pass on what it prints.

use crate::domain::failure::{Failure, Kind};
use crate::domain::log::{Line, Span};
use crate::stages::extract::pattern::{Pattern, group, number};
use crate::stages::extract::reader::{Attention, Findings, Reader};

/// GHC explains itself at length; the first lines say what is wrong.
const BLOCK_LINES_MAX: u64 = 60;

/// GHC's messages (`compiler/GHC/Types/Error.hs`, `mkLocMessage`): `path:5:10: error: [GHC-83865]`, of more than one
/// line `path:(5,1)-(7,3): error:`, then what is wrong, indented, and the source behind bars. Stack puts the package
/// before it (`shop> src/…`).
#[derive(Default)]
pub struct Ghc {
    begun: Option<Failure>,
    /// Whether it is only a warning.
    mild: bool,
}

static HEAD: Pattern = Pattern::new(concat!(
    r"^(?:[\w-]+ *> )?(\S.*?\.(?:l?hs|hsc|hs-boot|chs|x|y)):(?:\((\d+),(\d+)\)-\(\d+,\d+\)|(\d+):(\d+)(?:-\d+)?): (error|warning):",
    r"(?: \[(GHC-\d+|-W[\w=, -]+)\])?(?: \[-W[\w=, -]+\])*\s*(.*)$",
));

static HINT: Pattern =
    Pattern::new(r"(?:Perhaps you meant|Suggested fix(?:es)?:|Perhaps use|Did you mean|Possible fix:)(.*)");

impl Reader for Ghc {
    fn tool(&self) -> &'static str {
        "ghc"
    }

    fn wakes(&self) -> &'static [&'static str] {
        &[".hs:", ".lhs:", ".hsc:"]
    }

    fn line(&mut self, line: &Line<'_>, found: &mut Findings) -> Attention {
        if let Some(head) = HEAD.captures(line.text) {
            self.tell(found);
            let at = |one: usize, other: usize| number(&head, one).or_else(|| number(&head, other));
            let mut failure = Failure::new(Kind::BuildError, "ghc", group(&head, 8), Span::at(line.number));
            failure.path = Some(group(&head, 1).to_owned());
            (failure.line, failure.column) = (at(2, 4), at(3, 5));
            failure.code = Some(group(&head, 7).to_owned()).filter(|code| !code.is_empty());
            self.mild = group(&head, 6) == "warning";
            self.begun = Some(failure);
            return Attention::Stay;
        }
        let Some(begun) = &mut self.begun else { return Attention::Sleep };
        let text = line.text.trim();
        let inside = line.text.starts_with(' ') && !text.is_empty();
        if !inside || line.number - begun.log.first >= BLOCK_LINES_MAX {
            self.tell(found);
            return Attention::Sleep;
        }
        begun.log.last = line.number;
        if begun.message.is_empty() {
            begun.message = text.trim_start_matches(['•', '*', ' ']).to_owned();
        } else if begun.suggestion.is_none()
            && let Some(hint) = HINT.captures(text)
        {
            begun.suggestion =
                Some(text.trim_start_matches(['•', ' ']).to_owned()).filter(|_| !group(&hint, 1).is_empty());
        }
        Attention::Stay
    }

    fn end(&mut self, found: &mut Findings) {
        self.tell(found);
    }
}

impl Ghc {
    fn tell(&mut self, found: &mut Findings) {
        match self.begun.take() {
            Some(failure) if self.mild => found.mild(failure),
            Some(failure) => found.failure(failure),
            None => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::stages::extract::tests::told;

    #[test]
    fn ghc_says_what_is_wrong_below_the_place() {
        let log = "\
[1 of 2] Compiling Shop             ( src/Shop.hs, src/Shop.o )

src/Shop.hs:5:10: error: [GHC-83865]
    • Couldn't match expected type ‘Int’ with actual type ‘[Char]’
    • In the expression: \"x\"
  |
5 | price = \"x\"
  |         ^^^

shop> src/Till.hs:(7,1)-(9,3): error:
    Variable not in scope: buyy :: Int -> Int
    Perhaps you meant ‘buy’ (line 3)

src/Till.hs:2:1: error: [-Wunused-imports, -Werror=unused-imports]
    The import of ‘Data.List’ is redundant
src/Till.hs:1:1: warning: [-Wtabs] Tab character found here
";
        assert_eq!(
            told(log),
            [
                "ghc build_error | src/Shop.hs:5:10 | GHC-83865 | Couldn't match expected type ‘Int’ with actual type ‘[Char]’ | @3-6",
                "ghc build_error | src/Till.hs:7:1 | Variable not in scope: buyy :: Int -> Int | -> Perhaps you meant ‘buy’ (line 3) | @10-12",
                "ghc build_error | src/Till.hs:2:1 | -Wunused-imports, -Werror=unused-imports | The import of ‘Data.List’ is redundant | @14-15",
            ]
        );
    }
}
