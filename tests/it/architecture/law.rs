//! The law of the house: which module may name which, what a pure file may touch, and who may call a constructor.

use std::collections::{BTreeMap, BTreeSet};

use super::source::{Files, Module, Named, Token, is_word, modules, named, tokens};

type Modules = BTreeMap<Vec<String>, Module>;

/// What the architecture promises about one crate.
pub struct Law {
    /// The file the module tree grows from.
    pub root: &'static str,
    /// Top-level modules that do no IO, read no clock and know no async.
    pub pure: &'static [&'static str],
    /// Paths that a pure module must not name.
    pub impure_paths: &'static [&'static str],
    /// Words that a pure module must not use.
    pub impure_words: &'static [&'static str],
    /// Pairs of top-level modules that must not name each other.
    pub strangers: &'static [(&'static str, &'static str)],
    /// Top-level modules whose children must not name each other.
    pub apart: &'static [&'static str],
    /// The children of those that their siblings may stand on after all; the third says why.
    pub grounds: &'static [(&'static str, &'static str, &'static str)],
    /// The top-level module where nothing is made for the wire, and the words that would do it.
    pub unserialised: (&'static str, &'static [&'static str]),
    /// Constructors that are permissions: each has one call outside tests.
    pub permissions: &'static [&'static str],
}

/// Everything in `files` that breaks `law`, one sentence each, in the order of the files.
pub fn broken(law: &Law, files: &Files) -> Vec<String> {
    let (modules, mut broken) = modules(files, law.root);
    broken.extend(unused_grounds(law, &modules));
    broken.extend(orphans(law, files, &modules));
    broken.extend(files.iter().filter_map(|(file, text)| undescribed(file, text)));
    for (path, module) in &modules {
        for named in &module.named {
            broken.extend(upward(&modules, path, module, named));
            broken.extend(borders(law, &modules, path, module, named));
        }
        broken.extend(purity(law, path, module, files));
    }
    broken.sort();
    broken.dedup();
    broken
}

/// A file that no `mod` line names is compiled by nobody, so no law would hold for it.
fn orphans(law: &Law, files: &Files, modules: &Modules) -> Vec<String> {
    let folder = law.root.rsplit_once('/').map_or("", |(folder, _)| folder);
    files
        .keys()
        .filter(|file| file.starts_with(&format!("{folder}/")) && file.as_str() != format!("{folder}/main.rs"))
        .filter(|file| !modules.values().any(|module| &module.file == *file))
        .map(|file| format!("{file}: no `mod` line names it"))
        .collect()
}

/// A file says what it is for: it begins with `//!` and a sentence.
fn undescribed(file: &str, text: &str) -> Option<String> {
    let paragraph: Vec<&str> = text
        .lines()
        .map_while(|line| line.strip_prefix("//!"))
        .map(str::trim)
        .take_while(|line| !line.is_empty())
        .collect();
    let sentence = paragraph.join(" ");
    let good = sentence.split_whitespace().count() >= 2 && sentence.ends_with(['.', '?']);
    (!good).then(|| format!("{file}: begin it with a `//!` sentence that says what it is for, with its full stop"))
}

/// What a path means: the module it leads to, and whether it goes on to something in that module.
struct Target {
    module: Vec<String>,
    item: Option<String>,
}

/// Resolves a path that begins in this crate; `None` for every other.
fn resolve(modules: &Modules, from: &[String], named: &Named) -> Option<Target> {
    let mut parts = named.parts.iter();
    let mut base: Vec<String> = from.iter().chain(&named.inside).cloned().collect();
    let mut rest: Vec<String> = Vec::new();
    match parts.next()?.as_str() {
        "crate" => base.clear(),
        "self" => {}
        "super" => {
            base.pop();
        }
        child if modules.get(from).is_some_and(|module| module.children.iter().any(|name| name == child)) => {
            base = from.to_vec();
            rest.push(child.to_owned());
        }
        _ => return None,
    }
    for part in parts {
        if part == "super" && rest.is_empty() {
            base.pop();
        } else {
            rest.push(part.clone());
        }
    }
    Some(follow(modules, base, &rest, 0))
}

/// How many re-exports are followed before a chain of them is taken as it stands.
const REEXPORTS_MAX: usize = 8;

/// Walks `rest` from `base`: through modules, then through what the last module itself imports under that name.
fn follow(modules: &Modules, base: Vec<String>, rest: &[String], depth: usize) -> Target {
    let mut module = base;
    let mut rest = rest.iter();
    let mut item = None;
    for part in rest.by_ref() {
        let deeper: Vec<String> = [module.as_slice(), std::slice::from_ref(part)].concat();
        if modules.contains_key(&deeper) {
            module = deeper;
        } else {
            item = Some(part.clone());
            break;
        }
    }
    // Inline modules are part of their file.
    while !module.is_empty() && !modules.contains_key(&module) {
        item = module.pop();
    }
    let reexport = item.as_ref().and_then(|item| {
        let named = &modules.get(&module)?.named;
        named.iter().find(|named| named.inside.is_empty() && named.import.as_ref() == Some(item))
    });
    if let (Some(reexport), true) = (reexport, depth < REEXPORTS_MAX)
        && let Some(target) = resolve(modules, &module, reexport)
    {
        let rest: Vec<String> = target.item.into_iter().chain(rest.cloned()).collect();
        return follow(modules, target.module, &rest, depth + 1);
    }
    Target { module, item }
}

/// The law itself: of two modules in one `mod` list, the later may name the earlier. What is made for tests only may be
/// named by any test: it stands last, for it needs what it makes samples of.
fn upward(modules: &Modules, from: &[String], module: &Module, named: &Named) -> Option<String> {
    let target = resolve(modules, from, named)?;
    let for_tests = modules.get(&target.module).is_some_and(|module| module.test);
    if for_tests && (named.test || module.test) {
        return None;
    }
    let place = format!("{}:{}", module.file, named.line);
    let shown = named.parts.join("::");
    let shared = from.iter().zip(&target.module).take_while(|(from, to)| from == to).count();
    if shared == target.module.len() {
        let whole = target.item.is_none_or(|item| item == "*");
        return (whole && shared != from.len()).then(|| {
            format!("{place}: `{shown}` takes in a module that this file is part of: name the item you need")
        });
    }
    if shared == from.len() {
        return None;
    }
    let list = &modules.get(&target.module[..shared])?;
    let position = |name: &String| list.children.iter().position(|child| child == name);
    let (own, other) = (position(&from[shared])?, position(&target.module[shared])?);
    (other > own).then(|| {
        format!(
            "{place}: `{shown}` names `{}`, which {} declares below `{}`",
            target.module[shared], list.file, from[shared]
        )
    })
}

/// Strangers do not name each other, and the children of some modules keep apart.
fn borders(law: &Law, modules: &Modules, from: &[String], module: &Module, named: &Named) -> Vec<String> {
    let Some(target) = resolve(modules, from, named) else { return Vec::new() };
    let (Some(own), Some(other)) = (from.first(), target.module.first()) else { return Vec::new() };
    let place = format!("{}:{}", module.file, named.line);
    let shown = named.parts.join("::");
    let mut broken = Vec::new();
    for (one, two) in law.strangers {
        if (own == one && other == two) || (own == two && other == one) {
            broken.push(format!("{place}: `{shown}`: {one} and {two} are strangers, only a flow joins them"));
        }
    }
    if own == other
        && law.apart.contains(&own.as_str())
        && let (Some(own), Some(other)) = (from.get(1), target.module.get(1))
        && own != other
        && !law.grounds.iter().any(|(_, ground, _)| ground == other)
    {
        broken.push(format!("{place}: `{shown}`: {own} and {other} do not know each other, only domain"));
    }
    broken
}

/// An exception that nobody needs any more is taken out, or it would hide the next break.
fn unused_grounds(law: &Law, modules: &Modules) -> Vec<String> {
    let stands_on = |top: &str, ground: &str| {
        modules.iter().filter(|(path, _)| path.first().is_some_and(|first| first == top)).any(|(path, module)| {
            let targets = module.named.iter().filter_map(|named| resolve(modules, path, named));
            path.get(1).is_some_and(|own| own != ground)
                && targets
                    .map(|target| target.module)
                    .any(|to| to.first() == path.first() && to.get(1).is_some_and(|to| to == ground))
        })
    };
    law.grounds
        .iter()
        .filter(|(top, ground, _)| !stands_on(top, ground))
        .map(|(top, ground, why)| format!("nobody in {top} stands on `{ground}` ({why}): take the exception out"))
        .collect()
}

/// No IO, no clock, no async where there must be none; no serialisation in the domain. A test may read its fixtures.
fn purity(law: &Law, path: &[String], module: &Module, files: &Files) -> Vec<String> {
    let top = path.first().map_or("", String::as_str);
    let pure = law.pure.contains(&top);
    let mut banned: Vec<(&str, &str)> = Vec::new();
    if pure {
        banned.extend(law.impure_words.iter().map(|word| (*word, "is not for a pure module")));
    }
    if top == law.unserialised.0 {
        banned.extend(law.unserialised.1.iter().map(|word| (*word, "is for the structs of `stages/render/`")));
    }
    let placed = files.get(&module.file).and_then(|text| tokens(text).ok()).unwrap_or_default();
    let mut broken = Vec::new();
    for placed in placed.iter().filter(|placed| !placed.test && !module.test) {
        if let Token::Word(word) = &placed.token
            && let Some((_, why)) = banned.iter().find(|(banned, _)| banned == word)
        {
            broken.push(format!("{}:{}: `{word}` {why}", module.file, placed.line));
        }
    }
    for named in module.named.iter().filter(|named| pure && !named.test && !module.test) {
        let shown = named.parts.join("::");
        let beyond = |banned: &&&str| shown == **banned || shown.starts_with(&format!("{banned}::"));
        if let Some(banned) = law.impure_paths.iter().find(beyond) {
            broken.push(format!("{}:{}: `{shown}`: {banned} touches the world", module.file, named.line));
        }
    }
    broken
}

/// A permission has one door: outside tests, each constructor is called in one place.
pub fn doors(law: &Law, files: &Files) -> Vec<String> {
    let (modules, _) = modules(files, law.root);
    let mut calls: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for module in modules.values() {
        let placed = files.get(&module.file).and_then(|text| tokens(text).ok()).unwrap_or_default();
        for (at, word) in placed.iter().enumerate().filter(|(_, placed)| !placed.test) {
            let Some(name) = law.permissions.iter().find(|name| is_word(Some(&word.token), name)) else { continue };
            let defined = at > 0 && is_word(Some(&placed[at - 1].token), "fn");
            if !defined {
                calls.entry(name).or_default().push(format!("{}:{}", module.file, word.line));
            }
        }
    }
    law.permissions
        .iter()
        .filter_map(|name| match calls.get(name).map_or(&[][..], Vec::as_slice) {
            [_] => None,
            [] => Some(format!("`{name}` is called nowhere: the permission is given by nobody")),
            many => Some(format!("`{name}` has one door, and is called in {}", many.join(", "))),
        })
        .collect()
}

/// The names of the functions in `files` that are marked as tests.
pub fn test_names(files: &Files) -> Vec<String> {
    let mut names = Vec::new();
    for placed in files.values().filter_map(|text| tokens(text).ok()) {
        let mut marked = false;
        for window in placed.windows(2) {
            match (&window[0].token, &window[1].token) {
                (Token::Word(word), Token::Close(']')) if word == "test" => marked = true,
                (Token::Word(word), Token::Word(name)) if word == "fn" && std::mem::take(&mut marked) => {
                    names.push(name.clone());
                }
                _ => {}
            }
        }
    }
    names
}

/// The paths that a piece of source names, for the tests of the reader itself.
pub fn paths(text: &str) -> Result<Vec<String>, String> {
    Ok(named(&tokens(text)?).iter().map(|named| named.parts.join("::")).collect())
}

/// Groups of modules that need each other in a circle, however the `mod` lists are ordered: a parent and its children
/// too. A test may go through the whole of what its file is part of.
pub fn knots(law: &Law, files: &Files) -> Vec<String> {
    let (modules, _) = modules(files, law.root);
    let reaches: BTreeMap<&Vec<String>, BTreeSet<Vec<String>>> =
        modules.keys().map(|path| (path, reached(&modules, path))).collect();
    let mut knots = BTreeSet::new();
    for (path, reached) in &reaches {
        let knot: Vec<&str> = reached
            .iter()
            .filter(|other| reaches.get(other).is_some_and(|back| back.contains(*path)))
            .map(|other| modules[other].file.as_str())
            .collect();
        if knot.len() > 1 {
            knots.insert(knot.join(", "));
        }
    }
    knots.into_iter().collect()
}

/// Every module that can be reached from this one by naming.
fn reached(modules: &Modules, from: &[String]) -> BTreeSet<Vec<String>> {
    let mut found = BTreeSet::new();
    let mut open = vec![from.to_vec()];
    while let Some(path) = open.pop() {
        let Some(module) = modules.get(&path) else { continue };
        let named = module.named.iter().filter(|named| !named.test && !module.test);
        for target in named.filter_map(|named| resolve(modules, &path, named)) {
            if target.module != path && found.insert(target.module.clone()) {
                open.push(target.module);
            }
        }
    }
    found
}
