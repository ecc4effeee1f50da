//! How often grams stand in the log that is being read: a part of it is counted, ever less often as it goes on.

/// Bytes in a row, by which texts are told apart.
pub const GRAM_BYTES: usize = 4;

/// Set in every byte of a folded gram: upper and lower case are one.
pub const FOLD: u8 = 0x20;

/// A log that ends before is read sooner than it is sampled.
const FIRST_BYTES: u64 = 512 << 10;

/// Enough for the grams that are common.
const SAMPLE_BYTES: usize = 256 << 10;

/// Hashes, a counter each; two grams that share one look more common than they are.
const HASH_BITS: u32 = 16;

/// Words that logs are full of, with what stands around them: a sample before there is one.
const TYPICAL: &str = "
2026-11-20T10:00:00.0012345Z test tests testing passed failed failures failure error errors warning warnings info
[INFO] [ERROR] [WARN] ... ok running run Running finished build building Building compiling Compiling downloading
Downloading Downloaded from download installing install installed package packages version module modules class file
files path source target output input command config configuration expected actual assert assertion exception java.
org. com. at in with for the and not found name value type time took total object import require node_modules/src/
python.py test_ .js .ts .rs .go dist/lib/bin/usr/home/runner/work/ ------- ======= object objects remote: https://
workspace task process processing complete completed request response server client connection ";

/// Counts of folded grams.
#[derive(Default)]
pub struct Sample {
    /// Empty until something is counted.
    counts: Vec<u32>,
    bytes: usize,
    /// So much of the log was read when the next sample is due.
    due: Option<u64>,
}

impl Sample {
    /// Of a log of which nothing is known yet.
    pub fn typical() -> Self {
        let mut sample = Self::default();
        sample.add(TYPICAL.as_bytes());
        sample
    }

    /// Counts a piece of the log, of which `read` bytes are read, if it is due. Whether the sample is larger than it was
    /// by so much that it is worth tuning to it.
    pub fn take(&mut self, piece: &[u8], read: u64) -> bool {
        if read < *self.due.get_or_insert(FIRST_BYTES) {
            return false;
        }
        self.add(piece);
        self.bytes += piece.len();
        let enough = self.bytes >= SAMPLE_BYTES;
        if enough {
            self.bytes = 0;
            self.due = Some(read.saturating_mul(4));
        }
        enough
    }

    fn add(&mut self, text: &[u8]) {
        self.counts.resize(1 << HASH_BITS, 0);
        for gram in text.windows(GRAM_BYTES).filter_map(<[u8]>::first_chunk) {
            if let Some(count) = self.counts.get_mut(hash(folded(*gram), HASH_BITS)) {
                *count += 1;
            }
        }
    }

    /// How often a folded gram was counted, or another one with its hash.
    pub fn count(&self, gram: u32) -> u32 {
        self.counts.get(hash(gram, HASH_BITS)).copied().unwrap_or(0)
    }
}

#[inline(always)]
pub fn folded(gram: [u8; GRAM_BYTES]) -> u32 {
    u32::from_le_bytes(gram) | u32::from_le_bytes([FOLD; GRAM_BYTES])
}

/// Fibonacci hashing: the upper bits of the product are the well mixed ones.
#[inline(always)]
pub fn hash(gram: u32, bits: u32) -> usize {
    (gram.wrapping_mul(0x9E37_79B1) >> (u32::BITS - bits)) as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_short_log_is_not_sampled_and_a_long_one_each_time_it_has_grown_fourfold() {
        let piece = b"a test of it\n".repeat(8 << 10);
        let mut sample = Sample::default();
        let tuned_after = (1..1_000).filter(|pieces| sample.take(&piece, pieces * piece.len() as u64));
        assert_eq!(tuned_after.collect::<Vec<_>>(), [7, 30, 122, 490]);
        let count = |gram: &[u8; GRAM_BYTES]| sample.count(folded(*gram));
        assert!(count(b"test") > 0 && count(b"TEST") == count(b"test") && count(b"none") == 0);
    }
}
