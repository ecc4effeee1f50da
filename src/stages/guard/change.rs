//! What a patch does to each file, seen in both sides: which lines, which tests, which stretches of test code.

use std::borrow::Cow;
use std::collections::HashMap;
use std::ops::Range;

use similar::DiffOp;

use super::language::{base_name, is_test_name};
use super::source::Source;
use super::suite::{Suite, Test, in_tests, is_test_file, suite};
use crate::domain::patch::{Blob, Patch};
use crate::text::changes;

/// Beyond this many lines on one side the changed part is taken as one piece: no patch that may be applied is so big.
const DIFF_LINES_MAX: usize = 20_000;

/// How much of two files (0 to 1) must be the same for one to be the other under a new name.
const SAME_FILE_MIN: f64 = 0.5;

/// How much of two tests (0 to 1) must be the same for one to be the other under a new name.
const SAME_TEST_MIN: f64 = 0.7;

/// What one name for both is worth beside that.
const SAME_NAME_BONUS: f64 = 0.3;

/// So many pairs of tests are compared; a patch that needs more has rewritten its tests.
const LIKENESSES_MAX: usize = 10_000;

/// The texts of both sides, which everything else borrows from.
pub struct Texts<'p> {
    files: Vec<FileTexts<'p>>,
}

struct FileTexts<'p> {
    path: &'p str,
    before: Option<Cow<'p, str>>,
    after: Option<Cow<'p, str>>,
}

impl<'p> Texts<'p> {
    pub fn of(patch: &'p Patch) -> Self {
        let text = |blob: &'p Option<Blob>| blob.as_ref().map(|blob| String::from_utf8_lossy(&blob.bytes));
        let files = patch
            .files
            .iter()
            .map(|file| FileTexts { path: &file.path, before: text(&file.before), after: text(&file.after) })
            .collect();
        Self { files }
    }
}

/// One side of a file, with its tests.
pub struct Side<'t> {
    pub source: Source<'t>,
    pub suite: Suite,
    /// Whether there is a file on this side; where there is none, its source is empty.
    pub exists: bool,
    pub lines: Vec<&'t str>,
}

impl<'t> Side<'t> {
    fn new(path: &'t str, text: Option<&'t str>) -> Self {
        let source = Source::new(path, text.unwrap_or(""));
        let suite = suite(&source);
        let lines = source.text.lines().map(str::trim).collect();
        Self { source, suite, exists: text.is_some(), lines }
    }

    pub fn path(&self) -> &'t str {
        self.source.path
    }

    pub fn has_code(&self) -> bool {
        !self.source.code.is_empty()
    }
}

/// Lines that are different, 1-based, on both sides.
pub struct Hunk {
    pub before: Range<u32>,
    pub after: Range<u32>,
}

pub struct Changed<'t> {
    pub before: Side<'t>,
    pub after: Side<'t>,
    pub hunks: Vec<Hunk>,
}

impl Changed<'_> {
    /// Whether the file as a whole is tests, on either side.
    pub fn is_test_file(&self) -> bool {
        is_test_file(&self.before.source, &self.before.suite) || is_test_file(&self.after.source, &self.after.suite)
    }

    /// Where the file is, or was.
    pub fn path(&self) -> &str {
        if self.after.exists { self.after.path() } else { self.before.path() }
    }
}

/// The same test on both sides: as (file, test).
pub struct SameTest {
    pub before: (usize, usize),
    pub after: (usize, usize),
}

pub struct Changes<'t> {
    pub files: Vec<Changed<'t>>,
    pub same: Vec<SameTest>,
    /// Tests that nothing on the other side goes on with: as (file, test).
    pub lost: Vec<(usize, usize)>,
}

/// A stretch of test code on both sides: one test, or what stands outside of all tests of a file.
pub struct Stretch<'c, 't> {
    pub before: Part<'c, 't>,
    pub after: Part<'c, 't>,
}

pub struct Part<'c, 't> {
    pub source: &'c Source<'t>,
    /// Indexes into the source's code, without what a formatter may change.
    pub tokens: Vec<usize>,
}

impl<'t> Changes<'t> {
    pub fn of(texts: &'t Texts<'_>) -> Self {
        let files: Vec<Changed<'t>> = paired_files(texts)
            .into_iter()
            .map(|(before, after)| {
                let (before, after) = (Side::new(before.0, before.1), Side::new(after.0, after.1));
                let hunks = hunks(&before.lines, &after.lines);
                Changed { before, after, hunks }
            })
            .collect();
        let (same, lost) = paired_tests(&files);
        Self { files, same, lost }
    }

    /// Every stretch of test code that stands on both sides, or stood outside of tests in a file that is gone.
    pub fn stretches(&self) -> Vec<Stretch<'_, 't>> {
        let mut stretches = Vec::new();
        for pair in &self.same {
            let (Some(before), Some(after)) = (self.test_before(pair.before), self.test_after(pair.after)) else {
                continue;
            };
            if before.0.source.balanced && after.0.source.balanced {
                stretches.push(Stretch {
                    before: Part::new(&before.0.source, before.1.tokens.clone()),
                    after: Part::new(&after.0.source, after.1.tokens.clone()),
                });
            }
        }
        for file in &self.files {
            // A file whose tests are all gone is told as that.
            if !file.before.exists || !file.after.exists && !file.before.suite.tests.is_empty() {
                continue;
            }
            let whole = !(file.before.source.balanced && file.after.source.balanced);
            let is_test_file = file.is_test_file();
            let outside = |side: &Side<'_>, at: usize| {
                let region = is_test_file || in_tests(&side.source, &side.suite, at);
                region && (whole || !side.suite.tests.iter().any(|test| test.tokens.contains(&at)))
            };
            let part =
                |side: &'_ Side<'t>| (0..side.source.code.len()).filter(|at| outside(side, *at)).collect::<Vec<_>>();
            let (before, after) = (part(&file.before), part(&file.after));
            stretches.push(Stretch {
                before: Part::new(&file.before.source, before),
                after: Part::new(&file.after.source, after),
            });
        }
        stretches
    }

    pub fn test_before(&self, (file, test): (usize, usize)) -> Option<(&Side<'t>, &Test)> {
        let side = &self.files.get(file)?.before;
        Some((side, side.suite.tests.get(test)?))
    }

    pub fn test_after(&self, (file, test): (usize, usize)) -> Option<(&Side<'t>, &Test)> {
        let side = &self.files.get(file)?.after;
        Some((side, side.suite.tests.get(test)?))
    }
}

impl<'c, 't> Part<'c, 't> {
    fn new(source: &'c Source<'t>, tokens: impl IntoIterator<Item = usize>) -> Self {
        Self { source, tokens: tokens.into_iter().filter(|at| !source.is_idle(*at)).collect() }
    }

    pub fn meanings(&self) -> Vec<String> {
        self.tokens.iter().map(|at| self.source.meaning(*at)).collect()
    }

    /// The tokens at these places of the part, and their meanings.
    pub fn slice(&self, range: Range<usize>) -> &[usize] {
        self.tokens.get(range).unwrap_or(&[])
    }
}

type Named<'t> = (&'t str, Option<&'t str>);

/// Both sides of each file; one that went away and one that came are the same file where they are alike enough.
fn paired_files<'t>(texts: &'t Texts<'_>) -> Vec<(Named<'t>, Named<'t>)> {
    let mut pairs: Vec<(Named<'t>, Named<'t>)> = Vec::new();
    let gone = texts.files.iter().filter(|file| file.after.is_none());
    let mut come: Vec<&FileTexts<'_>> = texts.files.iter().filter(|file| file.before.is_none()).collect();
    for old in gone {
        let alike = |new: &FileTexts<'_>| {
            let (Some(before), Some(after)) = (&old.before, &new.after) else { return 0.0 };
            let same_kind = extension(old.path) == extension(new.path);
            if same_kind && !hides(old.path, new.path) { shared(words(before), words(after)) } else { 0.0 }
        };
        let best = come.iter().enumerate().map(|(at, new)| (alike(new), at)).max_by(|a, b| a.0.total_cmp(&b.0));
        let new = best.filter(|(alike, _)| *alike >= SAME_FILE_MIN).map(|(_, at)| come.remove(at));
        let after = new.map_or((old.path, None), |new| (new.path, new.after.as_deref()));
        pairs.push(((old.path, old.before.as_deref()), after));
    }
    pairs.extend(come.into_iter().map(|new| ((new.path, None), (new.path, new.after.as_deref()))));
    let changed = texts.files.iter().filter(|file| file.before.is_some() && file.after.is_some());
    pairs.extend(changed.map(|file| ((file.path, file.before.as_deref()), (file.path, file.after.as_deref()))));
    pairs
}

/// A test in a file whose name no runner looks at is no test any more.
fn hides(before: &str, after: &str) -> bool {
    is_test_name(base_name(before)) && !is_test_name(base_name(after))
}

fn extension(path: &str) -> &str {
    base_name(path).rsplit_once('.').map_or("", |(_, extension)| extension)
}

fn words(text: &str) -> impl Iterator<Item = String> {
    text.lines().map(str::trim).filter(|line| !line.is_empty()).map(str::to_owned)
}

/// How much of two lists is in both, whatever the order: 0 is nothing, 1 is all.
pub fn shared(a: impl Iterator<Item = String>, b: impl Iterator<Item = String>) -> f64 {
    let mut counts: HashMap<String, i64> = HashMap::new();
    let (mut all, mut both) = (0_u32, 0_u32);
    for item in a {
        *counts.entry(item).or_default() += 1;
        all = all.saturating_add(1);
    }
    for item in b {
        all = all.saturating_add(1);
        if let Some(count) = counts.get_mut(&item).filter(|count| **count > 0) {
            *count -= 1;
            both = both.saturating_add(2);
        }
    }
    if all == 0 { 0.0 } else { f64::from(both) / f64::from(all) }
}

fn hunks(before: &[&str], after: &[&str]) -> Vec<Hunk> {
    let line = |at: usize| u32::try_from(at).unwrap_or(u32::MAX).saturating_add(1);
    let hunk = |before: Range<usize>, after: Range<usize>| Hunk {
        before: line(before.start)..line(before.end),
        after: line(after.start)..line(after.end),
    };
    if before.len().max(after.len()) > DIFF_LINES_MAX {
        return vec![hunk(0..before.len(), 0..after.len())];
    }
    changes(before, after)
        .into_iter()
        .filter(|op| !matches!(op, DiffOp::Equal { .. }))
        .map(|op| hunk(op.old_range(), op.new_range()))
        .collect()
}

type Place = (usize, usize);

fn paired_tests(files: &[Changed<'_>]) -> (Vec<SameTest>, Vec<Place>) {
    let (mut same, mut lost) = (Vec::new(), Vec::new());
    // Tests without their like under the same name in the same file, and the new ones that may be them.
    let (mut without, mut free) = (Vec::new(), Vec::new());
    for (file, changed) in files.iter().enumerate() {
        let (old, new) = (&changed.before.suite.tests, &changed.after.suite.tests);
        let mut by_name: HashMap<&str, Vec<usize>> = HashMap::new();
        for (at, test) in new.iter().enumerate().rev() {
            by_name.entry(&test.name).or_default().push(at);
        }
        for (at, test) in old.iter().enumerate() {
            match by_name.get_mut(test.name.as_str()).and_then(Vec::pop) {
                Some(other) => same.push(SameTest { before: (file, at), after: (file, other) }),
                None => without.push((file, at)),
            }
        }
        free.extend(by_name.into_values().flatten().map(|at| (file, at)));
    }
    free.sort_unstable();
    if without.len().saturating_mul(free.len()) > LIKENESSES_MAX {
        return (same, without);
    }
    for place in without {
        let likenesses = free.iter().enumerate().map(|(at, other)| (likeness(files, place, *other), at));
        match likenesses.max_by(|a, b| a.0.total_cmp(&b.0)).filter(|(likeness, _)| *likeness >= SAME_TEST_MIN) {
            Some((_, at)) => same.push(SameTest { before: place, after: free.remove(at) }),
            None => lost.push(place),
        }
    }
    (same, lost)
}

/// How much of a test (0 to 1) another one is; where both have one name, less of the body says enough.
fn likeness(files: &[Changed<'_>], before: Place, after: Place) -> f64 {
    let (Some(from), Some(to)) = (files.get(before.0), files.get(after.0)) else { return 0.0 };
    let (from, to) = (&from.before, &to.after);
    if hides(from.path(), to.path()) {
        return 0.0;
    }
    let (Some(old), Some(new)) = (from.suite.tests.get(before.1), to.suite.tests.get(after.1)) else { return 0.0 };
    let share = shared(
        old.tokens.clone().map(|at| from.source.meaning(at)),
        new.tokens.clone().map(|at| to.source.meaning(at)),
    );
    if old.own_name() == new.own_name() { share + SAME_NAME_BONUS } else { share }
}

#[cfg(test)]
mod tests {
    use super::{Changes, Texts};
    use crate::stages::policy::sample::patch;

    const CART: &str = "def test_add():\n    cart = Cart()\n    cart.add(3)\n    assert cart.total() == 3\n";

    fn lost(files: &[(&str, Option<&str>, Option<&str>)]) -> Vec<String> {
        let patch = patch(files);
        let texts = Texts::of(&patch);
        let changes = Changes::of(&texts);
        changes.lost.iter().filter_map(|place| changes.test_before(*place)).map(|(_, test)| test.name.clone()).collect()
    }

    #[test]
    fn a_test_under_a_new_name_or_in_another_place_is_the_same() {
        let renamed = CART.replace("test_add", "test_a_cart_adds_up");
        assert!(lost(&[("tests/test_a.py", Some(CART), Some(&renamed))]).is_empty());
        assert!(lost(&[("tests/test_a.py", Some(CART), None), ("tests/sub/test_b.py", None, Some(CART))]).is_empty());
        assert!(
            lost(&[("tests/test_a.py", Some(CART), Some("")), ("tests/test_b.py", Some(""), Some(CART))]).is_empty()
        );
    }

    #[test]
    fn a_test_that_no_runner_finds_any_more_is_lost() {
        assert_eq!(lost(&[("tests/test_a.py", Some(CART), None)]), ["test_add"]);
        assert_eq!(lost(&[("tests/test_a.py", Some(CART), Some("def test_b():\n    assert 1\n"))]), ["test_add"]);
        assert_eq!(
            lost(&[("tests/test_a.py", Some(CART), Some(&CART.replace("test_add", "check_add")))]),
            ["test_add"]
        );
        assert_eq!(lost(&[("tests/test_a.py", Some(CART), None), ("tests/old_a.py", None, Some(CART))]), ["test_add"]);
    }

    #[test]
    fn lines_that_only_moved_in_are_no_change() {
        let patch = patch(&[("a.go", Some("a\n    b\nc\n"), Some("a\n\tb\nd\n"))]);
        let texts = Texts::of(&patch);
        let changes = Changes::of(&texts);
        let hunks: Vec<_> = changes.files.iter().flat_map(|file| &file.hunks).map(|hunk| hunk.after.clone()).collect();
        assert_eq!(hunks.len(), 1);
        assert_eq!(hunks.first().cloned(), Some(3..4));
    }
}
