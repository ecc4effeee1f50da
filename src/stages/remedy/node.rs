//! What eslint and prettier would do, also where they run behind `npm run`.

use super::case::Case;
use super::script::Call;
use super::shell::{Word, placed_commands};
use super::unfold::PackageCall;
use crate::domain::candidate::Remedy;

/// The same run with `--fix`; else the package's script with it, then exactly the files that were named.
pub fn eslint_remedies(case: &Case<'_>) -> Vec<Remedy> {
    let mut remedies: Vec<Remedy> = case
        .calls("eslint")
        .iter()
        .map(|call| {
            let already = |word: &&Word| !matches!(word.text.as_str(), "--fix" | "--quiet" | "--fix-dry-run");
            let mut args: Vec<String> = call.args.iter().filter(already).map(|word| word.raw.clone()).collect();
            args.push("--fix".to_owned());
            // Warnings are not what failed, where their number is not limited: they are left alone.
            if !call.args.iter().any(|word| word.text.starts_with("--max-warnings")) {
                args.push("--quiet".to_owned());
            }
            case.fixer("eslint --fix", call.with(&args))
        })
        .collect();
    if remedies.is_empty() {
        remedies.extend(package_script(case, "lint", "--fix").map(|command| case.fixer("eslint --fix", command)));
        let call = elsewhere(case, "eslint");
        remedies.extend(case.files(&call).map(|files| {
            let args: Vec<String> = ["--fix".to_owned()].into_iter().chain(files).collect();
            case.fixer("eslint --fix", call.with(&args))
        }));
    }
    remedies
}

/// Options of prettier whose value stands apart and says how to format: they stay.
const SAYS_HOW: &[&str] = &[
    "--config",
    "--ignore-path",
    "--plugin",
    "--plugin-search-dir",
    "--config-precedence",
    "--parser",
    "--print-width",
    "--tab-width",
    "--end-of-line",
    "--trailing-comma",
    "--prose-wrap",
    "--quote-props",
    "--arrow-parens",
    "--html-whitespace-sensitivity",
    "--embedded-language-formatting",
    "--object-wrap",
    "--log-level",
    "--loglevel",
];

/// `prettier --write` on exactly the files that are not formatted; where none was named, on all that were checked.
pub fn prettier_remedies(case: &Case<'_>) -> Vec<Remedy> {
    let call = case.calls("prettier").into_iter().next().unwrap_or_else(|| elsewhere(case, "prettier"));
    let files = case.files(&call);
    let silent = case.names_no_file() && !call.args.is_empty();
    if files.is_none() && !silent {
        return Vec::new();
    }
    let mut args = vec!["--write".to_owned()];
    let mut words = call.args.iter();
    while let Some(word) = words.next() {
        let text = word.text.as_str();
        if SAYS_HOW.contains(&text) {
            args.push(word.raw.clone());
            args.extend(words.next().map(|value| value.raw.clone()));
        } else if text.starts_with("--") && !matches!(text, "--check" | "--list-different" | "--write" | "--no-color")
            || files.is_none() && !matches!(text, "-c" | "-l" | "--check" | "--list-different" | "-w" | "--write")
        {
            args.push(word.raw.clone());
        }
    }
    args.extend(files.unwrap_or_default());
    vec![case.fixer("prettier --write", call.with(&args))]
}

/// A tool as the project's package manager starts it, where the script runs it through something else.
fn elsewhere(case: &Case<'_>, tool: &str) -> Call {
    // With plug'n'play there is no `node_modules` in which `npx` could look.
    let launcher = if case.has(".pnp.cjs") { "yarn run" } else { "npx --no-install" };
    case.bare_call(launcher, tool)
}

/// `npm run lint` with one more argument for what it runs; of several scripts only one named like `hint` is meant.
fn package_script(case: &Case<'_>, hint: &str, arg: &str) -> Option<String> {
    let scripts: Vec<_> = placed_commands(&case.reproduce.command)
        .into_iter()
        .filter_map(|(setup, words)| PackageCall::name(&words).map(|name| (setup, name, words)))
        .collect();
    let (setup, _, words) = match scripts.as_slice() {
        [only] => only,
        several => several.iter().find(|(_, name, _)| name.contains(hint))?,
    };
    let mut raw: Vec<&str> = words.iter().map(|word| word.raw.as_str()).collect();
    let npm = words.iter().any(|word| word.text == "npm");
    if npm && !raw.contains(&"--") {
        raw.push("--");
    }
    raw.push(arg);
    Some(setup.iter().cloned().chain([raw.join(" ")]).collect::<Vec<_>>().join("\n"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::failure::{Failure, Kind, Reproduce, ReproduceFrom};
    use crate::domain::log::Span;
    use crate::stages::remedy::tests::fixer_commands;

    fn commands(remedies: fn(&Case<'_>) -> Vec<Remedy>, script: &str, files: &[&str], tree: &[&str]) -> Vec<String> {
        let failures: Vec<Failure> = files
            .iter()
            .map(|file| {
                let mut failure = Failure::new(Kind::LintError, "eslint", "no", Span::at(1));
                failure.file = Some((*file).to_owned());
                failure
            })
            .collect();
        let reproduce = Reproduce::at_root(script, ReproduceFrom::Workflow);
        let exists = |path: &str| files.contains(&path) || tree.contains(&path);
        fixer_commands(remedies(&Case::new(failures.iter().collect(), &exists, &reproduce)))
    }

    #[test]
    fn eslint_runs_as_it_did_and_fixes() {
        for (script, fixed) in [
            ("npx eslint .", "npx eslint . --fix --quiet"),
            ("npx eslint --max-warnings 0 src", "npx eslint --max-warnings 0 src --fix"),
            (
                "cd web\nnpm ci\npnpm exec eslint --ext .ts 'src/**'",
                "cd web\npnpm exec eslint --ext .ts 'src/**' --fix --quiet",
            ),
            ("./node_modules/.bin/eslint . | tee out", "./node_modules/.bin/eslint . --fix --quiet"),
        ] {
            assert_eq!(commands(eslint_remedies, script, &["src/a.js"], &[]), [fixed]);
        }
    }

    #[test]
    fn eslint_behind_a_script_is_reached_through_it_and_then_beside_it() {
        let files = ["src/a.js"];
        for (script, through) in [
            ("npm ci\nnpm run lint", "npm run lint -- --fix"),
            ("npm run lint -- --max-warnings 0", "npm run lint -- --max-warnings 0 --fix"),
            ("npm --prefix web run lint", "npm --prefix web run lint -- --fix"),
            ("pnpm install\npnpm lint", "pnpm lint --fix"),
            ("yarn lint", "yarn lint --fix"),
            ("yarn workspace web lint", "yarn workspace web lint --fix"),
            ("npm run build\nnpm run lint:js", "npm run lint:js -- --fix"),
            ("npm test", "npm test -- --fix"),
        ] {
            let beside = "npx --no-install eslint --fix src/a.js";
            assert_eq!(commands(eslint_remedies, script, &files, &[]), [through, beside], "{script}");
        }
        let beside_alone = ["npx --no-install eslint --fix src/a.js"];
        assert_eq!(commands(eslint_remedies, "npm run build\nnpm run check", &files, &[]), beside_alone);
        assert_eq!(commands(eslint_remedies, "make lint", &files, &[]), beside_alone);
        assert_eq!(commands(eslint_remedies, "make lint", &files, &[".pnp.cjs"]), ["yarn run eslint --fix src/a.js"]);
    }

    #[test]
    fn prettier_writes_only_the_files_it_named() {
        let files = ["src/a.ts", "web/x y.js"];
        for (script, fixed) in [
            ("npx prettier --check .", "npx prettier --write src/a.ts 'web/x y.js'"),
            (
                "npx prettier -c --config .p.json \"src/**\"",
                "npx prettier --write --config .p.json src/a.ts 'web/x y.js'",
            ),
            ("npm run format:check", "npx --no-install prettier --write src/a.ts 'web/x y.js'"),
            ("cd web && npx prettier . --list-different", "cd web\nnpx prettier --write ../src/a.ts 'x y.js'"),
        ] {
            assert_eq!(commands(prettier_remedies, script, &files, &[]), [fixed]);
        }
        assert_eq!(commands(prettier_remedies, "npx prettier --check .", &[], &[]), [""; 0]);
    }
}
