//! Logs of two bytes a character: Windows PowerShell's `>` writes UTF-16 with a byte order mark (`about_Redirection`).

/// A chunk of text on its way to UTF-8, whatever it is encoded in.
#[derive(Debug, Default)]
pub enum Encoding {
    /// Nothing was read yet, or one byte that may begin a mark.
    #[default]
    Unread,
    First(u8),
    /// UTF-8, or what is taken for it: first a byte that was held back, with the chunk after it.
    HeldBack(Vec<u8>),
    Bytes,
    Wide(Wide),
}

#[derive(Debug)]
pub struct Wide {
    big_endian: bool,
    /// The first byte of a unit that the last chunk ended in.
    half: Option<u8>,
    /// The first half of a character of two units.
    high: Option<u16>,
    text: String,
}

impl Encoding {
    /// The chunk's text; `None` where it is the chunk itself.
    pub fn decode(&mut self, chunk: &[u8]) -> Option<&[u8]> {
        let first = match self {
            Self::Bytes => return None,
            Self::HeldBack(_) => {
                *self = Self::Bytes;
                return None;
            }
            Self::Wide(wide) => return Some(wide.decode(chunk)),
            Self::Unread if chunk.is_empty() => return None,
            Self::Unread => None,
            Self::First(first) => Some(*first),
        };
        let mut head = first.into_iter().chain(chunk.iter().copied());
        let big_endian = match (head.next(), head.next()) {
            (Some(first @ (0xff | 0xfe)), None) => {
                *self = Self::First(first);
                return Some(&[]);
            }
            (Some(0xff), Some(0xfe)) => false,
            (Some(0xfe), Some(0xff)) => true,
            _ => {
                *self = first.map_or(Self::Bytes, |first| Self::HeldBack([&[first], chunk].concat()));
                return match self {
                    Self::HeldBack(bytes) => Some(bytes),
                    _ => None,
                };
            }
        };
        let mark_left = if first.is_some() { 1 } else { 2 };
        *self = Self::Wide(Wide { big_endian, half: None, high: None, text: String::new() });
        self.decode(chunk.get(mark_left..).unwrap_or_default())
    }

    /// The log has ended: what was held back.
    pub fn end(self) -> Option<u8> {
        if let Self::First(first) = self { Some(first) } else { None }
    }
}

impl Wide {
    fn decode(&mut self, chunk: &[u8]) -> &[u8] {
        self.text.clear();
        let mut bytes = self.half.take().into_iter().chain(chunk.iter().copied());
        while let Some(first) = bytes.next() {
            let Some(second) = bytes.next() else {
                self.half = Some(first);
                break;
            };
            let unit = if self.big_endian { [first, second] } else { [second, first] };
            self.unit(u16::from_be_bytes(unit));
        }
        self.text.as_bytes()
    }

    fn unit(&mut self, unit: u16) {
        let units = self.high.take().into_iter().chain([unit]);
        for character in char::decode_utf16(units) {
            match character {
                Ok(character) => self.text.push(character),
                // The first half of a pair at the end may yet be completed.
                Err(half) if half.unpaired_surrogate() == unit && (0xd800..0xdc00).contains(&unit) => {
                    self.high = Some(unit);
                }
                Err(_) => self.text.push(char::REPLACEMENT_CHARACTER),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn utf16(text: &str, big_endian: bool) -> Vec<u8> {
        let units = std::iter::once(0xfeff).chain(text.encode_utf16());
        units.flat_map(|unit| if big_endian { unit.to_be_bytes() } else { unit.to_le_bytes() }).collect()
    }

    fn decoded(bytes: &[u8], size: usize) -> Vec<u8> {
        let mut encoding = Encoding::default();
        let mut text: Vec<u8> =
            bytes.chunks(size).flat_map(|chunk| encoding.decode(chunk).unwrap_or(chunk).to_vec()).collect();
        text.extend(encoding.end());
        text
    }

    #[test]
    fn what_is_not_marked_is_left_as_it_is() {
        for text in
            ["", "a", "error\n", "\u{feff}error\n"].map(str::as_bytes).into_iter().chain([&b"\xff"[..], b"\xfea\n"])
        {
            assert_eq!(decoded(text, 1), text);
            assert_eq!(decoded(text, 9), text);
        }
    }

    #[test]
    fn half_a_pair_becomes_a_replacement_character() {
        assert_eq!(decoded(b"\xff\xfe\x00\xd8a\x00", 3), "\u{fffd}a".as_bytes());
    }

    proptest! {
        #[test]
        fn marked_text_is_read_however_it_is_cut(text in "\\PC{0,40}", big_endian in any::<bool>(), size in 1_usize..9) {
            prop_assert_eq!(decoded(&utf16(&text, big_endian), size), text.as_bytes());
        }
    }
}
