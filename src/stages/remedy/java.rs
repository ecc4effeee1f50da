//! What spotless would do, behind Maven and Gradle.

use super::case::Case;
use super::script::Call;
use super::shell::Word;
use crate::domain::candidate::Remedy;

/// Maven's options whose value stands apart.
const MAVEN_VALUED: &[&str] = &[
    "-f",
    "--file",
    "-pl",
    "--projects",
    "-P",
    "--activate-profiles",
    "-s",
    "--settings",
    "-gs",
    "--global-settings",
    "-T",
    "--threads",
    "-t",
    "--toolchains",
    "-rf",
    "--resume-from",
    "-D",
    "--define",
];

/// `mvn spotless:apply` with the failing run's options and none of its goals.
pub fn spotless_remedies(case: &Case<'_>) -> Vec<Remedy> {
    if let Some(call) = ["mvn", "mvnw", "mvnd"].iter().find_map(|tool| case.calls(tool).pop()) {
        return vec![case.fixer("spotless:apply", call.with(&maven_args(&call)))];
    }
    if let Some(call) = ["gradle", "gradlew"].iter().find_map(|tool| case.calls(tool).pop()) {
        let options = call.args.iter().filter(|word| word.text.starts_with("--") || word.text.starts_with("-P"));
        let args: Vec<String> = options.map(|word| word.raw.clone()).chain(["spotlessApply".to_owned()]).collect();
        return vec![case.fixer("spotlessApply", call.with(&args))];
    }
    let maven = if case.has("mvnw") { "./mvnw" } else { "mvn" };
    let call = case.bare_call("", maven);
    let batch = ["-B", "spotless:apply"].map(str::to_owned);
    if case.has("pom.xml") { vec![case.fixer("spotless:apply", call.with(&batch))] } else { Vec::new() }
}

fn maven_args(call: &Call) -> Vec<String> {
    let mut args = Vec::new();
    let mut words = call.args.iter();
    let takes_value = |word: &Word| MAVEN_VALUED.contains(&word.text.as_str());
    while let Some(word) = words.next() {
        if word.text.starts_with('-') {
            args.push(word.raw.clone());
            if takes_value(word) {
                args.extend(words.next().map(|value| value.raw.clone()));
            }
        }
    }
    args.push("spotless:apply".to_owned());
    args
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::failure::{Reproduce, ReproduceFrom};

    #[test]
    fn spotless_applies_what_it_checked() {
        for (script, fixed) in [
            ("mvn -B spotless:check", "mvn -B spotless:apply"),
            ("./mvnw -B -ntp verify -pl core -am", "./mvnw -B -ntp -pl core -am spotless:apply"),
            ("cd app\nmvn -DskipTests -f pom.xml install", "cd app\nmvn -DskipTests -f pom.xml spotless:apply"),
            ("./gradlew --no-daemon spotlessCheck check", "./gradlew --no-daemon spotlessApply"),
            ("make format", "mvn -B spotless:apply"),
        ] {
            let reproduce = Reproduce::at_root(script, ReproduceFrom::Workflow);
            let remedies = spotless_remedies(&Case::new(Vec::new(), &|path| path == "pom.xml", &reproduce));
            let [Remedy::Fixer(fixer)] = remedies.as_slice() else { panic!("{remedies:?}") };
            assert_eq!(fixer.command, fixed);
        }
    }
}
