//! Paths as tools print them become paths from the repository's root, or nothing: never a guess.

use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use regex::Regex;

/// Where the repository stands, as far as it is known.
#[derive(Clone, Debug, Default)]
pub struct Paths {
    /// The checkout's own folder, with `/` and without one at its end.
    root: Option<String>,
    files: Option<Files>,
}

/// The files of the commit, found by their last part.
#[derive(Clone, Debug, Default)]
struct Files {
    all: HashSet<String>,
    by_name: HashMap<String, Vec<String>>,
}

/// Where runners put the checkout: GitHub's own, its containers, its Windows and macOS machines, Azure, GitLab, Travis,
/// CircleCI, Bitbucket, Jenkins.
static CHECKOUTS: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(concat!(
        r"^(?:/home/[^/]+/(?:actions-runner/_?work|work|runners?/[^/]+/_?work)/[^/]+/[^/]+/",
        r"|/__w/[^/]+/[^/]+/|/github/workspace/|/runner/_work/[^/]+/[^/]+/|/opt/actions-runner/_work/[^/]+/[^/]+/",
        r"|[A-Za-z]:/a/(?:_work/)?[^/]+/[^/]+/|/Users/runner/work/[^/]+/[^/]+/",
        r"|/home/vsts/work/\d+/s/|/__w/\d+/s/|[A-Za-z]:/a/\d+/s/",
        r"|/builds/[^/]+/[^/]+/|/home/travis/build/[^/]+/[^/]+/|/(?:root|home/circleci)/(?:project|repo)/",
        r"|/opt/atlassian/pipelines/agent/build/|/var/(?:lib/)?jenkins(?:_home)?/workspace/[^/]+/)",
    ))
    .expect("the pattern compiles")
});

/// Folders that are never the repository's own, wherever they stand in a path.
const FOREIGN: &[&str] = &[
    "site-packages",
    "dist-packages",
    "node_modules",
    ".venv",
    "venv",
    ".tox",
    ".nox",
    ".cargo",
    ".rustup",
    "rustc",
    ".pyenv",
    "hostedtoolcache",
    ".m2",
    ".gradle",
    "pkg/mod",
];

/// What a reader writes before a path of which it knows only the end: of a Java class, of a file in a Go package.
pub const SOMEWHERE: &str = "…/";

impl Paths {
    /// `root` is the folder that the log's absolute paths start with, `files` the commit's own, from its root.
    pub fn new(root: Option<&str>, files: Option<&[String]>) -> Self {
        let files = files.map(|files| {
            let mut by_name: HashMap<String, Vec<String>> = HashMap::new();
            for file in files {
                by_name.entry(last_part(file).to_owned()).or_default().push(file.clone());
            }
            Files { all: files.iter().cloned().collect(), by_name }
        });
        let root =
            root.map(|root| root.replace('\\', "/").trim_end_matches('/').to_owned()).filter(|root| !root.is_empty());
        Self { root, files }
    }

    /// The printed path from the repository's root; `None` when it cannot be told.
    pub fn file(&self, printed: &str) -> Option<String> {
        if let Some(end) = printed.strip_prefix(SOMEWHERE) {
            return self.files.as_ref()?.somewhere(end);
        }
        let printed = printed.trim().trim_start_matches("file://");
        let path = if printed.contains('\\') && !printed.contains('/') || is_windows(printed) {
            printed.replace('\\', "/")
        } else {
            printed.to_owned()
        };
        if path.is_empty() || path.ends_with('/') || path.contains(['<', '>', '\0', '*']) {
            return None;
        }
        if let Some(inside) = self.inside_root(&path).or_else(|| inside_checkout(&path)) {
            return self.relative(inside);
        }
        if path.starts_with('/') || path.starts_with('~') || is_windows(&path) {
            return self.absolute(&path);
        }
        self.relative(&path)
    }

    fn inside_root<'a>(&self, path: &'a str) -> Option<&'a str> {
        path.strip_prefix(self.root.as_deref()?)?.strip_prefix('/')
    }

    fn relative(&self, path: &str) -> Option<String> {
        let (inside, leaves) = resolve(path)?;
        if is_foreign(&inside) {
            return None;
        }
        match &self.files {
            Some(files) if files.all.contains(&inside) => Some(inside),
            // The step ran in another folder, or the tool told a path from its own.
            Some(files) => files.ending_with(&inside),
            None if leaves => None,
            None => Some(inside),
        }
    }

    /// An absolute path in no checkout that we know: ours if exactly one file of the commit ends it, folder and all.
    fn absolute(&self, path: &str) -> Option<String> {
        let (path, _) = resolve(path)?;
        if is_foreign(&path) {
            return None;
        }
        let files = self.files.as_ref()?;
        let same_name = files.by_name.get(last_part(&path))?;
        let longest = same_name.iter().filter(|file| ends_with_parts(&path, file)).max_by_key(|file| file.len())?;
        longest.contains('/').then(|| longest.clone())
    }
}

impl Files {
    fn ending_with(&self, path: &str) -> Option<String> {
        let mut fitting = self.by_name.get(last_part(path))?.iter().filter(|file| ends_with_parts(file, path));
        let first = fitting.next()?;
        fitting.next().is_none().then(|| first.clone())
    }
}

impl Files {
    /// The one file that ends so; else the longest one that ends what is known, as a module's name stands before the
    /// folders of a Go package.
    fn somewhere(&self, end: &str) -> Option<String> {
        let ends = self.by_name.get(last_part(end))?;
        self.ending_with(end).or_else(|| {
            let longest = ends.iter().filter(|file| ends_with_parts(end, file)).max_by_key(|file| file.len())?;
            (longest.contains('/') || ends.len() == 1).then(|| longest.clone())
        })
    }
}

fn inside_checkout(path: &str) -> Option<&str> {
    CHECKOUTS.find(path).and_then(|checkout| path.get(checkout.end()..))
}

fn is_windows(path: &str) -> bool {
    matches!(path.as_bytes(), [drive, b':', b'\\' | b'/', ..] if drive.is_ascii_alphabetic())
}

pub fn is_foreign(path: &str) -> bool {
    let around = format!("/{path}");
    FOREIGN.iter().any(|folder| around.contains(&format!("/{folder}/"))) || around.starts_with("/usr/")
}

/// Without `.` and `..`; whether it left the folder it started in. `None` when nothing is left of it.
fn resolve(path: &str) -> Option<(String, bool)> {
    let mut parts = Vec::new();
    let mut leaves = false;
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => leaves |= parts.pop().is_none(),
            _ => parts.push(part),
        }
    }
    (!parts.is_empty()).then(|| (parts.join("/"), leaves))
}

fn last_part(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

/// Whether `end` is the last parts of `path`, whole.
fn ends_with_parts(path: &str, end: &str) -> bool {
    path.strip_suffix(end).is_some_and(|head| head.is_empty() || head.ends_with('/'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(files: &[&str]) -> Paths {
        let files: Vec<String> = files.iter().map(|file| (*file).to_owned()).collect();
        Paths::new(None, Some(&files))
    }

    fn check(paths: &Paths, printed: &str, file: Option<&str>) {
        assert_eq!(paths.file(printed).as_deref(), file, "of {printed}");
    }

    #[test]
    fn a_runners_checkout_is_known_by_its_shape() {
        let paths = Paths::default();
        for printed in [
            "/home/runner/work/shop/shop/src/app.py",
            "/__w/shop/shop/src/app.py",
            "/github/workspace/src/app.py",
            r"D:\a\shop\shop\src\app.py",
            "D:/a/shop/shop/src/app.py",
            "/Users/runner/work/shop/shop/src/app.py",
            "/home/vsts/work/1/s/src/app.py",
            "/builds/group/shop/src/app.py",
            "/home/travis/build/group/shop/src/app.py",
            "/home/circleci/project/src/app.py",
            "file:///home/runner/work/shop/shop/src/app.py",
        ] {
            check(&paths, printed, Some("src/app.py"));
        }
    }

    #[test]
    fn a_path_of_which_only_the_end_is_known_is_found_among_the_files_and_nowhere_else() {
        let paths =
            with(&["core/src/main/java/com/x/Fares.java", "tree/tree_test.go", "shop_test.go", "a/go.go", "go.go"]);
        check(&paths, "…/com/x/Fares.java", Some("core/src/main/java/com/x/Fares.java"));
        check(&paths, "…/example.com/shop/tree/tree_test.go", Some("tree/tree_test.go"));
        check(&paths, "…/example.com/shop/shop_test.go", Some("shop_test.go"));
        check(&paths, "…/example.com/shop/b/go.go", None);
        check(&paths, "…/com/y/Fares.java", None);
        check(&Paths::default(), "…/com/x/Fares.java", None);
    }

    #[test]
    fn a_clean_relative_path_is_taken_as_it_is() {
        let paths = Paths::default();
        check(&paths, "src/app.py", Some("src/app.py"));
        check(&paths, "./src/./app.py", Some("src/app.py"));
        check(&paths, "src/x/../app.py", Some("src/app.py"));
        check(&paths, r"src\app.py", Some("src/app.py"));
    }

    #[test]
    fn what_cannot_be_mapped_is_not_guessed() {
        let paths = Paths::default();
        for printed in [
            "../src/app.py",
            "/tmp/x/src/app.py",
            "/usr/lib/python3.11/json/decoder.py",
            "lib/python3.11/site-packages/flask/app.py",
            "/home/runner/work/shop/shop/.venv/lib/x.py",
            "/rustc/59807616e1fa/library/std/src/panicking.rs",
            "<frozen importlib._bootstrap>",
            "",
            "src/",
        ] {
            check(&paths, printed, None);
        }
    }

    #[test]
    fn a_known_root_makes_absolute_paths_ours() {
        let paths = Paths::new(Some("/tmp/copy/"), None);
        check(&paths, "/tmp/copy/src/app.py", Some("src/app.py"));
        check(&paths, "/tmp/copying/src/app.py", None);
    }

    #[test]
    fn the_commits_files_decide_where_they_are_known() {
        let paths = with(&["src/app.py", "web/src/app.py", "web/src/view.ts", "setup.py"]);
        check(&paths, "src/app.py", Some("src/app.py"));
        check(&paths, "../src/view.ts", Some("web/src/view.ts"));
        check(&paths, "view.ts", Some("web/src/view.ts"));
        check(&paths, "app.py", None);
        check(&paths, "src/gone.py", None);
        check(&paths, "/tmp/x/web/src/app.py", Some("web/src/app.py"));
        check(&paths, "/home/runner/work/a/a/src/gone.py", None);
        check(&paths, "/opt/other/setup.py", None);
    }
}
