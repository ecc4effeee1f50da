//! `go test -json` in the log: each package's output is read as if it stood alone.
//!
//! `src/cmd/internal/test2json/test2json.go`: one event a line; of `output` the field `Output` is what go would have
//! printed, of `build-output` (since Go 1.24) it is the compiler's, for `ImportPath`.

use std::collections::BTreeMap;

use serde_json::Value;

use super::build::GoBuild;
use super::test::GoTest;
use super::vet::GoVet;
use crate::domain::log::Line;
use crate::stages::extract::reader::{Attention, Findings, Reader};

/// Packages that go tests at once: as many as there are processors.
const PACKAGES_MAX: usize = 256;

/// A line of output that has no end yet.
const PART_BYTES_MAX: usize = 64 << 10;

#[derive(Default)]
pub struct GoJson {
    packages: BTreeMap<String, Package>,
}

#[derive(Default)]
struct Package {
    part: String,
    test: GoTest,
    build: GoBuild,
    vet: GoVet,
}

impl Reader for GoJson {
    fn tool(&self) -> &'static str {
        "go-test"
    }

    fn wakes(&self) -> &'static [&'static str] {
        &["\"Action\":\"output\"", "\"Action\":\"build-output\"", "\"Action\":\"fail\"", "\"Action\":\"pass\""]
    }

    fn passes(&self) -> &'static [&'static str] {
        &["\"Action\":\"pass\""]
    }

    fn line(&mut self, line: &Line<'_>, found: &mut Findings) -> Attention {
        let Some(event) = line.text.starts_with('{').then(|| serde_json::from_str::<Value>(line.text).ok()).flatten()
        else {
            return Attention::Sleep;
        };
        let text = |field: &str| event.get(field).and_then(Value::as_str);
        let Some(name) = text("Package").or_else(|| text("ImportPath")) else { return Attention::Sleep };
        if let Some(output) = text("Output") {
            if self.packages.len() >= PACKAGES_MAX && !self.packages.contains_key(name) {
                return Attention::Sleep;
            }
            self.packages.entry(name.to_owned()).or_default().output(output, line.number, found);
        } else if text("Test").is_none()
            && let Some(mut package) = self.packages.remove(name)
        {
            package.end(found);
        }
        Attention::Sleep
    }

    fn end(&mut self, found: &mut Findings) {
        for package in std::mem::take(&mut self.packages).values_mut() {
            package.end(found);
        }
    }
}

impl Package {
    fn output(&mut self, output: &str, number: u64, found: &mut Findings) {
        self.part.push_str(output);
        while let Some((whole, rest)) = self.part.split_once('\n') {
            let (whole, rest) = (whole.to_owned(), rest.to_owned());
            self.read(&Line { number, text: &whole, mark: Default::default() }, found);
            self.part = rest;
        }
        if self.part.len() > PART_BYTES_MAX {
            self.part.clear();
        }
    }

    fn read(&mut self, line: &Line<'_>, found: &mut Findings) {
        let readers: [&mut dyn Reader; 3] = [&mut self.vet, &mut self.build, &mut self.test];
        for reader in readers {
            let finds = found.finds();
            if reader.line(line, found) == Attention::Stay || found.finds() > finds {
                return;
            }
        }
    }

    fn end(&mut self, found: &mut Findings) {
        let readers: [&mut dyn Reader; 3] = [&mut self.vet, &mut self.build, &mut self.test];
        readers.into_iter().for_each(|reader| reader.end(found));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stages::extract::tests::{read, told};

    fn event(action: &str, package: &str, output: &str) -> String {
        format!("{}\n", serde_json::json!({"Action": action, "Package": package, "Test": "T", "Output": output}))
    }

    #[test]
    fn packages_that_talk_at_once_are_told_apart() {
        let log = [
            event("output", "example.com/a", "--- FAIL: TestA (0.00s)\n"),
            event("output", "example.com/b", "--- FAIL: TestB (0.00s)\n"),
            event("output", "example.com/a", "    a_test.go:3: got 1, "),
            event("output", "example.com/b", "    b_test.go:4: got 3, want 4\n"),
            event("output", "example.com/a", "want 2\n"),
            event("output", "example.com/a", "FAIL\texample.com/a\t0.1s\n"),
            event("output", "example.com/b", "FAIL\texample.com/b\t0.1s\n"),
            "{\"Action\":\"fail\",\"Package\":\"example.com/b\"}\n".to_owned(),
        ]
        .concat();
        assert_eq!(
            told(&log),
            [
                "go-test test_failure | ?…/example.com/b/b_test.go:4 | TestB | got 3, want 4 | @4-4",
                "go-test test_failure | ?…/example.com/a/a_test.go:3 | TestA | got 1, want 2 | @5-5",
            ]
        );
    }

    #[test]
    fn what_does_not_compile_is_told_by_the_compiler() {
        let log = "{\"ImportPath\":\"example.com/a\",\"Action\":\"build-output\",\"Output\":\"# example.com/a\\n\"}\n{\"ImportPath\":\"example.com/a\",\"Action\":\"build-output\",\"Output\":\"./a.go:3:2: undefined: x\\n\"}\n{\"Action\":\"output\",\"Package\":\"example.com/a\",\"Output\":\"FAIL\\texample.com/a [build failed]\\n\"}\n";
        assert_eq!(told(log), ["go-build build_error | a.go:3:2 | undefined: x | @2-2"]);
    }

    #[test]
    fn packages_and_parts_are_bounded() {
        let many: String = (0..=PACKAGES_MAX)
            .map(|n| event("output", &format!("p{n}"), "--- FAIL: TestA (0.00s)\n    a_test.go:1: no\n"))
            .collect();
        assert_eq!(read(&many).tests.len(), PACKAGES_MAX);
        let long = event("output", "p", &"x".repeat(PART_BYTES_MAX + 1));
        assert_eq!(told(&format!("{long}{}", event("output", "p", "--- FAIL: TestA (0.00s)\n"))).len(), 1);
    }
}
