//! Step 10: what the policy says of a patch, rule by rule, on the tree as it is after the patch was applied.

mod purpose;
mod names;
mod kinds;
mod paths;
mod versions;
mod dependencies;
mod size;

use crate::config::policy::Policy;
use crate::domain::patch::Patch;
use crate::domain::verdict::Violation;
pub use purpose::PatchFor;

type Rule = fn(&Patch, &Policy, PatchFor<'_>) -> Vec<Violation>;

/// The rules, in the order in which violations are told: what can never be mended by a smaller patch comes first.
const RULES: &[Rule] = &[names::judge, kinds::judge, paths::blocked, dependencies::judge, paths::allowed, size::judge];

/// Every rule that the patch breaks.
pub fn judge(patch: &Patch, policy: &Policy, purpose: PatchFor<'_>) -> Vec<Violation> {
    RULES.iter().flat_map(|rule| rule(patch, policy, purpose)).collect()
}

/// What can be said of the names alone, before anything is applied.
pub fn judge_names<'n>(names: impl IntoIterator<Item = &'n str>) -> Vec<Violation> {
    names.into_iter().filter_map(names::of_name).collect()
}

#[cfg(test)]
pub mod sample {
    //! Patches for tests.

    use crate::domain::patch::{Blob, FileChange, Mode, Patch};
    use crate::stages::patch::diff::{change, diff};

    /// A patch from whole texts: path, before, after.
    pub fn patch(files: &[(&str, Option<&str>, Option<&str>)]) -> Patch {
        let blob = |text: Option<&str>| text.map(|text| Blob { mode: Mode::File, bytes: text.as_bytes().to_vec() });
        let files = files.iter().map(|(path, before, after)| change((*path).to_owned(), blob(*before), blob(*after)));
        of(files.collect())
    }

    pub fn of(files: Vec<FileChange>) -> Patch {
        Patch { diff: diff(&files), files }
    }
}

#[cfg(test)]
mod tests {
    use super::sample::{of, patch};
    use super::*;
    use crate::domain::failure::Kind;
    use crate::domain::patch::{Blob, FileChange, Mode};

    const LAPTOP: PatchFor<'_> = PatchFor { job: None, kind: Some(Kind::TestFailure) };

    fn codes(patch: &Patch, policy: &str, purpose: PatchFor<'_>) -> Vec<&'static str> {
        judge(patch, &Policy::with(policy), purpose).into_iter().map(|violation| violation.code).collect()
    }

    fn changed(path: &str) -> Patch {
        patch(&[(path, Some("a = 1\n"), Some("a = 2\n"))])
    }

    #[track_caller]
    fn path(path: &str, policy: &str, wanted: &[&str]) {
        assert_eq!(codes(&changed(path), policy, LAPTOP), wanted, "{path}");
    }

    #[test]
    fn a_small_change_of_one_file_breaks_no_rule() {
        path("src/app.py", "", &[]);
        path("docs/.gitignore", "", &[]);
        path("src/github/x.rs", "", &[]);
    }

    #[test]
    fn git_and_workflows_are_blocked_whatever_the_policy_says_and_however_they_are_written() {
        let lax = "[patch]\nblocked-paths = [\"!**\", \"!.github/**\"]\n";
        for name in [
            ".github/workflows/ci.yml",
            ".GitHub/CODEOWNERS",
            ".git/config",
            "sub/.git/hooks/pre-commit",
            ".GIT/config",
            ".git./config",
            ".git /config",
            "GIT~1/config",
            ".g\u{200c}it/config",
            ".git::$INDEX_ALLOCATION/config",
            ".gitmodules",
        ] {
            path(name, lax, &["path.blocked"]);
        }
    }

    #[test]
    fn a_name_that_means_another_file_is_no_path() {
        for name in ["../a.py", "a/../b.py", "/etc/passwd", "a//b", "./a", "C:/a", "a\nb", "a\\..\\b", "a\u{202e}b", ""]
        {
            path(name, "", &["path.invalid"]);
        }
    }

    #[test]
    fn names_are_judged_before_anything_is_applied() {
        let violations = judge_names(["src/a.py", "../b", ".git/config"]);
        assert_eq!(
            violations.iter().map(|violation| violation.code).collect::<Vec<_>>(),
            ["path.invalid", "path.blocked"]
        );
    }

    #[test]
    fn the_default_list_is_blocked_until_a_pattern_takes_one_out() {
        for name in [
            "migrations/1.sql",
            "Infra/main.tf",
            ".env",
            "app/.env.local",
            "secrets/a",
            "auth/login.py",
            "payment/x.py",
        ] {
            path(name, "", &["path.blocked"]);
        }
        path("migrations/1.sql", "[patch]\nblocked-paths = [\"!migrations/**\"]\n", &[]);
        path("src/a.sql", "[patch]\nblocked-paths = [\"*.sql\"]\n", &["path.blocked"]);
    }

    #[test]
    fn allowed_paths_and_the_jobs_paths_both_hold() {
        path("docs/a.md", "[patch]\nallowed-paths = [\"src/**\"]\n", &["path.not-allowed"]);
        path("src/a.rs", "[patch]\nallowed-paths = [\"src/**\"]\n", &[]);
        let policy = "[jobs.\"unit*\"]\npaths = [\"api/**\"]\n";
        let job = |job| PatchFor { job: Some(job), kind: None };
        assert_eq!(codes(&changed("web/a.ts"), policy, job("unit-test")), ["path.job"]);
        assert_eq!(codes(&changed("api/a.ts"), policy, job("unit-test")), Vec::<&str>::new());
        assert_eq!(codes(&changed("web/a.ts"), policy, job("lint")), Vec::<&str>::new());
    }

    #[test]
    fn links_submodules_modes_and_binaries_are_refused() {
        let side = |mode, bytes: &[u8]| Some(Blob { mode, bytes: bytes.to_vec() });
        let file = |before, after| {
            let path = "a".to_owned();
            of(vec![FileChange { path, before, after, lines_added: 1, lines_deleted: 1 }])
        };
        let check = |patch: &Patch| codes(patch, "", LAPTOP);
        assert_eq!(check(&file(None, side(Mode::Symlink, b"/etc/passwd"))), ["file.symlink"]);
        assert_eq!(check(&file(side(Mode::Symlink, b"b"), side(Mode::File, b"x"))), ["file.symlink"]);
        assert_eq!(check(&file(None, side(Mode::Submodule, b"1234"))), ["file.submodule"]);
        assert_eq!(check(&file(side(Mode::File, b"x"), side(Mode::Executable, b"x"))), ["mode.changed"]);
        assert_eq!(check(&file(side(Mode::File, b"x"), side(Mode::File, b"x\0"))), ["file.binary"]);
        assert_eq!(check(&file(side(Mode::File, b"\xff"), None)), ["file.binary"]);
        assert_eq!(check(&file(None, side(Mode::File, b"x\n"))), Vec::<&str>::new());
    }

    #[test]
    fn a_patch_is_as_large_as_the_policy_says_and_no_larger() {
        let lines = |count: usize| patch(&[("a.py", None, Some("x = 1\n".repeat(count).as_str()))]);
        let policy = "[patch]\nmax-lines = 5\nmax-files = 2\n";
        assert_eq!(codes(&lines(5), policy, LAPTOP), Vec::<&str>::new());
        assert_eq!(codes(&lines(6), policy, LAPTOP), ["size.lines"]);
        let files = |count: usize| {
            let names: Vec<_> = (0..count).map(|number| format!("a{number}.py")).collect();
            patch(&names.iter().map(|name| (name.as_str(), None, Some("x\n"))).collect::<Vec<_>>())
        };
        assert_eq!(codes(&files(2), policy, LAPTOP), Vec::<&str>::new());
        assert_eq!(codes(&files(3), policy, LAPTOP), ["size.files"]);
    }

    #[test]
    fn manifests_are_touched_only_when_a_dependency_failed() {
        let manifest = |name| patch(&[(name, Some("flask==2.0\n"), Some("flask==2.1\n"))]);
        let for_kind = |kind| PatchFor { job: None, kind: Some(kind) };
        for name in
            ["requirements-dev.txt", "api/Cargo.toml", "package-lock.json", "go.sum", ".cargo/config.toml", "x/pom.xml"]
        {
            assert_eq!(codes(&manifest(name), "", for_kind(Kind::TestFailure)), ["path.blocked"], "{name}");
            assert_eq!(codes(&manifest(name), "", for_kind(Kind::DependencyIssue)), Vec::<&str>::new(), "{name}");
        }
        let never = "[patch]\ndependencies = \"never\"\n";
        assert_eq!(codes(&manifest("go.mod"), never, for_kind(Kind::DependencyIssue)), ["path.blocked"]);
        let always = "[patch]\ndependencies = \"always\"\n";
        assert_eq!(codes(&manifest("go.mod"), always, for_kind(Kind::LintError)), Vec::<&str>::new());
        let taken_out = "[patch]\nblocked-paths = [\"!go.mod\"]\n";
        assert_eq!(codes(&manifest("go.mod"), taken_out, for_kind(Kind::LintError)), Vec::<&str>::new());
    }

    #[test]
    fn no_dependency_goes_up_by_a_major_version() {
        let up = patch(&[("requirements.txt", Some("flask==2.0\n"), Some("flask==3.0\n"))]);
        let purpose = PatchFor { job: None, kind: Some(Kind::DependencyIssue) };
        assert_eq!(codes(&up, "", purpose), ["dependency.major"]);
        assert_eq!(codes(&up, "[patch]\ndependencies = \"always\"\n", LAPTOP), ["dependency.major"]);
    }
}
