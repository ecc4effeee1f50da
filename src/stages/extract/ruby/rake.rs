//! Rake: why it stopped, which is another tool's failure where that has told it.
//!
//! `lib/rake/application.rb`, `display_error_message`: `rake aborted!`, the error with its class unless that is
//! `RuntimeError`, and its backtrace, of which files of gems and of Ruby are left out where they are known.

use crate::domain::failure::Kind;
use crate::stages::extract::form::Form;

pub const FORM: Form = Form {
    tool: "rake",
    kind: Kind::RuntimeError,
    kinds: &[("LoadError", Kind::DependencyIssue)],
    wakes: &["rake aborted!"],
    lines: &["^rake aborted!$", r"^(?:(?P<code>(?:[A-Z]\w*::)*[A-Z]\w*): )?(?P<message>\S.*)$"],
    more: Some(concat!(
        r"^(?P<aside>\S*(?:/gems/|/lib/ruby/|/bin/|/exe/)\S*:\d+:in .*|<internal:.*|Tasks: TOP.*|\(See full trace .*)$",
        r"|^(?P<path>\S+?):(?P<line>\d+)(?::in .*)?$",
    )),
    wraps: true,
    ..Form::DEFAULT
};

#[cfg(test)]
mod tests {
    use crate::stages::extract::tests::{check_only, read};

    // Printed by rake 12 and 13.
    #[test]
    fn what_it_died_of_is_told_at_the_first_place_of_our_own() {
        check_only(
            "rake aborted!\nNo Rakefile found (looking for: rakefile, Rakefile, rakefile.rb, Rakefile.rb)\n/home/travis/.rvm/gems/ruby-2.4.1@global/gems/rake-12.3.0/exe/rake:27:in `<top (required)>'\n(See full trace by running task with --trace)",
            "rake runtime_error | No Rakefile found (looking for: rakefile, Rakefile, rakefile.rb, Rakefile.rb) | @1-2",
        );
        check_only(
            "rake aborted!\nNoMethodError: undefined method `open' for nil:NilClass\n/usr/lib/ruby/gems/3.1.0/gems/rake-13.0.6/lib/rake/task.rb:281:in `execute'\n/home/runner/work/shop/shop/lib/tasks/till.rake:4:in `block in <top (required)>'\nTasks: TOP => till:open\n(See full trace by running task with --trace)",
            "rake runtime_error | lib/tasks/till.rake:4 | NoMethodError | undefined method `open' for nil:NilClass | @1-2",
        );
    }

    #[test]
    fn a_command_that_failed_is_a_cascade_of_whoever_told_why() {
        let log = "\
Failures:

  1) Till opens
     Failure/Error: expect(1).to eq(2)

       expected: 2
            got: 1
     # ./spec/till_spec.rb:3:in `block (2 levels) in <top (required)>'

Finished in 0.2 seconds (files took 0.4 seconds to load)
1 example, 1 failure

rake aborted!
Command failed with status (1): [ruby -I lib spec]
";
        let primary: Vec<_> = read(log).roots().map(|failure| failure.tool.clone()).collect();
        assert_eq!(primary, ["rspec"]);
    }
}
