//! Everybody's literals in one search: one look at a whole chunk tells which lines somebody wants.
//!
//! Nearly every line of a log is wanted by nobody, so what counts is how fast that is known, and that it takes no longer
//! with a thousand literals than with ten. Of each literal four bytes in a row (a gram) are known, by a bit in a table;
//! the gram at each place of a text is hashed and its bit looked up, and only where it is set is a literal compared. Which
//! of a literal's grams is the best to know it by depends on the text: `test` stands everywhere in one log and nowhere in
//! another. So the log itself is sampled, and the watch tuned to it.

pub mod sample;

use std::cmp::Reverse;
use std::sync::{Arc, Mutex, PoisonError};

use sample::{FOLD, GRAM_BYTES, Sample, folded, hash};

/// Stands in a literal for any one digit: a file's name and a colon are everywhere, the line's number after them is not.
pub const DIGIT: char = '\u{1}';

/// Stands for all digits of a number.
pub const NUMBER: char = '\u{2}';

/// Stands for a digit with which a number begins that is not zero: `Failures: 0` is everywhere too.
pub const NONZERO: char = '\u{3}';

/// Stands for a line's end, and blanks before it.
pub const LINE_END: char = '\u{4}';

/// Shorter ones would be found nearly everywhere: `Watch::new` leaves them out, and tests of those who give literals
/// hold that there are none.
pub const LITERAL_BYTES_MIN: usize = 3;

/// Places that are looked up before one branch asks whether a gram stands at any of them.
const BLOCK_BYTES: usize = 16;

/// What a block's lookups read: its last gram begins in it and ends behind it.
const READ_BYTES: usize = BLOCK_BYTES + GRAM_BYTES - 1;

/// Words of 32 bits, one bit a gram: many times as many bits as there are grams, and few enough for a processor's cache.
const WORD_BITS: u32 = 14;
const WORDS: usize = 1 << WORD_BITS;

/// A gram is known with each byte that may stand at an open place of it: with two of them, thousands.
const OPEN_MAX: usize = 1;

/// A program reads with one policy, with and without a census.
const SHARED_MAX: usize = 4;

/// Knows literals, and finds them whatever their case.
pub struct Watch {
    literals: Vec<Literal>,
    /// Places in the list that `new` was given, those of one literal together.
    places: Vec<usize>,
    /// Of each place in that list, whether it is worth a line's time when it stands there alone.
    quiet: Vec<bool>,
    all: Finder,
    /// Finds only what is not quiet; `None` where that is all.
    loud: Option<Finder>,
}

/// Finds where literals may stand.
pub struct Finder {
    /// A gram's hash is its word, its first byte its bit: set where a needle has such a gram.
    known: Box<[u32; WORDS]>,
    /// Where in `needles` the list of each word of `known` begins; the next one's beginning is its end.
    lists: Vec<u32>,
    needles: Vec<Needle>,
}

/// A literal, once, however many want it.
struct Literal {
    lower: Vec<u8>,
    /// Its first bytes, and which bits of them a text must share: one comparison settles nearly all doubts.
    head: u64,
    head_mask: u64,
    first: usize,
    count: usize,
    loud: bool,
}

/// A gram by which a literal is known.
struct Needle {
    gram: u32,
    literal: u32,
    /// How many bytes after the literal's start it begins.
    offset: usize,
}

impl Watch {
    /// A literal is known by its place in this list from now on.
    pub fn new<'a>(literals: impl IntoIterator<Item = &'a str>) -> Self {
        let lower: Vec<Vec<u8>> =
            literals.into_iter().map(|literal| literal.to_ascii_lowercase().into_bytes()).collect();
        let mut places: Vec<usize> = (0..lower.len()).collect();
        places.sort_by_key(|place| lower.get(*place));
        let mut literals: Vec<Literal> = Vec::new();
        for (first, place) in places.iter().enumerate() {
            let Some(lower) = lower.get(*place) else { continue };
            match literals.last_mut().filter(|last| last.lower == *lower) {
                Some(last) => last.count += 1,
                None => literals.push(Literal::new(lower.clone(), first)),
            }
        }
        let all = Finder::new((0..).zip(&literals), &Sample::typical());
        Self { quiet: vec![false; places.len()], all, loud: None, literals, places }
    }

    /// The same watch for the same literals, of which those at `quiet` are quietened: made once, for that takes longer
    /// than to read a small log.
    pub fn shared(literals: &[&str], quiet: &[usize]) -> Arc<Self> {
        /// Of which literals, which of them quiet.
        type Made = (Vec<String>, Vec<usize>, Arc<Watch>);
        static MADE: Mutex<Vec<Made>> = Mutex::new(Vec::new());
        // Somebody who panicked while holding it has not left it half made.
        let mut made = MADE.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, _, watch)) = made.iter().find(|(all, own, _)| all == literals && own == quiet) {
            return Arc::clone(watch);
        }
        let watch = Self::new(literals.iter().copied());
        let watch = if quiet.is_empty() { watch } else { watch.quieten(quiet.iter().copied()) };
        let watch = Arc::new(watch);
        if made.len() < SHARED_MAX {
            let literals = literals.iter().map(|literal| (*literal).to_owned()).collect();
            made.push((literals, quiet.to_vec(), Arc::clone(&watch)));
        }
        watch
    }

    /// These literals, by their place, are from now on told of only in a line that another one makes worth it.
    pub fn quieten(mut self, literals: impl IntoIterator<Item = usize>) -> Self {
        for literal in literals {
            if let Some(quiet) = self.quiet.get_mut(literal) {
                *quiet = true;
            }
        }
        for literal in &mut self.literals {
            let places = self.places.get(literal.first..literal.first + literal.count).unwrap_or_default();
            literal.loud = places.iter().any(|place| self.quiet.get(*place) == Some(&false));
        }
        self.loud = Some(self.tuned(&Sample::typical()));
        self
    }

    /// Whether one of these literals is worth a line's time.
    pub fn any_loud(&self, literals: &[usize]) -> bool {
        literals.iter().any(|literal| self.quiet.get(*literal) == Some(&false))
    }

    /// A finder of what is not quiet that finds little else in text like this.
    pub fn tuned(&self, sample: &Sample) -> Finder {
        Finder::new((0..).zip(&self.literals).filter(|(_, literal)| literal.loud), sample)
    }

    /// Where a literal begins that is not quiet, in the first line from `from` on that holds one. `tuned` is this watch's.
    pub fn next(&self, tuned: Option<&Finder>, bytes: &[u8], from: usize) -> Option<usize> {
        let mut next = None;
        tuned.or(self.loud.as_ref()).unwrap_or(&self.all).scan(&self.literals, bytes, from, &mut |start, _| {
            next = Some(start);
            true
        });
        next
    }

    /// The literals that stand in `text`, each once, in their order.
    pub fn hits(&self, text: &str, hits: &mut Vec<usize>) {
        hits.clear();
        self.all.scan(&self.literals, text.as_bytes(), 0, &mut |_, literal| {
            hits.extend(self.places.get(literal.first..literal.first + literal.count).unwrap_or_default());
            false
        });
        if hits.len() > 1 {
            hits.sort_unstable();
            hits.dedup();
        }
    }
}

impl Finder {
    fn new<'a>(literals: impl Iterator<Item = (u32, &'a Literal)>, sample: &Sample) -> Self {
        let mut needles: Vec<Needle> = Vec::new();
        for (index, literal) in literals {
            if let Some((gram, offset)) = rarest_gram(&literal.lower, sample) {
                gram.each(&mut |gram| needles.push(Needle { gram, literal: index, offset }));
            }
        }
        needles.sort_unstable_by_key(|needle| (place_of(needle.gram).0, needle.literal));
        let mut known = Box::new([0; WORDS]);
        let mut lists = vec![0_u32; WORDS + 1];
        for needle in &needles {
            let (word, bit) = place_of(needle.gram);
            if let (Some(known), Some(after)) = (known.get_mut(word), lists.get_mut(word + 1)) {
                *known |= 1 << bit;
                *after += 1;
            }
        }
        let mut end = 0;
        for list in &mut lists {
            end += *list;
            *list = end;
        }
        Self { known, lists, needles }
    }

    /// Tells of every literal that begins at or after `from`, line by line, until `enough` says so.
    fn scan(&self, literals: &[Literal], bytes: &[u8], from: usize, enough: &mut dyn FnMut(usize, &Literal) -> bool) {
        let mut at = from;
        while let Some(rest) = bytes.get(at..).filter(|rest| !rest.is_empty()) {
            let mut places = match rest.first_chunk() {
                Some(block) => self.places_in(block),
                None => self.places_in(&padded(rest)),
            };
            while places != 0 {
                let place = at + places.trailing_zeros() as usize;
                places &= places - 1;
                let gram = gram_at(bytes, place);
                for needle in self.needles_of(gram).iter().filter(|needle| needle.gram == gram) {
                    if let Some(literal) = literals.get(needle.literal as usize)
                        && let Some(start) = place.checked_sub(needle.offset).filter(|start| *start >= from)
                        && literal.stands_at(bytes, start)
                        && enough(start, literal)
                    {
                        return;
                    }
                }
            }
            at += BLOCK_BYTES;
        }
    }

    /// The places of a block where the gram is known, a bit each. Nearly all of a log is read here, and has none.
    #[inline(always)]
    fn places_in(&self, block: &[u8; READ_BYTES]) -> u32 {
        let a = self.knows::<0>(block) | self.knows::<1>(block) | self.knows::<2>(block) | self.knows::<3>(block);
        let b = self.knows::<4>(block) | self.knows::<5>(block) | self.knows::<6>(block) | self.knows::<7>(block);
        let c = self.knows::<8>(block) | self.knows::<9>(block) | self.knows::<10>(block) | self.knows::<11>(block);
        let d = self.knows::<12>(block) | self.knows::<13>(block) | self.knows::<14>(block) | self.knows::<15>(block);
        if (a | b | c | d) & 1 == 0 {
            return 0;
        }
        let grams = block.windows(GRAM_BYTES).filter_map(<[u8]>::first_chunk).zip(0..);
        grams.fold(0, |places, (gram, place)| places | (self.knows_gram(*gram) & 1) << place)
    }

    #[inline(always)]
    fn knows<const PLACE: usize>(&self, block: &[u8; READ_BYTES]) -> u32 {
        self.knows_gram(block[PLACE..].first_chunk().copied().unwrap_or_default())
    }

    /// The last bit says whether it is known; the others say nothing.
    #[inline(always)]
    fn knows_gram(&self, gram: [u8; GRAM_BYTES]) -> u32 {
        let (word, bit) = place_of(folded(gram));
        self.known[word] >> bit
    }

    /// The needles that may have this gram.
    fn needles_of(&self, gram: u32) -> &[Needle] {
        match self.lists.get(place_of(gram).0..) {
            Some([first, end, ..]) => self.needles.get(*first as usize..*end as usize).unwrap_or_default(),
            _ => &[],
        }
    }
}

impl Literal {
    fn new(lower: Vec<u8>, first: usize) -> Self {
        let (mut head, mut head_mask) = ([0; 8], [0; 8]);
        for ((byte, mask), lower) in head.iter_mut().zip(&mut head_mask).zip(&lower) {
            if *lower <= LINE_END as u8 {
                break;
            }
            (*byte, *mask) = (lower | FOLD, u8::MAX);
        }
        let [head, head_mask] = [head, head_mask].map(u64::from_le_bytes);
        Self { lower, head, head_mask, first, count: 1, loud: true }
    }

    fn stands_at(&self, bytes: &[u8], start: usize) -> bool {
        let rest = bytes.get(start..).unwrap_or_default();
        if let Some(head) = rest.first_chunk()
            && (u64::from_le_bytes(*head) | u64::from_le_bytes([FOLD; 8])) & self.head_mask != self.head
        {
            return false;
        }
        let mut rest = rest.iter();
        self.lower.iter().all(|wanted| match char::from(*wanted) {
            DIGIT => rest.next().is_some_and(u8::is_ascii_digit),
            NONZERO => rest.next().is_some_and(|byte| matches!(byte, b'1'..=b'9')),
            NUMBER => {
                let digits = rest.as_slice().iter().take_while(|byte| byte.is_ascii_digit()).count();
                digits > 0 && rest.nth(digits - 1).is_some()
            }
            LINE_END => matches!(rest.find(|byte| !matches!(byte, b' ' | b'\t')), None | Some(b'\r' | b'\n')),
            _ => rest.next().is_some_and(|byte| byte.to_ascii_lowercase() == *wanted),
        })
    }
}

/// The word and the bit of a folded gram.
#[inline(always)]
fn place_of(gram: u32) -> (usize, u32) {
    (hash(gram, WORD_BITS), gram % u32::BITS)
}

/// The gram at this place, its case folded; after a text's end come line ends.
fn gram_at(bytes: &[u8], at: usize) -> u32 {
    let rest = bytes.get(at..).unwrap_or_default();
    match rest.first_chunk() {
        Some(gram) => folded(*gram),
        None => padded(rest).first_chunk().copied().map_or(0, folded),
    }
}

/// The beginning of a text, as if line ends followed it.
fn padded(text: &[u8]) -> [u8; READ_BYTES] {
    let mut block = [b'\n'; READ_BYTES];
    block.iter_mut().zip(text).for_each(|(to, from)| *to = *from);
    block
}

/// Four bytes in a row of a literal.
struct Gram([Choice; GRAM_BYTES]);

/// What may stand at a place of a gram.
#[derive(Clone, Copy)]
enum Choice {
    Any,
    Digit,
    Byte(u8),
}

/// The gram of a literal that stands least often in text like the sample, and where in the literal it begins.
fn rarest_gram(lower: &[u8], sample: &Sample) -> Option<(Gram, usize)> {
    if lower.len() < LITERAL_BYTES_MIN {
        return None;
    }
    // Behind a number's first digit nobody knows what stands where.
    let number = lower.iter().position(|byte| char::from(*byte) == NUMBER);
    let placed = number.and_then(|number| lower.get(..=number)).unwrap_or(lower);
    let choice = |byte: &u8| match char::from(*byte) {
        DIGIT | NUMBER | NONZERO => Choice::Digit,
        LINE_END => Choice::Any,
        _ => Choice::Byte(*byte),
    };
    let gram = |first: usize| Gram(std::array::from_fn(|place| placed.get(first + place).map_or(Choice::Any, choice)));
    let grams = (0..=placed.len().saturating_sub(GRAM_BYTES)).map(|first| (gram(first), first));
    let rank = |gram: &Gram| (gram.openness(), gram.count_in(sample), Reverse(gram.surprise()));
    grams.filter(|(gram, _)| gram.openness() <= OPEN_MAX).min_by_key(|(gram, _)| rank(gram))
}

impl Gram {
    /// How many of its places may hold anything.
    fn openness(&self) -> usize {
        self.0.iter().filter(|choice| matches!(choice, Choice::Any)).count()
    }

    fn count_in(&self, sample: &Sample) -> u64 {
        let mut count = 0;
        self.each(&mut |gram| count += u64::from(sample.count(gram)));
        count
    }

    /// How seldom its bytes stand in any log, roughly in bits.
    fn surprise(&self) -> u32 {
        self.0.iter().map(|choice| choice.surprise()).sum()
    }

    /// Tells everything that it may be, folded.
    fn each(&self, tell: &mut dyn FnMut(u32)) {
        let [a, b, c, d] = self.0;
        a.each(&mut |a| b.each(&mut |b| c.each(&mut |c| d.each(&mut |d| tell(folded([a, b, c, d]))))));
    }
}

impl Choice {
    fn each(self, tell: &mut dyn FnMut(u8)) {
        match self {
            Self::Byte(byte) => tell(byte),
            Self::Digit => (b'0'..=b'9').for_each(tell),
            Self::Any => (0..=u8::MAX).filter(|byte| byte & FOLD != 0).for_each(tell),
        }
    }

    fn surprise(self) -> u32 {
        match self {
            Self::Any => 0,
            Self::Digit | Self::Byte(b' ') => 3,
            Self::Byte(b'e' | b't' | b'o' | b's' | b'r' | b'a' | b'i' | b'n' | b'c' | b'l') => 4,
            Self::Byte(b'a'..=b'z' | b'0'..=b'9' | b'.' | b'/' | b'-' | b':') => 6,
            Self::Byte(_) => 7,
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn literals_are_found_whatever_their_case_and_wherever_they_stand() {
        let watch = Watch::new(["error:", "FAILED", "✗ no"]);
        assert_eq!(watch.next(None, b"ok\nError: no", 0), Some(3));
        assert_eq!(watch.next(None, b"ok\nError: no", 4), None);
        assert_eq!(watch.next(None, b"a long line of words before it has failed", 0), Some(35));
        let mut hits = Vec::new();
        watch.hits("✗ no: 2 failed, Failed", &mut hits);
        assert_eq!(hits, [1, 2]);
        watch.hits("2 passed", &mut hits);
        assert_eq!(hits, [0_usize; 0]);
    }

    #[test]
    fn a_literal_of_the_shortest_length_is_found_and_a_shorter_one_is_left_out() {
        let watch = Watch::new(["abc", "xy"]);
        let mut hits = Vec::new();
        for text in ["xy abc", "xy abc\n", "xyABC.", "xy_abcé"] {
            watch.hits(text, &mut hits);
            assert_eq!(hits, [0], "in {text}");
        }
    }

    #[test]
    fn some_thousand_literals_are_all_found() {
        let literals: Vec<String> = (0..6_000).map(|number| format!("key{number:05}")).collect();
        let watch = Watch::new(literals.iter().map(String::as_str));
        let mut hits = Vec::new();
        for (index, literal) in literals.iter().enumerate().step_by(97) {
            watch.hits(&format!("what {literal}, then"), &mut hits);
            assert_eq!(hits, [index], "of {literal}");
        }
    }

    #[test]
    fn a_digit_in_a_literal_is_any_digit_and_nothing_else() {
        let watch = Watch::new([".py:\u{1}", "code 50\u{1}:", ".c:\u{1}"]);
        for (text, expected) in [
            ("a.py:7", vec![0]),
            ("aa.py:7: no", vec![0]),
            ("a.py::test_a", vec![]),
            ("a.py:", vec![]),
            ("HTTP CODE 503: no", vec![1]),
            ("code 50x:", vec![]),
            ("/a.c:10:2", vec![2]),
            ("/aa.c:1", vec![2]),
        ] {
            let mut hits = Vec::new();
            watch.hits(text, &mut hits);
            assert_eq!(hits, expected, "in {text}");
        }
    }

    #[test]
    fn a_number_and_a_lines_end_are_told_apart_from_what_only_begins_like_them() {
        let watch = Watch::new([".java:\u{2}:", "failures: \u{3}", "failures:\u{4}", " of \u{2}\u{4}"]);
        for (text, expected) in [
            ("A.java:12: error", vec![0]),
            ("at a.A(A.java:12)", vec![]),
            ("A.java:: no", vec![]),
            ("Failures: 0", vec![]),
            ("Failures: 10", vec![1]),
            ("Failures:", vec![2]),
            ("Failures:\r", vec![2]),
            ("Failures:  ", vec![2]),
            ("Failures: x", vec![]),
            ("12 of 345", vec![3]),
            ("12 of 345,", vec![]),
        ] {
            let mut hits = Vec::new();
            watch.hits(text, &mut hits);
            assert_eq!(hits, expected, "in {text}");
            assert_eq!(watch.next(None, format!("ok\n{text}\nok\n").as_bytes(), 0).is_some(), !expected.is_empty());
        }
    }

    #[test]
    fn a_quiet_literal_is_told_of_only_in_a_line_that_another_one_makes_worth_it() {
        let watch = Watch::new([" ... ok", "panicked", " ... ok"]).quieten([0]);
        assert_eq!(watch.next(None, b"test a ... ok\n", 0), Some(6), "who else wants it is told");
        let watch = watch.quieten([2]);
        assert_eq!(watch.next(None, b"test a ... ok\npanicked ... ok\n", 0), Some(14));
        let mut hits = Vec::new();
        watch.hits("panicked ... ok", &mut hits);
        assert_eq!(hits, [0, 1, 2]);
        assert!(watch.any_loud(&hits) && !watch.any_loud(&[0, 2]));
    }

    #[test]
    fn a_tuned_finder_knows_a_literal_by_what_is_rare_in_the_log() {
        let literal = Literal::new(b"test at ".to_vec(), 0);
        let gram_in = |text: &[u8]| {
            let mut sample = Sample::default();
            assert!(sample.take(&text.repeat(1 << 15), u64::MAX / 2));
            rarest_gram(&literal.lower, &sample).map(|(_, offset)| offset)
        };
        assert_eq!(gram_in(b"test of it, estimated\n"), Some(2));
        assert_eq!(gram_in(b"not at all; what at last\n"), Some(0));
    }

    #[test]
    fn a_watch_for_the_same_literals_is_made_once() {
        let literals = ["shared one", "shared two"];
        let watch = Watch::shared(&literals, &[1]);
        assert!(Arc::ptr_eq(&watch, &Watch::shared(&literals, &[1])));
        let loud = Watch::shared(&literals, &[]);
        assert!(!Arc::ptr_eq(&watch, &loud));
        assert_eq!((watch.any_loud(&[1]), loud.any_loud(&[1])), (false, true));
    }

    proptest! {
        #[test]
        fn it_finds_what_a_plain_search_finds(
            literals in proptest::collection::vec("[abc:é\u{1} ]{3,12}", 1..40),
            text in "[abcABC:é \n12]{0,120}",
            from in 0_usize..40,
        ) {
            let literals: Vec<String> = literals.into_iter().filter(|literal| literal.len() >= LITERAL_BYTES_MIN).collect();
            let watch = Watch::new(literals.iter().map(String::as_str));
            let stands = |literal: &String, bytes: &[u8]| {
                let same = |(byte, want): (&u8, &u8)| byte.eq_ignore_ascii_case(want) || (*want == 1 && byte.is_ascii_digit());
                bytes.windows(literal.len()).position(|window| window.iter().zip(literal.as_bytes()).all(same))
            };
            let mut hits = Vec::new();
            watch.hits(&text, &mut hits);
            let plain: Vec<usize> = (0..literals.len()).filter(|index| stands(&literals[*index], text.as_bytes()).is_some()).collect();
            prop_assert_eq!(hits, plain);
            let rest = text.as_bytes().get(from..).unwrap_or_default();
            let first = literals.iter().filter_map(|literal| stands(literal, rest)).min();
            let line = |at: usize| text.as_bytes().iter().take(at).filter(|byte| **byte == b'\n').count();
            let mut sample = Sample::default();
            sample.take(&text.as_bytes().repeat(1 << 12), u64::MAX / 2);
            for tuned in [None, Some(watch.tuned(&sample))] {
                let next = watch.next(tuned.as_ref(), text.as_bytes(), from);
                prop_assert_eq!(next.map(line), first.map(|first| line(from + first)));
            }
        }
    }
}
