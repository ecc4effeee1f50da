//! Whether a manifest or lockfile goes up by a major version anywhere, whatever its format.

use std::collections::BTreeMap;

/// A version that went up, as it was and as it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Up {
    pub before: String,
    pub after: String,
}

/// The first major version that goes up. Below 1.0 the second number is the major one, as cargo and npm read it.
pub fn major_up(before: &str, after: &str) -> Option<Up> {
    let (before, after) = (by_place(before), by_place(after));
    for (place, now) in &after {
        let Some(was) = before.get(place) else { continue };
        let highest = was.iter().max_by_key(|version| major(version))?;
        if let Some(up) = now.iter().find(|version| major(version) > major(highest)) {
            return Some(Up { before: highest.clone(), after: up.clone() });
        }
    }
    None
}

/// The versions of a file by where they stand: their own line and the one above it, without the versions themselves.
fn by_place(text: &str) -> BTreeMap<String, Vec<String>> {
    let mut places: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let mut above = String::new();
    for line in text.lines().map(str::trim).filter(|line| !line.is_empty()) {
        let (skeleton, versions) = taken_apart(line);
        if !versions.is_empty() {
            places.entry(format!("{above}\n{skeleton}")).or_default().extend(versions);
        }
        above = skeleton;
    }
    // A line that names its own package needs no line above it: order does not matter then.
    let mut alone: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (place, versions) in &places {
        let own = place.rsplit('\n').next().unwrap_or("");
        let words = own.split(|c: char| !c.is_alphanumeric()).filter(|word| word.len() > 1);
        if words.filter(|word| !matches!(*word, "version" | "resolved" | "integrity" | "checksum")).count() > 0 {
            alone.entry(own.to_owned()).or_default().extend(versions.iter().cloned());
        }
    }
    places.extend(alone);
    places
}

/// A line without its versions, and the versions.
fn taken_apart(line: &str) -> (String, Vec<String>) {
    let mut skeleton = String::new();
    let mut versions = Vec::new();
    let mut rest = line;
    while let Some(character) = rest.chars().next() {
        let in_word = skeleton.ends_with(|c: char| c.is_alphanumeric() && c != 'v' || c == '_' || c == '.');
        let length = if character.is_ascii_digit() && !in_word { version_length(rest) } else { 0 };
        match rest.get(..length).filter(|_| length > 0) {
            Some(version) => {
                versions.push(version.to_owned());
                skeleton.push('#');
                rest = rest.get(length..).unwrap_or("");
            }
            None => {
                skeleton.push(character);
                rest = rest.get(character.len_utf8()..).unwrap_or("");
            }
        }
    }
    (skeleton, versions)
}

/// Digits, dots, and what a pre-release adds. A hash that begins with a digit is no version.
fn version_length(rest: &str) -> usize {
    let length = rest.bytes().take_while(|byte| byte.is_ascii_digit() || *byte == b'.').count();
    let next = rest.get(length..).and_then(|after| after.chars().next());
    if next.is_some_and(|c| c.is_alphanumeric() || c == '_') { 0 } else { length }
}

fn major(version: &str) -> (u64, u64) {
    let mut numbers = version.split('.').map(|number| number.parse::<u64>().unwrap_or(u64::MAX));
    match (numbers.next().unwrap_or(0), numbers.next()) {
        (0, second) => (0, second.unwrap_or(0)),
        (first, _) => (first, 0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(before: &str, after: &str, up: Option<(&str, &str)>) {
        let found = major_up(before, after);
        assert_eq!(found.as_ref().map(|up| (up.before.as_str(), up.after.as_str())), up);
    }

    #[test]
    fn a_major_version_is_seen_in_every_manifest() {
        check("flask==2.3.1\n", "flask==3.0.0\n", Some(("2.3.1", "3.0.0")));
        check("serde = \"1.0.2\"\n", "serde = { version = \"2\" }\n", None);
        check("serde = \"1.0.2\"\n", "serde = \"2\"\n", Some(("1.0.2", "2")));
        check("    \"react\": \"^17.0.1\",\n", "    \"react\": \"^18.2.0\",\n", Some(("17.0.1", "18.2.0")));
        check("require example.com/m v1.2.3\n", "require example.com/m v2.0.0\n", Some(("1.2.3", "2.0.0")));
        check(
            "<artifactId>junit</artifactId>\n<version>4.13</version>",
            "<artifactId>junit</artifactId>\n<version>5.0</version>",
            Some(("4.13", "5.0")),
        );
        check(
            "name = \"rand\"\nversion = \"0.8.5\"\n",
            "name = \"rand\"\nversion = \"0.9.0\"\n",
            Some(("0.8.5", "0.9.0")),
        );
    }

    #[test]
    fn minor_and_patch_versions_may_go_up_and_new_packages_come() {
        check("flask==2.3.1\n", "flask==2.9.0\nrequests==2.31\n", None);
        check("serde = \"1.0.2\"\n", "serde = \"1.4\"\n", None);
        check("rand = \"0.8.4\"\n", "rand = \"0.8.5\"\n", None);
        check("a==3.0\nb==1.0\n", "b==1.1\na==2.0\n", None);
    }

    #[test]
    fn a_hash_is_no_version() {
        check("\"integrity\": \"sha512-1abc\"\n", "\"integrity\": \"sha512-9abc\"\n", None);
    }
}
