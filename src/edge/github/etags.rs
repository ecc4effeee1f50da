//! What was read before in this process: asked for again with its ETag, a 304 is answered from here and costs no request.

use std::collections::VecDeque;

/// One heal reads the same few routes again: tips, jobs while they settle, trees.
const ANSWERS_MAX: usize = 64;

/// Larger answers are read once only: blobs, and lists of hundreds.
const ANSWER_BYTES_MAX: usize = 256 << 10;

/// The newest answers, oldest first.
#[derive(Default)]
pub struct Etags {
    kept: VecDeque<Kept>,
}

struct Kept {
    route: String,
    etag: String,
    body: String,
}

impl Etags {
    /// What to send as `If-None-Match`.
    pub fn of(&self, route: &str) -> Option<&str> {
        self.find(route).map(|kept| kept.etag.as_str())
    }

    /// The answer that is still true.
    pub fn body(&self, route: &str) -> Option<&str> {
        self.find(route).map(|kept| kept.body.as_str())
    }

    pub fn keep(&mut self, route: &str, etag: &str, body: &str) {
        self.kept.retain(|kept| kept.route != route);
        if body.len() > ANSWER_BYTES_MAX {
            return;
        }
        if self.kept.len() == ANSWERS_MAX {
            self.kept.pop_front();
        }
        self.kept.push_back(Kept { route: route.to_owned(), etag: etag.to_owned(), body: body.to_owned() });
    }

    fn find(&self, route: &str) -> Option<&Kept> {
        self.kept.iter().find(|kept| kept.route == route)
    }
}

#[cfg(test)]
mod tests {
    use super::{ANSWER_BYTES_MAX, ANSWERS_MAX, Etags};

    #[test]
    fn the_newest_answer_of_a_route_is_kept() {
        let mut etags = Etags::default();
        etags.keep("/a", "\"1\"", "one");
        etags.keep("/a", "\"2\"", "two");
        assert_eq!((etags.of("/a"), etags.body("/a")), (Some("\"2\""), Some("two")));
        assert_eq!(etags.of("/b"), None);
    }

    #[test]
    fn the_oldest_answer_makes_room_at_the_limit() {
        let mut etags = Etags::default();
        for number in 0..=ANSWERS_MAX {
            etags.keep(&format!("/{number}"), "\"x\"", "");
        }
        assert_eq!((etags.of("/0"), etags.of("/1")), (None, Some("\"x\"")));
    }

    #[test]
    fn an_answer_at_the_limit_is_kept_and_a_larger_one_is_not() {
        let mut etags = Etags::default();
        etags.keep("/a", "\"x\"", &"a".repeat(ANSWER_BYTES_MAX));
        assert!(etags.of("/a").is_some());
        etags.keep("/a", "\"y\"", &"a".repeat(ANSWER_BYTES_MAX + 1));
        assert_eq!(etags.of("/a"), None, "an old answer must not stand for the new one");
    }
}
