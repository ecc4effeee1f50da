//! esbuild, also inside of Angular's builder.
//!
//! `internal/logger/logger.go`: `✘ [ERROR] {text} [plugin {name}]`, a blank line, `    {file}:{line}:{column}:`, the source.

use crate::domain::failure::Kind;
use crate::stages::extract::form::Form;

pub const FORM: Form = Form {
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

#[cfg(test)]
mod tests {
    use crate::stages::extract::tests::told;

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
}
