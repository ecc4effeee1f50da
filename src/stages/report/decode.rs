//! A report's bytes become text: whatever encoding its tool writes, without a mark at its start.

use std::borrow::Cow;

/// The XML declaration stands in the first line.
const DECLARATION_BYTES_MAX: usize = 200;

/// What Windows-1252 has at 0x80 to 0x9f, where Latin-1 has control characters that nobody writes.
const WINDOWS_1252: [char; 32] = [
    '€', '\u{81}', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\u{8d}', 'Ž', '\u{8f}', '\u{90}', '‘', '’',
    '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\u{9d}', 'ž', 'Ÿ',
];

/// UTF-8 and UTF-16 with and without a byte order mark, Latin-1 where it is declared, else UTF-8 with what cannot be
/// read replaced. A declaration that the bytes contradict is not believed: .NET writes `utf-16` before UTF-8.
pub fn decode(bytes: &[u8]) -> Cow<'_, str> {
    match bytes {
        [0xef, 0xbb, 0xbf, rest @ ..] => String::from_utf8_lossy(rest),
        [0xff, 0xfe, rest @ ..] => Cow::Owned(utf_16(rest, u16::from_le_bytes)),
        [0xfe, 0xff, rest @ ..] => Cow::Owned(utf_16(rest, u16::from_be_bytes)),
        [b'<' | b'{' | b'[', 0, ..] => Cow::Owned(utf_16(bytes, u16::from_le_bytes)),
        [0, b'<' | b'{' | b'[', ..] => Cow::Owned(utf_16(bytes, u16::from_be_bytes)),
        _ => match std::str::from_utf8(bytes) {
            Ok(text) => Cow::Borrowed(text),
            Err(_) if declares_latin_1(bytes) => Cow::Owned(bytes.iter().copied().map(latin_1).collect()),
            Err(_) => String::from_utf8_lossy(bytes),
        },
    }
}

fn utf_16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> String {
    let units = bytes.as_chunks::<2>().0.iter().map(|pair| unit(*pair));
    char::decode_utf16(units).map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER)).collect()
}

fn declares_latin_1(bytes: &[u8]) -> bool {
    let start = bytes.get(..bytes.len().min(DECLARATION_BYTES_MAX)).unwrap_or_default().to_ascii_lowercase();
    let has = |text: &str| start.windows(text.len()).any(|window| window == text.as_bytes());
    start.starts_with(b"<?xml")
        && ["iso-8859-1", "latin1", "latin-1", "windows-1252", "us-ascii"].iter().any(|name| has(name))
}

fn latin_1(byte: u8) -> char {
    usize::from(byte).checked_sub(0x80).and_then(|at| WINDOWS_1252.get(at)).copied().unwrap_or(char::from(byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_encoding_that_tools_write_comes_out_as_text() {
        let text = "<a>ü ☃</a>";
        let le: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let be: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
        let marked = |mark: &[u8], bytes: &[u8]| [mark, bytes].concat();
        for bytes in [
            text.as_bytes().to_vec(),
            marked(b"\xef\xbb\xbf", text.as_bytes()),
            marked(b"\xff\xfe", &le),
            marked(b"\xfe\xff", &be),
            le.clone(),
            be.clone(),
        ] {
            assert_eq!(decode(&bytes), text, "{bytes:?}");
        }
    }

    #[test]
    fn what_is_declared_decides_only_where_the_bytes_are_no_utf_8() {
        let latin = b"<?xml version='1.0' encoding='ISO-8859-1'?><a>\xfc \x93</a>";
        assert!(decode(latin).ends_with("<a>ü “</a>"));
        let utf_8 = "<?xml version='1.0' encoding='iso-8859-1'?><a>ü</a>";
        assert_eq!(decode(utf_8.as_bytes()), utf_8);
        let said = "<?xml version=\"1.0\" encoding=\"utf-16\"?><a/>";
        assert_eq!(decode(said.as_bytes()), said);
        assert_eq!(decode(b"<a>\xfc</a>"), "<a>\u{fffd}</a>");
    }

    #[test]
    fn half_a_character_at_the_end_is_no_panic() {
        assert_eq!(decode(b"\xff\xfe<\0a"), "<");
        assert_eq!(decode(b"\xff\xfe"), "");
        assert_eq!(decode(b"\xff\xfe\x00\xd8"), "\u{fffd}");
    }
}
