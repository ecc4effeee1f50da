//! Bundler, Cucumber and Ruby's own parser.

use crate::domain::failure::Kind;
use crate::stages::extract::form::Form;

/// Bundler (`lib/bundler/errors.rb`, `resolver.rb`, `definition.rb`, `ruby_version.rb`, `friendly_errors.rb`): what it cannot find or
/// reconcile, with the reasons below.
pub const BUNDLER: Form = Form {
    tool: "bundler",
    kind: Kind::DependencyIssue,
    wakes: &[
        "Could not find gem '",
        "Could not find compatible versions",
        "ould not find compatible versions for gem",
        " in any of the sources",
        " in locally installed gems",
        "Your Ruby version is ",
        ", and Bundler cannot continue",
        ". Bundler cannot continue",
        "Your bundle only supports platforms",
        "error parsing `Gemfile`",
        "but the lockfile can't be updated",
        "in deployment mode after changing",
        "Bundler found conflicting requirements",
    ],
    lines: &[concat!(
        r"^(?P<message>Could not find gem '.+|(?:Bundler could|Could) not find compatible versions.*|Could not find \S+-\d\S*(?:, \S+)* in .+",
        r"|Your Ruby version is .+, but your Gemfile specified .+|An error occurred while installing \S+ \(.+\), and Bundler cannot continue\..*",
        r"|Your bundle only supports platforms .+|\[!\] There was an error parsing `Gemfile`: .+|The dependencies in your gemfile changed, but the lockfile can't be .+",
        r"|You are trying to install in deployment mode after changing.*|Bundler found conflicting requirements .+)$",
    )],
    more: Some(r"^(?P<message> {2,}\S.*|Because .+|So, because .+|And because .+|\s+version solving has failed\.)$"),
    ..Form::DEFAULT
};

/// Cucumber (`lib/cucumber/formatter/console.rb`): the scenarios that failed, at the end.
pub const CUCUMBER: Form = Form {
    tool: "cucumber",
    kind: Kind::TestFailure,
    wakes: &[".feature:"],
    lines: &[
        r"^(?:cucumber|behave|rerun)? ?(?:-p \S+ )*(?P<path>\S+\.feature):(?P<line>\d+)\s+# (?:[A-Z][\w ]*: )(?P<test>\S.*)$",
    ],
    says: "the scenario failed",
    ..Form::DEFAULT
};

/// `ruby -c`, and Ruby on a file it cannot parse (`error.c`, `syntax_error`), since 3.4 `syntax error found`.
pub const RUBY_SYNTAX: Form = Form {
    tool: "ruby",
    kind: Kind::BuildError,
    wakes: &[": syntax error"],
    lines: &[
        r"^(?:ruby: |-e: )?(?P<path>\S.*?\.\w+):(?P<line>\d+): (?P<message>(?:\w+ )?syntax errors?(?:,| found).*)$",
    ],
    ..Form::DEFAULT
};

#[cfg(test)]
mod tests {
    use crate::stages::extract::tests::check_only;

    #[test]
    fn bundler_says_what_it_cannot_find_and_why() {
        check_only(
            "Could not find gem 'till (~> 2.0)' in rubygems repository https://gems.example/ or installed locally.\n\nThe source contains the following gems matching 'till':",
            "bundler dependency_issue | Could not find gem 'till (~> 2.0)' in rubygems repository https://gems.example/ or installed locally. | @1-1",
        );
        check_only(
            "Bundler could not find compatible versions for gem \"rack\":\n  In Gemfile:\n    rack (= 1.0)\n",
            "bundler dependency_issue | Bundler could not find compatible versions for gem \"rack\":\nIn Gemfile:\nrack (= 1.0) | @1-3",
        );
        check_only(
            "Your Ruby version is 3.1.2, but your Gemfile specified ~> 3.3",
            "bundler dependency_issue | Your Ruby version is 3.1.2, but your Gemfile specified ~> 3.3 | @1-1",
        );
    }

    #[test]
    fn scenarios_and_files_that_ruby_cannot_parse_are_read() {
        check_only(
            "Failing Scenarios:\ncucumber features/till.feature:2 # Scenario: opens\n",
            "cucumber test_failure | features/till.feature:2 | opens | the scenario failed | @2-2",
        );
        check_only(
            "lib/till.rb:1: syntax error, unexpected end-of-input, expecting ')'\ndef x(\n      ^",
            "ruby build_error | lib/till.rb:1 | syntax error, unexpected end-of-input, expecting ')' | @1-1",
        );
    }
}
