//! Glob lists over names and paths, with gitignore's order: of several matches the last wins, `!` takes out.

use glob::{MatchOptions, Pattern};

use crate::domain::run::job_without_leg;

/// Whether `*` stops at `/`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Over {
    /// Job, branch and label names: `*` crosses `/`.
    Names,
    /// Paths: `*` stops at `/`, `**` crosses; a pattern without a slash matches a basename at any depth.
    Paths,
}

#[derive(Clone, Debug)]
pub struct Globs {
    over: Over,
    patterns: Vec<(bool, String, Pattern)>,
}

impl Globs {
    /// The error names the pattern that cannot be read.
    pub fn parse(over: Over, patterns: &[String]) -> Result<Self, String> {
        let mut parsed = Vec::with_capacity(patterns.len());
        for written in patterns {
            let (takes_out, text) = match written.strip_prefix('!') {
                Some(rest) => (true, rest),
                None => (false, written.as_str()),
            };
            let pattern = Pattern::new(text).map_err(|error| format!("`{written}` is not a glob: {error}"))?;
            parsed.push((takes_out, written.clone(), pattern));
        }
        Ok(Self { over, patterns: parsed })
    }

    pub fn is_empty(&self) -> bool {
        self.patterns.is_empty()
    }

    /// The patterns as they were written.
    pub fn written(&self) -> impl Iterator<Item = &str> {
        self.patterns.iter().map(|(_, written, _)| written.as_str())
    }

    /// The pattern that decides for `name`, as it was written; `None` when none matches or the last one takes it out.
    pub fn deciding(&self, name: &str) -> Option<&str> {
        self.deciding_any(&[name])
    }

    /// The same for a thing with several names: a pattern hits it by any of them.
    fn deciding_any(&self, names: &[&str]) -> Option<&str> {
        self.patterns
            .iter()
            .rev()
            .find(|(_, written, pattern)| names.iter().any(|name| self.hits(written, pattern, name)))
            .and_then(|(takes_out, written, _)| (!takes_out).then_some(written.as_str()))
    }

    /// A job by the name GitHub shows, with and without the leg (P14).
    pub fn matches_job(&self, shown: &str) -> bool {
        let without_leg = job_without_leg(shown);
        self.deciding_any(&[shown, &without_leg]).is_some()
    }

    pub fn matches(&self, name: &str) -> bool {
        self.deciding(name).is_some()
    }

    fn hits(&self, written: &str, pattern: &Pattern, name: &str) -> bool {
        match self.over {
            Over::Names => pattern.matches(name),
            Over::Paths => {
                let options = MatchOptions {
                    // Rules look at the tree, and some file systems fold case: `.GitHub/` must not slip through.
                    case_sensitive: false,
                    require_literal_separator: true,
                    require_literal_leading_dot: false,
                };
                let at_any_depth = !written.trim_start_matches('!').contains('/');
                let name = if at_any_depth { name.rsplit('/').next().unwrap_or(name) } else { name };
                pattern.matches_with(name, options)
            }
        }
    }
}
