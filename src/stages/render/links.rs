//! Addresses of GitHub's own pages.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use crate::domain::id::{Branch, Repository};

/// What stays as it is in a branch's name.
const PLAIN: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'/');

/// The page where a person opens the pull request that we could not. `server` is `https://github.com`.
pub fn compare(server: &str, repository: &Repository, base: &Branch, head: &Branch) -> String {
    let name = |branch: &Branch| utf8_percent_encode(branch.as_str(), PLAIN).to_string();
    format!("{}/{repository}/compare/{}...{}?expand=1", server.trim_end_matches('/'), name(base), name(head))
}

/// Whether it can stand in a link as it is.
pub fn is_address(url: &str) -> bool {
    let plain = |b: u8| b.is_ascii_alphanumeric() || b"-._~:/".contains(&b);
    url.starts_with("http") && url.bytes().all(plain)
}

#[cfg(test)]
mod tests {
    use super::compare;
    use crate::domain::id::{Branch, Repository};

    #[test]
    fn a_branch_with_odd_letters_stays_one_place_in_an_address() {
        let repository = Repository::parse("o/r").expect("a name");
        let branch = |name: &str| Branch::parse(name).expect("a name");
        assert_eq!(
            compare("https://ghes.example/", &repository, &branch("größe/a#b)"), &branch("self-heal/größe/a#b)/x")),
            "https://ghes.example/o/r/compare/gr%C3%B6%C3%9Fe/a%23b%29...self-heal/gr%C3%B6%C3%9Fe/a%23b%29/x?expand=1"
        );
    }
}
