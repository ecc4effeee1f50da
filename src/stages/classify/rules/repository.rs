//! What a repository asks of a change beside its code: title, labels, size, sign-off, changelog, reviews, stacks.
//!
//! Nothing in the code mends these: whoever opened the pull request has to.

use super::super::rule::Rule;

pub const RULES: &[Rule] = &[
    // Danger's and others' checks of a pull request's size.
    Rule::environment(
        "repository.size",
        &[
            "pull request",
            "merge request",
            "pr is ",
            "pr has ",
            "pr size",
            "pr exceeds",
            "pr contains",
            "too many commits",
            "pr changes",
            "pr too",
        ],
        r"\b(PR|pull request|merge request)\b.{0,80}\b(more than|exceed\w*|larger than|bigger than|greater than|over the|above the|too (big|large|many|long))\b|too many commits",
        0.82,
        "the pull request is larger than the repository allows",
    ),
    // amannn/action-semantic-pull-request, commitlint `@commitlint/rules`, gitlint, conventional commits.
    Rule::environment(
        "repository.title",
        &[
            "pull request title",
            "pr title",
            "merge request title",
            "[subject-empty]",
            "[type-empty]",
            "[type-enum]",
            "[subject-case]",
            "[header-max-length]",
            "[body-max-line-length]",
            "conventional commit",
            "commit message",
        ],
        r"(pull request|PR|merge request) title\b.{0,160}\b(not|must|should|invalid|no |needs|fail\w*|doesn't|found|missing)|(no|unknown) release type .{0,60}found in pull request title|(not|invalid|isn't|must) .{0,60}(pull request|PR) title|\[(subject-empty|type-empty|type-enum|subject-case|header-max-length|body-max-line-length|scope-enum|subject-full-stop)\]|commit message.{0,80}(not (follow|conform|match)|invalid|must )|(not|no|invalid).{0,40}conventional commit",
        0.85,
        "the pull request's title or a commit message has not the form that the repository asks for",
    ),
    // mheap/github-action-required-labels and the like.
    Rule::environment(
        "repository.labels",
        &[
            "label error",
            "required label",
            "requires label",
            "missing label",
            "must have a label",
            "one of the following labels",
            "do not merge",
            "do-not-merge",
            " labels",
            " label",
        ],
        r"label error\. requires|(missing|required|requires?|needs?|must have|without|no|add) .{0,60}\blabels?\b.{0,60}|(exactly|at least) \d+ of( the following labels)?: |labell?ed .{0,20}do[- ]not[- ]merge|blocked by .{0,20}label",
        0.7,
        "the pull request's labels are not what the repository asks for",
    ),
    // contributor-assistant, EasyCLA, the DCO app, `git commit --signoff`.
    Rule::environment(
        "repository.sign-off",
        &[
            "sign the cla",
            "signed the cla",
            "contributor license agreement",
            "dco check",
            "dco: ",
            "(dco)",
            "dco is ",
            "a dco",
            "sign-off",
            "signed-off-by",
            "sign off",
            "not signed off",
            "easycla",
            "license agreement",
        ],
        r"(sign|signed) (the|our|a) (CLA\b|contributor licen[cs]e)|contributor licen[cs]e agreement.{0,80}(not|must|sign)|\bDCO\b.{0,80}(fail\w*|missing|not|required|error)|(missing|no|without|lacks?|required|must .{0,30}) .{0,30}(sign-?off|signed-off-by)|(sign-?off|signed-off-by)\b.{0,60}(missing|required|not found|is not)|not signed off",
        0.87,
        "a commit is not signed off, or its author has not signed the agreement",
    ),
    // towncrier, changesets, reno, news fragments, dangerfiles.
    Rule::environment(
        "repository.changelog",
        &["changelog", "newsfragment", "news fragment", "changeset", "release note", "news entry"],
        r"(no|missing|add an?|needs? an?|requires? an?|without|must (have|include|add|update)|please (add|update)|update the|did not|not) .{0,60}\b(changelog|news ?fragments?|news entry|changesets?|release notes?)\b|\b(changelog|news ?fragments?|changesets?|release notes?)\b.{0,60}\b(missing|required|not (found|updated|modified|changed)|must be|were found)",
        0.75,
        "the change has no entry in the changelog",
    ),
    // Branch protection, merge queues, mergeability.
    Rule::environment(
        "repository.review",
        &[
            "approving review",
            "required status check",
            "code owner",
            "through a pull request",
            "out-of-date with the base",
            "behind the base",
            "merge commits are not allowed",
            "fixup! ",
            "not mergeable",
            "pull request is in draft",
            "approval is required",
        ],
        r"approving reviews? (is|are) required|at least \d+ approving review|required status check .{1,80} is expected|(waiting on|requires?) .{0,20}code owner|must be made through a pull request|branch is (out-of-date with|behind) (the|its) base|merge commits are not allowed|(contains?|found|has|no) .{0,20}fixup! commits?|pull request is not mergeable|pull request is (still )?(in|a) draft",
        0.88,
        "the repository's rules for merging are not met",
    ),
    // ghstack (github.com/ezyang/ghstack, `submit.py`, `land.py`) and the checks that projects build on it: the stack of
    // pull requests and the commits behind it have come apart, or a check refuses to run on it.
    Rule::environment(
        "repository.stack",
        &["ghstack", "stacked pr", "stacked pull request"],
        r"\b(ghstack|stacked (PR|pull request)s?)\b.{0,240}\b(out of (sync|date)|resubmit|re-submit|refus\w+|old(er)? version|stale|rebase|please (update|sync)|closed|not (a )?ghstack|non[- ]ghstack)|\b(out of (sync|date)|refus\w+|old(er)? version|stale|sync them|resubmit|on top of)\b.{0,320}\bghstack\b",
        0.85,
        "a stack of pull requests and its commits have come apart",
    ),
];
