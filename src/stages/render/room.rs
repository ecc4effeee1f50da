//! A page of bounded length, from sections that are each whole or not there at all.

/// What is left of it, in bytes.
pub struct Room(usize);

impl Room {
    pub fn of(bytes: usize) -> Self {
        Self(bytes)
    }

    /// The section, or nothing where it does not fit any more. What must not be missing is taken first.
    pub fn take(&mut self, section: String) -> String {
        match self.0.checked_sub(section.len()) {
            Some(left) => {
                self.0 = left;
                section
            }
            None => String::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Room;

    #[test]
    fn a_section_is_whole_or_not_there() {
        let mut room = Room::of(5);
        assert_eq!(room.take("abcdef".to_owned()), "");
        assert_eq!(room.take("abc".to_owned()), "abc");
        assert_eq!(room.take("de".to_owned()), "de");
        assert_eq!(room.take("f".to_owned()), "");
    }
}
