//! reek: smells in Ruby.

use crate::domain::failure::Kind;
use crate::stages::extract::form::Form;

/// reek (`lib/reek/report/formatter/`): under `path -- 2 warnings:` stand `  [3, 9]:Smell: message [address]`.
pub const LISTED: Form = Form {
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
pub const SINGLE_LINE: Form = Form {
    tool: "reek",
    kind: Kind::LintError,
    wakes: SMELLS,
    lines: &[r"^\s*(?P<path>\S.*\.\w+):(?P<line>\d+): (?P<code>[A-Z][a-z]+[A-Z]\w+): (?P<message>.+)$"],
    ..Form::DEFAULT
};

/// The smells that reek knows (`docs/Code-Smells.md`).
const SMELLS: &[&str] = &[
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

#[cfg(test)]
mod tests {
    use crate::stages::extract::tests::check_only;

    #[test]
    fn smells_are_listed_under_a_file_or_a_line_each() {
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
}
