//! Spotless behind Maven and Gradle: the files whose format it would change.

use crate::domain::failure::{Failure, Kind};
use crate::domain::log::{Line, Span};
use crate::stages::extract::pattern::{Pattern, group};
use crate::stages::extract::reader::{Attention, Findings, Reader};

#[derive(Default)]
pub struct Spotless {
    listing: bool,
    /// How far the files' names are indented; the diffs stand deeper.
    indent: Option<usize>,
}

const MESSAGE: &str = "The following files had format violations";

static ITEM: Pattern = Pattern::new(r"^(?:\[ERROR\])?( +)(\S.*?)\s*$");

impl Reader for Spotless {
    fn tool(&self) -> &'static str {
        "spotless"
    }

    fn wakes(&self) -> &'static [&'static str] {
        &["The following files had format violations:", "Violations also present in:"]
    }

    fn line(&mut self, line: &Line<'_>, found: &mut Findings) -> Attention {
        let text = line.text.trim_end();
        if text.ends_with("The following files had format violations:") || text.ends_with("Violations also present in:")
        {
            (self.listing, self.indent) = (true, None);
            return Attention::Stay;
        }
        if self.listing && matches!(text, "" | "[ERROR]") {
            // An empty line of a diff.
            return Attention::Stay;
        }
        let Some(item) = ITEM.captures(text).filter(|_| self.listing) else {
            self.listing = false;
            return Attention::Sleep;
        };
        let (indent, name) = (group(&item, 1).len(), group(&item, 2));
        let files = *self.indent.get_or_insert(indent);
        if indent < files || name.starts_with("Run '") {
            self.listing = false;
            return Attention::Sleep;
        }
        if indent == files && is_file(name) {
            let mut failure = Failure::new(Kind::FormatError, "spotless", MESSAGE, Span::at(line.number));
            failure.path = Some(name.to_owned());
            found.failure(failure);
        }
        Attention::Stay
    }

    fn end(&mut self, _: &mut Findings) {
        self.listing = false;
    }
}

/// A path, not `... (12 more lines that didn't fit)`.
fn is_file(name: &str) -> bool {
    !name.starts_with("...") && name.rsplit(['/', '\\']).next().is_some_and(|last| last.contains('.'))
}

#[cfg(test)]
mod tests {
    use crate::stages::extract::tests::told;

    #[test]
    fn maven_names_files_above_their_diffs() {
        let log = "\
[INFO] Spotless.Java is keeping 3 files clean - 2 needs changes to be clean, 1 were already clean
[INFO] BUILD FAILURE
[ERROR] Failed to execute goal com.diffplug.spotless:spotless-maven-plugin:3.10.4:check (default-cli) on project isbn: The following files had format violations:
[ERROR]     src/main/java/com/example/Isbn2.java
[ERROR]         @@ -1,12 +1,11 @@
[ERROR]          package·com.example;
[ERROR]          
[ERROR]         -public·final·class·Isbn2
[ERROR]         ... (3 more lines that didn't fit)
[ERROR]     src/main/java/com/example/Isbn.java
[ERROR]         @@ -1,12 +1,11 @@
[ERROR] Violations also present in:
[ERROR]     src/main/java/com/example/More.java
[ERROR] Run 'mvn spotless:apply' to fix these violations.
[ERROR] -> [Help 1]
";
        let rows = told(log);
        let own: Vec<_> = rows.iter().filter(|row| row.starts_with("spotless")).map(String::as_str).collect();
        assert_eq!(
            own,
            [
                "spotless format_error | src/main/java/com/example/Isbn2.java | The following files had format violations | @4-4",
                "spotless format_error | src/main/java/com/example/Isbn.java | The following files had format violations | @10-10",
                "spotless format_error | src/main/java/com/example/More.java | The following files had format violations | @13-13",
            ]
        );
    }

    #[test]
    fn gradle_names_them_in_its_own_indentation() {
        let log = "\
* What went wrong:
Execution failed for task ':spotlessJavaCheck'.
> The following files had format violations:
      src/main/java/com/example/Isbn.java
          @@ -1,12 +1,11 @@
  Run './gradlew :spotlessApply' to fix these violations.
";
        let rows = told(log);
        let own: Vec<_> = rows.iter().filter(|row| row.starts_with("spotless")).collect();
        assert_eq!(own.len(), 1, "{rows:?}");
        assert!(own[0].contains("src/main/java/com/example/Isbn.java"));
    }
}
