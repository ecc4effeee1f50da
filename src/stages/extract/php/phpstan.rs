//! PHPStan: its raw format.

use crate::domain::failure::Kind;
use crate::stages::extract::form::Form;

/// PHPStan with `--error-format raw` (`RawErrorFormatter.php`): `path:63:message`, since 2.0 with `-v` an identifier.
pub const RAW: Form = Form {
    tool: "phpstan",
    kind: Kind::TypeError,
    wakes: &[".php:\u{1}"],
    lines: &[
        r"^(?P<path>[^:\s][^:]*\.php|[A-Za-z]:\\[^:]+\.php):(?P<line>\d+):(?P<message>[A-Z$\\@].*?)(?: \[identifier=(?P<code>[\w.]+)\])?$",
    ],
    ..Form::DEFAULT
};

#[cfg(test)]
mod tests {
    use crate::stages::extract::tests::check;

    #[test]
    fn a_line_names_the_place_and_the_identifier() {
        check(
            "src/Shop.php:63:Access to an undefined property Shop::$cart. [identifier=property.notFound]",
            &[
                "phpstan type_error | src/Shop.php:63 | property.notFound | Access to an undefined property Shop::$cart. | @1-1",
            ],
        );
    }
}
