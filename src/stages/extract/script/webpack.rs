//! webpack: the module, and what is wrong with it below.
//!
//! `lib/stats/DefaultStatsPrinterPlugin.js`: `ERROR in {module} {loc}`, the message below; loaders' own lines come after
//! `Module build failed`.

use crate::domain::failure::Kind;
use crate::stages::extract::form::Form;

/// A module that is installed, not written here.
pub const MISSING: Form = Form {
    tool: "webpack",
    kind: Kind::DependencyIssue,
    wakes: &["ERROR in "],
    lines: &[HEAD, r"^(?P<message>Module not found: (?:Error: )?Can't resolve '(?:[A-Za-z]|@[A-Za-z])[^']*' in .+)$"],
    ..Form::DEFAULT
};

const HEAD: &str = r"^(?:\[\d+\] )?ERROR in (?P<path>\.{0,2}/?\S+?\.\w+)(?: (?P<line>\d+):(?P<column>\d+)(?:-[\d:]+)?|:(?P<line2>\d+):(?P<column2>\d+))?$";

pub const ERROR: Form = Form {
    tool: "webpack",
    kind: Kind::BuildError,
    wakes: &["ERROR in "],
    lines: &[HEAD, r"^(?P<message>(?:(?P<code>TS\d+): )?\S.*)$"],
    more: Some(r"^(?P<message>(?:(?P<code>SyntaxError|\w+Error): |\[tsl\] ERROR).*)$|^ {6}(?P<message2>TS\d+: .+)$"),
    ..Form::DEFAULT
};

#[cfg(test)]
mod tests {
    use crate::stages::extract::tests::told;

    // Printed by webpack 5.
    #[test]
    fn webpack_names_the_module_and_the_message_below() {
        let log = "\
ERROR in ./src/shop.js 1:0-29
Module not found: Error: Can't resolve './nope.js' in '/home/runner/work/x/x/src'
resolve './nope.js' in '/home/runner/work/x/x/src'

ERROR in ./src/shop.js 2:0-28
Module not found: Error: Can't resolve 'left-none' in '/home/runner/work/x/x/src'

ERROR in ./src/syn.js
Module build failed (from ./node_modules/babel-loader/lib/index.js):
SyntaxError: /home/runner/work/x/x/src/syn.js: Unexpected token (1:10)
";
        assert_eq!(
            told(log),
            [
                "webpack build_error | src/shop.js:1:0 | Module not found: Error: Can't resolve './nope.js' in '/home/runner/work/x/x/src' | @1-2",
                "webpack dependency_issue | src/shop.js:2:0 | Module not found: Error: Can't resolve 'left-none' in '/home/runner/work/x/x/src' | @5-6",
                "webpack build_error | src/syn.js | SyntaxError | Module build failed (from ./node_modules/babel-loader/lib/index.js):\nSyntaxError: /home/runner/work/x/x/src/syn.js: Unexpected token (1:10) | @8-10",
            ]
        );
    }
}
