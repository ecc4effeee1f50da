//! What a person at a terminal sees: one live line a step, the diff in colour, the question. Plain lines elsewhere.

use std::io::{BufRead as _, ErrorKind, IsTerminal as _, Write as _};
use std::time::Duration;

use anstyle::{AnsiColor, Style};
use anyhow::Context as _;
use indicatif::{ProgressBar, ProgressStyle};

use crate::text::{no_workflow_command, one_line};

/// How fast the live line's clock moves.
const TICK: Duration = Duration::from_millis(100);

const RED: Style = AnsiColor::Red.on_default();
const GREEN: Style = AnsiColor::Green.on_default();
const CYAN: Style = AnsiColor::Cyan.on_default();
const BOLD: Style = Style::new().bold();

/// Everything we say goes through here. Progress goes to standard error, what was asked for to standard output.
pub struct Terminal {
    live: bool,
    quiet: bool,
    in_actions: bool,
    bar: Option<ProgressBar>,
}

impl Terminal {
    /// `json`: only the answer is printed. `in_actions`: lines are kept from being workflow commands.
    pub fn new(json: bool, in_actions: bool) -> Self {
        let plain = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
        let live = std::io::stderr().is_terminal() && !json && !plain && !in_actions;
        Self { live, quiet: json, in_actions, bar: None }
    }

    /// A step has begun: on a terminal it is one live line until `done`.
    pub fn begin(&mut self, what: &str) {
        if !self.live {
            return;
        }
        let style = ProgressStyle::with_template("{spinner:.cyan} {msg} {elapsed:.dim}")
            .unwrap_or_else(|_| ProgressStyle::default_spinner());
        let bar = ProgressBar::new_spinner().with_style(style);
        bar.set_message(one_line(what));
        bar.enable_steady_tick(TICK);
        self.bar = Some(bar);
    }

    /// The step has ended; its line stays.
    pub fn done(&mut self, good: bool, text: &str) {
        if let Some(bar) = self.bar.take() {
            bar.finish_and_clear();
        }
        let (mark, style) = if good { ("✓", GREEN) } else { ("✗", RED) };
        self.say(&format!("{style}{mark}{style:#} {}", one_line(text)));
    }

    /// One line of progress.
    pub fn say(&mut self, text: &str) {
        if self.quiet {
            return;
        }
        let text = if self.in_actions { no_workflow_command(text) } else { text.to_owned() };
        let _ = writeln!(anstream::stderr(), "{text}");
    }

    /// Text that was asked for, to standard output, as it is. Whoever has read enough may close it; a full disk is an
    /// error.
    pub fn print(&mut self, text: &str) -> anyhow::Result<()> {
        let mut output = anstream::stdout();
        match output.write_all(text.as_bytes()).and_then(|()| output.flush()) {
            Err(error) if error.kind() != ErrorKind::BrokenPipe => Err(error).context("write to standard output"),
            _ => Ok(()),
        }
    }

    /// What a command of the person's own prints, as it comes; in Actions nothing, for it could be a workflow command.
    pub fn show(&mut self, bytes: &[u8]) {
        if !self.quiet && !self.in_actions {
            let _ = std::io::stderr().write_all(bytes);
        }
    }

    /// A heading between steps.
    pub fn heading(&mut self, text: &str) {
        self.say(&format!("\n{BOLD}{}{BOLD:#}", one_line(text)));
    }

    /// A git diff, added lines green, removed ones red.
    pub fn diff(&mut self, diff: &str) {
        for line in diff.lines() {
            let style = match line.as_bytes() {
                [b'+', b'+', b'+', ..] | [b'-', b'-', b'-', ..] => BOLD,
                [b'+', ..] => GREEN,
                [b'-', ..] => RED,
                [b'@', b'@', ..] => CYAN,
                _ => Style::new(),
            };
            let line: String = line.chars().filter(|c| !c.is_control() || *c == '\t').collect();
            self.say(&format!("{style}{line}{style:#}"));
        }
    }

    /// Asks on the terminal; anything but `y` or `yes` is no, and so is no terminal to ask on.
    pub fn ask(&mut self, question: &str) -> bool {
        let stdin = std::io::stdin();
        if !stdin.is_terminal() {
            return false;
        }
        let _ = write!(anstream::stderr(), "{question} [y/N] ");
        let mut answer = String::new();
        stdin.lock().read_line(&mut answer).is_ok_and(|_| matches!(answer.trim(), "y" | "Y" | "yes"))
    }

    /// An Actions annotation; nothing outside Actions.
    pub fn annotate(&mut self, level: Annotation, title: &str, file: Option<(&str, u32)>, message: &str) {
        if !self.in_actions {
            return;
        }
        let place = file.map(|(file, line)| format!(",file={},line={line}", property(file))).unwrap_or_default();
        let line = format!("::{} title={}{place}::{}\n", level.as_str(), property(title), data(message));
        let _ = self.print(&line);
    }

    /// Registers a value that the runner must mask from now on.
    ///
    /// By standard error, which the runner reads as well: standard output may be on its way into a file.
    pub fn mask(&mut self, value: &str) {
        if self.in_actions {
            let _ = writeln!(anstream::stderr(), "::add-mask::{}", data(value));
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Annotation {
    Notice,
    Warning,
}

impl Annotation {
    fn as_str(self) -> &'static str {
        match self {
            Self::Notice => "notice",
            Self::Warning => "warning",
        }
    }
}

/// The runner cuts an annotation's message there (`facts`: 4,096 characters).
const ANNOTATION_BYTES_MAX: usize = 4_096;

fn data(text: &str) -> String {
    let text = crate::text::truncate(text, ANNOTATION_BYTES_MAX);
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}
