//! Everybody's literals in one search: one look at a whole chunk tells which lines somebody wants.
//!
//! Nearly every line of a log is wanted by nobody, so what counts is how fast that is known. An automaton follows each
//! byte through its tables, one after the other; here four bytes are looked up at once, each place apart from the
//! next, in a table that the processor keeps at hand. Of each literal the four rarest bytes are in that table; where
//! they stand, the whole literal is compared.

const GRAM_BYTES: usize = 4;

/// A literal one byte shorter than what is looked up stands before any other byte. Shorter ones would be found nearly
/// everywhere: `Watch::new` leaves them out, and tests of those who give literals hold that there are none.
pub const LITERAL_BYTES_MIN: usize = GRAM_BYTES - 1;

/// Bits of the first table: 16 KiB, a part of every processor's first cache, and sparse with all the literals there are.
const TABLE_BITS: u32 = 17;

/// Slots of the second table, which a few of a thousand places reach.
const SLOT_BITS: u32 = 12;

/// Upper and lower case are one.
const FOLD: u32 = 0x2020_2020;

/// Places that are looked up before one branch asks whether any of them is worth more.
const BLOCK_BYTES: usize = 16;
const BLOCK_PLACES: usize = BLOCK_BYTES - GRAM_BYTES + 1;

/// Knows literals, and finds them whatever their case.
pub struct Watch {
    literals: Vec<Vec<u8>>,
    /// Of each literal, whether it is worth a line's time when it stands there alone.
    quiet: Vec<bool>,
    table: Box<[u64; 1 << (TABLE_BITS - 6)]>,
    /// Of each gram, where its needles begin and end; by open addressing.
    slots: Vec<Option<Slot>>,
    needles: Vec<Needle>,
}

#[derive(Clone, Copy)]
struct Slot {
    gram: u32,
    first: usize,
    count: usize,
}

/// A literal, and how many bytes before the gram it begins.
#[derive(Clone, Copy)]
struct Needle {
    gram: u32,
    literal: usize,
    offset: usize,
}

impl Watch {
    /// A literal is known by its place in this list from now on.
    pub fn new<'a>(literals: impl IntoIterator<Item = &'a str>) -> Self {
        let literals: Vec<Vec<u8>> =
            literals.into_iter().map(|literal| literal.to_ascii_lowercase().into_bytes()).collect();
        let mut needles: Vec<Needle> =
            literals.iter().enumerate().flat_map(|(index, literal)| needles(index, literal)).collect();
        needles.sort_by_key(|needle| needle.gram);
        let mut table = Box::new([0; 1 << (TABLE_BITS - 6)]);
        // Twice as many slots as grams at the least, so that the search for a free one ends soon.
        let slot_count = (1_usize << SLOT_BITS).max((needles.len() * 2).next_power_of_two());
        let mut slots = vec![None; slot_count];
        let mut first = 0;
        for group in needles.chunk_by(|a, b| a.gram == b.gram) {
            if let Some(gram) = group.first().map(|needle| needle.gram) {
                let (word, bit) = place_in_table(gram);
                table[word] |= 1 << bit;
                let free = probe(&slots, gram).find(|at| slots.get(*at).is_some_and(Option::is_none));
                if let Some(slot) = free.and_then(|at| slots.get_mut(at)) {
                    *slot = Some(Slot { gram, first, count: group.len() });
                }
            }
            first += group.len();
        }
        Self { quiet: vec![false; literals.len()], literals, table, slots, needles }
    }

    /// These literals, by their place, are from now on told of only in a line that another one makes worth it.
    pub fn quieten(mut self, literals: impl IntoIterator<Item = usize>) -> Self {
        for literal in literals {
            if let Some(quiet) = self.quiet.get_mut(literal) {
                *quiet = true;
            }
        }
        self
    }

    /// Whether one of these literals is worth a line's time.
    pub fn any_loud(&self, literals: &[usize]) -> bool {
        literals.iter().any(|literal| self.is_loud(*literal))
    }

    fn is_loud(&self, literal: usize) -> bool {
        self.quiet.get(literal) == Some(&false)
    }

    /// The start of the first literal that is not quiet at or after `from`; of one that begins earlier, the start too.
    pub fn next(&self, bytes: &[u8], from: usize) -> Option<usize> {
        let mut at = from;
        while let Some(gram_at) = self.next_gram(bytes, at) {
            if let Some(needle) = self
                .needles_at(bytes, gram_at)
                .find(|needle| gram_at >= from + needle.offset && self.is_loud(needle.literal))
            {
                return Some(gram_at - needle.offset);
            }
            at = gram_at + 1;
        }
        None
    }

    /// The literals that stand in `text`, each once, in their order.
    pub fn hits(&self, text: &str, hits: &mut Vec<usize>) {
        hits.clear();
        let bytes = text.as_bytes();
        let mut at = 0;
        while let Some(gram_at) = self.next_gram(bytes, at) {
            hits.extend(self.needles_at(bytes, gram_at).map(|needle| needle.literal));
            at = gram_at + 1;
        }
        hits.sort_unstable();
        hits.dedup();
    }

    /// The first place from `from` on where a literal's gram may stand.
    fn next_gram(&self, bytes: &[u8], from: usize) -> Option<usize> {
        let mut at = from;
        while let Some(block) = bytes.get(at..).and_then(|rest| rest.first_chunk::<BLOCK_BYTES>()) {
            if self.any_in(block) {
                let found =
                    (0..BLOCK_PLACES).find(|place| gram(block.get(*place..)).is_some_and(|gram| self.knows(gram)));
                if let Some(place) = found {
                    return Some(at + place);
                }
            }
            at += BLOCK_PLACES;
        }
        let rest = bytes.get(at..)?;
        (0..rest.len())
            .find(|place| gram(rest.get(*place..)).is_some_and(|gram| self.knows(gram)))
            .map(|place| at + place)
    }

    /// Whether one of the block's places is worth a second look. Without a branch, so that all are looked up at once.
    fn any_in(&self, block: &[u8; BLOCK_BYTES]) -> bool {
        let whole = u128::from_le_bytes(*block);
        let mut any = 0;
        for place in 0..BLOCK_PLACES {
            // The four bytes at `place`.
            let gram = (whole >> (8 * place)) as u32 | FOLD;
            let (word, bit) = place_in_table(gram);
            any |= self.table[word] >> bit;
        }
        any & 1 != 0
    }

    fn knows(&self, gram: u32) -> bool {
        let (word, bit) = place_in_table(gram);
        self.table[word] >> bit & 1 != 0 && self.slot(gram).is_some()
    }

    fn slot(&self, gram: u32) -> Option<Slot> {
        probe(&self.slots, gram).find_map(|at| match self.slots.get(at).copied().flatten() {
            Some(slot) if slot.gram != gram => None,
            other => Some(other),
        })?
    }

    /// The literals that stand where this gram stands.
    fn needles_at(&self, bytes: &[u8], at: usize) -> impl Iterator<Item = &Needle> {
        let slot = gram(bytes.get(at..)).and_then(|gram| self.slot(gram));
        let needles = slot.and_then(|slot| self.needles.get(slot.first..slot.first + slot.count)).unwrap_or_default();
        needles.iter().filter(move |needle| {
            let literal = self.literals.get(needle.literal).map_or(&[][..], Vec::as_slice);
            at.checked_sub(needle.offset)
                .and_then(|start| bytes.get(start..start + literal.len()))
                .is_some_and(|found| found.eq_ignore_ascii_case(literal))
        })
    }
}

/// The four bytes that `bytes` begins with, their case folded. At a text's end a line's end is taken for the fourth.
fn gram(bytes: Option<&[u8]>) -> Option<u32> {
    let gram = match bytes? {
        [a, b, c, d, ..] => [*a, *b, *c, *d],
        [a, b, c] => [*a, *b, *c, b'\n'],
        _ => return None,
    };
    Some(u32::from_le_bytes(gram) | FOLD)
}

/// Of a literal, the four bytes that are rarest in logs; of a short one, all that it may stand before.
fn needles(literal: usize, bytes: &[u8]) -> Vec<Needle> {
    if bytes.len() == LITERAL_BYTES_MIN {
        let mut grams: Vec<u32> = (0..=u8::MAX).filter_map(|last| gram(Some(&[bytes, &[last]].concat()))).collect();
        grams.sort_unstable();
        grams.dedup();
        return grams.into_iter().map(|gram| Needle { gram, literal, offset: 0 }).collect();
    }
    let common = |gram: &[u8]| gram.iter().map(|byte| commonness(*byte)).sum::<u32>();
    let rarest = bytes.windows(GRAM_BYTES).enumerate().min_by_key(|(_, gram)| common(gram));
    let needle = |(offset, rarest)| Some(Needle { gram: gram(Some(rarest))?, literal, offset });
    rarest.and_then(needle).into_iter().collect()
}

/// Roughly how often a byte stands in a log; only the order matters.
fn commonness(byte: u8) -> u32 {
    match byte {
        b' ' => 40,
        b'e' | b't' | b'a' | b'o' | b'i' | b'n' | b'r' | b's' => 30,
        b'l' | b'd' | b'c' | b'u' | b'm' | b'p' => 22,
        b'0'..=b'9' => 20,
        b'.' | b'/' | b'-' | b':' | b'[' | b']' | b'_' => 15,
        b'a'..=b'z' => 12,
        _ => 5,
    }
}

/// Fibonacci hashing: the upper bits of the product are the well mixed ones.
fn mixed(gram: u32) -> u32 {
    gram.wrapping_mul(0x9E37_79B1)
}

fn place_in_table(gram: u32) -> (usize, u32) {
    let hash = mixed(gram) >> (u32::BITS - TABLE_BITS);
    ((hash >> 6) as usize, hash & 63)
}

/// The slots in which a gram may stand, in the order in which they are tried.
fn probe(slots: &[Option<Slot>], gram: u32) -> impl Iterator<Item = usize> + use<> {
    let count = slots.len().max(1);
    let first = (mixed(gram) >> (u32::BITS - SLOT_BITS)) as usize;
    (0..count).map(move |step| (first + step) % count)
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

    proptest! {
        #[test]
        fn it_finds_what_a_plain_search_finds(
            literals in proptest::collection::vec("[ab:é]{3,7}", 1..6),
            text in "[abAB:é \n]{0,80}",
            from in 0_usize..10,
        ) {
            let literals: Vec<String> = literals.into_iter().filter(|literal| literal.len() >= LITERAL_BYTES_MIN).collect();
            let watch = Watch::new(literals.iter().map(String::as_str));
            let lower = text.to_ascii_lowercase();
            let mut hits = Vec::new();
            watch.hits(&text, &mut hits);
            let plain: Vec<usize> = (0..literals.len()).filter(|index| lower.contains(&literals[*index].to_ascii_lowercase())).collect();
            prop_assert_eq!(hits, plain);
            let next = watch.next(text.as_bytes(), from).is_some();
            let rest = lower.as_bytes().get(from..).unwrap_or_default();
            let there = literals.iter().any(|literal| {
                let literal = literal.to_ascii_lowercase();
                rest.windows(literal.len()).any(|window| window == literal.as_bytes())
            });
            prop_assert_eq!(next, there);
        }
    }
}
