//! Takes a shell script apart into simple commands; what a word says is never changed.
//!
//! This reads as much of the shell as CI scripts are made of. Where it is mistaken, a fixer changes nothing or
//! something wrong, and the proof says so.

/// Scripts in workflow files are far shorter; a longer one is not looked at.
const SCRIPT_BYTES_MAX: usize = 64 << 10;

/// `$( … )` inside `$( … )`: deeper ones are not looked at.
const DEPTH_MAX: usize = 4;

/// One word of a command: as written, and as the shell would hand it over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Word {
    pub raw: String,
    pub text: String,
}

/// The simple commands of a script, each with the commands before it that changed its shell.
pub fn placed_commands(script: &str) -> Vec<(Vec<String>, Vec<Word>)> {
    let mut commands = Vec::new();
    if script.len() <= SCRIPT_BYTES_MAX {
        let mut setup = Vec::new();
        place(&pieces(script), &mut setup, &mut commands, 0);
    }
    commands
}

/// One word for a POSIX shell that stands for exactly `text`.
pub fn quote(text: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"_./@%+=:,-".contains(&byte);
    // A name that begins with a dash would be read as an option.
    let text = if text.starts_with('-') { format!("./{text}") } else { text.to_owned() };
    if !text.is_empty() && text.bytes().all(plain) { text } else { format!("'{}'", text.replace('\'', r"'\''")) }
}

pub fn is_assignment(text: &str) -> bool {
    text.split_once('=').is_some_and(|(name, _)| {
        !name.is_empty()
            && !name.starts_with(|c: char| c.is_ascii_digit())
            && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
    })
}

/// Words of the shell's grammar that may stand before a command.
const RESERVED: &[&str] = &["if", "then", "elif", "else", "while", "until", "do", "!", "{"];

/// Commands that change the shell they run in.
const CHANGES_THE_SHELL: &[&str] =
    &["cd", "pushd", "popd", "export", "source", ".", "set", "unset", "shopt", "alias", "eval", "conda", "workon"];

fn place(pieces: &[Piece], setup: &mut Vec<String>, commands: &mut Vec<(Vec<String>, Vec<Word>)>, depth: usize) {
    let mut subshells = Vec::new();
    for piece in pieces {
        match piece {
            Piece::Open => subshells.push(setup.len()),
            Piece::Close => setup.truncate(subshells.pop().unwrap_or(setup.len())),
            Piece::Command { words, inner } => {
                if depth < DEPTH_MAX {
                    for script in inner {
                        let mut own = setup.clone();
                        place(&self::pieces(script), &mut own, commands, depth + 1);
                    }
                }
                let begins = words.iter().position(|word| !RESERVED.contains(&word.text.as_str()));
                let Some(words) = begins.and_then(|at| words.get(at..)) else { continue };
                let named = words.iter().find(|word| !is_assignment(&word.text));
                if let Some(script) = script_of_shell(words)
                    && depth < DEPTH_MAX
                {
                    let mut own = setup.clone();
                    place(&self::pieces(script), &mut own, commands, depth + 1);
                }
                commands.push((setup.clone(), words.to_vec()));
                // Assignments alone change the shell too.
                if named.is_none_or(|name| CHANGES_THE_SHELL.contains(&name.text.as_str())) {
                    setup.push(words.iter().map(|word| word.raw.as_str()).collect::<Vec<_>>().join(" "));
                }
            }
        }
    }
}

/// `bash -c 'npm ci && npx eslint .'` runs a script of its own.
fn script_of_shell(words: &[Word]) -> Option<&str> {
    let mut words = words.iter().map(|word| word.text.as_str()).skip_while(|text| is_assignment(text));
    let shell = words.next()?;
    matches!(shell.rsplit('/').next(), Some("bash" | "sh" | "dash" | "zsh")).then_some(())?;
    while let Some(option) = words.next().filter(|text| text.starts_with('-')) {
        if !option.starts_with("--") && option.contains('c') {
            return words.next();
        }
        if option.ends_with('o') {
            // `-eo pipefail`
            words.next();
        }
    }
    None
}

enum Piece {
    Command { words: Vec<Word>, inner: Vec<String> },
    Open,
    Close,
}

/// Cuts a script at its operators.
fn pieces(script: &str) -> Vec<Piece> {
    let mut cutter = Cutter::default();
    let mut chars = script.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '\\' => match chars.next() {
                Some('\n') => cutter.blank(),
                Some(next) => cutter.both(&format!("\\{next}"), &next.to_string()),
                None => {}
            },
            '\'' => {
                let inside: String = chars.by_ref().take_while(|c| *c != '\'').collect();
                cutter.both(&format!("'{inside}'"), &inside);
            }
            '"' => {
                let (raw, text) = double_quoted(&mut chars);
                cutter.inner.extend(substitutions(&raw));
                cutter.both(&format!("\"{raw}\""), &text);
            }
            '$' if chars.peek() == Some(&'(') => {
                chars.next();
                let inside = balanced(&mut chars);
                cutter.both(&format!("$({inside})"), &format!("$({inside})"));
                cutter.inner.push(inside);
            }
            '`' => {
                let inside: String = chars.by_ref().take_while(|c| *c != '`').collect();
                cutter.both(&format!("`{inside}`"), &format!("`{inside}`"));
                cutter.inner.push(inside);
            }
            '#' if cutter.between_words() => while chars.next_if(|c| *c != '\n').is_some() {},
            '>' | '<' => redirection(c, &mut chars, &mut cutter),
            '\n' | ';' | '|' | '&' => cutter.command(),
            '(' => {
                cutter.command();
                cutter.pieces.push(Piece::Open);
            }
            ')' => {
                cutter.command();
                cutter.pieces.push(Piece::Close);
            }
            ' ' | '\t' | '\r' => cutter.blank(),
            c => cutter.both(&c.to_string(), &c.to_string()),
        }
    }
    cutter.command();
    cutter.pieces
}

#[derive(Default)]
struct Cutter {
    pieces: Vec<Piece>,
    words: Vec<Word>,
    word: Option<Word>,
    inner: Vec<String>,
    /// The word that is being read is the target of a redirection.
    dropped: bool,
}

impl Cutter {
    fn both(&mut self, raw: &str, text: &str) {
        let word = self.word.get_or_insert_with(|| Word { raw: String::new(), text: String::new() });
        word.raw.push_str(raw);
        word.text.push_str(text);
    }

    fn between_words(&self) -> bool {
        self.word.is_none()
    }

    fn blank(&mut self) {
        if let Some(word) = self.word.take()
            && !std::mem::take(&mut self.dropped)
        {
            self.words.push(word);
        }
    }

    fn command(&mut self) {
        self.blank();
        self.dropped = false;
        if !self.words.is_empty() || !self.inner.is_empty() {
            let words = std::mem::take(&mut self.words);
            self.pieces.push(Piece::Command { words, inner: std::mem::take(&mut self.inner) });
        }
    }
}

/// `2>&1`, `> file`, `>> file`, `&> file`: what the command prints to is not part of it.
fn redirection(first: char, chars: &mut std::iter::Peekable<std::str::Chars<'_>>, cutter: &mut Cutter) {
    // The number of the file that is redirected belongs to the redirection.
    if cutter.word.as_ref().is_some_and(|word| word.raw.bytes().all(|b| b.is_ascii_digit())) {
        cutter.word = None;
    }
    cutter.blank();
    while chars.next_if(|c| *c == first || *c == '&').is_some() {}
    while chars.next_if(|c| matches!(c, ' ' | '\t')).is_some() {}
    cutter.dropped = true;
}

/// What stands between double quotes, as written and as the shell reads it; the closing quote is consumed.
fn double_quoted(chars: &mut std::iter::Peekable<std::str::Chars<'_>>) -> (String, String) {
    let (mut raw, mut text) = (String::new(), String::new());
    while let Some(c) = chars.next() {
        match c {
            '"' => break,
            '\\' => {
                raw.push(c);
                if let Some(next) = chars.next() {
                    raw.push(next);
                    match next {
                        '"' | '\\' | '$' | '`' => text.push(next),
                        '\n' => {}
                        _ => text.extend([c, next]),
                    }
                }
            }
            '$' if chars.peek() == Some(&'(') => {
                chars.next();
                let inside = format!("$({})", balanced(chars));
                raw.push_str(&inside);
                text.push_str(&inside);
            }
            _ => {
                raw.push(c);
                text.push(c);
            }
        }
    }
    (raw, text)
}

/// The scripts inside `$( … )` and backticks of a quoted text.
fn substitutions(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '\\' => {
                chars.next();
            }
            '$' if chars.next_if_eq(&'(').is_some() => found.push(balanced(&mut chars)),
            '`' => found.push(chars.by_ref().take_while(|c| *c != '`').collect()),
            _ => {}
        }
    }
    found
}

/// Everything up to the bracket that closes the one just read, which is consumed.
fn balanced(chars: &mut std::iter::Peekable<std::str::Chars<'_>>) -> String {
    let mut inside = String::new();
    let mut open = 1_u32;
    let mut quote = None;
    while let Some(c) = chars.next() {
        match (c, quote) {
            ('\\', _) => {
                inside.push(c);
                inside.extend(chars.next());
                continue;
            }
            ('\'' | '"', None) => quote = Some(c),
            (c, Some(q)) if c == q => quote = None,
            ('(', None) => open += 1,
            (')', None) => {
                open -= 1;
                if open == 0 {
                    break;
                }
            }
            _ => {}
        }
        inside.push(c);
    }
    inside
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_quoted_so_that_a_shell_reads_it_back() {
        assert_eq!(quote("src/a-b.ts"), "src/a-b.ts");
        assert_eq!(quote("a b.ts"), "'a b.ts'");
        assert_eq!(quote("it's;$(x)"), r"'it'\''s;$(x)'");
        assert_eq!(quote("--write"), "./--write");
    }

    #[test]
    fn a_script_at_the_limit_is_read_and_a_longer_one_is_not() {
        let command = "ruff check .\n";
        let exact = format!("{command}{}", "#".repeat(SCRIPT_BYTES_MAX - command.len()));
        assert_eq!(placed_commands(&exact).len(), 1);
        assert_eq!(placed_commands(&format!("{exact}#")), []);
    }

    #[test]
    fn commands_deeper_than_the_limit_are_not_looked_at() {
        let nested = |depth: usize| format!("{}ruff check .{}", "$(".repeat(depth), ")".repeat(depth));
        let ruffs = |depth| {
            let found = placed_commands(&nested(depth));
            found.iter().filter(|(_, words)| words.first().is_some_and(|word| word.text == "ruff")).count()
        };
        assert_eq!(ruffs(DEPTH_MAX), 1);
        assert_eq!(ruffs(DEPTH_MAX + 1), 0);
    }
}
