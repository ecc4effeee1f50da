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
            let pattern = match over {
                Over::Names => Pattern::new(text),
                Over::Paths => Pattern::new(&as_path(text)),
            };
            let pattern = pattern.map_err(|error| format!("`{written}` is not a glob: {error}"))?;
            parsed.push((takes_out, written.clone(), pattern));
        }
        Ok(Self { over, patterns: parsed })
    }

    /// No pattern at all: nothing matches.
    pub fn none(over: Over) -> Self {
        Self { over, patterns: Vec::new() }
    }

    /// These, and then `more` of the same kind.
    pub fn and(&self, more: &[String]) -> Result<Self, String> {
        let mut patterns = self.patterns.clone();
        patterns.extend(Self::parse(self.over, more)?.patterns);
        Ok(Self { over: self.over, patterns })
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

    /// A file with several names, inside of something and outside of it.
    pub fn matches_any(&self, names: &[&str]) -> bool {
        self.deciding_any(names).is_some()
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

/// As in gitignore, `infra/` is everything below it, and `/infra` begins at the root, where our paths begin anyway.
fn as_path(pattern: &str) -> String {
    let below = if pattern.ends_with('/') { "**" } else { "" };
    format!("{}{below}", pattern.strip_prefix('/').unwrap_or(pattern))
}

#[cfg(test)]
mod tests {
    use super::{Globs, Over};

    fn globs(over: Over, patterns: &[&str]) -> Globs {
        let patterns: Vec<String> = patterns.iter().map(|&pattern| pattern.to_owned()).collect();
        Globs::parse(over, &patterns).expect("good patterns")
    }

    #[test]
    fn a_star_crosses_a_slash_in_names_and_stops_at_it_in_paths() {
        assert!(globs(Over::Names, &["release*"]).matches("release/1"));
        assert!(!globs(Over::Paths, &["src/*"]).matches("src/a/b"));
        assert!(globs(Over::Paths, &["src/**"]).matches("src/a/b"));
    }

    #[test]
    fn a_path_pattern_without_a_slash_matches_a_basename_at_any_depth() {
        let paths = globs(Over::Paths, &["*.sql"]);
        assert!(paths.matches("a.sql") && paths.matches("db/x/a.SQL"));
        assert!(!globs(Over::Paths, &["db/*.sql"]).matches("x/db/a.sql"));
    }

    #[test]
    fn a_folder_with_a_slash_behind_or_before_it_is_read_as_git_reads_it() {
        let paths = globs(Over::Paths, &["infra/", "/top.txt"]);
        assert!(paths.matches("infra/a/b.tf") && paths.matches("top.txt"));
        assert!(!paths.matches("sub/top.txt"));
    }

    #[test]
    fn the_last_match_wins_and_an_exclamation_mark_takes_out() {
        let paths = globs(Over::Paths, &["src/**", "!src/gen/**", "src/gen/keep.rs"]);
        assert_eq!(paths.deciding("src/a.rs"), Some("src/**"));
        assert_eq!(paths.deciding("src/gen/a.rs"), None);
        assert_eq!(paths.deciding("src/gen/keep.rs"), Some("src/gen/keep.rs"));
        assert!(paths.and(&["!src/a.rs".to_owned()]).is_ok_and(|paths| !paths.matches("src/a.rs")));
        assert!(!Globs::none(Over::Paths).matches("a"));
    }

    #[test]
    fn p14_a_job_matches_with_and_without_its_leg() {
        let jobs = globs(Over::Names, &["unit-test", "!* (3.9)"]);
        assert!(jobs.matches_job("unit-test (3.12)"));
        assert!(!jobs.matches_job("unit-test (3.9)"));
    }
}
