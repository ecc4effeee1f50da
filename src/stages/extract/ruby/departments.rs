//! What the names of RuboCop's cops begin with.

/// Departments of RuboCop's own cops and of its well-known extensions: RuboCop's simple form and Standard's have no
/// other literal.
pub(super) const DEPARTMENTS: &[&str] = &[
    ": Style/",
    ": Layout/",
    ": Lint/",
    ": Metrics/",
    ": Naming/",
    ": Security/",
    ": Bundler/",
    ": Gemspec/",
    ": Rails/",
    ": RSpec/",
    ": Performance/",
    ": Minitest/",
    ": FactoryBot/",
    ": Capybara/",
    ": Sorbet/",
    " [Correctable] ",
];
