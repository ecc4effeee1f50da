//! Bundler: gems that it cannot find, reconcile or install.

use crate::domain::failure::Kind;
use crate::stages::extract::form::Form;

/// Bundler (`lib/bundler/errors.rb`, `resolver.rb`, `definition.rb`, `ruby_version.rb`, `friendly_errors.rb`): what it cannot find or
/// reconcile, with the reasons below.
pub const FORM: Form = Form {
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

#[cfg(test)]
mod tests {
    use crate::stages::extract::tests::check_only;

    #[test]
    fn what_it_cannot_find_is_told_and_why() {
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
}
