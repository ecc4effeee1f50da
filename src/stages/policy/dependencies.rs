//! Manifests and lockfiles: blocked unless a dependency failure asked, and never up by a major version.

use super::purpose::PatchFor;
use super::versions::major_up;
use crate::config::names::{Globs, Over};
use crate::config::policy::{Dependencies, Policy};
use crate::domain::failure::Kind;
use crate::domain::patch::{Blob, FileChange, Patch};
use crate::domain::verdict::Violation;

/// What says which packages are used, of which version, and from where.
const MANIFESTS: &[&str] = &[
    // JavaScript
    "package.json",
    "package-lock.json",
    "npm-shrinkwrap.json",
    "yarn.lock",
    "pnpm-lock.yaml",
    "pnpm-workspace.yaml",
    "bun.lock",
    "bun.lockb",
    "deno.json",
    "deno.jsonc",
    "deno.lock",
    ".npmrc",
    ".yarnrc",
    ".yarnrc.yml",
    ".pnpmfile.cjs",
    "bunfig.toml",
    // Python
    "pyproject.toml",
    "setup.py",
    "requirements*.txt",
    "requirements*.in",
    "constraints*.txt",
    "Pipfile",
    "Pipfile.lock",
    "poetry.lock",
    "poetry.toml",
    "uv.lock",
    "uv.toml",
    "pdm.lock",
    "pylock*.toml",
    "environment.yml",
    "environment.yaml",
    "conda-lock.yml",
    "pixi.toml",
    "pixi.lock",
    "pip.conf",
    // Rust
    "Cargo.toml",
    "Cargo.lock",
    // Go
    "go.mod",
    "go.sum",
    "go.work",
    "go.work.sum",
    // Java and its kin
    "pom.xml",
    "build.gradle",
    "build.gradle.kts",
    "settings.gradle",
    "settings.gradle.kts",
    "gradle.properties",
    "gradle.lockfile",
    "gradle-wrapper.properties",
    "maven-wrapper.properties",
    "libs.versions.toml",
    "extensions.xml",
    "build.sbt",
    "deps.edn",
    "project.clj",
    // Others
    "Gemfile",
    "Gemfile.lock",
    "*.gemspec",
    "composer.json",
    "composer.lock",
    "mix.exs",
    "mix.lock",
    "*.csproj",
    "*.fsproj",
    "packages.lock.json",
    "packages.config",
    "Directory.Packages.props",
    "NuGet.Config",
    "Package.swift",
    "Package.resolved",
    "Podfile",
    "Podfile.lock",
    "pubspec.yaml",
    "pubspec.lock",
    "flake.nix",
    "flake.lock",
    "conanfile.txt",
    "vcpkg.json",
];

/// The same by its path: cargo's configuration can name another registry, or a program to run.
const MANIFEST_PATHS: &[&str] = &[".cargo/**", "**/.cargo/**", ".mvn/**", "**/.mvn/**"];

pub fn judge(patch: &Patch, policy: &Policy, purpose: PatchFor<'_>) -> Vec<Violation> {
    let list: Vec<String> = MANIFESTS.iter().chain(MANIFEST_PATHS).map(|pattern| (*pattern).to_owned()).collect();
    let own: Vec<String> = policy.patch.blocked_paths.written().map(str::to_owned).collect();
    // The policy's own list comes after ours, so that `!Cargo.toml` takes one out. A list of ours can always be read.
    let Ok(manifests) = Globs::parse(Over::Paths, &list) else { return Vec::new() };
    let Ok(blocked) = manifests.and(&own) else { return Vec::new() };
    let may = match policy.patch.dependencies {
        Dependencies::Never => false,
        Dependencies::OnDependencyFailure => purpose.kind == Some(Kind::DependencyIssue),
        Dependencies::Always => true,
    };
    let of_file = |file: &FileChange| {
        let pattern = manifests.deciding(&file.path)?;
        let violation =
            |code: &'static str, text: String| Some(Violation { code, file: Some(file.path.clone()), text });
        let shown = file.path.escape_debug();
        if !may && blocked.matches(&file.path) {
            let text = format!(
                "`{shown}` says which packages are used, and no dependency failed: `!{pattern}` in `patch.blocked-paths` would allow it"
            );
            return violation("path.blocked", text);
        }
        let text =
            |side: &Option<Blob>| side.as_ref().and_then(|blob| blob.text().map(str::to_owned)).unwrap_or_default();
        let up = major_up(&text(&file.before), &text(&file.after))?;
        violation(
            "dependency.major",
            format!("`{shown}` goes from {} up to {}: stay below the next major version", up.before, up.after),
        )
    };
    patch.files.iter().filter_map(of_file).collect()
}
