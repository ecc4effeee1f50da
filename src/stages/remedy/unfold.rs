//! What a script runs through files of the repository: `make lint`, `npm run lint`, `bash ci/lint.sh`. Remedies are
//! found in the tools' own calls, wherever those stand.

use super::script::{Call, join};
use super::shell::{Word, is_assignment, placed_commands, quote};

/// A script that goes through more files than these one after the other is nobody's to read.
const DEPTH_MAX: usize = 4;

/// All scripts together; what would come beyond is left out.
const BYTES_MAX: usize = 60 << 10;

/// The script and what it runs, each in brackets of its own with the commands that lead there. `directory` is
/// where the script starts and `read` gives a file's text, both from the repository's root.
pub fn unfolded(script: &str, directory: &str, read: &dyn Fn(&str) -> Option<String>) -> String {
    let mut unfolding = Unfolding { directory, read, known: Vec::new(), bytes: script.len() };
    unfolding.go(script, 0);
    unfolding.known.iter().fold(format!("(\n{script}\n)"), |text, whole| format!("{text}\n(\n{whole}\n)"))
}

struct Unfolding<'a> {
    directory: &'a str,
    read: &'a dyn Fn(&str) -> Option<String>,
    known: Vec<String>,
    bytes: usize,
}

impl Unfolding<'_> {
    fn go(&mut self, script: &str, depth: usize) {
        if depth == DEPTH_MAX {
            return;
        }
        for (setup, words) in placed_commands(script) {
            let call = Call { setup, launcher: Vec::new(), tool: String::new(), args: Vec::new() };
            let Some(at) = call.directory().and_then(|inside| join(self.directory, &inside)) else { continue };
            let begins = words.iter().position(|word| !is_assignment(&word.text)).unwrap_or(words.len());
            for inner in self.inner(words.get(begins..).unwrap_or_default(), &at) {
                let whole = call.script(&inner);
                let fits = self.bytes + whole.len() < BYTES_MAX;
                if fits && !self.known.contains(&whole) {
                    self.bytes += whole.len() + 5;
                    self.known.push(whole.clone());
                    self.go(&whole, depth + 1);
                }
            }
        }
    }

    /// What one command runs, where that stands in a file: scripts that start in `at`.
    fn inner(&self, words: &[Word], at: &str) -> Vec<String> {
        let Some(program) = words.first().map(|word| word.text.as_str()) else { return Vec::new() };
        let args = words.get(1..).unwrap_or_default();
        match program.rsplit('/').next().unwrap_or(program) {
            "make" | "gmake" => self.made(args, at),
            "npm" | "pnpm" | "yarn" | "bun" => self.of_package(words, at).into_iter().collect(),
            "bash" | "sh" | "dash" | "zsh" => {
                let file = args.iter().find(|word| !word.text.starts_with(['-', '+']));
                file.and_then(|file| (self.read)(&join(at, &file.text)?)).into_iter().collect()
            }
            _ if program.contains('/') => {
                let text = join(at, program).and_then(|path| (self.read)(&path));
                let is_shell = |text: &String| {
                    text.lines().next().is_some_and(|line| line.starts_with("#!") && line.trim_end().ends_with("sh"))
                };
                text.filter(is_shell).into_iter().collect()
            }
            _ => Vec::new(),
        }
    }

    fn made(&self, args: &[Word], at: &str) -> Vec<String> {
        let (mut folder, mut file) = (String::from("."), None);
        let (mut targets, mut given) = (Vec::new(), Vec::new());
        let mut args = args.iter().map(|word| word.text.as_str());
        while let Some(arg) = args.next() {
            match arg {
                "-C" | "--directory" => folder = args.next().unwrap_or(".").to_owned(),
                "-f" | "--file" | "--makefile" => file = args.next().map(str::to_owned),
                "-I" | "-o" | "-W" => drop(args.next()),
                _ if arg.starts_with("--directory=") => folder = arg["--directory=".len()..].to_owned(),
                _ if arg.starts_with("-C") => folder = arg["-C".len()..].to_owned(),
                _ if arg.starts_with('-') => {}
                _ => match arg.split_once('=') {
                    Some((name, value)) => given.push((name.to_owned(), value.to_owned())),
                    None => targets.push(arg.to_owned()),
                },
            }
        }
        let Some(inside) = join(at, &folder) else { return Vec::new() };
        let names = file.map_or(vec!["GNUmakefile".into(), "makefile".into(), "Makefile".into()], |file| vec![file]);
        let Some(text) = names.iter().find_map(|name: &String| (self.read)(&join(&inside, name)?)) else {
            return Vec::new();
        };
        let makefile = Makefile::parse(&text, given);
        let lines = makefile.recipe(&targets);
        let enter = if folder == "." { String::new() } else { format!("cd {}\n", quote(&folder)) };
        lines.into_iter().map(|line| format!("{enter}{line}")).collect()
    }

    /// The script of a `package.json`, with the tools of the package within reach.
    fn of_package(&self, words: &[Word], at: &str) -> Option<String> {
        let call = PackageCall::of(words)?;
        let folder = call.folder.as_deref().unwrap_or(".");
        let mut inside = join(at, folder)?;
        let mut up = String::new();
        let text = loop {
            let path = |name: &str| join(&inside, name);
            if (self.read)(&path(".pnp.cjs")?).is_some() {
                return None;
            }
            if let Some(text) = (self.read)(&path("package.json")?) {
                break text;
            }
            inside = join(&inside, "..")?;
            up.push_str("/..");
        };
        let package: serde_json::Value = serde_json::from_str(&text).ok()?;
        let script = package.get("scripts")?.get(&call.script)?.as_str()?;
        // As the package managers do: the tools of this package, then those of the folders around it.
        let depth = if inside == "." { 0 } else { inside.split('/').count() };
        let bins: String = (0..=depth).map(|up| format!("$PWD/{}node_modules/.bin:", "../".repeat(up))).collect();
        let place = format!("{folder}{up}");
        let enter = if place == "." { String::new() } else { format!("cd {}\n", quote(&place)) };
        Some(format!("{enter}export PATH=\"{bins}$PATH\"\n{script} {}", call.args.join(" ")).trim_end().to_owned())
    }
}

/// One run of a package's script.
pub struct PackageCall {
    script: String,
    /// Where the package is, if not where the command runs.
    folder: Option<String>,
    /// Arguments for the script, as written.
    args: Vec<String>,
}

/// Options of package managers whose value stands apart and names a folder; others whose value stands apart.
const FOLDERS: [&str; 4] = ["--prefix", "-C", "--dir", "--cwd"];
const VALUED: [&str; 4] = ["--filter", "-F", "-w", "--workspace"];

/// Subcommands of package managers that run no script of the package.
const NO_SCRIPTS: [&str; 12] =
    ["install", "i", "ci", "add", "exec", "dlx", "x", "remove", "update", "config", "cache", "set"];

impl PackageCall {
    /// `npm run lint`, `pnpm lint`, `yarn --cwd web lint` or `bun run lint`; `None` where it is for a workspace, whose
    /// place stands in files of the package manager's own.
    pub fn of(words: &[Word]) -> Option<Self> {
        let (script, folder, rest) = Self::parts(words)?;
        let args = rest.iter().filter(|word| word.text != "--").map(|word| word.raw.clone()).collect();
        let elsewhere = words.iter().any(|word| {
            VALUED.contains(&word.text.as_str())
                || word.text.starts_with("--workspace")
                || word.text.starts_with("--filter")
                || word.text == "workspace"
                || word.text == "workspaces"
        });
        (!elsewhere).then_some(Self { script, folder, args })
    }

    /// The script's name, also where it is a workspace's.
    pub fn name(words: &[Word]) -> Option<String> {
        Self::parts(words).map(|(name, ..)| name)
    }

    fn parts(words: &[Word]) -> Option<(String, Option<String>, &[Word])> {
        let first = words.iter().position(|word| !word.text.contains('='))?;
        let manager = words.get(first)?.text.as_str();
        if !matches!(manager, "npm" | "pnpm" | "yarn" | "bun") {
            return None;
        }
        let (mut runs, mut folder, mut at) = (manager != "npm", None, first + 1);
        while let Some(word) = words.get(at) {
            let text = word.text.as_str();
            at += 1;
            match text {
                "run" | "run-script" => runs = true,
                "test" | "t" if manager == "npm" => return Some(("test".to_owned(), folder, words.get(at..)?)),
                "workspace" | "workspaces" => at += 1,
                _ if FOLDERS.contains(&text) => {
                    folder = words.get(at).map(|word| word.text.clone());
                    at += 1;
                }
                _ if VALUED.contains(&text) => at += 1,
                _ if text.starts_with('-') => {
                    let valued = FOLDERS.iter().find_map(|option| text.strip_prefix(option)?.strip_prefix('='));
                    folder = valued.map(str::to_owned).or(folder);
                }
                _ if NO_SCRIPTS.contains(&text) => return None,
                name => return runs.then(|| (name.to_owned(), folder, words.get(at..).unwrap_or_default())),
            }
        }
        None
    }
}

/// The rules of a makefile, as far as people write them to run checks.
struct Makefile {
    rules: Vec<Rule>,
    variables: Vec<(String, String)>,
}

struct Rule {
    target: String,
    needs: Vec<String>,
    lines: Vec<String>,
}

impl Makefile {
    /// `given` are variables of the command line, which go before the file's own.
    fn parse(text: &str, given: Vec<(String, String)>) -> Self {
        let text = text.replace("\\\r\n", "\\\n").replace("\\\n\t", " ").replace("\\\n", " ");
        let mut made = Self { rules: Vec::new(), variables: given };
        let mut open: Vec<usize> = Vec::new();
        for line in text.lines() {
            if let Some(recipe) = line.strip_prefix('\t') {
                for rule in &open {
                    if let Some(rule) = made.rules.get_mut(*rule) {
                        rule.lines.push(recipe.trim_start_matches(['@', '-', '+', ' ']).trim_end().to_owned());
                    }
                }
                continue;
            }
            if line.trim().is_empty() || line.starts_with('#') {
                continue;
            }
            open.clear();
            if let Some((name, value)) = variable(line) {
                made.variables.push((name.to_owned(), value.to_owned()));
            } else if let Some((targets, needs)) = line.split_once(':') {
                let (needs, inline) = needs.trim_start_matches(':').split_once(';').unwrap_or((needs, ""));
                for target in targets.split_whitespace() {
                    open.push(made.rules.len());
                    made.rules.push(Rule {
                        target: target.to_owned(),
                        needs: needs.split_whitespace().filter(|need| *need != "|").map(str::to_owned).collect(),
                        lines: Some(inline.trim().trim_start_matches('@').to_owned())
                            .filter(|line| !line.is_empty())
                            .into_iter()
                            .collect(),
                    });
                }
            }
        }
        made
    }

    /// The lines that are run for these targets, what they need first; for none, the first target's.
    fn recipe(&self, targets: &[String]) -> Vec<String> {
        let first = self.rules.iter().map(|rule| &rule.target).find(|target| !target.starts_with('.'));
        let wanted: Vec<&String> =
            if targets.is_empty() { first.into_iter().collect() } else { targets.iter().collect() };
        let (mut lines, mut done) = (Vec::new(), Vec::new());
        for target in wanted {
            self.add(target, &mut done, &mut lines);
        }
        lines
    }

    fn add<'m>(&'m self, target: &'m str, done: &mut Vec<&'m str>, lines: &mut Vec<String>) {
        if done.contains(&target) || done.len() > 100 {
            return;
        }
        done.push(target);
        for rule in self.rules.iter().filter(|rule| rule.target == target) {
            rule.needs.iter().for_each(|need| self.add(need, done, lines));
            lines.extend(rule.lines.iter().map(|line| self.expanded(line)));
        }
    }

    /// `$(NAME)`, `${NAME}` and `$$`, as far as the file says what they are.
    fn expanded(&self, line: &str) -> String {
        let mut text = line.to_owned();
        for _ in 0..DEPTH_MAX {
            let before = text.clone();
            let make = ("MAKE".to_owned(), "make".to_owned());
            for (name, value) in self.variables.iter().chain([&make]) {
                for form in [format!("$({name})"), format!("${{{name}}}")] {
                    // `$$(…)` is the shell's own.
                    text = text
                        .replace(&format!("${form}"), "\0")
                        .replace(&form, value)
                        .replace('\0', &format!("${form}"));
                }
            }
            if text == before || text.len() > BYTES_MAX {
                break;
            }
        }
        text.replace("$$", "$")
    }
}

/// `NAME = value`, `NAME := value`, `export NAME ?= value`.
fn variable(line: &str) -> Option<(&str, &str)> {
    let (name, value) = line.split_once('=')?;
    let name = name.trim_end_matches([':', '?', '+', '!']).trim();
    let name = name.strip_prefix("export ").or(name.strip_prefix("override ")).unwrap_or(name).trim();
    let plain = !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'-');
    plain.then(|| (name, value.trim()))
}

#[cfg(test)]
mod tests {
    use super::super::script::calls;
    use super::*;

    /// How `tool` is called in what the script runs, with what leads there.
    fn found(script: &str, files: &[(&str, &str)], tool: &str) -> Vec<String> {
        let read = |path: &str| files.iter().find(|(file, _)| *file == path).map(|(_, text)| (*text).to_owned());
        let text = unfolded(script, ".", &read);
        calls(&text, tool)
            .into_iter()
            .map(|call| call.with(&call.args.iter().map(|word| word.raw.clone()).collect::<Vec<_>>()))
            .collect()
    }

    #[test]
    fn a_makefile_is_looked_into() {
        let makefile = "GO ?= go\nDIRS := cmd \\\n\tpkg\n.PHONY: lint fmt\n\nlint: fmt  ## all\n\t@cd svc && $(GO)fmt -l $(DIRS)\n\
                        fmt:\n\t-@test -z \"$$(gofmt -s -l .)\" # silent\nother:\n\tgofmt -d x\n";
        let files = [("Makefile", makefile), ("sub/Makefile", "all: ; @gofmt -l here\n")];
        assert_eq!(found("make -s lint", &files, "gofmt"), ["gofmt -s -l .", "cd svc\ngofmt -l cmd pkg"]);
        assert_eq!(found("make GO=my fmt", &files, "gofmt"), ["gofmt -s -l ."]);
        assert_eq!(found("make -j4 -C sub", &files, "gofmt"), ["cd sub\ngofmt -l here"]);
        assert_eq!(found("cd sub && make", &files, "gofmt"), ["cd sub\ngofmt -l here"]);
        assert_eq!(found("make nothing; make -C gone", &files, "gofmt"), [""; 0]);
    }

    #[test]
    fn a_packages_script_is_looked_into_with_its_tools_in_reach() {
        let files = [
            (
                "package.json",
                r#"{"scripts": {"check": "npm run lint && npm run fmt -- --log-level warn", "lint": "eslint .", "fmt": "prettier --check ."}}"#,
            ),
            ("web/package.json", r#"{"scripts": {"lint": "eslint src"}}"#),
        ];
        let root = "export PATH=\"$PWD/node_modules/.bin:$PATH\"";
        assert_eq!(found("npm run check", &files, "eslint"), [format!("{root}\n{root}\neslint .")]);
        assert_eq!(
            found("pnpm run -s check", &files, "prettier"),
            [format!("{root}\n{root}\nprettier --check . --log-level warn")]
        );
        let web = "export PATH=\"$PWD/node_modules/.bin:$PWD/../node_modules/.bin:$PATH\"";
        for script in ["npm --prefix web run lint", "npm --prefix=web run lint", "yarn --cwd web lint"] {
            assert_eq!(found(script, &files, "eslint"), [format!("cd web\n{web}\neslint src")], "{script}");
        }
        for script in ["npm run lint -w web", "yarn workspace web lint", "npm ci", "npm run gone"] {
            assert_eq!(found(script, &files, "eslint"), [""; 0], "{script}");
        }
    }

    #[test]
    fn a_script_of_the_repository_is_looked_into() {
        let files =
            [("ci/lint.sh", "#!/usr/bin/env bash\nset -e\nruff check src\n"), ("tool", "#!/usr/bin/python\nruff\n")];
        for script in ["bash -e ci/lint.sh", "./ci/lint.sh --all", "cd ci && sh ./lint.sh"] {
            assert_eq!(found(script, &files, "ruff").len(), 1, "{script}");
        }
        assert_eq!(found("./tool", &files, "ruff"), [""; 0]);
    }

    #[test]
    fn scripts_that_run_each_other_come_to_an_end() {
        let files = [("Makefile", "a: b\n\t$(MAKE) a\n\tmake b\nb: a\n\tsh x.sh\n"), ("x.sh", "cd . && make a\n")];
        assert!(
            unfolded("make a", ".", &|path| {
                files.iter().find(|(file, _)| *file == path).map(|(_, text)| (*text).to_owned())
            })
            .len()
                < BYTES_MAX + 10
        );
    }
}
