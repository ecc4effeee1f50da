//! Ruby's smaller linters, each complaint a line or two.

use crate::domain::failure::Kind;
use crate::stages::extract::form::Form;

/// haml-lint, slim-lint and scss-lint share one shape (`lib/haml_lint/reporter/default_reporter.rb` and its twins):
/// `path:line [W] Linter: message`, of scss-lint with a column. Each of them fails on warnings too.
pub const HAML_LINT: Form = Form {
    tool: "haml-lint",
    kind: Kind::LintError,
    wakes: &[".haml:"],
    lines: &[r"^(?P<path>\S.*\.haml):(?P<line>\d+) \[[WEF]\] (?:(?P<code>\w+): )?(?P<message>.+)$"],
    ..Form::DEFAULT
};

pub const SLIM_LINT: Form = Form {
    tool: "slim-lint",
    kind: Kind::LintError,
    wakes: &[".slim:"],
    lines: &[r"^(?P<path>\S.*\.slim):(?P<line>\d+) \[[WEF]\] (?:(?P<code>\w+): )?(?P<message>.+)$"],
    ..Form::DEFAULT
};

pub const SCSS_LINT: Form = Form {
    tool: "scss-lint",
    kind: Kind::LintError,
    wakes: &[" [W] ", " [E] "],
    lines: &[
        r"^(?P<path>\S.*\.s?css):(?P<line>\d+)(?::(?P<column>\d+))? \[[WE]\] (?:(?P<code>\w+): )?(?P<message>.+)$",
    ],
    ..Form::DEFAULT
};

/// erb_lint's own form (`lib/erb_lint/reporters/multiline_reporter.rb`): the message, then where.
pub const ERB_LINT: Form = Form {
    tool: "erb-lint",
    kind: Kind::LintError,
    wakes: &["In file: "],
    looks_back: true,
    lines: &[r"^(?P<message>\S.*)$", r"^In file: (?P<path>.+):(?P<line>\d+)$"],
    ..Form::DEFAULT
};

/// `compact_reporter.rb`: `path:line:column: message`, columns from 0.
pub const ERB_LINT_COMPACT: Form = Form {
    tool: "erb-lint",
    kind: Kind::LintError,
    wakes: &[".erb:"],
    lines: &[r"^(?P<path>\S.*\.erb):(?P<line>\d+):(?P<column>\d+): (?P<message>.+)$"],
    ..Form::DEFAULT
};

/// reek (`lib/reek/report/formatter/`): under `path -- 2 warnings:` stand `  [3, 9]:Smell: message [address]`.
pub const REEK: Form = Form {
    tool: "reek",
    kind: Kind::LintError,
    wakes: &[" -- 1 warning:", " warnings:"],
    lines: &[
        r"^(?P<path>\S.*) -- \d+ warnings?:$",
        r"^  \[(?P<line>\d+)(?:, \d+)*\]: ?(?P<code>[A-Z]\w+): (?P<message>.+)$",
    ],
    repeats: true,
    ..Form::DEFAULT
};

/// reek with `--single-line`.
pub const REEK_SINGLE_LINE: Form = Form {
    tool: "reek",
    kind: Kind::LintError,
    wakes: REEK_SMELLS,
    lines: &[r"^\s*(?P<path>\S.*\.\w+):(?P<line>\d+): (?P<code>[A-Z][a-z]+[A-Z]\w+): (?P<message>.+)$"],
    ..Form::DEFAULT
};

/// The smells that reek knows (`docs/Code-Smells.md`).
const REEK_SMELLS: &[&str] = &[
    ": Attribute: ",
    ": BooleanParameter: ",
    ": ClassVariable: ",
    ": ControlParameter: ",
    ": DataClump: ",
    ": DuplicateMethodCall: ",
    ": FeatureEnvy: ",
    ": InstanceVariableAssumption: ",
    ": IrresponsibleModule: ",
    ": LongParameterList: ",
    ": LongYieldList: ",
    ": ManualDispatch: ",
    ": MissingSafeMethod: ",
    ": ModuleInitialize: ",
    ": NestedIterators: ",
    ": NilCheck: ",
    ": RepeatedConditional: ",
    ": SubclassedFromCoreClass: ",
    ": TooMany",
    ": Uncommunicative",
    ": UnusedParameters: ",
    ": UnusedPrivateMethod: ",
    ": UtilityFunction: ",
];

/// Brakeman's text report (`lib/brakeman/report/report_text.rb`): fields below each other.
pub const BRAKEMAN: Form = Form {
    tool: "brakeman",
    kind: Kind::LintError,
    wakes: &["Confidence: "],
    lines: &[
        r"^Confidence: (?:High|Medium|Weak)$",
        r"^Category: (?P<code>.+)$",
        r"^Message: (?P<message>.+)$",
        r"^File: (?P<path>.+)$",
        r"^Line: (?P<line>\d+)$",
    ],
    between: Some(r"^(?:Check|Code|CWE|Similar|Link): |^ "),
    ..Form::DEFAULT
};

/// Brakeman with `-f tabs` (`report_tabs.rb`): path, line, warning, category, message, confidence;
/// the message ends with `near line 8: code` (`warning.rb`, `format_message`).
pub const BRAKEMAN_TABS: Form = Form {
    tool: "brakeman",
    kind: Kind::LintError,
    wakes: &["near line ", "\tGeneral\t", "\tController\t", "\tModel\t", "\tTemplate\t"],
    lines: &[concat!(
        r"^(?P<path>\S.*?\.\w+)(?:\t| {2,})(?P<line>\d+)(?:\t| +)(?P<code>[A-Z][\w' ()/-]*?)(?:\t| +)(?:General|Controller|Template|Model)(?:\t| +)",
        r"(?P<message>\S.*?)(?:\t| +)(?:High|Medium|Weak)$",
    )],
    ..Form::DEFAULT
};

/// Fasterer (`lib/fasterer/file_traverser.rb`, `lib/fasterer/offense.rb`): `path:line message`.
pub const FASTERER: Form = Form {
    tool: "fasterer",
    kind: Kind::LintError,
    wakes: &["is slower than ", "Don't rescue NoMethodError", "Use attr_", "is faster than "],
    lines: &[r"^(?P<path>\S.*\.rb):(?P<line>\d+) (?P<message>[A-Z].+)$"],
    ..Form::DEFAULT
};

/// Sorbet (`core/Error.cc`): a place, what is wrong, and the page of its code.
pub const SORBET: Form = Form {
    tool: "sorbet",
    kind: Kind::TypeError,
    wakes: &["https://srb.help/"],
    lines: &[r"^(?P<path>\S.*?):(?P<line>\d+): (?P<message>.+?) https://srb\.help/(?P<code>\d+)$"],
    ..Form::DEFAULT
};

/// Steep (`lib/steep/drivers/diagnostic_printer.rb`): the complaint, then its name behind a bar.
pub const STEEP: Form = Form {
    tool: "steep",
    kind: Kind::TypeError,
    wakes: &[": [error] ", ": [warning] ", ": [information] "],
    lines: &[
        r"^(?P<path>\S.*?\.\w*rbs?):(?P<line>\d+):(?P<column>\d+): \[(?P<level>error|warning|information|hint)\] (?P<message>.+)$",
        r"^│ Diagnostic ID: (?P<code>\S+)$",
    ],
    between: Some("^│"),
    mild: &["information", "hint"],
    ..Form::DEFAULT
};

#[cfg(test)]
mod tests {
    use crate::stages::extract::tests::check_only;

    #[test]
    fn linters_of_templates_name_a_file_a_line_and_a_rule() {
        check_only(
            "app/views/a b.html.haml:7 [W] TrailingWhitespace: Line contains trailing whitespace",
            "haml-lint lint_error | app/views/a b.html.haml:7 | TrailingWhitespace | Line contains trailing whitespace | @1-1",
        );
        check_only(
            "app/views/a.html.slim:7 [E] Illegal nesting",
            "slim-lint lint_error | app/views/a.html.slim:7 | Illegal nesting | @1-1",
        );
        check_only(
            "app/a.scss:2:3 [W] ImportantRule: !important should not be used",
            "scss-lint lint_error | app/a.scss:2:3 | ImportantRule | !important should not be used | @1-1",
        );
        check_only(
            "Linting 1 files with 13 linters...\n\nMissing a trailing newline at the end of the file.\nIn file: app/a.html.erb:4\n",
            "erb-lint lint_error | app/a.html.erb:4 | Missing a trailing newline at the end of the file. | @3-4",
        );
        check_only(
            "app/a.html.erb:4:0: Extra blank line detected.",
            "erb-lint lint_error | app/a.html.erb:4:0 | Extra blank line detected. | @1-1",
        );
    }

    #[test]
    fn reek_lists_smells_under_a_file_or_a_line_each() {
        let address = "[https://smells.example/docs/Nil-Check.md]";
        check_only(
            &format!("lib/a.rb -- 1 warning:\n  [3, 9]:NilCheck: Shop#buy performs a nil-check {address}"),
            &format!("reek lint_error | lib/a.rb:3 | NilCheck | Shop#buy performs a nil-check {address} | @2-2"),
        );
        check_only(
            &format!("  lib/a.rb:3: NilCheck: Shop#buy performs a nil-check {address}"),
            &format!("reek lint_error | lib/a.rb:3 | NilCheck | Shop#buy performs a nil-check {address} | @1-1"),
        );
    }

    #[test]
    fn brakeman_is_read_as_text_and_as_a_table() {
        check_only(
            "== Warnings ==\n\nConfidence: High\nCategory: SQL Injection\nCheck: SQL\nMessage: Possible SQL injection\n\
             Code: Item.where(\"a = #{params[:a]}\")\nFile: app/models/item.rb\nLine: 8",
            "brakeman lint_error | app/models/item.rb:8 | SQL Injection | Possible SQL injection | @3-9",
        );
        check_only(
            "/srv/app/models/item.rb\t9\tDangerous Send\tGeneral\tUser controlled method execution near line 9: a.send(b)\tHigh",
            "brakeman lint_error | ?/srv/app/models/item.rb:9 | Dangerous Send | User controlled method execution near line 9: a.send(b) | @1-1",
        );
    }

    #[test]
    fn fasterer_and_the_type_checkers_are_read() {
        check_only(
            "app/models/item.rb:57 Array#select.first is slower than Array#detect.",
            "fasterer lint_error | app/models/item.rb:57 | Array#select.first is slower than Array#detect. | @1-1",
        );
        check_only(
            "lib/a.rb:13: Method `barr` does not exist on `A` https://srb.help/7003\n    13 |A.new.barr(91)\n              ^^^^",
            "sorbet type_error | lib/a.rb:13 | 7003 | Method `barr` does not exist on `A` | @1-1",
        );
        check_only(
            "lib/a.rb:3:2: [error] Type `::A` does not have method `x`\n│ Diagnostic ID: Ruby::NoMethod\n│\n└ A.new.x\n        ~",
            "steep type_error | lib/a.rb:3:2 | Ruby::NoMethod | Type `::A` does not have method `x` | @1-2",
        );
    }
}
