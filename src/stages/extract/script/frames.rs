//! Stack frames as JavaScript engines print them, whichever test tool passes them on.

/// Where a frame stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Frame {
    pub path: String,
    pub line: u32,
    pub column: u32,
}

/// The frame that a line tells, if it is in a file that is neither the engine's own nor a dependency's.
pub fn own_frame(line: &str) -> Option<Frame> {
    let line = line.trim().trim_end_matches(" {");
    let place = match line.strip_suffix(')') {
        Some(inside) => inside.rsplit_once('(')?.1,
        // Without brackets a name may stand before the place, and then the path has no blanks.
        None => line.rsplit(' ').next()?,
    };
    let (place, column) = place.rsplit_once(':')?;
    let (path, line) = place.rsplit_once(':')?;
    let path = path.trim_start_matches("file://");
    if is_foreign(path) {
        return None;
    }
    Some(Frame { path: path.to_owned(), line: line.parse().ok()?, column: column.parse().ok()? })
}

/// Whether a file is the engine's own or a dependency's, or no file at all.
pub fn is_foreign(path: &str) -> bool {
    path.starts_with("node:")
        || path.starts_with("internal/")
        || path.contains("node_modules/")
        || path.contains(['<', '>', '*'])
        || !path.contains('.')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_of_the_repository_are_told_from_others() {
        for (line, path, at) in [
            ("      at Object.greet (__tests__/letter.test.js:4:12)", "__tests__/letter.test.js", (4, 12)),
            ("      at it (__tests__/letter.test.js:14:5)", "__tests__/letter.test.js", (14, 5)),
            ("    at TestContext.<anonymous> (file:///tmp/nt/test/w.test.js:4:50)", "/tmp/nt/test/w.test.js", (4, 50)),
            ("    at async TestContext.<anonymous> (file:///t/w.test.js:14:31) {", "/t/w.test.js", (14, 31)),
            (" ❯ boom src/stay.ts:2:43", "src/stay.ts", (2, 43)),
            (" ❯ tests/stay.test.ts:7:26", "tests/stay.test.ts", (7, 26)),
            ("TestContext.<anonymous> (file:///tmp/nt/test/w.test.js:4:50)", "/tmp/nt/test/w.test.js", (4, 50)),
            ("    at new Cart (/srv/my app/src/cart.js:3:9)", "/srv/my app/src/cart.js", (3, 9)),
            (r"    at f (C:\a\shop\src\cart.js:3:9)", r"C:\a\shop\src\cart.js", (3, 9)),
        ] {
            let frame = Frame { path: path.to_owned(), line: at.0, column: at.1 };
            assert_eq!(own_frame(line), Some(frame), "{line}");
        }
        for line in [
            "    at Test.runInAsyncScope (node:async_hooks:206:9)",
            "      at Resolver._throwModNotFoundError (../../lang-node/node_modules/jest-resolve/build/index.js:1031:11)",
            "          at Array.map (<anonymous>)",
            "    at new Promise (<anonymous>)",
            "expected 1 to be 2",
            "",
        ] {
            assert_eq!(own_frame(line), None, "{line}");
        }
    }
}
