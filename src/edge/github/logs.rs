//! Job logs: the redirect is followed without the token, and a log of any size is bounded on disk and in memory.

use std::fs::File;
use std::io::{self, BufWriter, Write as _};
use std::path::Path;

use super::Github;
use super::archived::{entries_of, jobs_of};
use super::error::{ApiError, Call, Fault, Result};
use super::storage::Sink;
use super::zip::{BadZip, Zip};
use crate::domain::id::Repository;
use crate::domain::log::Download;
use crate::domain::run::{FailedRun, Job};

/// GitHub documents no limit; a runner's disk has 14 GB. What is over this is left out of the middle.
pub const LOG_BYTES_MAX: u64 = 2 << 30;

/// What failed stands near the end: this much of an oversized log's end is always kept, in memory until it is known.
pub const LOG_TAIL_BYTES: usize = 8 << 20;

/// An attempt's archive is packed to about a twentieth; what is over this does not fit on a runner unpacked either.
const ARCHIVE_BYTES_MAX: u64 = LOG_BYTES_MAX / 2;

/// As much as is really inflated of one job's entries, whatever the archive says: twice what is kept of a log.
const INFLATED_BYTES_MAX: u64 = 2 * LOG_BYTES_MAX;

/// Where a log is cut: its first bytes, then a line that says so, then its last bytes.
#[derive(Clone, Copy, Debug)]
pub struct LogLimit {
    pub bytes_max: u64,
    pub tail_bytes: usize,
}

impl Default for LogLimit {
    fn default() -> Self {
        Self { bytes_max: LOG_BYTES_MAX, tail_bytes: LOG_TAIL_BYTES }
    }
}

impl Github {
    /// Writes a job's log to `path`: its own, or where that is gone, what the archive of the attempt holds of it.
    pub async fn log_of(&self, run: &FailedRun, job: &Job, path: &Path, limit: LogLimit) -> Result<Download> {
        let missing = match self.job_log(&run.repository, job.id, path, limit).await {
            Err(error) if may_be_archived(&error) => error,
            ended => return ended,
        };
        // What is wrong with the archive is not what whoever asked wants to know.
        self.archived_log(run, job, path, limit).await.map_err(|_| missing)
    }

    async fn archived_log(&self, run: &FailedRun, job: &Job, path: &Path, limit: LogLimit) -> Result<Download> {
        let call = Call::new("actions: read", format!("read the logs of run {}", run.run_id));
        let route = format!("/repos/{}/actions/runs/{}/attempts/{}/logs", run.repository, run.run_id, run.attempt);
        let archive = path.with_extension("zip");
        let mut file = ArchiveFile { path: &archive, file: None, left: ARCHIVE_BYTES_MAX };
        self.fetch(&call, &route, &mut file).await?;
        let unpacked = unpack(&archive, &job.name, LogFile::new(path, limit));
        // A runner's disk is small, and nobody reads it again.
        std::fs::remove_file(&archive).ok();
        unpacked.map_err(|bad| call.failed(Fault::Unreadable(bad.to_string())))
    }

    /// Writes the log that a job has of its own to `path`.
    pub async fn job_log(
        &self,
        repository: &Repository,
        job_id: u64,
        path: &Path,
        limit: LogLimit,
    ) -> Result<Download> {
        let call = Call::new("actions: read", format!("read the log of job {job_id} of {repository}"));
        let mut file = LogFile::new(path, limit);
        self.fetch(&call, &format!("/repos/{repository}/actions/jobs/{job_id}/logs"), &mut file).await?;
        Ok(file.written)
    }
}

fn may_be_archived(error: &ApiError) -> bool {
    !matches!(error.fault, Fault::BadToken | Fault::RateLimited { .. } | Fault::Local(_))
}

/// What every zip file begins with that is not empty (APPNOTE.TXT 4.3.7).
const ZIP: &[u8] = b"PK\x03\x04";

/// The names of the jobs in an archive of a run's logs, as GitHub hands it out; `None` where the file is no zip file.
pub fn jobs_in(archive: &Path) -> std::result::Result<Option<Vec<String>>, BadZip> {
    let mut first = [0; ZIP.len()];
    let read = File::open(archive).and_then(|mut file| io::Read::read_exact(&mut file, &mut first));
    if read.is_err() || first != ZIP {
        return Ok(None);
    }
    let zip = Zip::open(archive)?;
    Ok(Some(jobs_of(zip.names()).into_iter().map(str::to_owned).collect()))
}

/// Writes what an archive of a run's logs holds of one job to `path`.
pub fn unpack_job(archive: &Path, job: &str, path: &Path) -> std::result::Result<Download, BadZip> {
    unpack(archive, job, LogFile::new(path, LogLimit::default()))
}

/// One job's entries of an archive, joined in their order.
fn unpack(archive: &Path, job: &str, mut log: LogFile<'_>) -> std::result::Result<Download, BadZip> {
    let mut zip = Zip::open(archive)?;
    let entries: Vec<String> = entries_of(job, zip.names()).into_iter().map(str::to_owned).collect();
    if entries.is_empty() {
        return Err(BadZip::new("no entry of it is this job's"));
    }
    let local = |error: io::Error| BadZip::new(&error.to_string());
    log.begin().map_err(local)?;
    let mut left = INFLATED_BYTES_MAX;
    for entry in entries {
        zip.chunks(&entry, &mut |chunk| {
            left = left
                .checked_sub(chunk.len() as u64)
                .ok_or_else(|| io::Error::other(format!("it inflates to more than {INFLATED_BYTES_MAX} bytes")))?;
            log.take(chunk)
        })?;
    }
    log.end().map_err(local)?;
    Ok(log.written)
}

/// An archive on its way to a file.
struct ArchiveFile<'a> {
    path: &'a Path,
    file: Option<File>,
    left: u64,
}

impl Sink for ArchiveFile<'_> {
    fn begin(&mut self) -> io::Result<()> {
        self.left = ARCHIVE_BYTES_MAX;
        self.file = Some(File::create(self.path)?);
        Ok(())
    }

    fn take(&mut self, chunk: &[u8]) -> io::Result<()> {
        let left = self.left.checked_sub(chunk.len() as u64);
        self.left = left.ok_or_else(|| io::Error::other("the archive is larger than a log may be"))?;
        self.file.as_mut().map_or(Ok(()), |file| file.write_all(chunk))
    }

    fn end(&mut self) -> io::Result<()> {
        self.file = None;
        Ok(())
    }

    fn place(&self) -> String {
        self.path.display().to_string()
    }
}

/// A log on its way to a file. Until it is whole the file is empty or a part, and whoever asked has an error in hand.
pub(super) struct LogFile<'a> {
    path: &'a Path,
    limit: LogLimit,
    kept: Option<Kept<BufWriter<File>>>,
    pub written: Download,
}

impl<'a> LogFile<'a> {
    pub fn new(path: &'a Path, limit: LogLimit) -> Self {
        Self { path, limit, kept: None, written: Download::default() }
    }
}

impl Sink for LogFile<'_> {
    fn begin(&mut self) -> io::Result<()> {
        // Dropped first: what it still holds is written then, and must not land in the new file.
        self.kept = None;
        self.kept = Some(Kept::new(BufWriter::new(File::create(self.path)?), self.limit));
        Ok(())
    }

    fn take(&mut self, chunk: &[u8]) -> io::Result<()> {
        self.kept.as_mut().map_or(Ok(()), |kept| kept.take(chunk))
    }

    fn end(&mut self) -> io::Result<()> {
        if let Some(kept) = self.kept.take() {
            self.written = kept.finish()?;
        }
        Ok(())
    }

    fn place(&self) -> String {
        self.path.display().to_string()
    }
}

/// A stream of any length as a bounded file: head, a line that says what is missing, tail.
struct Kept<W: std::io::Write> {
    out: W,
    head_left: u64,
    tail_bytes: usize,
    /// At most twice `tail_bytes`, so that it is moved seldom.
    tail: Vec<u8>,
    seen: u64,
    written: u64,
}

impl<W: std::io::Write> Kept<W> {
    fn new(out: W, limit: LogLimit) -> Self {
        let head_left = limit.bytes_max.saturating_sub(limit.tail_bytes as u64);
        Self { out, head_left, tail_bytes: limit.tail_bytes, tail: Vec::new(), seen: 0, written: 0 }
    }

    fn take(&mut self, chunk: &[u8]) -> io::Result<()> {
        self.seen += chunk.len() as u64;
        let for_head = usize::try_from(self.head_left).unwrap_or(usize::MAX).min(chunk.len());
        let (head, rest) = chunk.split_at(for_head);
        self.out.write_all(head)?;
        self.head_left -= head.len() as u64;
        self.written += head.len() as u64;
        self.tail.extend_from_slice(rest);
        if self.tail.len() > 2 * self.tail_bytes {
            self.tail.drain(..self.tail.len() - self.tail_bytes);
        }
        Ok(())
    }

    fn finish(mut self) -> io::Result<Download> {
        let surplus = self.tail.len().saturating_sub(self.tail_bytes);
        self.tail.drain(..surplus);
        let omitted = self.seen - self.written - self.tail.len() as u64;
        if omitted > 0 {
            writeln!(self.out, "\n[self-heal left out {omitted} bytes of this log here]")?;
        }
        self.out.write_all(&self.tail)?;
        self.out.flush()?;
        Ok(Download { bytes: self.seen, omitted_bytes: omitted })
    }
}

#[cfg(test)]
mod tests {
    use axum::Router;
    use axum::http::{HeaderMap, StatusCode};
    use axum::routing::get;

    use super::super::error::Fault;
    use super::super::served;
    use super::{Kept, LogLimit};
    use crate::domain::id::{CommitId, Repository};
    use crate::domain::run::{FailedRun, Job};

    const ROUTE: &str = "/repos/o/r/actions/jobs/7/logs";

    /// A client, and a server that redirects a job's log to `storage` on another server.
    async fn github(storage: Router) -> super::Github {
        let (_, elsewhere) = served(storage).await;
        let redirect = move || async move { (StatusCode::FOUND, [("location", format!("{elsewhere}/log?sig=1"))]) };
        served(Router::new().route(ROUTE, get(redirect))).await.0
    }

    #[tokio::test]
    async fn a_log_is_fetched_without_the_token() {
        let log = |headers: HeaderMap| async move {
            match headers.get("authorization") {
                Some(_) => (StatusCode::BAD_REQUEST, "no tokens here"),
                None => (StatusCode::OK, "line 1\nline 2\n"),
            }
        };
        let github = github(Router::new().route("/log", get(log))).await;
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("job.log");
        let repository = Repository::parse("o/r").expect("a name");
        let stored = github.job_log(&repository, 7, &path, LogLimit::default()).await.expect("a log");
        assert_eq!(std::fs::read_to_string(&path).expect("a file"), "line 1\nline 2\n");
        assert_eq!((stored.bytes, stored.omitted_bytes), (14, 0));
    }

    #[tokio::test]
    async fn an_address_that_has_run_out_is_asked_for_again() {
        let tries = std::sync::Arc::new(std::sync::atomic::AtomicU32::new(0));
        let log = move || async move {
            match tries.fetch_add(1, std::sync::atomic::Ordering::SeqCst) {
                0 => (StatusCode::FORBIDDEN, "the signature has expired"),
                _ => (StatusCode::OK, "fresh\n"),
            }
        };
        let github = github(Router::new().route("/log", get(log))).await;
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("job.log");
        let repository = Repository::parse("o/r").expect("a name");
        github.job_log(&repository, 7, &path, LogLimit::default()).await.expect("the second address");
    }

    fn run() -> FailedRun {
        let repository = Repository::parse("o/r").expect("a name");
        FailedRun { attempt: 2, ..FailedRun::of(repository, 5, CommitId::of_nothing()) }
    }

    fn job(name: &str) -> Job {
        Job { id: 7, name: name.to_owned(), conclusion: "failure".to_owned(), steps: Vec::new(), labels: Vec::new() }
    }

    fn packed(files: &[(&str, &str)]) -> Vec<u8> {
        use std::io::Write as _;
        let mut writer = ::zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
        for (name, text) in files {
            writer.start_file(*name, ::zip::write::SimpleFileOptions::default()).expect("an entry");
            writer.write_all(text.as_bytes()).expect("memory");
        }
        writer.finish().expect("an archive").into_inner()
    }

    /// What `log_of` comes to where the job's own log is answered with `status`, and the attempt's archive is this one.
    async fn from_archive(status: StatusCode, archive: Vec<u8>) -> super::Result<(String, u64)> {
        let (_, storage) = served(Router::new().route("/zip", get(move || async move { archive }))).await;
        let redirect = move || async move { (StatusCode::FOUND, [("location", format!("{storage}/zip?sig=1"))]) };
        let gone = move || async move { (status, "{\"message\":\"gone\"}") };
        let routes =
            Router::new().route(ROUTE, get(gone)).route("/repos/o/r/actions/runs/5/attempts/2/logs", get(redirect));
        let (github, _) = served(routes).await;
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("job.log");
        let stored = github.log_of(&run(), &job("unit-test (3.12)"), &path, LogLimit::default()).await?;
        let files = std::fs::read_dir(folder.path()).expect("a folder").count();
        assert_eq!(files, 1, "the archive is gone again");
        Ok((std::fs::read_to_string(&path).expect("a log"), stored.bytes))
    }

    #[tokio::test]
    async fn a_log_that_is_gone_is_read_from_the_attempts_archive() {
        let whole = packed(&[("0_lint.txt", "no"), ("1_unit-test (3.12).txt", "line 1\nline 2\n")]);
        for status in [StatusCode::NOT_FOUND, StatusCode::GONE, StatusCode::BAD_GATEWAY] {
            let read = from_archive(status, whole.clone()).await.expect("a log");
            assert_eq!(read, ("line 1\nline 2\n".to_owned(), 14));
        }
        let steps =
            packed(&[("unit-test (3.12)/2_Run pytest.txt", "2\n"), ("unit-test (3.12)/1_Set up job.txt", "1\n")]);
        assert_eq!(from_archive(StatusCode::GONE, steps).await.expect("a log").0, "1\n2\n");
    }

    #[tokio::test]
    async fn where_the_archive_is_no_help_what_the_log_said_counts() {
        let honest = packed(&[("1_unit-test (3.12).txt", "line 1\n")]);
        let halved = honest[..honest.len() / 2].to_vec();
        for archive in
            [Vec::new(), halved, packed(&[("0_lint.txt", "no")]), packed(&[("../1_unit-test (3.12).txt", "x")])]
        {
            let failed = from_archive(StatusCode::GONE, archive).await.expect_err("no log");
            assert_eq!(failed.fault, Fault::Gone);
        }
    }

    #[tokio::test]
    async fn an_archive_that_lies_about_a_size_is_cut_where_a_log_is() {
        let mut lying = packed(&[("1_unit-test (3.12).txt", &"x".repeat(100_000))]);
        let at = lying.windows(4).position(|four| four == b"PK\x01\x02").expect("a list");
        lying[at + 24..at + 28].copy_from_slice(&1_u32.to_le_bytes());
        let folder = tempfile::tempdir().expect("a folder");
        let (archive, path) = (folder.path().join("a.zip"), folder.path().join("job.log"));
        std::fs::write(&archive, lying).expect("an archive");
        let limit = LogLimit { bytes_max: 1_000, tail_bytes: 100 };
        let unpacked = super::unpack(&archive, "unit-test (3.12)", super::LogFile::new(&path, limit));
        let length = std::fs::metadata(&path).expect("a file").len();
        assert!(unpacked.is_err() || length < 2_000, "{unpacked:?} and {length} bytes");
    }

    /// A storage that says how long a log is and breaks off before that, `broken` times.
    async fn breaking_off(broken: u32) -> String {
        use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("listen on loopback");
        let url = format!("http://{}/log?sig=1", listener.local_addr().expect("an address"));
        tokio::spawn(async move {
            for number in 0.. {
                let (mut stream, _) = listener.accept().await.expect("a client");
                let mut question = [0; 4096];
                let _length = stream.read(&mut question).await.expect("a question");
                let end = if number < broken { "" } else { "and its end\n" };
                let answer = format!("HTTP/1.1 200 OK\r\ncontent-length: 26\r\n\r\nhalf of a log\n{end}");
                stream.write_all(answer.as_bytes()).await.expect("an answer");
                stream.shutdown().await.expect("an end");
            }
        });
        url
    }

    async fn log_from(address: String) -> (tempfile::TempDir, std::path::PathBuf, super::Result<super::Download>) {
        let redirect = move || async move { (StatusCode::FOUND, [("location", address)]) };
        let (github, _) = served(Router::new().route(ROUTE, get(redirect))).await;
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("job.log");
        let repository = Repository::parse("o/r").expect("a name");
        let stored = github.job_log(&repository, 7, &path, LogLimit::default()).await;
        (folder, path, stored)
    }

    #[tokio::test]
    async fn a_log_that_breaks_off_is_fetched_again_from_its_beginning() {
        let (_folder, path, stored) = log_from(breaking_off(2).await).await;
        assert_eq!(stored.expect("the third try").bytes, 26);
        assert_eq!(std::fs::read_to_string(path).expect("a file"), "half of a log\nand its end\n");
    }

    #[tokio::test]
    async fn a_log_that_always_breaks_off_leaves_no_half_behind() {
        let (_folder, path, stored) = log_from(breaking_off(9).await).await;
        let failed = stored.expect_err("never whole");
        assert!(matches!(failed.fault, Fault::Unreachable(_)), "{failed}");
        assert!(!failed.to_string().contains("sig="), "{failed}");
        assert_eq!(std::fs::read_to_string(path).expect("a file"), "");
    }

    #[tokio::test]
    async fn a_disk_that_is_full_is_said_with_its_path() {
        let github = github(Router::new().route("/log", get(|| async { vec![b'x'; 1 << 20] }))).await;
        let repository = Repository::parse("o/r").expect("a name");
        let full = std::path::Path::new("/dev/full");
        let failed = github.job_log(&repository, 7, full, LogLimit::default()).await.expect_err("no room");
        assert!(matches!(failed.fault, Fault::Local(_)));
        assert!(failed.to_string().contains("/dev/full") && failed.to_string().contains("disk full"), "{failed}");
    }

    #[tokio::test]
    async fn a_log_comes_from_http_or_not_at_all() {
        let redirect = || async { (StatusCode::FOUND, [("location", "file:///etc/passwd")]) };
        let (github, _) = served(Router::new().route(ROUTE, get(redirect))).await;
        let repository = Repository::parse("o/r").expect("a name");
        let path = std::path::Path::new("/dev/null");
        let failed = github.job_log(&repository, 7, path, LogLimit::default()).await.expect_err("no log");
        assert!(matches!(failed.fault, Fault::Unreadable(_)), "{failed}");
    }

    fn kept(bytes_max: u64, tail_bytes: usize, chunks: &[&str]) -> (String, u64) {
        let mut out = Vec::new();
        let mut kept = Kept::new(&mut out, LogLimit { bytes_max, tail_bytes });
        for chunk in chunks {
            kept.take(chunk.as_bytes()).expect("memory");
        }
        let omitted = kept.finish().expect("memory").omitted_bytes;
        (String::from_utf8(out).expect("text"), omitted)
    }

    #[test]
    fn a_log_at_the_limit_is_kept_whole() {
        assert_eq!(kept(10, 4, &["0123", "456789"]), ("0123456789".to_owned(), 0));
    }

    #[test]
    fn a_log_over_the_limit_keeps_head_and_tail_and_says_what_is_missing() {
        let (text, omitted) = kept(10, 4, &["0123456", "789abcdefghijklmnop", "q"]);
        assert_eq!(text, "012345\n[self-heal left out 17 bytes of this log here]\nnopq");
        assert_eq!(omitted, 17);
    }

    #[test]
    fn chunks_may_be_of_any_size() {
        let one: Vec<String> = ('a'..='z').map(|c| c.to_string()).collect();
        let one: Vec<&str> = one.iter().map(String::as_str).collect();
        assert_eq!(kept(6, 3, &one), kept(6, 3, &["abcdefghijklmnopqrstuvwxyz"]));
    }
}
