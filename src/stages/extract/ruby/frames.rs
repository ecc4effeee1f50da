//! Places in Ruby's backtraces, whichever test tool passes them on.

use crate::stages::extract::pattern::{Pattern, group, number};

/// ``path:4:in `name'``, since Ruby 3.4 `path:4:in 'Class#name'`; RSpec puts `# ` before it, irb-like tools `from `.
static FRAME: Pattern = Pattern::new(r"^\s*(?:# |from |at )?(\S.*?):(\d+)(?::in [`'].*)?$");

/// Where a frame stands, and whether that is code of our own.
pub struct Frame<'a> {
    pub path: &'a str,
    pub line: Option<u32>,
    pub own: bool,
}

pub fn frame(text: &str) -> Option<Frame<'_>> {
    let frame = FRAME.captures(text)?;
    let path = group(&frame, 1);
    let named = path.rsplit(['/', '\\']).next().is_some_and(|name| name.contains('.')) || path.contains(['/', '<']);
    if !named || path.contains(": ") {
        return None;
    }
    let foreign = [
        "/gems/",
        "/lib/ruby/",
        "/rubygems/",
        "/rubies/",
        "vendor/bundle/",
        "/vendor_ruby/",
        "<internal:",
        "/bin/",
        "(eval",
    ];
    Some(Frame {
        path,
        line: number(&frame, 2),
        own: !foreign.iter().any(|part| path.contains(part)) && !path.starts_with("bin/"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_of_the_repository_are_told_from_others() {
        for (text, path, line) in [
            ("     # ./spec/calc_spec.rb:4:in `block (2 levels) in <top (required)>'", "./spec/calc_spec.rb", 4),
            ("    lib/calc.rb:3:in 'Calc#boom'", "lib/calc.rb", 3),
            ("test/tu_test.rb:8:in `block in <class:TuTest>'", "test/tu_test.rb", 8),
            (r"    D:/a/shop/shop/lib/till.rb:9:in `open'", "D:/a/shop/shop/lib/till.rb", 9),
        ] {
            let found = frame(text).filter(|frame| frame.own).map(|frame| (frame.path, frame.line));
            assert_eq!(found, Some((path, Some(line))), "{text}");
        }
        for text in [
            "     # /usr/share/rubygems-integration/all/gems/rspec-core-3.12.0/exe/rspec:4:in `<main>'",
            "    <internal:kernel>:187:in `loop'",
            "    /opt/hostedtoolcache/Ruby/3.2.2/x64/lib/ruby/3.2.0/json/common.rb:216:in `parse'",
        ] {
            assert!(frame(text).is_some_and(|frame| !frame.own), "{text}");
        }
        for text in ["expected: 3", "       the ratio is 4:3", "NoMethodError: undefined method `x' for nil"] {
            assert!(frame(text).is_none(), "{text}");
        }
    }
}
