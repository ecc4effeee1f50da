//! Stack traces as the Java machine prints them.

use crate::stages::extract::paths::SOMEWHERE;
use crate::stages::extract::pattern::{Pattern, group, number};

/// `at com.example.Fares.divide(Fares.java:14)`, with a module or a class loader before it, as
/// `StackTraceElement.toString` writes it. Kotlin's and Groovy's methods may have blanks in their names. JUnit's own
/// summary leaves out the `at`.
static FRAME: Pattern = Pattern::new(
    r"^\s*(?:at )?(?:[\w.@-]*/)*((?:[\w$]+\.)*[\w$]+)\.([^.()]+)\(([\w$-]+\.(?:java|kt|kts|groovy|scala|clj)):(\d+)\)",
);

/// `org.opentest4j.AssertionFailedError: expected: <1> but was: <2>`
static THROWN: Pattern = Pattern::new(r"^\s*((?:[\w$]+\.)+[\w$]*[A-Z][\w$]*)(?:: ?(.*))?$");

/// One call on a stack.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Frame {
    /// With its package.
    pub class: String,
    pub method: String,
    pub file: String,
    pub line: u32,
}

impl Frame {
    /// Where it is written, as far as packages tell.
    pub fn path(&self) -> String {
        file(package_of(&self.class), &self.file)
    }

    /// Whether it stands in the same packages as a class: the code of one project begins alike.
    pub fn is_near(&self, class: &str) -> bool {
        root_of(package_of(&self.class)) == root_of(package_of(class))
    }
}

/// The file and line of a frame in a trace, if it stands in the same packages as `class`.
pub fn own_frame(line: &str, class: &str) -> Option<(String, u32)> {
    frame(line).filter(|frame| frame.is_near(class)).map(|frame| (frame.path(), frame.line))
}

/// Reads one line of a trace.
pub fn frame(line: &str) -> Option<Frame> {
    let found = FRAME.captures(line)?;
    let text = |index| group(&found, index).to_owned();
    Some(Frame { class: text(1), method: text(2), file: text(3), line: number(&found, 4)? })
}

/// A thrown class without its package, and its message.
pub fn thrown(line: &str) -> Option<(String, String)> {
    let found = THROWN.captures(line)?;
    Some((simple(group(&found, 1)).to_owned(), group(&found, 2).to_owned()))
}

/// Where a class is written, as far as its name tells.
pub fn file_of(class: &str) -> String {
    let top = simple(class).split('$').next().unwrap_or_default();
    file(package_of(class), &format!("{top}.java"))
}

/// `com.example.Fares$Inner` is `Fares$Inner`.
pub fn simple(class: &str) -> &str {
    class.rsplit('.').next().unwrap_or(class)
}

fn file(package: &str, name: &str) -> String {
    match package {
        "" => format!("{SOMEWHERE}{name}"),
        package => format!("{SOMEWHERE}{}/{name}", package.replace('.', "/")),
    }
}

fn package_of(class: &str) -> &str {
    class.rsplit_once('.').map_or("", |(package, _)| package)
}

/// The first two parts of a package, which name an organisation.
fn root_of(package: &str) -> Vec<&str> {
    package.split('.').take(2).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_of_the_project_are_told_from_others() {
        let class = "com.example.FaresTest";
        let at = |line: &str| own_frame(line, class);
        let fares = Some(("…/com/example/fare/Fares.java".to_owned(), 14));
        assert_eq!(at("\tat com.example.fare.Fares.divide(Fares.java:14)"), fares);
        assert_eq!(at("\tat app//com.example.fare.Fares.divide(Fares.java:14)"), fares);
        assert_eq!(at("       com.example.fare.Fares.divide(Fares.java:14)"), fares);
        let inner = Some(("…/com/example/FaresTest.java".to_owned(), 82));
        assert_eq!(at("\tat com.example.FaresTest$Inner.nested(FaresTest.java:82)"), inner);
        assert_eq!(at("\tat com.example.FaresTest.lambda$a$0(FaresTest.java:82)"), inner);
        let kotlin = Some(("…/com/example/FaresTest.kt".to_owned(), 9));
        assert_eq!(at("        at com.example.FaresTest.a zone has a fare(FaresTest.kt:9)"), kotlin);
        for line in [
            "\tat java.base/java.lang.reflect.Method.invoke(Method.java:569)",
            "\tat org.junit.jupiter.api.Assertions.fail(Assertions.java:138)",
            "\tat com.example.FaresTest.a(Native Method)",
            "look at com.example.fare.Fares.divide(Fares.java:14)",
        ] {
            assert_eq!(at(line), None, "{line}");
        }
        let alone = frame("\tat FaresTest.a(FaresTest.java:3)").map(|frame| frame.path());
        assert_eq!(alone.as_deref(), Some("…/FaresTest.java"));
    }

    #[test]
    fn a_thrown_class_is_named_without_its_package() {
        let row = |class: &str, message: &str| Some((class.to_owned(), message.to_owned()));
        assert_eq!(thrown("java.lang.ArithmeticException: / by zero"), row("ArithmeticException", "/ by zero"));
        assert_eq!(thrown("java.lang.Exception"), row("Exception", ""));
        assert_eq!(thrown("org.opentest4j.AssertionFailedError: "), row("AssertionFailedError", ""));
        assert_eq!(thrown("Caused by nothing"), None);
    }
}
