//! A set of readers.

/// Readers by their rank, a bit each.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Set([u64; WORDS]);

const WORDS: usize = 8;

/// So many readers can be told apart.
pub const READERS_MAX: usize = WORDS * u64::BITS as usize;

impl Set {
    pub fn with(mut self, reader: u32) -> Self {
        if let Some(word) = self.0.get_mut((reader / u64::BITS) as usize) {
            *word |= 1 << (reader % u64::BITS);
        }
        self
    }

    pub fn has(self, reader: u32) -> bool {
        self.0.get((reader / u64::BITS) as usize).is_some_and(|word| word >> (reader % u64::BITS) & 1 != 0)
    }

    pub fn and(self, other: Self) -> Self {
        self.zip(other, |one, two| one | two)
    }

    pub fn without(self, other: Self) -> Self {
        self.zip(other, |one, two| one & !two)
    }

    /// In their order.
    pub fn readers(self) -> impl Iterator<Item = u32> {
        self.0.into_iter().zip(0..).flat_map(|(word, index)| {
            let mut left = word;
            std::iter::from_fn(move || {
                let bit = (left != 0).then(|| left.trailing_zeros())?;
                left &= left - 1;
                Some(index * u64::BITS + bit)
            })
        })
    }

    fn zip(self, other: Self, merge: fn(u64, u64) -> u64) -> Self {
        let mut words = self.0;
        for (word, other) in words.iter_mut().zip(other.0) {
            *word = merge(*word, other);
        }
        Self(words)
    }
}

impl FromIterator<u32> for Set {
    fn from_iter<T: IntoIterator<Item = u32>>(readers: T) -> Self {
        readers.into_iter().fold(Self::default(), Self::with)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn readers_come_out_in_their_order_and_one_beyond_the_limit_is_none() {
        let set: Set = [200, 3, 64, 63, READERS_MAX as u32].into_iter().collect();
        assert_eq!(set.readers().collect::<Vec<_>>(), [3, 63, 64, 200]);
        let other: Set = [3, 5].into_iter().collect();
        assert_eq!(set.without(other).readers().collect::<Vec<_>>(), [63, 64, 200]);
        assert_eq!(set.and(other).readers().collect::<Vec<_>>(), [3, 5, 63, 64, 200]);
    }
}
