//! Tests of Go: functions that `go test` runs, and the sub-tests with a written name in them.

use super::found::{Suite, Test, cut_at_next};
use crate::stages::guard::source::Source;

const PREFIXES: [&str; 4] = ["Test", "Benchmark", "Fuzz", "Example"];

pub fn suite(source: &Source<'_>) -> Suite {
    let mut suite = Suite::default();
    if !source.path.ends_with("_test.go") {
        return suite;
    }
    let mut subtests = Vec::new();
    for at in 0..source.code.len() {
        if source.is(at, "func") {
            let name_at = if source.is(at + 1, "(") { source.after_group(at + 1).unwrap_or(at) } else { at + 1 };
            let name = source.word(name_at);
            if source.is(name_at + 1, "(") && PREFIXES.iter().any(|prefix| is_name(name, prefix)) {
                let params_end = source.after_group(name_at + 1).unwrap_or(name_at + 2);
                let ends = source.after_group(params_end).unwrap_or(params_end);
                suite.tests.push(Test { name: name.to_owned(), line: source.line(at), tokens: at..ends });
            }
        } else if source.is(at, ".") && source.is(at + 1, "Run") && source.is(at + 2, "(") && source.is_text(at + 3) {
            let name = source.get(at + 3).map_or("", |token| token.content()).to_owned();
            let begins = at.saturating_sub(1);
            let ends = source.after_group(at + 2).unwrap_or(at + 4);
            subtests.push(Test { name, line: source.line(at), tokens: begins..ends });
        }
    }
    cut_at_next(&mut suite.tests);
    suite.tests.extend(subtests);
    suite.named()
}

/// `TestA` and `Test`, and not `Testing`: what follows the prefix is no small letter.
fn is_name(name: &str, prefix: &str) -> bool {
    name.strip_prefix(prefix).is_some_and(|rest| !rest.starts_with(char::is_lowercase))
}

#[cfg(test)]
mod tests {
    use super::suite;
    use crate::stages::guard::source::Source;

    #[test]
    fn functions_that_go_test_runs_are_tests() {
        let text = "package a\nfunc TestA(t *testing.T) {\n\tt.Run(\"sub\", func(t *testing.T) {})\n\tt.Run(tt.name, nil)\n}\n\
                    func Testing() {}\nfunc (s *Suite) TestB() {}\nfunc helper(t *testing.T) {}\n";
        let names =
            |path: &str| suite(&Source::new(path, text)).tests.into_iter().map(|test| test.name).collect::<Vec<_>>();
        assert_eq!(names("a_test.go"), ["TestA", "TestB", "TestA > sub"]);
        assert!(names("a.go").is_empty());
    }
}
