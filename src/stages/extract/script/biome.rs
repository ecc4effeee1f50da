//! Biome: a head with the place and the rule, then the message, the source, and what would mend it.
//!
//! `crates/biome_diagnostics/src/display.rs`: the head is `{path}:{line}:{column} {category} {tags} ━━━…`, the message is
//! marked by its severity: `×` or `✖` an error, `!` or `⚠` a warning, `i` or `ℹ` advice. Categories are those of
//! `crates/biome_diagnostics_categories/src/categories.rs`; `format` has no line.

use crate::domain::failure::Kind;
use crate::stages::extract::form::Form;

const MESSAGE: &str = r"^  (?P<level>[×✖!⚠]) (?P<message>.+?)\s*$";
const MORE: &str = concat!(
    r"^(?:  |$)(?:\s*$| *>? *\d* *\d* *│.*| (?P<gap>\S.*)",
    r"|(?P<aside>[iℹ]) (?:(?:Safe |Unsafe |Suggested )?fix: *(?P<suggestion>.*\S)|.*))\s*$"
);

pub const LINT: Form = Form {
    tool: "biome",
    kind: Kind::LintError,
    wakes: &[" lint/", " assist/", " organizeImports ━", " suppressions/"],
    lines: &[
        r"^(?P<path>\S.*?)(?::(?P<line>\d+):(?P<column>\d+))? (?P<code>(?:lint|assist|suppressions|plugin)\b\S*|organizeImports)(?:  ?[A-Z]+)* +━+$",
        MESSAGE,
    ],
    between: Some(r"^\s*$"),
    more: Some(MORE),
    mild: &["!", "⚠"],
    ..Form::DEFAULT
};

pub const PARSE: Form = Form {
    tool: "biome",
    kind: Kind::BuildError,
    wakes: &[" parse ━", " configuration ━", " deserialize ━", " internalError/"],
    lines: &[
        r"^(?P<path>\S.*?)(?::(?P<line>\d+):(?P<column>\d+))? (?P<code>parse|configuration|deserialize|internalError/\w+)(?:  ?[A-Z]+)* +━+$",
        MESSAGE,
    ],
    between: Some(r"^\s*$"),
    more: Some(MORE),
    mild: &["!", "⚠"],
    ..Form::DEFAULT
};

pub const FORMAT: Form = Form {
    tool: "biome",
    kind: Kind::FormatError,
    wakes: &[" format ━"],
    lines: &[
        r"^(?P<path>\S.*?) (?P<code>format) +━+$",
        r"^  (?P<level>[×✖!⚠]) (?P<message>(?:Formatter would|File content differs).*?)\s*$",
    ],
    between: Some(r"^\s*$"),
    more: Some(MORE),
    mild: &["!", "⚠"],
    ..Form::DEFAULT
};

#[cfg(test)]
mod tests {
    use crate::stages::extract::tests::told;

    // Printed by Biome 2.
    #[test]
    fn a_head_and_its_message_are_one_complaint() {
        let log = "\
src/a.ts:1:1 lint/style/useConst  FIXABLE  ━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━

  ! This let declares a variable that is only assigned once.
  
  > 1 │ let a: number = 1;
      │ ^^^
  

src/bad.js:4:7 lint/suspicious/noDoubleEquals  FIXABLE  ━━━━━━━━━━━━━━━━━━━━

  × Using == may be unsafe if you are relying on type coercion.
  
  > 4 │ if (a == 2) { debugger }
      │       ^^
  
  i == is only allowed when comparing against null.
  
  i Unsafe fix: Use === instead.
  
    4 │ if·(a·===·2)·{·debugger·}
      │         +                

src/bad.js format ━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━

  × Formatter would have printed the following content:
  
    1    │ - import·{·x·}·from·'./nope.js'
       1 │ + import·{·x·}·from·\"./nope.js\";
  

src/syn.js:1:11 parse ━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━

  ✖ Expected an expression, or an assignment but instead found ';'.
  
  > 1 │ const x = ;
      │           ^

src/syn.js format ━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━

  × Code formatting aborted due to parsing errors. To format code with errors, enable the 'formatter.formatWithErrors' option.
  
Checked 3 files in 17ms. No fixes applied.
";
        let told = told(log);
        assert_eq!(
            told[..3],
            [
                "biome lint_error | src/bad.js:4:7 | lint/suspicious/noDoubleEquals | Using == may be unsafe if you are relying on type coercion. | -> Use === instead. | @9-14",
                "biome format_error | src/bad.js | format | Formatter would have printed the following content: | @23-28",
                "biome build_error | src/syn.js:1:11 | parse | Expected an expression, or an assignment but instead found ';'. | @31-36",
            ]
        );
    }
}
