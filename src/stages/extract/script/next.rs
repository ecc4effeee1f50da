//! Next.js: type errors, with the place above.
//!
//! `packages/next/src/lib/typescript/diagnosticFormatter.ts`: `{file}:{line}:{column}`, below it `Type error: {message}`.

use crate::domain::failure::Kind;
use crate::stages::extract::form::Form;

pub const FORM: Form = Form {
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
