//! Whose lines they are, where one job runs many tasks: monorepo runners, parallel scripts, containers and image builds write a
//! task's name before each of its lines, or above them.
//!
//! A prefix is believed only after somebody declared it: a runner's header opens a window in which the lines that every
//! task begins with are looked for (`web:build: cache miss, …`, `@scope/app: > @scope/app@1.0.0 test`, `packages/a test$ …`,
//! `[web]: Process started`). From then on the text without the prefix is read by readers of that task's own, so tasks that
//! write in turn are not mixed up. A name above its lines (`> nx run web:test`) makes a section, which ends with the next.
//!
//! Where it says so: turborepo `crates/turborepo-lib/src/run/cache.rs` and `task_graph`; Nx
//! `packages/nx/src/tasks-runner/life-cycles` and `running-tasks/output-prefix.ts`; lerna `libs/commands/run`; pnpm
//! `cli/default-reporter/src/reporterForClient/reportLifecycleScripts.ts`; yarn `plugin-workspace-tools/sources/commands/foreach.ts`;
//! concurrently `src/logger.ts`; npm-run-all `docs/run-p.md`; compose `pkg/compose/logs.go`; BuildKit
//! `util/progress/progressui/printer.go`; rush `libraries/rush-lib/.../OperationExecutionManager.ts`; Bazel
//! `--test_output`; Jenkins's Pipeline as it printed parallel branches until workflow-job 2.26; pre-commit
//! `pre_commit/commands/run.py`; pip `src/pip/_internal/exceptions.py` (`InstallationSubprocessError`).

use super::pattern::{Pattern, group};

/// What wakes this: see `Reader::wakes`.
pub const WAKES: &[&str] = &[
    "• Packages in scope: ",
    "• Running ",
    "cache miss, executing ",
    "cache hit, ",
    "cache bypass, force executing ",
    "> nx run ",
    " Running target ",
    "lerna info ",
    "lerna ERR! npm run ",
    " workspace projects",
    ": Process started",
    "> concurrently ",
    "> run-p ",
    "> npm-run-all ",
    "Attaching to ",
    " { (Branch: ",
    " > [",
    "] RUN ",
    "lines of output]",
    "[end of output]",
    "Test output for //",
    "]==[ ",
    "- hook id: ",
    "...Passed",
    "...Failed",
];

/// Readers of a task's own take some kilobytes; more tasks than this share those of the job.
pub const LANES_MAX: usize = 24;

/// So many prefixes are tried on a line.
const PREFIXES_MAX: usize = 64;

/// Every task of a runner begins within so many lines, or is woken by what its tool says.
const LEARN_LINES: u64 = 400;

/// A header that is printed for ever must not keep everybody awake.
const WINDOWS_MAX: u32 = 40;

/// Names above lines that are kept.
const SECTIONS_MAX: usize = 2_000;

/// Who writes a line, and what it says without the name before it.
#[derive(Debug, PartialEq, Eq)]
pub struct Whose<'a> {
    /// The task's own readers, by number; those of the job where it is `None`.
    pub lane: Option<usize>,
    pub text: &'a str,
    /// The line begins another task's lines, or ends them.
    pub is_border: bool,
}

/// The tasks of one step.
#[derive(Default)]
pub struct Tasks {
    prefixes: Vec<Prefix>,
    names: Vec<Option<String>>,
    /// Where a name stands above its lines; `None` ends it.
    sections: Vec<(u64, Option<String>)>,
    learn_until: u64,
    windows: u32,
    /// Names in square brackets are prefixes: concurrently and run-p declare none.
    brackets: bool,
    /// Containers that `Attaching to` names.
    containers: Vec<String>,
    /// BuildKit numbers the lines of what it runs.
    numbered: bool,
    /// BuildKit repeats the last lines of what failed, each behind its time.
    repeated: bool,
    /// So many blanks stand before what another program said.
    indent: usize,
}

struct Prefix {
    text: String,
    lane: Option<usize>,
}

static CACHED: Pattern = Pattern::new(r"^((\S+)[:#]([\w:.-]+): )?cache (?:miss|hit|bypass), ");
static ECHO: Pattern = Pattern::new(r"^(\[?([\w@./:-]+?)\]?:? )> [\w@./-]+@\S+ ([\w:.-]+)$");
static PNPM: Pattern = Pattern::new(r"^(([\w@./-]+) ([\w:.-]+))\$ \S");
static STARTED: Pattern = Pattern::new(r"^((?:➤ YN0000: )?\[([^\]]+)\]: )Process started");
static BRACKET: Pattern = Pattern::new(r"^(\[ *([\w@./: -]{1,40}?) *\] )");
static CONTAINER: Pattern = Pattern::new(r"^([\w.-]+)( +\| )");
static NUMBERED: Pattern = Pattern::new(r"^(#\d+) \d+\.\d+ ");
static REPEATS: Pattern = Pattern::new(r"^ > \[.+\] .+:$");
static REPEATED: Pattern = Pattern::new(r"^\d+\.\d+(?: |$)");
static NX: Pattern = Pattern::new(r"^(?:\S{1,4} +)?> (?:nx run )?([\w@./-]+:[\w:.-]+)(?: .*|$)");
static LERNA: Pattern =
    Pattern::new(r"^lerna (?:info run Ran npm script '(.+)' in '(.+)' in|ERR! npm run (\S+) exited \d+ in '(.+)')");
static BAZEL: Pattern = Pattern::new(r"^=+ Test output for (//\S+):$");
static RUSH: Pattern = Pattern::new(r"^==\[ (.+?) \]=+\[ \d+ of \d+ \]==$");
static BRANCH: Pattern = Pattern::new(r"^\[Pipeline\] .*\{ \(Branch: (.+)\)$");
static HOOK: Pattern = Pattern::new(r"^- hook id: (\S+)$");
static HOOK_ENDS: Pattern = Pattern::new(r"^\S.*\.{3,}(?:Passed|Failed)$");
static INDENTED: Pattern = Pattern::new(r"^( *)(?:╰─>|-->) \[\d+ lines of output\]$");

impl Tasks {
    /// Whether every line is wanted, to learn how the tasks begin.
    pub fn learns(&self, line: u64) -> bool {
        line < self.learn_until
    }

    /// The task that a lane's readers read.
    pub fn name(&self, lane: usize) -> Option<&str> {
        self.names.get(lane)?.as_deref()
    }

    /// So many tasks have a lane.
    pub fn count(&self) -> usize {
        self.names.len()
    }

    /// The task whose name stands above this line.
    pub fn above(&self, line: u64) -> Option<&str> {
        self.sections.iter().rev().find(|(from, _)| *from <= line)?.1.as_deref()
    }

    /// The text without its prefix, where it is of this lane's task; of the job itself where that is `None`.
    pub fn own<'a>(&self, text: &'a str, lane: Option<usize>) -> Option<&'a str> {
        let (of, rest) = self.known(text).unwrap_or((None, text));
        (of == lane).then_some(rest)
    }

    /// The step has ended, and what was declared in it.
    pub fn end_step(&mut self, line: u64) {
        let sections = std::mem::take(&mut self.sections);
        *self = Self { sections, ..Self::default() };
        if self.sections.last().is_some_and(|(_, name)| name.is_some()) {
            self.section(line, None);
        }
    }

    /// Reads one line. `woke` says that one of `WAKES` stands in it, `above` gives the line before.
    pub fn line<'a>(
        &mut self,
        number: u64,
        text: &'a str,
        woke: bool,
        above: impl FnOnce() -> Option<String>,
    ) -> Whose<'a> {
        if let Some((lane, rest)) = self.known(text) {
            return Whose { lane, text: rest, is_border: false };
        }
        if let Some((prefix, rest)) = self.numbered(text) {
            return Whose { lane: self.lane(&prefix, None), text: rest, is_border: false };
        }
        if self.repeated {
            match REPEATED.captures(text) {
                Some(time) => {
                    let text = text.get(group(&time, 0).len()..).unwrap_or_default();
                    return Whose { lane: None, text, is_border: false };
                }
                None => self.repeated = false,
            }
        }
        if woke && REPEATS.is_match(text) {
            self.repeated = true;
            return Whose { lane: None, text, is_border: true };
        }
        if (woke || self.learns(number))
            && let Some(prefix) = self.learn(text)
        {
            if woke {
                self.window(number);
            }
            let rest = text.get(prefix..).unwrap_or_default();
            return Whose { lane: self.known(text).and_then(|(lane, _)| lane), text: rest, is_border: false };
        }
        let is_border = (woke || self.learns(number)) && self.header(number, text, above);
        let indented = text.len() > self.indent && text.bytes().take(self.indent).all(|byte| byte == b' ');
        Whose {
            lane: None,
            text: if indented && !is_border { text.get(self.indent..).unwrap_or(text) } else { text },
            is_border,
        }
    }

    /// A line of what BuildKit runs: what it is known by, and the rest. No line begins with that, for the time behind the
    /// number is another each time.
    fn numbered<'a>(&self, text: &'a str) -> Option<(String, &'a str)> {
        let numbered = self.numbered.then(|| NUMBERED.captures(text)).flatten()?;
        Some((format!("\0{}", group(&numbered, 1)), text.get(group(&numbered, 0).len()..)?))
    }

    fn known<'a>(&self, text: &'a str) -> Option<(Option<usize>, &'a str)> {
        if let Some((prefix, rest)) = self.numbered(text) {
            return self.prefixes.iter().find(|known| known.text == prefix).map(|known| (known.lane, rest));
        }
        self.prefixes.iter().find_map(|prefix| {
            let rest = text.strip_prefix(prefix.text.as_str());
            // An empty line of a task may have lost the blank at its end.
            let rest = rest.or_else(|| (text == prefix.text.trim_end()).then_some(""));
            rest.map(|rest| (prefix.lane, rest))
        })
    }

    /// The lane of a prefix, made if there is room.
    fn lane(&mut self, prefix: &str, name: Option<String>) -> Option<usize> {
        if let Some(known) = self.prefixes.iter().find(|known| known.text == prefix) {
            return known.lane;
        }
        let lane = (self.names.len() < LANES_MAX).then_some(self.names.len());
        if lane.is_some() {
            self.names.push(name);
        }
        if self.prefixes.len() < PREFIXES_MAX {
            self.prefixes.push(Prefix { text: prefix.to_owned(), lane });
        }
        lane
    }

    /// The lines with which tasks begin; the length of the prefix, if this is one.
    fn learn(&mut self, text: &str) -> Option<usize> {
        let declared = |prefix: &str, package: &str, script: &str| {
            let name = if package.contains(':') && !package.starts_with('[') {
                package.to_owned()
            } else {
                format!("{package}:{script}")
            };
            Some((prefix.to_owned(), name))
        };
        let found = if let Some(cached) = CACHED.captures(text).filter(|cached| !group(cached, 1).is_empty()) {
            declared(group(&cached, 1), group(&cached, 2), group(&cached, 3))
        } else if let Some(echo) = ECHO.captures(text) {
            declared(group(&echo, 1), group(&echo, 2), group(&echo, 3))
        } else if let Some(pnpm) = PNPM.captures(text) {
            let declared = declared(&format!("{}: ", group(&pnpm, 1)), group(&pnpm, 2), group(&pnpm, 3));
            if let Some((prefix, name)) = declared {
                self.lane(&prefix, Some(name));
            }
            return None;
        } else if let Some(started) = STARTED.captures(text) {
            Some((group(&started, 1).to_owned(), group(&started, 2).to_owned()))
        } else if let Some(bracket) = BRACKET.captures(text).filter(|_| self.brackets) {
            Some((group(&bracket, 1).to_owned(), group(&bracket, 2).to_owned()))
        } else {
            let container =
                CONTAINER.captures(text).filter(|found| self.containers.iter().any(|name| name == group(found, 1)));
            container.map(|found| (group(&found, 0).to_owned(), group(&found, 1).to_owned()))
        };
        let (prefix, name) = found?;
        self.lane(&prefix, Some(name));
        Some(prefix.len())
    }

    /// Lines that only a runner writes; whether the lines of one task end here and those of another begin.
    fn header(&mut self, number: u64, text: &str, above: impl FnOnce() -> Option<String>) -> bool {
        if let Some(nx) = NX.captures(text).filter(|_| text.contains("> nx run ") || self.windows > 0) {
            self.window(number);
            return self.section(number, Some(group(&nx, 1).to_owned()));
        }
        if CACHED.is_match(text) {
            // In a group of its own the task's name is above.
            self.window(number);
            let name = above().filter(|name| name.contains([':', '#']) && !name.contains(' '));
            return name.is_some_and(|name| self.section(number, Some(name.replace('#', ":"))));
        }
        if let Some(lerna) = LERNA.captures(text) {
            let (script, package) = if group(&lerna, 1).is_empty() { (3, 4) } else { (1, 2) };
            return self.section(number, Some(format!("{}:{}", group(&lerna, package), group(&lerna, script))));
        }
        if let Some(bazel) = BAZEL.captures(text) {
            return self.section(number, Some(group(&bazel, 1).to_owned()));
        }
        if let Some(rush) = RUSH.captures(text) {
            return self.section(number, Some(group(&rush, 1).to_owned()));
        }
        if let Some(hook) = HOOK.captures(text) {
            return self.section(number, Some(group(&hook, 1).to_owned()));
        }
        if let Some(indented) = INDENTED.captures(text) {
            self.indent = group(&indented, 1).len() + "    ".len();
            return true;
        }
        if text.trim_start().starts_with("[end of output]") {
            self.indent = 0;
            return true;
        }
        if let Some(branch) = BRANCH.captures(text) {
            let name = group(&branch, 1);
            self.lane(&format!("[{name}] "), Some(name.to_owned()));
        }
        self.numbered |= text.starts_with('#') && text.contains("] RUN ");
        if let Some(names) = text.strip_prefix("Attaching to ") {
            self.containers = names.split(", ").take(PREFIXES_MAX).map(|name| name.trim().to_owned()).collect();
            self.window(number);
        } else if ["> concurrently ", "> run-p ", "> npm-run-all "].iter().any(|start| text.starts_with(start)) {
            self.brackets = true;
            self.window(number);
        } else if text.contains("• ")
            || text.contains(" Running target ")
            || text.starts_with("lerna info ")
            || text.contains(" workspace projects")
            || STARTED.is_match(text)
        {
            self.window(number);
        }
        let ends = text.starts_with(" NX ")
            || text.starts_with(" Tasks: ")
            || text.starts_with("lerna success")
            || HOOK_ENDS.is_match(text)
            || text.chars().all(|c| c == '=') && text.len() > 20;
        ends && self.sections.last().is_some_and(|(_, name)| name.is_some()) && self.section(number, None)
    }

    fn window(&mut self, number: u64) {
        if self.windows < WINDOWS_MAX {
            self.windows += 1;
            self.learn_until = number + LEARN_LINES;
        }
    }

    fn section(&mut self, number: u64, name: Option<String>) -> bool {
        if self.sections.len() < SECTIONS_MAX {
            self.sections.push((number, name));
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Of each line the task and the text, as if every line were handed over.
    fn read(log: &str) -> Vec<(Option<String>, String)> {
        let mut tasks = Tasks::default();
        let mut above = None;
        let mut told = Vec::new();
        for (text, number) in log.lines().zip(1..) {
            let woke = WAKES.iter().any(|wake| text.contains(wake));
            let whose = tasks.line(number, text, woke, || above.clone());
            let name = whose.lane.and_then(|lane| tasks.name(lane)).or_else(|| tasks.above(number)).map(str::to_owned);
            told.push((name, whose.text.to_owned()));
            above = Some(text.to_owned());
        }
        told
    }

    fn task_of(log: &str, text: &str) -> Option<String> {
        read(log)
            .into_iter()
            .find(|(_, read)| read == text)
            .unwrap_or_else(|| panic!("no line `{text}` in {:?}", read(log)))
            .0
    }

    #[test]
    fn turborepo_names_the_task_before_each_line_or_above_a_group() {
        let streamed = "• Packages in scope: @s/ui, @s/web\n@s/web:test: cache miss, executing e6a1c8f9\n@s/ui:test: cache hit, replaying logs a60fe4c6\n@s/ui:test: \n@s/web:test: no\n";
        assert_eq!(task_of(streamed, "no").as_deref(), Some("@s/web:test"));
        let grouped = "• Running test in 2 packages\n@s/web:test\ncache miss, executing 00275ce4\n\nno\n Tasks:    1 successful, 2 total\nafter\n";
        assert_eq!(task_of(grouped, "no").as_deref(), Some("@s/web:test"));
        assert_eq!(task_of(grouped, "after"), None);
    }

    #[test]
    fn nx_and_lerna_name_it_above_or_before() {
        let nx = " NX   Running target test for 2 projects:\n\n> nx run web:test\n\nno\n\n> nx run ui:test  [local cache]\n\nyes\n\n NX   Ran target test\nafter\n";
        assert_eq!(task_of(nx, "no").as_deref(), Some("web:test"));
        assert_eq!(task_of(nx, "yes").as_deref(), Some("ui:test"));
        assert_eq!(task_of(nx, "after"), None);
        let group = "❌ > nx run web:lint\nno\n";
        assert_eq!(task_of(group, "no").as_deref(), Some("web:lint"));
        let lerna = "lerna info Executing command in 2 packages: \"npm run test\"\n@s/ui: > @s/ui@1.0.0 test\n@s/web: > @s/web@1.0.0 test\n@s/web: no\n";
        assert_eq!(task_of(lerna, "no").as_deref(), Some("@s/web:test"));
        let whole = "lerna ERR! npm run test exited 1 in '@s/web'\nlerna ERR! npm run test stdout:\nno\n";
        assert_eq!(task_of(whole, "no").as_deref(), Some("@s/web:test"));
    }

    #[test]
    fn pnpm_yarn_concurrently_compose_and_jenkins_declare_theirs() {
        let pnpm = "Scope: 2 of 3 workspace projects\npackages/web test$ jest\npackages/ui test$ jest\npackages/web test: no\n";
        assert_eq!(task_of(pnpm, "no").as_deref(), Some("packages/web:test"));
        let yarn = "[@s/web]: Process started\n[@s/web]: no\n";
        assert_eq!(task_of(yarn, "no").as_deref(), Some("@s/web"));
        let parallel = "> concurrently -n web,ui \"a\" \"b\"\n[web] no\n[ui]  yes\n";
        assert_eq!(task_of(parallel, "no").as_deref(), Some("web"));
        let compose = "Attaching to db-1, web-1\nweb-1  | no\n";
        assert_eq!(task_of(compose, "no").as_deref(), Some("web-1"));
        let jenkins = "[Pipeline] parallel\n[Pipeline] [linux (17)] { (Branch: linux (17))\n[Pipeline] [mac] { (Branch: mac)\n[mac] yes\n[linux (17)] no\n[mac] \n";
        assert_eq!(task_of(jenkins, "no").as_deref(), Some("linux (17)"));
        assert_eq!(task_of(jenkins, "").as_deref(), Some("mac"));
    }

    #[test]
    fn an_image_build_and_a_wheels_build_show_another_programs_lines() {
        let build = "#7 [2/3] RUN npm test\n#7 0.512 no\n#8 0.515 other\n#7 0.613   yes\n";
        let texts: Vec<String> = read(build).into_iter().map(|(_, text)| text).collect();
        assert_eq!(texts[1..], ["no", "other", "  yes"]);
        let repeated = " > [web 5/6] RUN npm run build:\n4.1 no\n4.1\n4.2   yes\n------\n4.3 after\n";
        let texts: Vec<String> = read(repeated).into_iter().map(|(_, text)| text).collect();
        assert_eq!(texts[1..], ["no", "", "  yes", "------", "4.3 after"]);
        let wheel = "  ╰─> [2 lines of output]\n      Traceback (most recent call last):\n        File \"a.py\", line 1\n      [end of output]\n      after\n";
        let texts: Vec<String> = read(wheel).into_iter().map(|(_, text)| text).collect();
        assert_eq!(texts[1..3], ["Traceback (most recent call last):", "  File \"a.py\", line 1"]);
        assert_eq!(texts[4], "      after");
    }

    #[test]
    fn what_nobody_declared_is_no_prefix() {
        for log in ["error: > a@1.0.0 test\n", "[web] x\n", "web-1  | x\n", "#7 0.512 x\n", "TypeError: x\n"] {
            assert_eq!(read(log), [(None, log.trim_end().to_owned())], "of {log}");
        }
    }

    #[test]
    fn tasks_beyond_the_limit_share_the_jobs_readers_without_their_prefix() {
        let mut tasks = Tasks { learn_until: 1_000, ..Tasks::default() };
        for number in 0..PREFIXES_MAX as u64 + 1 {
            let text = format!("p{number}:test: cache miss, executing 1");
            let whose = tasks.line(number, &text, true, || None);
            assert_eq!(whose.lane.is_some(), number < LANES_MAX as u64);
            assert_eq!(whose.text, "cache miss, executing 1");
        }
        assert_eq!((tasks.names.len(), tasks.prefixes.len()), (LANES_MAX, PREFIXES_MAX));
    }

    #[test]
    fn headers_and_sections_are_bounded() {
        let mut tasks = Tasks::default();
        for number in 0..=SECTIONS_MAX as u64 {
            tasks.line(number, "> nx run web:test", true, || None);
        }
        assert_eq!(tasks.sections.len(), SECTIONS_MAX);
        assert_eq!(tasks.windows, WINDOWS_MAX);
        assert!(!tasks.learns(WINDOWS_MAX as u64 + LEARN_LINES));
    }
}
