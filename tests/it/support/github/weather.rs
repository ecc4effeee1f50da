//! Bad weather: what happens to a request on its way, once or several times.

use axum::response::Response;
use serde_json::Value;
use sha2::{Digest as _, Sha256};

use super::{FakeGithub, State};

type Happening = Box<dyn FnOnce(&mut State) + Send>;

/// What waits for requests of its kind.
#[derive(Default)]
pub struct Weather {
    before: Vec<(&'static str, String, Happening)>,
    lost: Vec<(&'static str, String)>,
    hung: Vec<(&'static str, String)>,
    /// Single logs are gone from the storage, and only archives are left.
    pub logs_gone: bool,
    /// Where the API begins, `/api/v3` on GitHub Enterprise Server.
    pub prefix: &'static str,
}

/// What becomes of an answer.
pub enum Fate {
    Sent,
    /// What was asked for is done, and nobody hears of it.
    Lost,
    /// Nothing is done, and nothing is ever said.
    Hung,
}

impl FakeGithub {
    /// Just before the next request of this kind is answered, something else happens on GitHub.
    pub fn before(
        &self,
        method: &'static str,
        path_contains: &str,
        happening: impl FnOnce(&mut State) + Send + 'static,
    ) {
        self.state().weather.before.push((method, path_contains.to_owned(), Box::new(happening)));
    }

    /// The next write of this kind is done, and its answer is lost.
    pub fn lose(&self, method: &'static str, path_contains: &str) {
        self.state().weather.lost.push((method, path_contains.to_owned()));
    }

    /// The next request of this kind is never answered.
    pub fn hang(&self, method: &'static str, path_contains: &str) {
        self.state().weather.hung.push((method, path_contains.to_owned()));
    }

    /// Whether every request that was to hang does.
    pub fn all_hang(&self) -> bool {
        self.state().weather.hung.is_empty()
    }

    /// GitHub Enterprise Server, whose API is below a path.
    pub fn below(&self, prefix: &'static str) -> String {
        self.state().weather.prefix = prefix;
        format!("{}{prefix}", self.url())
    }
}

/// What happens to one request before anybody has looked at it.
pub fn meets(state: &mut State, method: &str, path: &str) -> Fate {
    if let Some(at) = find(&state.weather.before, |(m, p, _)| *m == method && path.contains(p.as_str())) {
        let (_, _, happening) = state.weather.before.remove(at);
        happening(state);
    }
    if let Some(at) = find(&state.weather.hung, |(m, p)| *m == method && path.contains(p.as_str())) {
        state.weather.hung.remove(at);
        return Fate::Hung;
    }
    if let Some(at) = find(&state.weather.lost, |(m, p)| *m == method && path.contains(p.as_str())) {
        state.weather.lost.remove(at);
        return Fate::Lost;
    }
    Fate::Sent
}

fn find<T>(all: &[T], hits: impl FnMut(&T) -> bool) -> Option<usize> {
    all.iter().position(hits)
}

/// As GitHub marks an answer, so that it can be asked for again for nothing.
pub fn etag(answer: &[u8]) -> String {
    let digest: String = Sha256::digest(answer).iter().map(|byte| format!("{byte:02x}")).collect();
    format!("W/\"{digest}\"")
}

/// The rate limit's headers of an error, where its message names one: `rate limit; retry-after: 1`.
pub fn headers_of(message: &str, mut response: Response) -> Response {
    for told in message.split("; ").skip(1) {
        let Some((name, value)) = told.split_once(": ") else { continue };
        if let (Ok(name), Ok(value)) =
            (axum::http::HeaderName::try_from(name), axum::http::HeaderValue::try_from(value))
        {
            response.headers_mut().insert(name, value);
        }
    }
    response
}

/// A run's logs as GitHub packs them: a file for each job, and a folder with its steps.
pub fn archive(jobs: &[super::Job]) -> Vec<u8> {
    use std::io::Write as _;
    let mut writer = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (number, job) in jobs.iter().enumerate() {
        let name = job.name.replace(['/', ':'], "");
        for entry in [format!("{number}_{name}.txt"), format!("{name}/1_Set up job.txt")] {
            writer.start_file(entry, zip::write::SimpleFileOptions::default()).expect("an entry");
            writer.write_all(&job.log).expect("memory");
        }
    }
    writer.finish().expect("an archive").into_inner()
}

/// Branches whose names begin so.
pub fn matching_refs(state: &State, prefix: &str) -> Value {
    let listed = state.objects.ok(&["for-each-ref", "--format=%(refname) %(objectname)", "refs/heads"]);
    let refs = listed.lines().filter_map(|line| line.split_once(' '));
    refs.filter(|(name, _)| name.starts_with(&format!("refs/{prefix}")))
        .map(|(name, sha)| super::shapes::reference(name, sha))
        .collect()
}
