//! svelte-check: the place, then what is wrong, in two lines; or one line for machines.
//!
//! `packages/svelte-check/src/writers.ts`: `HumanFriendlyWriter` writes `{file}:{line}:{column}`, then `Error: {message}
//! ({source})`; `MachineFriendlyWriter` writes `{time} ERROR "{file}" {line}:{column} "{message}"`.

use crate::domain::failure::Kind;
use crate::stages::extract::form::Form;

pub const HUMAN: Form = Form {
    tool: "svelte-check",
    kind: Kind::TypeError,
    wakes: &["Error: "],
    lines: &[
        r"^(?P<path>\S.*?\.(?:svelte|ts|js)):(?P<line>\d+):(?P<column>\d+)$",
        r"^Error: (?P<message>.+?)(?: \((?P<code>ts|js|svelte|css)\))?$",
    ],
    looks_back: true,
    ..Form::DEFAULT
};

pub const MACHINE: Form = Form {
    tool: "svelte-check",
    kind: Kind::TypeError,
    wakes: &[" ERROR \""],
    lines: &[r#"^\d+ ERROR "(?P<path>[^"]+)" (?P<line>\d+):(?P<column>\d+) "(?P<message>.+)"$"#],
    ..Form::DEFAULT
};

#[cfg(test)]
mod tests {
    use crate::stages::extract::tests::told;

    #[test]
    fn both_forms_are_read() {
        let log = "\
/home/runner/work/x/x/src/App.svelte:3:5
Error: Type 'string' is not assignable to type 'number'. (ts)
  let a: number = 'x';
1590680325583 ERROR \"src/B.svelte\" 8:3 \"Cannot find name 'nope'.\"
";
        assert_eq!(
            told(log),
            [
                "svelte-check type_error | src/App.svelte:3:5 | ts | Type 'string' is not assignable to type 'number'. | @1-2",
                "svelte-check type_error | src/B.svelte:8:3 | Cannot find name 'nope'. | @4-4",
            ]
        );
    }
}
