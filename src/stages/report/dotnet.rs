//! What every .NET test tool writes alike into its reports: stack traces, and exceptions before their messages.

use super::case::Case;

/// Says why a test failed. The stack names a file where the assembly has its symbols beside it:
/// `   at Shop.Cart.Add(Int32 x) in C:\src\Shop\Cart.cs:line 25` (`System.Exception.StackTrace`).
pub fn fail(case: &mut Case, code: Option<&str>, message: Option<&str>, stack: Option<&str>) {
    let message = message.unwrap_or_default().trim();
    let (thrown, said) = exception(message).unwrap_or(("", message));
    case.code = code.or(Some(thrown)).filter(|code| !code.is_empty()).map(str::to_owned);
    case.message = Some(said.to_owned()).filter(|said| !said.is_empty());
    if let Some((path, line)) = stack.unwrap_or_default().lines().find_map(own_frame) {
        (case.file, case.line) = (Some(path.to_owned()), Some(line));
    }
    case.text = [message, stack.unwrap_or_default()].join("\n");
}

/// `System.DivideByZeroException : Attempted …` as NUnit and xUnit.net write it; MSTest writes a sentence in the machine's
/// language that ends in a colon (`Test method X threw exception: `), and then the exception with one.
fn exception(message: &str) -> Option<(&str, &str)> {
    let below = message.split_once('\n').filter(|(first, _)| first.trim_end().ends_with(':'));
    let message = below.map_or(message, |(_, rest)| rest).trim_start();
    let (class, said) = message.split_once(" : ").or_else(|| message.split_once(": "))?;
    let is_class = class.ends_with("Exception") && class.chars().all(|c| c.is_alphanumeric() || "._+`".contains(c));
    is_class.then(|| (class, said.trim()))
}

/// The place of a frame of our own code. Packages are built with `/_/` for the folder they stood in
/// (`DeterministicSourcePaths` of the .NET SDK).
fn own_frame(line: &str) -> Option<(&str, u32)> {
    let (head, number) = line.trim_end().rsplit_once(":line ")?;
    let (_, path) = head.split_once(" in ")?;
    let number = number.trim_end_matches(|c: char| !c.is_ascii_digit()).parse().ok()?;
    (number > 0 && !path.starts_with("/_/") && !path.is_empty()).then_some((path, number))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failure_says_what_was_thrown_and_where_in_our_own_code() {
        let mut case = Case::of("Shop.CartTests", "Adds");
        let stack = "   at Xunit.Assert.True(Boolean x) in /_/src/xunit/BooleanAsserts.cs:line 132\n   at Shop.Cart.Add(Int32 x) in C:\\a\\shop\\Cart.cs:line 25\n   at Shop.CartTests.Adds() in C:\\a\\shop\\CartTests.cs:line 9";
        fail(&mut case, None, Some("System.DivideByZeroException : Attempted to divide by zero."), Some(stack));
        assert_eq!(case.code.as_deref(), Some("System.DivideByZeroException"));
        assert_eq!(case.message.as_deref(), Some("Attempted to divide by zero."));
        assert_eq!((case.file.as_deref(), case.line), (Some("C:\\a\\shop\\Cart.cs"), Some(25)));
    }

    #[test]
    fn an_exception_is_told_from_a_sentence() {
        assert_eq!(
            exception("Test method Shop.T.A threw exception: \nSystem.FormatException: bad"),
            Some(("System.FormatException", "bad"))
        );
        let german = "Die Testmethode \"T.A\" hat eine Ausnahme ausgelöst: \r\nSystem.FormatException: bad";
        assert_eq!(exception(german), Some(("System.FormatException", "bad")));
        for message in ["Expected: 3", "Assert.AreEqual failed. Expected:<1>. Actual:<2>. ", "no Exception : here", ""]
        {
            assert_eq!(exception(message), None, "{message}");
        }
    }
}
