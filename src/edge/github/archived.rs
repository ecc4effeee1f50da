//! Which entries of an attempt's archive of logs are one job's. Its layout has changed before, so names are matched
//! tolerantly, and never guessed where two jobs could be meant.

/// GitHub cuts a job's name in the archive after as many UTF-16 units; from the source of its own command line, `gh`.
const JOB_NAME_UNITS_MAX: usize = 90;

/// The entries of `job`, in the order they have to be read: its own file, else one for each of its steps.
pub fn entries_of<'n>(job: &str, names: &'n [String]) -> Vec<&'n str> {
    for same in [plainly as fn(&str) -> String, by_words, by_letters] {
        let wanted = same(&cut(job));
        if wanted.is_empty() {
            continue;
        }
        let whole: Vec<&str> =
            names.iter().filter(|name| is(&wanted, whole_of(name), same)).map(String::as_str).collect();
        match whole.as_slice() {
            [one] => return vec![one],
            [] => {}
            _ => return Vec::new(),
        }
        let mut folders: Vec<&str> = names.iter().filter_map(|name| step_of(name)).map(|(folder, _)| folder).collect();
        folders.sort_unstable();
        folders.dedup();
        folders.retain(|folder| same(folder) == wanted);
        match folders.as_slice() {
            [folder] => return steps(folder, names),
            [] => {}
            _ => return Vec::new(),
        }
    }
    Vec::new()
}

/// The jobs of an archive, in the order they stand in it: by their own files, else by the folders of their steps.
pub fn jobs_of(names: &[String]) -> Vec<&str> {
    let number = |name: &str| name.split_once('_').and_then(|(number, _)| number.parse::<u32>().ok());
    let mut jobs: Vec<(Option<u32>, &str)> =
        names.iter().filter_map(|name| Some((number(name), whole_of(name)?))).collect();
    if jobs.is_empty() {
        jobs = names.iter().filter_map(|name| Some((None, step_of(name)?.0))).collect();
    }
    jobs.sort_unstable();
    jobs.dedup();
    jobs.into_iter().map(|(_, job)| job).collect()
}

fn is(wanted: &str, name: Option<&str>, same: fn(&str) -> String) -> bool {
    name.is_some_and(|name| same(name) == wanted)
}

/// The job in `3_unit-test (3.12).txt`.
fn whole_of(entry: &str) -> Option<&str> {
    let (number, name) = entry.strip_suffix(".txt")?.split_once('_')?;
    (!entry.contains('/') && is_number(number)).then_some(name)
}

/// The job and the step's number in `unit-test (3.12)/4_Run pytest -q.txt`.
fn step_of(entry: &str) -> Option<(&str, u32)> {
    let (folder, step) = entry.split_once('/')?;
    let (number, _) = step.strip_suffix(".txt")?.split_once('_')?;
    Some((folder, number.parse().ok()?))
}

fn steps<'n>(folder: &str, names: &'n [String]) -> Vec<&'n str> {
    let step =
        |name: &'n String| step_of(name).filter(|(of, _)| *of == folder).map(|(_, number)| (number, name.as_str()));
    let mut steps: Vec<(u32, &str)> = names.iter().filter_map(step).collect();
    steps.sort_unstable();
    steps.into_iter().map(|(_, name)| name).collect()
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit())
}

fn cut(job: &str) -> String {
    let mut units = 0;
    let fits = |c: &char| {
        units += c.len_utf16();
        units <= JOB_NAME_UNITS_MAX
    };
    job.chars().take_while(fits).collect()
}

/// As `gh` knows it: a slash and a colon are left out.
fn plainly(name: &str) -> String {
    name.chars().filter(|c| !matches!(c, '/' | ':')).collect()
}

/// Whatever a forbidden character was replaced by, the words are the same.
fn by_words(name: &str) -> String {
    name.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}

fn by_letters(name: &str) -> String {
    name.chars().filter(|c| c.is_alphanumeric()).collect()
}

#[cfg(test)]
mod tests {
    use super::{entries_of, jobs_of};

    fn of(job: &str, names: &[&str]) -> Vec<String> {
        let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
        entries_of(job, &names).into_iter().map(str::to_owned).collect()
    }

    #[test]
    fn a_jobs_own_file_comes_before_its_steps() {
        let names = ["0_lint.txt", "1_unit-test (3.12).txt", "unit-test (3.12)/1_Set up job.txt"];
        assert_eq!(of("unit-test (3.12)", &names), ["1_unit-test (3.12).txt"]);
    }

    #[test]
    fn jobs_are_told_in_their_own_order_by_their_files_or_their_steps() {
        let owned = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
        let names = owned(&["0_lint.txt", "10_last.txt", "1_unit-test (3.12).txt", "lint/1_Set up job.txt"]);
        assert_eq!(jobs_of(&names), ["lint", "unit-test (3.12)", "last"]);
        let names = owned(&["b/1_Set up job.txt", "a/1_Set up job.txt", "a/2_Run x.txt", "readme.md"]);
        assert_eq!(jobs_of(&names), ["a", "b"]);
        assert!(jobs_of(&owned(&["junit.xml"])).is_empty());
    }

    #[test]
    fn steps_are_joined_in_their_own_order() {
        let names = [
            "unit-test/10_Complete job.txt",
            "unit-test/1_Set up job.txt",
            "unit-test/4_Run pytest -q.txt",
            "unit-test/system.txt",
            "other/2_Run x.txt",
        ];
        assert_eq!(
            of("unit-test", &names),
            ["unit-test/1_Set up job.txt", "unit-test/4_Run pytest -q.txt", "unit-test/10_Complete job.txt"]
        );
    }

    #[test]
    fn whatever_github_replaces_a_character_by_the_job_is_found() {
        for entry in ["2_caller  build (a b).txt", "2_caller _ build (a_b).txt", "2_caller-build-a-b.txt"] {
            assert_eq!(of("caller / build (a/b)", &[entry, "1_build.txt"]), [entry]);
        }
        assert_eq!(of("a/b: c", &["1_ab c.txt"]), ["1_ab c.txt"]);
        assert_eq!(of("größe \u{1f980}|<x>", &["1_größe \u{1f980}__x_.txt"]), ["1_größe \u{1f980}__x_.txt"]);
    }

    #[test]
    fn a_long_name_is_cut_as_github_cuts_it() {
        let long = "a".repeat(120);
        let entry = format!("7_{}.txt", "a".repeat(90));
        assert_eq!(of(&long, &[&entry]), [entry.as_str()]);
    }

    #[test]
    fn legs_whose_letters_are_the_same_are_told_apart_by_their_words() {
        let names = ["1_t (1, 12).txt", "2_t (11, 2).txt"];
        assert_eq!(of("t (11, 2)", &names), ["2_t (11, 2).txt"]);
        assert_eq!(of("t (11-2)", &names), ["2_t (11, 2).txt"]);
    }

    #[test]
    fn where_two_jobs_could_be_meant_none_is() {
        assert_eq!(of("a/b", &["1_ab.txt", "2_ab.txt"]), Vec::<String>::new());
        assert_eq!(of("???", &["1_!!!.txt"]), Vec::<String>::new());
        assert_eq!(of("unit-test", &["1_lint.txt", "readme.txt", "x_unit-test.txt"]), Vec::<String>::new());
        assert_eq!(of("", &["1_.txt"]), Vec::<String>::new());
    }
}
