//! Everybody's literals in one search: one look at a whole chunk tells which lines somebody wants.
//!
//! Nearly every line of a log is wanted by nobody, so what counts is how fast that is known, and that it takes no longer
//! with a thousand literals than with ten. Text is read two bytes at a time (a pair). The literals are dealt into sixteen
//! groups; a table says of each pair at which of four places in a row it may stand, in which groups. A shift and an `or`
//! a pair tell whether the last four pairs could be eight bytes of a literal of some group: a shift-or automaton over
//! pairs, as Hyperscan's FDR is one. Where they could, the last two pairs are looked up, and the literal is compared.

use std::cmp::Reverse;
use std::sync::{Arc, Mutex, PoisonError};

/// Stands in a literal for any one digit: a file's name and a colon are everywhere, the line's number after them is not.
pub const DIGIT: char = '\u{1}';

/// A literal this short has two pairs, with whatever byte is beside it. Shorter ones would be found nearly everywhere:
/// `Watch::new` leaves them out, and tests of those who give literals hold that there are none.
pub const LITERAL_BYTES_MIN: usize = 3;

const PAIR_BYTES: usize = 2;
const PAIRS: usize = 1 << 16;

/// Pairs in a row that are held against the groups; a bit for each group and each of these makes 64.
const WINDOW_PAIRS: usize = 4;
const GROUPS: u32 = u64::BITS / WINDOW_PAIRS as u32;

/// The last two pairs of a window, by which the literal is found.
const GRAM_BYTES: usize = 2 * PAIR_BYTES;

/// A gram with any byte in it is known by its other pair alone; its bytes are folded, so that no pair of them is zero.
const FIRST_PAIR: u32 = 0x0000_ffff;
const LAST_PAIR: u32 = 0xffff_0000;

/// A gram with digits in it is kept with each of them; a window whose keys would be more is taken only at need.
const KEYS_ENOUGH: usize = 10;

/// Upper and lower case are one.
const FOLD: u32 = 0x2020_2020;

/// Lists of needles: a few of them for each needle, with all the literals there are.
const LIST_BITS: u32 = 13;

/// Pairs that are read before one branch asks whether any of them ends a window.
const BLOCK_PAIRS: usize = 8;
const BLOCK_BYTES: usize = BLOCK_PAIRS * PAIR_BYTES;

/// A program reads with one policy, with and without a census.
const SHARED_MAX: usize = 4;

/// Knows literals, and finds them whatever their case.
pub struct Watch {
    literals: Vec<Literal>,
    /// Places in the list that `new` was given, those of one literal together.
    places: Vec<usize>,
    /// Of each place in that list, whether it is worth a line's time when it stands there alone.
    quiet: Vec<bool>,
    /// Of each literal its windows: what the finders are made of.
    windows: Vec<(u32, Window)>,
    all: Finder,
    /// Finds only what is not quiet; `None` where that is all.
    loud: Option<Finder>,
}

/// Finds where literals may stand.
struct Finder {
    /// Of each pair, where it may *not* stand: a bit a group, first for a window's first pair, last for its last.
    pairs: Box<[u64; PAIRS]>,
    /// Where in `needles` the list of each hash begins; the next one's beginning is its end.
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

/// The gram that ends a window, or one pair of it, and how many bytes after the literal's start the gram begins: of a
/// short one, it may begin before.
#[derive(Clone, Copy)]
struct Needle {
    key: u32,
    literal: u32,
    offset: i32,
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
        let windows: Vec<(u32, Window)> = literals
            .iter()
            .zip(0..)
            .flat_map(|(literal, index)| windows(&literal.lower).map(move |window| (index, window)))
            .collect();
        let all = Finder::new(windows.iter().copied());
        Self { quiet: vec![false; places.len()], windows, all, loud: None, literals, places }
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
        let is_loud = |literal: u32| self.literals.get(literal as usize).is_some_and(|literal| literal.loud);
        self.loud = Some(Finder::new(self.windows.iter().copied().filter(|(literal, _)| is_loud(*literal))));
        self
    }

    /// Whether one of these literals is worth a line's time.
    pub fn any_loud(&self, literals: &[usize]) -> bool {
        literals.iter().any(|literal| self.quiet.get(*literal) == Some(&false))
    }

    /// Where the first literal begins that is not quiet, at or after `from`.
    pub fn next(&self, bytes: &[u8], from: usize) -> Option<usize> {
        let mut next = None;
        self.loud.as_ref().unwrap_or(&self.all).scan(&self.literals, bytes, from, &mut |start, _| {
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
    fn new(windows: impl Iterator<Item = (u32, Window)>) -> Self {
        let windows: Vec<(u32, Window)> = windows.collect();
        let mut needles: Vec<Needle> = Vec::with_capacity(windows.len());
        for (literal, window) in &windows {
            window.keys(&mut |key| needles.push(Needle { key, literal: *literal, offset: window.offset }));
        }
        needles.sort_unstable_by_key(|needle| (list_of(needle.key), needle.literal));
        let mut lists = vec![0_u32; (1 << LIST_BITS) + 1];
        for needle in &needles {
            if let Some(after) = lists.get_mut(list_of(needle.key) + 1) {
                *after += 1;
            }
        }
        let mut end = 0;
        for list in &mut lists {
            end += *list;
            *list = end;
        }
        Self { pairs: pairs(windows.into_iter().map(|(_, window)| window).collect()), lists, needles }
    }

    /// Tells of every literal that begins at or after `from`, roughly in order, until `enough` says so.
    fn scan(&self, literals: &[Literal], bytes: &[u8], from: usize, enough: &mut dyn FnMut(usize, &Literal) -> bool) {
        // A literal's first pair may begin one byte before it.
        let mut at = from.saturating_sub(1) / PAIR_BYTES * PAIR_BYTES;
        let mut state = 0;
        while let Some(rest) = bytes.get(at..).filter(|rest| !rest.is_empty()) {
            let after = match rest.first_chunk::<BLOCK_BYTES>() {
                Some(block) => self.pass(block, state),
                None => self.pass(&padded(rest), state),
            };
            state = match after {
                Ok(state) => state,
                Err(Met) => {
                    let mut each = |needle: &Needle, place| {
                        let literal = literals.get(needle.literal as usize)?;
                        let start = literal.start(needle, bytes, place)?;
                        (start >= from && enough(start, literal)).then_some(())
                    };
                    match self.look(bytes, at, state, &mut each) {
                        Ok(state) => state,
                        Err(Enough) => return,
                    }
                }
            };
            at += BLOCK_BYTES;
        }
    }

    /// Reads one block; `Met` if a window ends in it. Without a branch and without a loop: nearly all of a log is read here.
    fn pass(&self, block: &[u8; BLOCK_BYTES], state: u64) -> Result<u64, Met> {
        let a = self.step::<0>(block, state);
        let b = self.step::<1>(block, a);
        let c = self.step::<2>(block, b);
        let d = self.step::<3>(block, c);
        let e = self.step::<4>(block, d);
        let f = self.step::<5>(block, e);
        let g = self.step::<6>(block, f);
        let h = self.step::<7>(block, g);
        if ends_window(a & b & c & d & e & f & g & h) { Err(Met) } else { Ok(h) }
    }

    #[inline(always)]
    fn step<const PAIR: usize>(&self, block: &[u8; BLOCK_BYTES], state: u64) -> u64 {
        let pair = block[PAIR * PAIR_BYTES..].first_chunk().copied().unwrap_or_default();
        state << GROUPS | self.pairs[usize::from(u16::from_le_bytes(pair))]
    }

    /// Reads a block in which a window ends, pair by pair, and tells of the needles there.
    fn look(
        &self,
        bytes: &[u8],
        at: usize,
        mut state: u64,
        each: &mut dyn FnMut(&Needle, usize) -> Option<()>,
    ) -> Result<u64, Enough> {
        let rest = bytes.get(at..).unwrap_or_default();
        let block = rest.first_chunk::<BLOCK_BYTES>().copied().unwrap_or_else(|| padded(rest));
        for (pair, place) in block.as_chunks().0.iter().zip((at..).step_by(PAIR_BYTES)) {
            state = state << GROUPS | self.pairs[usize::from(u16::from_le_bytes(*pair))];
            if ends_window(state)
                && let Some(place) = place.checked_sub(PAIR_BYTES)
            {
                let gram = gram_at(bytes, place);
                for key in [gram, gram & FIRST_PAIR, gram & LAST_PAIR] {
                    for needle in self.needles_of(key).iter().filter(|needle| needle.key == key) {
                        if each(needle, place).is_some() {
                            return Err(Enough);
                        }
                    }
                }
            }
        }
        Ok(state)
    }

    /// The needles that may have this key.
    fn needles_of(&self, key: u32) -> &[Needle] {
        match self.lists.get(list_of(key)..) {
            Some([first, end, ..]) => self.needles.get(*first as usize..*end as usize).unwrap_or_default(),
            _ => &[],
        }
    }
}

/// A window may end in this block.
struct Met;

/// Nothing more is asked for.
struct Enough;

fn ends_window(state: u64) -> bool {
    state >> (u64::BITS - GROUPS) != (1 << GROUPS) - 1
}

impl Literal {
    fn new(lower: Vec<u8>, first: usize) -> Self {
        let (mut head, mut head_mask) = ([0; 8], [0; 8]);
        for ((byte, mask), lower) in head.iter_mut().zip(&mut head_mask).zip(&lower) {
            if *lower != DIGIT as u8 {
                (*byte, *mask) = (lower | FOLD as u8, u8::MAX);
            }
        }
        let [head, head_mask] = [head, head_mask].map(u64::from_le_bytes);
        Self { lower, head, head_mask, first, count: 1, loud: true }
    }

    /// Where it begins, if it stands where this needle's gram stands.
    fn start(&self, needle: &Needle, bytes: &[u8], at: usize) -> Option<usize> {
        let start = at.checked_add_signed(-(needle.offset as isize))?;
        let rest = bytes.get(start..)?;
        if let Some(head) = rest.first_chunk::<8>()
            && (u64::from_le_bytes(*head) | u64::from(FOLD) << 32 | u64::from(FOLD)) & self.head_mask != self.head
        {
            return None;
        }
        let same = |(byte, lower): (&u8, &u8)| {
            byte.to_ascii_lowercase() == *lower || (*lower == DIGIT as u8 && byte.is_ascii_digit())
        };
        let stands = rest.get(..self.lower.len())?.iter().zip(&self.lower).all(same);
        stands.then_some(start)
    }
}

/// The four bytes at this place, their case folded; after a text's end come line ends.
fn gram_at(bytes: &[u8], at: usize) -> u32 {
    let rest = bytes.get(at..).unwrap_or_default();
    let gram = rest.first_chunk().copied().unwrap_or_else(|| {
        let [a, b, c, d, ..] = padded(rest);
        [a, b, c, d]
    });
    u32::from_le_bytes(gram) | FOLD
}

/// The beginning of a text, as if line ends followed it.
fn padded(text: &[u8]) -> [u8; BLOCK_BYTES] {
    let mut block = [b'\n'; BLOCK_BYTES];
    block.iter_mut().zip(text).for_each(|(to, from)| *to = *from);
    block
}

fn list_of(key: u32) -> usize {
    // Fibonacci hashing: the upper bits of the product are the well mixed ones.
    (key.wrapping_mul(0x9E37_79B1) >> (u32::BITS - LIST_BITS)) as usize
}

/// Four pairs in a row of a literal, which may reach over its ends.
#[derive(Clone, Copy)]
struct Window {
    bytes: [Choice; WINDOW_PAIRS * PAIR_BYTES],
    /// How many bytes after the literal's start its last two pairs begin.
    offset: i32,
}

/// What may stand at a place of a window.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Choice {
    Any,
    Digit,
    Byte(u8),
}

/// The windows of a literal that tell most: one for its standing at an even place, one for an odd one.
fn windows(lower: &[u8]) -> impl Iterator<Item = Window> {
    let length = if lower.len() < LITERAL_BYTES_MIN { 0 } else { i32::try_from(lower.len()).unwrap_or(i32::MAX) };
    [0, -1].into_iter().filter_map(move |first| {
        // Where the last pair begins: at least the second that holds a byte of the literal.
        let lasts = (first + PAIR_BYTES as i32..length).step_by(PAIR_BYTES);
        let windows = lasts.map(|last| Window::new(lower, last));
        windows.max_by_key(|window| (Reverse(window.key_count().max(KEYS_ENOUGH)), window.surprise()))
    })
}

impl Window {
    fn new(lower: &[u8], last: i32) -> Self {
        let first = last - ((WINDOW_PAIRS - 1) * PAIR_BYTES) as i32;
        let mut at = first..;
        let bytes = [Choice::Any; WINDOW_PAIRS * PAIR_BYTES].map(|any| {
            match at.next().and_then(|at| lower.get(usize::try_from(at).ok()?)) {
                Some(byte) if *byte == DIGIT as u8 => Choice::Digit,
                Some(byte) => Choice::Byte(*byte),
                None => any,
            }
        });
        Self { bytes, offset: last - PAIR_BYTES as i32 }
    }

    fn gram(&self) -> [Choice; GRAM_BYTES] {
        self.bytes.last_chunk().copied().unwrap_or([Choice::Any; GRAM_BYTES])
    }

    /// What it is looked up by: its gram, or that of its pairs alone which leaves less open.
    fn key(&self) -> [Option<Choice>; GRAM_BYTES] {
        let [a, b, c, d] = self.gram();
        let open = |pair: [Choice; PAIR_BYTES]| pair.contains(&Choice::Any);
        if !open([a, b]) && !open([c, d]) {
            return [a, b, c, d].map(Some);
        }
        let [first, last] = [[a, b], [c, d]].map(|pair| pair.iter().map(|choice| choice.count()).product::<usize>());
        if first <= last { [Some(a), Some(b), None, None] } else { [None, None, Some(c), Some(d)] }
    }

    fn key_count(&self) -> usize {
        self.key().into_iter().flatten().map(Choice::count).product()
    }

    /// Tells every key that it may be looked up by.
    fn keys(&self, each: &mut dyn FnMut(u32)) {
        let [a, b, c, d] = self.key();
        for_each(a, &mut |a| {
            for_each(b, &mut |b| for_each(c, &mut |c| for_each(d, &mut |d| each(u32::from_le_bytes([a, b, c, d])))));
        });
    }

    /// How seldom its bytes stand in logs, roughly in bits; the gram decides how often a literal is compared.
    fn surprise(&self) -> u32 {
        self.bytes.iter().chain(&self.gram()).map(|choice| choice.surprise()).sum()
    }
}

/// Tells every byte that may stand there, folded; zero where it does not count.
fn for_each(choice: Option<Choice>, each: &mut dyn FnMut(u8)) {
    let fold = FOLD as u8;
    match choice {
        None => each(0),
        Some(Choice::Byte(byte)) => each(byte | fold),
        Some(Choice::Digit) => (b'0'..=b'9').for_each(each),
        Some(Choice::Any) => (0..=u8::MAX).filter(|byte| byte & fold != 0).for_each(each),
    }
}

impl Choice {
    fn count(self) -> usize {
        match self {
            Self::Byte(_) => 1,
            Self::Digit => 10,
            Self::Any => 128,
        }
    }

    /// Tells every byte that may stand there, in either case.
    fn bytes(self, each: &mut dyn FnMut(u8)) {
        match self {
            Self::Any => (0..=u8::MAX).for_each(each),
            Self::Digit => (b'0'..=b'9').for_each(each),
            Self::Byte(byte) => {
                each(byte);
                if byte.is_ascii_lowercase() {
                    each(byte.to_ascii_uppercase());
                }
            }
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

/// Deals the windows into groups, those together that are alike, and says of each pair where it may not stand.
fn pairs(mut windows: Vec<Window>) -> Box<[u64; PAIRS]> {
    windows.sort_by_key(|window| window.bytes);
    let group_size = windows.len().div_ceil(GROUPS as usize).max(1);
    let groups = || (0_u32..).zip(windows.chunks(group_size));
    let is_any = |pair: &[Choice; PAIR_BYTES]| *pair == [Choice::Any; PAIR_BYTES];
    let bits = || (0..u64::BITS).step_by(GROUPS as usize);
    // What any pair may be is the same for all of them.
    let mut everywhere = u64::MAX;
    for (group, windows) in groups() {
        for window in windows {
            for (_, bit) in window.bytes.as_chunks().0.iter().zip(bits()).filter(|(pair, _)| is_any(pair)) {
                everywhere &= !(1 << (bit + group));
            }
        }
    }
    let mut pairs = vec![everywhere; PAIRS];
    for (group, windows) in groups() {
        for window in windows {
            for (pair, bit) in window.bytes.as_chunks().0.iter().zip(bits()).filter(|(pair, _)| !is_any(pair)) {
                let [first, second] = pair;
                first.bytes(&mut |first| {
                    second.bytes(&mut |second| {
                        if let Some(pair) = pairs.get_mut(usize::from(u16::from_le_bytes([first, second]))) {
                            *pair &= !(1 << (bit + group));
                        }
                    });
                });
            }
        }
    }
    pairs.into_boxed_slice().try_into().unwrap_or_else(|_| Box::new([0; PAIRS]))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn literals_are_found_whatever_their_case_and_wherever_they_stand() {
        let watch = Watch::new(["error:", "FAILED", "✗ no"]);
        assert_eq!(watch.next(b"ok\nError: no", 0), Some(3));
        assert_eq!(watch.next(b"ok\nError: no", 4), None);
        assert_eq!(watch.next(b"a long line of words before it has failed", 0), Some(35));
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
    fn more_literals_than_slots_are_all_found() {
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
    fn a_quiet_literal_is_told_of_only_in_a_line_that_another_one_makes_worth_it() {
        let watch = Watch::new([" ... ok", "panicked", " ... ok"]).quieten([0]);
        assert_eq!(watch.next(b"test a ... ok\n", 0), Some(6), "who else wants it is told");
        let watch = watch.quieten([2]);
        assert_eq!(watch.next(b"test a ... ok\npanicked ... ok\n", 0), Some(14));
        let mut hits = Vec::new();
        watch.hits("panicked ... ok", &mut hits);
        assert_eq!(hits, [0, 1, 2]);
        assert!(watch.any_loud(&hits) && !watch.any_loud(&[0, 2]));
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
            prop_assert_eq!(watch.next(text.as_bytes(), from).is_some(), first.is_some());
            if let (Some(next), Some(first)) = (watch.next(text.as_bytes(), from), first) {
                prop_assert!(next < from + first + WINDOW_PAIRS * PAIR_BYTES * 2, "roughly in order");
            }
        }
    }
}
