//! Finds the one command of a failing script that ran a tool, and what must stand around it to run the tool again.

use super::shell::{Word, is_assignment, placed_commands};

/// One run of a tool inside a script.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Call {
    /// Commands before it that change where and how it runs: `cd web`, `source .venv/bin/activate`.
    pub setup: Vec<String>,
    /// What starts the tool, as written: `npx`, `FOO=1 python -m`; may be empty.
    pub launcher: Vec<String>,
    /// The tool as written: `ruff`, `./node_modules/.bin/eslint`.
    pub tool: String,
    /// Its arguments; redirections are left out.
    pub args: Vec<Word>,
}

impl Call {
    pub fn has(&self, arg: &str) -> bool {
        self.args.iter().any(|word| word.text == arg)
    }

    pub fn first(&self) -> Option<&str> {
        self.args.first().map(|word| word.text.as_str())
    }

    /// A script that runs the tool with other arguments, in the same place and environment.
    pub fn with(&self, args: &[String]) -> String {
        let mut words = self.launcher.clone();
        words.push(self.tool.clone());
        words.extend_from_slice(args);
        self.script(&words.join(" "))
    }

    /// A script that runs another command in the same place and environment.
    pub fn script(&self, command: &str) -> String {
        let mut lines = self.setup.clone();
        lines.push(command.to_owned());
        lines.join("\n")
    }

    /// Where the tool runs, from where the script starts; `None` when the script does not say it in plain words.
    pub fn directory(&self) -> Option<String> {
        let mut directory = String::from(".");
        for command in &self.setup {
            let words = placed_commands(command).into_iter().next().map(|(_, words)| words).unwrap_or_default();
            let mut texts = words.iter().map(|word| word.text.as_str());
            match texts.next() {
                Some("cd" | "pushd") => {
                    let target = texts.next()?;
                    if target.starts_with(['/', '~', '-']) || target.contains(['$', '`', '*', '?']) {
                        return None;
                    }
                    directory = join(&directory, target)?;
                }
                Some("popd") => return None,
                _ => {}
            }
        }
        Some(directory)
    }
}

/// Every run of `tool` in `script`, in order: also through a launcher such as `npx` or `python -m`.
pub fn calls(script: &str, tool: &str) -> Vec<Call> {
    let mut found = Vec::new();
    for (setup, words) in placed_commands(script) {
        if let Some(at) = tool_word(&words, tool) {
            found.push(Call {
                setup,
                launcher: words[..at].iter().map(|word| word.raw.clone()).collect(),
                tool: words[at].raw.clone(),
                args: words[at + 1..].to_vec(),
            });
        }
    }
    found
}

/// `path`, given from `directory`, both relative to one root; `None` when it leaves the root.
pub fn join(directory: &str, path: &str) -> Option<String> {
    let mut parts: Vec<&str> = directory.split('/').filter(|part| !part.is_empty() && *part != ".").collect();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop()?;
            }
            _ => parts.push(part),
        }
    }
    Some(if parts.is_empty() { ".".to_owned() } else { parts.join("/") })
}

/// `file`, relative to the root, as one names it in `directory`.
pub fn relative(directory: &str, file: &str) -> String {
    let from: Vec<&str> = directory.split('/').filter(|part| !part.is_empty() && *part != ".").collect();
    let to: Vec<&str> = file.split('/').collect();
    let same = from.iter().zip(&to).take_while(|(a, b)| a == b).count();
    let up = std::iter::repeat_n("..", from.len() - same);
    up.chain(to.into_iter().skip(same)).collect::<Vec<_>>().join("/")
}

/// Programs that run another program named in their arguments.
const LAUNCHERS: &[&str] = &[
    "npx", "npm", "pnpm", "pnpx", "yarn", "bunx", "bun", "node", "uv", "uvx", "poetry", "pdm", "pipenv", "hatch",
    "rye", "pipx", "python", "python3", "py", "env", "sudo", "time", "timeout", "nice", "exec", "xvfb-run",
];

/// After one of these the next word names a package, not what is run.
const NAMES_A_PACKAGE: &[&str] = &["--with", "--from", "--package", "-p", "--spec", "--extra", "--group"];

/// Subcommands of launchers that run nothing.
const RUNS_NOTHING: &[&str] = &[
    "install",
    "add",
    "remove",
    "uninstall",
    "i",
    "ci",
    "update",
    "upgrade",
    "show",
    "list",
    "ls",
    "info",
    "view",
    "why",
    "sync",
    "lock",
    "pip",
    "cache",
];

/// Where the tool itself stands among the words of a command.
fn tool_word(words: &[Word], tool: &str) -> Option<usize> {
    let first = words.iter().position(|word| !is_assignment(&word.text))?;
    if is_tool(&words[first].text, tool) {
        return Some(first);
    }
    let launcher = basename(&words[first].text);
    let known = LAUNCHERS.contains(&launcher) || launcher.starts_with("python3.");
    if !known {
        return None;
    }
    for at in first + 1..words.len() {
        if RUNS_NOTHING.contains(&words[at].text.as_str()) {
            return None;
        }
        if is_tool(&words[at].text, tool) && !NAMES_A_PACKAGE.contains(&words[at - 1].text.as_str()) {
            return Some(at);
        }
    }
    None
}

/// `ruff`, `./node_modules/.bin/eslint`, `prettier@3`.
fn is_tool(text: &str, tool: &str) -> bool {
    let name = basename(text);
    name == tool || name.strip_prefix(tool).is_some_and(|rest| rest.starts_with('@') || rest == ".js")
}

fn basename(text: &str) -> &str {
    text.rsplit('/').next().unwrap_or(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(script: &str, tool: &str) -> Call {
        let found = calls(script, tool);
        assert_eq!(found.len(), 1, "{script}: {found:?}");
        found.into_iter().next().expect("one call")
    }

    fn args(call: &Call) -> Vec<&str> {
        call.args.iter().map(|word| word.text.as_str()).collect()
    }

    #[test]
    fn a_tool_is_found_behind_whatever_starts_it() {
        for (script, launcher) in [
            ("ruff check .", vec![]),
            ("python -m ruff check .", vec!["python", "-m"]),
            ("uv run --frozen ruff check .", vec!["uv", "run", "--frozen"]),
            ("uvx ruff@0.14 check .", vec!["uvx"]),
            ("poetry run ruff check .", vec!["poetry", "run"]),
            ("RUFF_CACHE_DIR=/tmp/x  ruff check .", vec!["RUFF_CACHE_DIR=/tmp/x"]),
            (".venv/bin/ruff check .", vec![]),
            ("uv run --with ruff ruff check .", vec!["uv", "run", "--with", "ruff"]),
            ("if ! ruff check .; then exit 1; fi", vec![]),
        ] {
            let call = one(script, "ruff");
            assert_eq!(call.launcher, launcher, "{script}");
            assert_eq!(args(&call), ["check", "."], "{script}");
        }
    }

    #[test]
    fn a_tool_that_is_only_named_is_not_run() {
        for script in [
            "pip install ruff",
            "python -m pip install ruff mypy",
            "npm install eslint",
            "echo ruff check .",
            "which ruff",
            "# ruff check .",
            "uv run --with ruff pytest",
            "cat ruff.toml",
        ] {
            assert_eq!(calls(script, "ruff"), [], "{script}");
            assert_eq!(calls(script, "eslint"), [], "{script}");
        }
    }

    #[test]
    fn what_changes_the_shell_before_it_is_kept() {
        let call = one("cd web && export A='b c'\nnpm ci\nnpx eslint . | tee out.txt 2>&1", "eslint");
        assert_eq!(call.setup, ["cd web", "export A='b c'"]);
        assert_eq!(call.with(&["--fix".to_owned()]), "cd web\nexport A='b c'\nnpx eslint --fix");
        assert_eq!(call.directory().as_deref(), Some("web"));
    }

    #[test]
    fn a_subshell_ends_with_its_bracket() {
        let found = calls("(cd a && npx eslint .)\n(cd b/c; npx eslint src)", "eslint");
        let places: Vec<_> = found.iter().map(|call| call.directory().expect("plain words")).collect();
        assert_eq!(places, ["a", "b/c"]);
    }

    #[test]
    fn a_command_inside_another_is_found() {
        let call = one(r#"test -z "$(gofmt -l . | tee /dev/stderr)""#, "gofmt");
        assert_eq!(args(&call), ["-l", "."]);
        assert_eq!(args(&one("out=$(gofmt -s -l ./cmd)\n[ -z \"$out\" ]", "gofmt")), ["-s", "-l", "./cmd"]);
        assert_eq!(args(&one("if [ -n \"`gofmt -l .`\" ]; then exit 1; fi", "gofmt")), ["-l", "."]);
    }

    #[test]
    fn a_script_inside_a_script_is_read_too() {
        assert_eq!(args(&one("bash --noprofile -eo pipefail -c 'npx eslint .'", "eslint")), ["."]);
        let call = one("bash -ec 'cd web && npx eslint \"src dir\"'", "eslint");
        assert_eq!(call.setup, ["cd web"]);
        assert_eq!(args(&call), ["src dir"]);
        assert_eq!(calls("bash check.sh -c eslint", "eslint"), []);
    }

    #[test]
    fn lines_joined_by_a_backslash_are_one_command() {
        let call = one("npx eslint \\\n  --ext .ts \\\n  'src/**/*.ts' # all of it\necho done", "eslint");
        assert_eq!(args(&call), ["--ext", ".ts", "src/**/*.ts"]);
        assert_eq!(call.args[2].raw, "'src/**/*.ts'");
    }

    #[test]
    fn redirections_are_not_arguments() {
        assert_eq!(args(&one("ruff check . > out.txt 2>&1", "ruff")), ["check", "."]);
        assert_eq!(args(&one("ruff check . 2>/dev/null || true", "ruff")), ["check", "."]);
    }

    #[test]
    fn a_directory_that_only_the_shell_knows_is_not_guessed() {
        assert_eq!(one("cd $DIR && ruff check .", "ruff").directory(), None);
        assert_eq!(one("cd /srv && ruff check .", "ruff").directory(), None);
        assert_eq!(one("cd a && cd ../b && ruff check .", "ruff").directory().as_deref(), Some("b"));
        assert_eq!(one("cd .. && ruff check .", "ruff").directory(), None);
    }

    #[test]
    fn a_file_is_named_from_where_the_tool_runs() {
        assert_eq!(relative(".", "src/a.ts"), "src/a.ts");
        assert_eq!(relative("web", "web/src/a.ts"), "src/a.ts");
        assert_eq!(relative("web/app", "web/lib/a.ts"), "../lib/a.ts");
    }

    #[test]
    fn text_that_is_no_script_is_no_trouble() {
        for script in ["", "'", "\"", "$(", "`", "\\", "((((", "))))", "\"$(", "é ü\u{0}", "< > & ; | &&&&"] {
            assert_eq!(calls(script, "ruff"), []);
        }
    }
}
