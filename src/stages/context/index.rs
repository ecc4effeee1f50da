//! The names of a commit's files, found by what a log or an import says of them.

use std::collections::{BTreeSet, HashMap};
use std::ops::Bound;

pub struct Index<'a> {
    all: BTreeSet<&'a str>,
    by_basename: HashMap<&'a str, Vec<&'a str>>,
}

impl<'a> Index<'a> {
    pub fn new(files: &'a [String]) -> Self {
        let all: BTreeSet<&str> = files.iter().map(String::as_str).collect();
        let mut by_basename: HashMap<&str, Vec<&str>> = HashMap::new();
        for file in &all {
            by_basename.entry(basename(file)).or_default().push(file);
        }
        Self { all, by_basename }
    }

    pub fn holds(&self, path: &str) -> bool {
        self.all.contains(path)
    }

    /// The file at exactly this path.
    pub fn exactly(&self, path: &str) -> Option<&'a str> {
        self.all.get(path).copied()
    }

    /// The file that a printed path means: the path itself, else the longest tail of it that is a file, else the one
    /// file whose tail it is. Two that fit alike are none.
    pub fn named(&self, printed: &str) -> Option<&'a str> {
        let printed = printed.replace('\\', "/");
        let printed = printed.trim_start_matches("./");
        let same_basename = self.by_basename.get(basename(printed))?;
        let tails = |long: &str, short: &str| {
            long == short || long.strip_suffix(short).is_some_and(|before| before.ends_with('/'))
        };
        let inside = same_basename.iter().filter(|file| tails(printed, file)).max_by_key(|file| file.len());
        if let Some(file) = inside {
            return Some(file);
        }
        self.only(same_basename.iter().copied().filter(|file| tails(file, printed)))
    }

    /// The first of these paths that is a file, for each folder from `from` up to the root, and below `src` there.
    pub fn upward(&self, from: &str, tails: &[String]) -> Option<&'a str> {
        let mut folder = parent(from);
        loop {
            for tail in tails {
                for path in [join(folder, tail), join(folder, &format!("src/{tail}"))] {
                    if let Some(file) = self.all.get(path.as_str()) {
                        return Some(file);
                    }
                }
            }
            if folder.is_empty() {
                return None;
            }
            folder = parent(folder);
        }
    }

    /// The one file that ends with this path.
    pub fn ending(&self, tail: &str) -> Option<&'a str> {
        let same_basename = self.by_basename.get(basename(tail))?;
        let before =
            |file: &&str| file.strip_suffix(tail).is_some_and(|before| before.is_empty() || before.ends_with('/'));
        self.only(same_basename.iter().copied().filter(before))
    }

    /// Files that stand in exactly this folder.
    pub fn inside(&self, folder: &str) -> Vec<&'a str> {
        let prefix = join(folder, "");
        self.all
            .range::<str, _>((Bound::Included(prefix.as_str()), Bound::Unbounded))
            .take_while(|file| file.starts_with(&prefix))
            .filter(|file| parent(file) == folder)
            .copied()
            .collect()
    }

    /// Every folder that holds a file with this ending.
    pub fn folders(&self, ending: &str) -> BTreeSet<&'a str> {
        self.all.iter().filter(|file| file.ends_with(ending)).map(|file| parent(file)).collect()
    }

    /// Names in the folders of these files, without the files themselves.
    pub fn near<'f>(&self, files: impl Iterator<Item = &'f str>, count_max: usize) -> Vec<String> {
        let files: Vec<&str> = files.collect();
        let folders: BTreeSet<&str> = files.iter().map(|file| parent(file)).collect();
        let near = folders.into_iter().flat_map(|folder| self.inside(folder).into_iter().take(count_max));
        near.filter(|file| !files.contains(file)).take(count_max).map(str::to_owned).collect()
    }

    fn only(&self, mut files: impl Iterator<Item = &'a str>) -> Option<&'a str> {
        match (files.next(), files.next()) {
            (Some(file), None) => Some(file),
            _ => None,
        }
    }
}

pub fn basename(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

/// The folder of a path; empty at the root.
pub fn parent(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}

pub fn join(folder: &str, name: &str) -> String {
    if folder.is_empty() { name.to_owned() } else { format!("{folder}/{name}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn files() -> Vec<String> {
        ["app.py", "src/app.py", "pkg/a/mod.py", "pkg/b/mod.py", "lib/only.ts"].map(str::to_owned).to_vec()
    }

    #[test]
    fn a_printed_path_is_mapped_to_the_file_it_means() {
        let files = files();
        let index = Index::new(&files);
        assert_eq!(index.named("app.py"), Some("app.py"));
        assert_eq!(index.named("./src/app.py"), Some("src/app.py"));
        assert_eq!(index.named("/home/runner/work/x/x/src/app.py"), Some("src/app.py"));
        assert_eq!(index.named("D:\\a\\x\\lib\\only.ts"), Some("lib/only.ts"));
        assert_eq!(index.named("only.ts"), Some("lib/only.ts"));
        assert_eq!(index.named("mod.py"), None, "two fit alike");
        assert_eq!(index.named("xapp.py"), None);
        assert_eq!(index.named(""), None);
    }

    #[test]
    fn an_import_is_looked_for_from_its_file_upward() {
        let files = files();
        let index = Index::new(&files);
        let tails = |tail: &str| vec![tail.to_owned()];
        assert_eq!(index.upward("pkg/a/x.py", &tails("mod.py")), Some("pkg/a/mod.py"));
        assert_eq!(index.upward("tests/deep/x.py", &tails("app.py")), Some("app.py"));
        assert_eq!(index.ending("b/mod.py"), Some("pkg/b/mod.py"));
        assert_eq!(index.inside("pkg/a"), ["pkg/a/mod.py"]);
        assert_eq!(index.inside(""), ["app.py"]);
    }
}
