//! Vite: a message, and below it the file or a frame around its source.
//!
//! `packages/vite/src/node/cli.ts`: `error during build:`, then the message, then `file: {id}:{line}:{column}` or a frame
//! `╭─[ {file}:{line}:{column} ]`.

use crate::domain::failure::Kind;
use crate::stages::extract::form::Form;

pub const FORM: Form = Form {
    tool: "vite",
    kind: Kind::BuildError,
    wakes: &["error during build:"],
    lines: &[
        r"^(?:\S+ )?error during build:$",
        r"^(?:\[(?P<code>[A-Z_]{4,})\] |(?P<code2>\w*Error): )?(?P<message>[^B].*|B[^u].*)$",
    ],
    between: Some(r"^(?:Build failed with \d+ errors?:)?$"),
    more: Some(concat!(
        r"^(?:file: (?P<path>\S.*?)(?::(?P<line>\d+):(?P<column>\d+))?",
        r"| +╭─\[ (?P<path2>\S.*?):(?P<line2>\d+):(?P<column2>\d+) \]| *\d* *[│┆╰].*|───╯| *>?\s*\d+ *\|.*| *\|.*|\d+: .*| *\^)$"
    )),
    ..Form::DEFAULT
};

#[cfg(test)]
mod tests {
    use crate::stages::extract::tests::told;

    // Printed by Vite 8 and 5.
    #[test]
    fn vite_names_the_file_below_the_message() {
        let vite = "\
error during build:
Build failed with 1 error:

[UNRESOLVED_IMPORT] Could not resolve './nope.js' in src/bad.js
   ╭─[ src/bad.js:1:19 ]
   │
 1 │ import { x } from './nope.js'
───╯
";
        assert_eq!(
            told(vite),
            [
                "vite build_error | src/bad.js:1:19 | UNRESOLVED_IMPORT | Could not resolve './nope.js' in src/bad.js | @1-8"
            ]
        );
        let older = "error during build:\n[vite:vue] [vue/compiler-sfc] Unexpected token (3:5)\nfile: /home/runner/work/x/x/src/App.vue:3:5\n";
        assert_eq!(
            told(older),
            ["vite build_error | src/App.vue:3:5 | [vite:vue] [vue/compiler-sfc] Unexpected token (3:5) | @1-3"]
        );
    }
}
