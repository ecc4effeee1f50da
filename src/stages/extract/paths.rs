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

/// Where a checkout stands, by its shape: `NAME` is one folder, `REPO` one that is no runner's own (`_temp`, `_actions`).
///
/// Each from the page of its maker that lists folders or predefined variables: GitHub's default environment variables
/// and container jobs, Azure's `Build.SourcesDirectory`, GitLab's `CI_PROJECT_DIR` and `builds_dir`, CircleCI's
/// `working_directory`, Travis's `TRAVIS_BUILD_DIR`, Bitbucket's `BITBUCKET_CLONE_DIR`, Jenkins's `WORKSPACE`, Buildkite's
/// `BUILDKITE_BUILD_CHECKOUT_PATH`, TeamCity's build working directory, Drone's and Woodpecker's workspace, AppVeyor's
/// `APPVEYOR_BUILD_FOLDER`, Cirrus's `CIRRUS_WORKING_DIR`, Cloud Build's `/workspace`, Netlify's and Vercel's clone folder,
/// the `WORKDIR` of Docker's own Node and Python guides, Nix's `unpackPhase`, and Bazel's output directory layout.
pub const CHECKOUT: &str = concat!(
    r"/home/NAME/(?:actions-runner/_?work|work|runners?/NAME/_?work)/REPO/NAME/|(?:[A-Za-z]:)?(?:/NAME)*/_work/REPO/NAME/",
    r"|/__w/REPO/NAME/|/github/workspace/|/Users/runner/work/REPO/NAME/|/(?:mnt/)?[a-z]/a/REPO/NAME/|[A-Za-z]:/a/REPO/NAME/",
    r"|/builds/[\w-]{8,9}/\d+/NAME/NAME/|/builds/NAME/NAME/|/home/travis/build/NAME/NAME/",
    r"|/(?:root|home/circleci)/(?:project|repo)/|/opt/atlassian/pipelines/agent/build/",
    r"|/(?:var/(?:lib/)?jenkins(?:_home)?|home/jenkins(?:/agent)?)/workspace/NAME/|(?:/NAME)*/work/[0-9a-f]{16}/",
    r"|(?:/NAME)*/buildkite(?:-agent)?/builds/NAME/NAME/NAME/|/(?:drone|woodpecker)/src/|[A-Za-z]:/projects/NAME/",
    r"|/tmp/cirrus-ci-build/|/workspaces/NAME/|/workspace/|/opt/build/repo/|/vercel/path0/|/usr/src/app/|/app/",
    r"|/build/source/|(?:/private)?/tmp/nix-build-NAME/source/",
    r"|(?:/NAME)*/execroot/NAME/(?:bazel-out/NAME/(?:bin|genfiles)/)?(?:(?:NAME/)*NAME\.runfiles/NAME/)?",
);

static CHECKOUTS: LazyLock<Regex> = LazyLock::new(|| {
    let pattern = CHECKOUT.replace("NAME", "[^/]+").replace("REPO", "[^/_][^/]*");
    Regex::new(&format!("^(?:{pattern})")).expect("the pattern compiles")
});

/// What stands before a path that is a URL, or longer than Windows likes: a source map's, a file's.
static SCHEME: LazyLock<Regex> = LazyLock::new(|| {
    let pattern =
        r"^(?:\\\\\?\\|file:(?://(?:localhost)?)?(?:/([A-Za-z]:)|(/))|webpack(?:-internal)?://[^/]*/(?:\./)?)";
    Regex::new(pattern).expect("the pattern compiles")
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
    ".nuget",
    ".pub-cache",
    ".bundle",
    "vendor/bundle",
    "_deps",
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
        let path = SCHEME.replace(printed.trim(), "$1$2").replace('\\', "/");
        let path = path.strip_prefix("<rootDir>/").unwrap_or(&path).to_owned();
        if path.is_empty() || path.ends_with('/') || path.contains(['<', '>', '\0', '*']) {
            return None;
        }
        // What Bazel fetched stands beside the sources.
        if path.contains("/execroot/") && path.contains("/external/") {
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
        match &self.files {
            Some(files) if files.all.contains(&inside) => Some(inside),
            _ if is_foreign(&inside) => None,
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
    matches!(path.as_bytes(), [drive, b':', b'/', ..] if drive.is_ascii_alphabetic())
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
            "file:/home/runner/work/shop/shop/src/app.py",
            "file:///D:/a/shop/shop/src/app.py",
            r"\\?\D:\a\shop\shop\src\app.py",
            "/d/a/shop/shop/src/app.py",
            "/mnt/d/a/shop/shop/src/app.py",
            r"D:\a\1\s\src/app.py",
            "/opt/runners/7/_work/shop/shop/src/app.py",
            "/builds/u7tx3Zyz/0/group/shop/src/app.py",
            "/var/lib/jenkins/workspace/shop_main@2/src/app.py",
            "/home/jenkins/agent/workspace/shop/src/app.py",
            "/opt/buildagent/work/5c8b1f0e7a3d2946/src/app.py",
            "/var/lib/buildkite-agent/builds/agent-1/octo/shop/src/app.py",
            "/drone/src/src/app.py",
            r"C:\projects\shop\src\app.py",
            "/workspaces/shop/src/app.py",
            "/workspace/src/app.py",
            "/usr/src/app/src/app.py",
            "/app/src/app.py",
            "/build/source/src/app.py",
            "/private/tmp/nix-build-shop-1.0.drv-0/source/src/app.py",
            "/home/u/.cache/bazel/_bazel_u/9f8e/sandbox/linux-sandbox/12/execroot/_main/src/app.py",
            "/home/ci/.cache/bazel/_bazel_ci/9f8e/execroot/shop/bazel-out/k8-fastbuild/bin/src/app.py",
            "/home/u/.cache/bazel/_bazel_u/9f8e/execroot/_main/bazel-out/k8-opt/bin/src/t.runfiles/_main/src/app.py",
            "webpack:///./src/app.py",
            "webpack://shop/./src/app.py",
            "webpack-internal:///./src/app.py",
            "<rootDir>/src/app.py",
        ] {
            check(&paths, printed, Some("src/app.py"));
        }
    }

    #[test]
    fn what_a_runner_keeps_beside_the_checkout_is_not_ours() {
        for printed in [
            "/home/runner/work/_temp/0c1a4a77/step.sh",
            "/home/runner/work/_actions/actions/checkout/v6/dist/index.js",
            r"D:\a\_temp\x\step.ps1",
            "/__w/_temp/x/step.sh",
            "/home/u/.cache/bazel/_bazel_u/9f8e/execroot/_main/external/rules_go/go/def.bzl",
            "/builds/group/shop/vendor/bundle/ruby/3.4.0/gems/rack-3.2/lib/rack.rb",
            "build/_deps/fmt-src/src/os.cc",
        ] {
            check(&Paths::default(), printed, None);
        }
    }

    #[test]
    fn a_file_of_the_commit_is_ours_wherever_it_stands() {
        let paths = with(&["node_modules/own/index.js", "src/a.js"]);
        check(&paths, "node_modules/own/index.js", Some("node_modules/own/index.js"));
        check(&paths, "node_modules/other/index.js", None);
    }

    use proptest::prelude::{ProptestConfig, Strategy, any, prop_assert, prop_assert_eq, proptest};
    use proptest::sample::{Index, select};

    const ROOTS: [&str; 12] = [
        "/home/runner/work/shop/shop/",
        "/__w/shop/shop/",
        "/github/workspace/",
        "/builds/octo/shop/",
        "/home/circleci/project/",
        "/var/lib/jenkins/workspace/shop/",
        "/Users/runner/work/shop/shop/",
        "D:\\a\\shop\\shop\\",
        "file:///home/runner/work/shop/shop/",
        "/home/u/.cache/bazel/_bazel_u/9f/sandbox/linux-sandbox/3/execroot/_main/",
        "webpack:///./",
        "./",
    ];

    /// Some files of a commit: no folder that is never ours, no two names that differ by nothing.
    fn commit() -> impl Strategy<Value = Vec<String>> {
        let file = "(src|web|core|pkg)(/[a-d]{1,2}){0,3}/[m-p]{1,2}\\.(py|ts|rs)";
        proptest::collection::btree_set(file, 1..12).prop_map(|files| files.into_iter().collect())
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(256))]

        #[test]
        fn a_file_of_the_commit_is_found_from_every_runners_folder(files in commit(), which in any::<Index>(), root in select(&ROOTS[..])) {
            let file = which.get(&files);
            let printed = format!("{root}{file}");
            let printed = if root.contains('\\') { printed.replace('/', "\\") } else { printed };
            prop_assert_eq!(Paths::new(None, Some(&files)).file(&printed), Some(file.clone()), "of {}", printed);
            prop_assert_eq!(Paths::default().file(&printed), Some(file.clone()), "of {} without files", printed);
        }

        #[test]
        fn a_root_that_is_known_is_taken_off_whatever_it_is(files in commit(), which in any::<Index>(), root in "(/[a-z0-9_-]{1,8}){1,4}") {
            let file = which.get(&files);
            prop_assert_eq!(Paths::new(Some(&root), None).file(&format!("{root}/{file}")), Some(file.clone()));
        }

        #[test]
        fn from_a_subfolder_a_file_is_found_where_no_other_ends_so(files in commit(), which in any::<Index>(), parts in 1_usize..4, up in 0_usize..3) {
            let file = which.get(&files);
            let skipped = file.match_indices('/').nth(parts - 1).map_or(0, |(at, _)| at + 1);
            let end = &file[skipped..];
            let found = Paths::new(None, Some(&files)).file(&format!("{}{end}", "../".repeat(up)));
            let ending: Vec<_> = files.iter().filter(|file| ends_with_parts(file, end)).collect();
            match (&found, ending.as_slice()) {
                (Some(found), _) if found == end => prop_assert!(files.contains(found)),
                (found, [only]) => prop_assert_eq!(found.as_ref(), Some(*only)),
                (found, _) => prop_assert_eq!(found, &None),
            }
        }

        #[test]
        fn what_is_found_is_a_file_of_the_commit_or_nothing(files in commit(), printed in any::<String>()) {
            let found = Paths::new(None, Some(&files)).file(&printed);
            prop_assert!(found.as_ref().is_none_or(|found| files.contains(found)), "{found:?}");
        }

        #[test]
        fn what_is_found_without_the_files_is_a_plain_path_from_the_root(printed in "([a-zA-Z]:|[./~\\\\ a-z0-9_-]|[.][.]/|<|>|file:|webpack:){1,24}") {
            if let Some(found) = Paths::default().file(&printed) {
                let plain = |part: &str| !part.is_empty() && part != "." && part != "..";
                prop_assert!(found.split('/').all(plain) && !found.contains('\\'), "{printed} is {found}");
                prop_assert!(printed.replace('\\', "/").contains(found.rsplit('/').next().unwrap_or_default()));
            }
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
