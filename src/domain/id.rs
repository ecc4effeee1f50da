//! Names of things that live elsewhere: repositories, commits, branches, runs, jobs, content.

use std::fmt;

/// `owner/name` on a GitHub host.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Repository {
    pub owner: String,
    pub name: String,
}

impl Repository {
    /// Reads `owner/name`; `None` for anything else, so that a name can never become another path of the API.
    pub fn parse(text: &str) -> Option<Self> {
        let (owner, name) = text.split_once('/')?;
        let plain = |part: &str| {
            !part.is_empty()
                && part != "."
                && part != ".."
                && part.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.'))
        };
        (plain(owner) && plain(name)).then(|| Self { owner: owner.to_owned(), name: name.to_owned() })
    }
}

impl fmt::Display for Repository {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.owner, self.name)
    }
}

/// A branch name that git itself would accept, so that it can never become another ref or another path of the API.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Branch(String);

/// GitHub refuses longer refs.
pub const BRANCH_BYTES_MAX: usize = 244;

impl Branch {
    /// By the rules of `git check-ref-format --branch`; `None` for anything else.
    pub fn parse(text: &str) -> Option<Self> {
        let forbidden = |c: char| c.is_control() || matches!(c, ' ' | '~' | '^' | ':' | '?' | '*' | '[' | '\\');
        let part = |part: &str| !part.is_empty() && !part.starts_with('.') && !part.ends_with(".lock");
        let fits = (1..=BRANCH_BYTES_MAX).contains(&text.len())
            && !matches!(text, "@" | "HEAD")
            && !text.starts_with('-')
            && !text.ends_with('.')
            && !text.contains("..")
            && !text.contains("@{")
            && !text.contains(forbidden)
            && text.split('/').all(part);
        fits.then(|| Self(text.to_owned()))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Branch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A full commit id: 40 (SHA-1) or 64 (SHA-256) lower-case hexadecimal digits.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct CommitId(String);

impl CommitId {
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let hex = text.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b));
        (hex && matches!(text.len(), 40 | 64)).then(|| Self(text.to_owned()))
    }

    /// The id that git itself uses for "no commit".
    pub fn of_nothing() -> Self {
        Self("0".repeat(40))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The first twelve digits, for people.
    pub fn short(&self) -> &str {
        &self.0[..12]
    }
}

impl fmt::Display for CommitId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The SHA-256 of some bytes, as 64 lower-case hexadecimal digits.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Sha256(String);

impl Sha256 {
    pub fn of(bytes: &[u8]) -> Self {
        use sha2::Digest as _;
        let digest = sha2::Sha256::digest(bytes);
        Self(digest.iter().map(|b| format!("{b:02x}")).collect())
    }

    pub fn parse(text: &str) -> Option<Self> {
        let hex = text.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b));
        (hex && text.len() == 64).then(|| Self(text.to_owned()))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Sha256 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::{BRANCH_BYTES_MAX, Branch};

    #[test]
    fn a_branch_is_what_git_would_accept() {
        for good in ["main", "feature/x.y", "self-heal/main/py-typeerror-3f9a", "größe", "a@b", "x/-y"] {
            assert!(Branch::parse(good).is_some(), "{good}");
        }
        for bad in [
            "", "@", "a..b", "../main", ".a", "a/.b", "a//b", "/a", "a/", "a.lock", "a b", "a~1", "a^", "a:b", "a?",
            "a*", "a[", "a\\b", "a@{1}", "-a", "a.", "a\nb", "a\u{7f}",
        ] {
            assert!(Branch::parse(bad).is_none(), "{bad}");
        }
    }

    #[test]
    fn a_branch_ends_at_githubs_limit() {
        assert!(Branch::parse(&"a".repeat(BRANCH_BYTES_MAX)).is_some());
        assert!(Branch::parse(&"a".repeat(BRANCH_BYTES_MAX + 1)).is_none());
    }
}
