//! What puts a site together: webpack, esbuild (also inside of Angular's builder), Rollup, Vite, Next.
//!
//! webpack, `lib/stats/DefaultStatsPrinterPlugin.js`: `ERROR in {module} {loc}`, the message below; loaders' own lines
//! come after `Module build failed`. esbuild, `internal/logger/logger.go`: `✘ [ERROR] {text} [plugin {name}]`, a blank
//! line, `    {file}:{line}:{column}:`, the source. Rollup, `cli/logging.ts`: `[!] {message}`, then `{id} ({line}:{column})`.
//! Vite, `packages/vite/src/node/cli.ts`: `error during build:`, then the message, then `file: {id}:{line}:{column}` or a
//! frame `╭─[ {file}:{line}:{column} ]`. Next, `packages/next/src/lib/typescript/diagnosticFormatter.ts`:
//! `{file}:{line}:{column}`, below it `Type error: {message}`.

use crate::domain::failure::Kind;
use crate::stages::extract::form::Form;

/// A module that is installed, not written here.
pub const WEBPACK_MISSING: Form = Form {
    tool: "webpack",
    kind: Kind::DependencyIssue,
    wakes: &["ERROR in "],
    lines: &[
        WEBPACK_HEAD,
        r"^(?P<message>Module not found: (?:Error: )?Can't resolve '(?:[A-Za-z]|@[A-Za-z])[^']*' in .+)$",
    ],
    ..Form::DEFAULT
};

const WEBPACK_HEAD: &str = r"^(?:\[\d+\] )?ERROR in (?P<path>\.{0,2}/?\S+?\.\w+)(?: (?P<line>\d+):(?P<column>\d+)(?:-[\d:]+)?|:(?P<line2>\d+):(?P<column2>\d+))?$";

pub const WEBPACK: Form = Form {
    tool: "webpack",
    kind: Kind::BuildError,
    wakes: &["ERROR in "],
    lines: &[WEBPACK_HEAD, r"^(?P<message>(?:(?P<code>TS\d+): )?\S.*)$"],
    more: Some(r"^(?P<message>(?:(?P<code>SyntaxError|\w+Error): |\[tsl\] ERROR).*)$|^ {6}(?P<message2>TS\d+: .+)$"),
    ..Form::DEFAULT
};

pub const ESBUILD: Form = Form {
    tool: "esbuild",
    kind: Kind::BuildError,
    wakes: &["[ERROR] "],
    lines: &[
        r"^(?:✘|X|×) \[ERROR\] (?:(?P<code>(?:TS|NG)-?\d+): )?(?P<message>.+?)(?: \[plugin [^\]]+\])?$",
        r"^ {4}(?P<path>\S.*?):(?P<line>\d+):(?P<column>\d+):$",
    ],
    between: Some("^$"),
    more: Some(r"^ {4,} *\d* *[│╵].*$"),
    ..Form::DEFAULT
};

pub const ROLLUP: Form = Form {
    tool: "rollup",
    kind: Kind::BuildError,
    wakes: &["[!] "],
    lines: &[r"^\[!\] (?:(?P<code>\w*Error): )?(?P<message>.+)$"],
    more: Some(r"^(?:(?P<path>\S[^()]*\.\w+)(?: \((?P<line>\d+):(?P<column>\d+)\))?|\d+: .*| +\^)$"),
    ..Form::DEFAULT
};

pub const VITE: Form = Form {
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

pub const NEXT: Form = Form {
    tool: "next",
    kind: Kind::TypeError,
    wakes: &["Type error: "],
    lines: &[r"^(?P<path>\.{0,2}/?\S+?\.\w+):(?P<line>\d+):(?P<column>\d+)$", r"^Type error: (?P<message>.+)$"],
    more: Some(r"^(?:  (?P<message>[A-Z].*)|$| *>?\s*\d+ *\|.*| *\|.*)$"),
    looks_back: true,
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

    // Printed by esbuild 0.28.
    #[test]
    fn esbuild_shows_the_place_below_a_blank_line() {
        let log = "\
✘ [ERROR] Unexpected \";\"

    src/syn.js:1:10:
      1 │ const x = ;
        ╵           ^

✘ [ERROR] TS2304: Cannot find name 'nope'. [plugin angular-compiler]

    src/app/app.component.ts:10:4:
      10 │     nope();
         ╵     ~~~~

2 errors
";
        assert_eq!(
            told(log),
            [
                "esbuild build_error | src/syn.js:1:10 | Unexpected \";\" | @1-5",
                "esbuild build_error | src/app/app.component.ts:10:4 | TS2304 | Cannot find name 'nope'. | @7-11",
            ]
        );
    }

    // Printed by Rollup 4, Vite 8 and 5.
    #[test]
    fn rollup_and_vite_name_the_file_below_the_message() {
        assert_eq!(
            told(
                "[!] RollupError: src/syn.js (1:10): Expression expected\nsrc/syn.js (1:10)\n1: const x = ;\n             ^\n"
            ),
            ["rollup build_error | src/syn.js:1:10 | RollupError | src/syn.js (1:10): Expression expected | @1-4"]
        );
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

    #[test]
    fn next_shows_the_place_above_a_type_error() {
        let log = "\
Failed to compile.

./app/page.tsx:3:5
Type error: Property 'foo' does not exist on type 'number'.

  1 | export default function Page() {
> 3 |   a.foo;
    |     ^
";
        assert_eq!(
            told(log)[0],
            "next type_error | app/page.tsx:3:5 | Property 'foo' does not exist on type 'number'. | @3-8"
        );
    }
}
