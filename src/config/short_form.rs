//! The short YAML form teams already write in `.github/ai-heal-policy.yml`, read over the built-in policy.

use serde::Deserialize;
use serde::de::{Deserializer, MapAccess, SeqAccess, Visitor};
use serde_saphyr::Spanned;

use super::names::{Globs, Over};
use super::policy::{JobRules, Policy};
use super::written::{Entry, Notes, Problem, Table, Value, Written, one_or_many};

/// What teams call the map from a module to the job that tests it.
const MODULE_MAPS: [&str; 4] = ["modules", "module_jobs", "module_job_map", "job_map"];

/// Reads the short form; what it does not name stays as it is built in.
pub fn read(text: &str) -> Result<Policy, Problem> {
    let notes = Notes::default();
    let mut file = Table::whole_file(entries(text)?, &notes);
    let mut policy = Policy::defaults();
    policy.patch.lines_max = file.whole("max_patch_lines", 0, policy.patch.lines_max);
    policy.approval.require_human = file.truth("require_human_approval", policy.approval.require_human);
    if file.has("allowed_jobs") {
        policy.scope.allowed_jobs = file.globs("allowed_jobs", Over::Names, &[], &[]);
    }
    let line = file.line_of("blocked_paths");
    let blocked: Vec<String> = file.texts("blocked_paths", &[]).iter().flat_map(|path| and_below(path)).collect();
    match policy.patch.blocked_paths.and(&blocked) {
        Ok(globs) => policy.patch.blocked_paths = globs,
        Err(bad) => file.problem(line, "blocked_paths", format!("holds a bad pattern: {bad}")),
    }
    for name in MODULE_MAPS {
        policy.jobs.extend(job_rules(&mut file.table(name)));
    }
    let unknown = file.end();
    notes.unknown(unknown);
    notes.first().map_or(Ok(policy), Err)
}

/// Each job with the modules it tests, in the order in which the jobs are first named.
fn job_rules(map: &mut Table<'_>) -> Vec<JobRules> {
    let mut modules_of: Vec<(String, u32, Vec<String>)> = Vec::new();
    for entry in map.rest() {
        let Some(jobs) = one_or_many(&entry.value.value) else {
            map.problem(entry.value.line, &entry.key, "must name a job, or a list of jobs");
            continue;
        };
        for job in jobs {
            let modules = and_below(&entry.key);
            match modules_of.iter_mut().find(|(known, ..)| *known == job) {
                Some((.., known)) => known.extend(modules),
                None => modules_of.push((job, entry.value.line, modules)),
            }
        }
    }
    let mut rules = Vec::new();
    for (job, line, modules) in modules_of {
        match (Globs::parse(Over::Names, std::slice::from_ref(&job)), Globs::parse(Over::Paths, &modules)) {
            (Ok(jobs), Ok(paths)) => {
                rules.push(JobRules { jobs, paths, reproduce: String::new(), regression: String::new() });
            }
            (Err(bad), _) | (_, Err(bad)) => map.problem(line, &job, format!("holds a bad pattern: {bad}")),
        }
    }
    rules
}

/// This form is written by people who think of folders: a plain name stands for the file, or for all of the folder.
fn and_below(path: &str) -> Vec<String> {
    let (takes_out, plain) = match path.strip_prefix('!') {
        Some(plain) => ("!", plain),
        None => ("", path),
    };
    let plain = plain.strip_prefix("./").unwrap_or(plain).trim_end_matches('/');
    if plain.is_empty() || plain.contains(['*', '?', '[']) {
        return vec![path.to_owned()];
    }
    vec![format!("{takes_out}{plain}"), format!("{takes_out}{plain}/**")]
}

fn entries(text: &str) -> Result<Vec<Entry>, Problem> {
    let root: Option<Spanned<Value>> = serde_saphyr::from_str(text).map_err(|error| Problem {
        line: error.location().map_or(1, |location| line(location.line())),
        text: format!("is not YAML that we can read: {}", plain(&error)),
    })?;
    match root.map(|root| root.value) {
        None | Some(Value::Other(_)) => Ok(Vec::new()),
        Some(Value::Table(entries)) => Ok(entries),
        Some(_) => Err(Problem { line: 1, text: "is no map of keys to values".to_owned() }),
    }
}

/// The error's first line, without the picture of the source that follows it.
fn plain(error: &serde_saphyr::Error) -> String {
    let text = error.without_snippet().to_string();
    text.lines().next().unwrap_or("").trim().to_owned()
}

fn line(line: impl TryInto<u32>) -> u32 {
    line.try_into().unwrap_or(u32::MAX).max(1)
}

impl<'de> Deserialize<'de> for Value {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ValueVisitor)
    }
}

struct ValueVisitor;

impl<'de> Visitor<'de> for ValueVisitor {
    type Value = Value;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a text, a number, true or false, a list or a map")
    }

    fn visit_bool<E>(self, truth: bool) -> Result<Value, E> {
        Ok(Value::Truth(truth))
    }

    fn visit_i64<E>(self, whole: i64) -> Result<Value, E> {
        Ok(Value::Whole(whole))
    }

    fn visit_u64<E>(self, whole: u64) -> Result<Value, E> {
        Ok(i64::try_from(whole).map_or(Value::Other("a number too big"), Value::Whole))
    }

    fn visit_f64<E>(self, number: f64) -> Result<Value, E> {
        Ok(Value::Number(number))
    }

    fn visit_str<E>(self, text: &str) -> Result<Value, E> {
        Ok(Value::Text(text.to_owned()))
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Other("nothing"))
    }

    fn visit_none<E>(self) -> Result<Value, E> {
        Ok(Value::Other("nothing"))
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        Value::deserialize(deserializer)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = items.next_element::<Spanned<Value>>()? {
            list.push(Written { line: line(item.referenced.line()), value: item.value });
        }
        Ok(Value::List(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Value, A::Error> {
        let mut entries = Vec::new();
        while let Some((key, value)) = map.next_entry::<Spanned<String>, Spanned<Value>>()? {
            let value_line = line(value.referenced.line());
            entries.push(Entry {
                key: key.value,
                line: line(key.referenced.line()),
                value: Written { line: value_line, value: value.value },
            });
        }
        Ok(Value::Table(entries))
    }
}
