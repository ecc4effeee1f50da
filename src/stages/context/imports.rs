//! The files of the repository that a file imports, read from its text: thin, per language, never a guess between two.

use std::sync::LazyLock;

use regex::Regex;

use super::index::{Index, basename, join, parent};

/// Lines of a file that are looked at; imports stand at its head.
pub const LINES_MAX: usize = 400;

/// Files of one Go or Java package that are taken.
const PACKAGE_FILES_MAX: usize = 8;

/// In the order of the text; files that are not in the repository are left out.
pub fn imports(path: &str, text: &str, index: &Index<'_>) -> Vec<String> {
    let found: Vec<&str> = match path.rsplit('.').next().unwrap_or_default() {
        "py" | "pyi" => python(path, text, index),
        "rs" => rust(path, text, index),
        "ts" | "tsx" | "js" | "jsx" | "mjs" | "cjs" | "mts" | "cts" => javascript(path, text, index),
        "go" => go(path, text, index),
        "java" => java(path, text, index),
        _ => Vec::new(),
    };
    let mut once: Vec<String> = Vec::new();
    for file in found {
        if file != path && !once.iter().any(|known| known == file) {
            once.push(file.to_owned());
        }
    }
    once
}

static QUOTED: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r#"(?:\bfrom\s*|\bimport\s*\(?\s*|\brequire\s*\(\s*)["']([^"'\n]{1,300})["']"#).ok());

fn lines(text: &str) -> impl Iterator<Item = &str> {
    text.lines().take(LINES_MAX).map(str::trim)
}

fn python<'a>(path: &str, text: &str, index: &Index<'a>) -> Vec<&'a str> {
    let mut found = Vec::new();
    for line in lines(text) {
        if let Some(rest) = line.strip_prefix("from ") {
            let Some((module, names)) = rest.split_once(" import ") else { continue };
            let module = module.trim();
            let dots = module.bytes().take_while(|byte| *byte == b'.').count();
            let module = module.trim_start_matches('.').replace('.', "/");
            // A name may be a module of the package, or something in it.
            for name in names.split([',', '(', ')']).filter_map(|name| name.split_whitespace().next()) {
                found.extend(python_module(path, dots, &join(&module, name), index));
            }
            found.extend(python_module(path, dots, &module, index));
        } else if let Some(rest) = line.strip_prefix("import ") {
            for module in rest.split(',').filter_map(|name| name.split_whitespace().next()) {
                found.extend(python_module(path, 0, &module.replace('.', "/"), index));
            }
        }
    }
    found
}

/// `dots` is how far a relative import goes up; 0 looks everywhere a test runner would.
fn python_module<'a>(path: &str, dots: usize, module: &str, index: &Index<'a>) -> Option<&'a str> {
    let module = module.trim_matches('/');
    let tails = if module.is_empty() {
        vec!["__init__.py".to_owned()]
    } else {
        vec![format!("{module}.py"), format!("{module}/__init__.py")]
    };
    if dots == 0 {
        return if module.is_empty() { None } else { index.upward(path, &tails) };
    }
    let mut folder = parent(path);
    for _ in 1..dots {
        folder = parent(folder);
    }
    tails.iter().find_map(|tail| index.exactly(&join(folder, tail)))
}

fn rust<'a>(path: &str, text: &str, index: &Index<'a>) -> Vec<&'a str> {
    let own = basename(path);
    let stem = own.strip_suffix(".rs").unwrap_or(own);
    let root = matches!(own, "lib.rs" | "main.rs" | "mod.rs");
    let children = if root { parent(path).to_owned() } else { join(parent(path), stem) };
    let mut found = Vec::new();
    for line in lines(text) {
        let line = line.strip_prefix("pub ").unwrap_or(line);
        let line = line.strip_prefix("pub(crate) ").unwrap_or(line);
        if let Some(name) = line.strip_prefix("mod ").and_then(|rest| rest.strip_suffix(';')) {
            let name = name.trim();
            // A test's `mod common;` stands beside it, whatever the test is called.
            for folder in [children.as_str(), parent(path)] {
                found.extend(index.exactly(&join(folder, &format!("{name}.rs"))));
                found.extend(index.exactly(&join(folder, &format!("{name}/mod.rs"))));
            }
        } else if let Some(used) = line.strip_prefix("use ") {
            let used = used.split(['{', ';', '*']).next().unwrap_or_default().replace(" as ", "::");
            let parts: Vec<&str> = used.split("::").map(str::trim).filter(|part| !part.is_empty()).collect();
            found.extend(rust_path(path, &children, &parts, index));
        }
    }
    found
}

fn rust_path<'a>(path: &str, children: &str, parts: &[&str], index: &Index<'a>) -> Option<&'a str> {
    let (first, rest) = parts.split_first()?;
    // The longest beginning of the path that is a file, below this folder.
    let below = |folder: &str, parts: &[&str]| {
        (1..=parts.len()).rev().find_map(|length| {
            let tail = parts.get(..length)?.join("/");
            let named = index.exactly(&join(folder, &format!("{tail}.rs")));
            named.or_else(|| index.exactly(&join(folder, &format!("{tail}/mod.rs"))))
        })
    };
    match *first {
        "std" | "core" | "alloc" => None,
        "self" => below(children, rest),
        "super" => below(parent(children), rest),
        // A crate's own name stands for its library, in its tests and in its binary.
        _ => {
            let mut folder = parent(path);
            loop {
                let source = join(folder, "src");
                let library = index.exactly(&join(&source, "lib.rs"));
                if library.is_some() || index.holds(&join(&source, "main.rs")) {
                    return below(&source, rest).or(library);
                }
                if folder.is_empty() {
                    return None;
                }
                folder = parent(folder);
            }
        }
    }
}

fn javascript<'a>(path: &str, text: &str, index: &Index<'a>) -> Vec<&'a str> {
    const ENDINGS: [&str; 9] = ["", ".ts", ".tsx", ".js", ".jsx", ".mjs", ".cjs", ".mts", ".d.ts"];
    let Some(quoted) = &*QUOTED else { return Vec::new() };
    let mut found = Vec::new();
    for captures in quoted.captures_iter(text).take(LINES_MAX) {
        let Some(name) = captures.get(1).map(|name| name.as_str()) else { continue };
        let base = if name.starts_with('.') {
            let Some(base) = resolved(parent(path), name) else { continue };
            base
        } else if let Some(rest) = name.strip_prefix("@/").or_else(|| name.strip_prefix("~/")) {
            join("src", rest)
        } else {
            name.to_owned()
        };
        // TypeScript names the file that will be there once it is compiled.
        let source =
            base.strip_suffix(".js").or_else(|| base.strip_suffix(".mjs")).or_else(|| base.strip_suffix(".jsx"));
        let bases = [Some(base.as_str()), source];
        found.extend(bases.into_iter().flatten().find_map(|base| {
            let file = ENDINGS.iter().find_map(|ending| index.exactly(&format!("{base}{ending}")));
            file.or_else(|| ENDINGS.iter().skip(1).find_map(|ending| index.exactly(&format!("{base}/index{ending}"))))
        }));
    }
    found
}

/// `folder` and a relative name as one path; `None` above the root.
fn resolved(folder: &str, name: &str) -> Option<String> {
    let mut parts: Vec<&str> = folder.split('/').filter(|part| !part.is_empty()).collect();
    for part in name.split('/') {
        match part {
            "." | "" => {}
            ".." => {
                parts.pop()?;
            }
            part => parts.push(part),
        }
    }
    Some(parts.join("/"))
}

fn go<'a>(path: &str, text: &str, index: &Index<'a>) -> Vec<&'a str> {
    let package = |folder: &str| {
        let files =
            index.inside(folder).into_iter().filter(|file| file.ends_with(".go") && !file.ends_with("_test.go"));
        files.take(PACKAGE_FILES_MAX).collect::<Vec<_>>()
    };
    // Files of one folder are one package and need no import.
    let mut found = package(parent(path));
    let folders = index.folders(".go");
    let mut block = false;
    for line in lines(text) {
        let import = line.strip_prefix("import ");
        block = (block || import.is_some_and(|rest| rest.trim_start().starts_with('('))) && line != ")";
        let Some(name) = (if block { Some(line) } else { import }).and_then(|line| line.split('"').nth(1)) else {
            continue;
        };
        let named = folders.iter().filter(|folder| {
            !folder.is_empty() && name.strip_suffix(**folder).is_some_and(|before| before.ends_with('/'))
        });
        if let Some(folder) = named.max_by_key(|folder| folder.len()) {
            found.extend(package(folder));
        }
    }
    found
}

fn java<'a>(path: &str, text: &str, index: &Index<'a>) -> Vec<&'a str> {
    let mut found = Vec::new();
    let mut package = "";
    for line in lines(text) {
        if let Some(name) = line.strip_prefix("package ").and_then(|rest| rest.strip_suffix(';')) {
            package = name.trim();
        } else if let Some(name) = line.strip_prefix("import ").and_then(|rest| rest.strip_suffix(';')) {
            let name = name.trim().strip_prefix("static ").unwrap_or(name.trim());
            // A static import names a member of the class.
            let class = format!("{}.java", name.replace('.', "/"));
            let outer = format!("{}.java", name.rsplit_once('.').map_or("", |(outer, _)| outer).replace('.', "/"));
            found.extend(index.ending(&class).or_else(|| index.ending(&outer)));
        }
    }
    // Classes of one package need no import, and a test's package is its subject's.
    let folder = package.replace('.', "/");
    let words: std::collections::BTreeSet<&str> =
        text.split(|c: char| !c.is_alphanumeric() && c != '_').filter(|word| !word.is_empty()).collect();
    let same_package = index.folders(".java").into_iter().filter(|candidate| {
        *candidate == parent(path) || (!folder.is_empty() && candidate.ends_with(&format!("java/{folder}")))
    });
    for file in same_package.flat_map(|folder| index.inside(folder)) {
        let class = basename(file).strip_suffix(".java");
        if class.is_some_and(|class| words.contains(class)) && found.len() < PACKAGE_FILES_MAX * 2 {
            found.push(file);
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(path: &str, text: &str, files: &[&str], expected: &[&str]) {
        let files: Vec<String> = files.iter().map(|file| (*file).to_owned()).collect();
        assert_eq!(imports(path, text, &Index::new(&files)), expected);
    }

    #[test]
    fn python_imports_are_followed() {
        let files =
            ["src/shop/__init__.py", "src/shop/cart.py", "src/shop/tax.py", "tests/test_cart.py", "tests/helpers.py"];
        check("tests/test_cart.py", "import os\nfrom shop.cart import Cart\n", &files, &["src/shop/cart.py"]);
        check(
            "tests/test_cart.py",
            "from shop import cart as c, tax\n",
            &files,
            &["src/shop/cart.py", "src/shop/tax.py", "src/shop/__init__.py"],
        );
        check(
            "tests/test_cart.py",
            "import helpers\nimport shop.tax\n",
            &files,
            &["tests/helpers.py", "src/shop/tax.py"],
        );
        check(
            "src/shop/cart.py",
            "from .tax import rate\nfrom . import tax\n",
            &files,
            &["src/shop/tax.py", "src/shop/__init__.py"],
        );
    }

    #[test]
    fn rust_modules_and_paths_are_followed() {
        let files = ["src/lib.rs", "src/parse.rs", "src/parse/line.rs", "tests/it.rs", "tests/common/mod.rs"];
        check("src/lib.rs", "mod parse;\npub use parse::line;", &files, &["src/parse.rs"]);
        check("src/parse.rs", "pub mod line;\nuse crate::parse::line::Line;", &files, &["src/parse/line.rs"]);
        check(
            "tests/it.rs",
            "mod common;\nuse shop::parse::parse;\nuse std::fs;",
            &files,
            &["tests/common/mod.rs", "src/parse.rs"],
        );
        check("tests/it.rs", "use shop::Cart;", &files, &["src/lib.rs"]);
    }

    #[test]
    fn javascript_imports_are_followed() {
        let files = ["src/a.ts", "src/b.tsx", "src/lib/index.ts", "test/a.test.ts", "src/c.js"];
        check(
            "test/a.test.ts",
            "import { a } from '../src/a.js';\nimport \"../src/b\"",
            &files,
            &["src/a.ts", "src/b.tsx"],
        );
        check(
            "src/a.ts",
            "import x from './lib';\nconst c = require('./c');\nimport fs from 'fs'",
            &files,
            &["src/lib/index.ts", "src/c.js"],
        );
        check("src/a.ts", "import x from '@/c'; import y from '../../../etc/passwd'", &files, &["src/c.js"]);
    }

    #[test]
    fn a_go_package_is_its_folder() {
        let files = ["go.mod", "calc/calc.go", "calc/more.go", "calc/calc_test.go", "store/store.go", "main.go"];
        check("calc/calc_test.go", "package calc\n\nimport \"testing\"\n", &files, &["calc/calc.go", "calc/more.go"]);
        check(
            "main.go",
            "package main\n\nimport (\n\t\"fmt\"\n\n\ts \"example.com/shop/store\"\n)\n",
            &files,
            &["store/store.go"],
        );
    }

    #[test]
    fn java_imports_and_the_package_are_followed() {
        let files = [
            "src/main/java/demo/Calc.java",
            "src/main/java/demo/util/Text.java",
            "src/main/java/demo/Other.java",
            "src/test/java/demo/CalcTest.java",
        ];
        check(
            "src/test/java/demo/CalcTest.java",
            "package demo;\n\nimport demo.util.Text;\nimport org.junit.Test;\n\nclass CalcTest { Calc c; }",
            &files,
            &["src/main/java/demo/util/Text.java", "src/main/java/demo/Calc.java"],
        );
    }

    proptest::proptest! {
        #[test]
        fn hostile_text_never_panics(text in "(?s).{0,200}") {
            let files = vec!["a.py".to_owned(), "b/c.rs".to_owned()];
            for path in ["a.py", "b/c.rs", "x.ts", "y.go", "Z.java", "plain"] {
                let _ = imports(path, &text, &Index::new(&files));
            }
        }
    }
}
