//! What `actions/checkout` prints of the merge that a pull request's run has tested (P3).

use crate::domain::id::CommitId;

/// The merge of a pull request's head into its base.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Merge {
    pub head: CommitId,
    pub base: CommitId,
}

/// Reads `HEAD is now at 1a2b3c4 Merge <head> into <base>`: the message of the commit that GitHub makes.
pub fn merge(line: &str) -> Option<Merge> {
    let message = line.trim().strip_prefix("HEAD is now at ")?.split_once(' ')?.1;
    let (head, base) = message.strip_prefix("Merge ")?.split_once(" into ")?;
    Some(Merge { head: CommitId::parse(head)?, base: CommitId::parse(base)? })
}

#[cfg(test)]
mod tests {
    #[test]
    fn p3_the_merge_is_told_by_checkout() {
        let (head, base) = ("a".repeat(40), "b".repeat(40));
        let merge = |line: &str| super::merge(line).map(|merge| (merge.head.to_string(), merge.base.to_string()));
        assert_eq!(merge(&format!("HEAD is now at 1a2b3c4 Merge {head} into {base}")), Some((head.clone(), base)));
        for line in
            ["HEAD is now at 1a2b3c4 Merge pull request #1 from a/b", "Merge a into b", &format!("Merge {head}")]
        {
            assert_eq!(merge(line), None, "{line}");
        }
    }
}
