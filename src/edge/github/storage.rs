//! GitHub's storage: logs and archives lie under signed addresses, which are fetched without the token.

use std::io;

use super::Github;
use super::error::{Call, Fault, Result, innermost};
use super::transport::Asked;

/// The signed address lives for one minute; a fresh one is asked for this often.
const TRIES_MAX: u32 = 3;

/// Takes what was fetched chunk by chunk. What it cannot keep is a fault of our own disk, unless it says that what it
/// was given is too large.
pub(super) trait Sink {
    /// From the beginning: what was taken before was only a part.
    fn begin(&mut self) -> io::Result<()>;
    fn take(&mut self, chunk: &[u8]) -> io::Result<()>;
    /// All of it was taken.
    fn end(&mut self) -> io::Result<()>;
    /// Names the place, for an error.
    fn place(&self) -> String;
}

impl Github {
    /// Streams what `route` redirects to. What breaks off is fetched again from a fresh address, from its beginning.
    pub(super) async fn fetch(&self, call: &Call, route: &str, sink: &mut dyn Sink) -> Result<()> {
        let mut tries = 0;
        loop {
            tries += 1;
            let address = self.patiently(|| self.signed_address(call, route), |_| true).await?;
            match self.stream(call, &address, sink).await {
                Err(error) if tries < TRIES_MAX && broken_off(&error.fault) => {}
                Err(error) => {
                    // Half of it must not lie there as if it were whole; where that fails, the disk is what is broken.
                    sink.begin().ok();
                    return Err(error);
                }
                Ok(()) => return Ok(()),
            }
        }
    }

    /// GitHub answers with 302 and a signed address in its storage.
    async fn signed_address(&self, call: &Call, route: &str) -> Result<reqwest::Url> {
        let answer = self.transport.ask(call, &Asked::read(route)).await?;
        if !answer.is_redirect() {
            return Err(call.failed(Fault::Unreadable("no redirect to what it keeps".to_owned())));
        }
        let address = answer.header("location").and_then(|text| reqwest::Url::parse(text).ok());
        address
            .filter(|url| url.scheme() == "https" || (self.plain && url.scheme() == "http"))
            .ok_or_else(|| call.failed(Fault::Unreadable("a redirect to no https address".to_owned())))
    }

    async fn stream(&self, call: &Call, address: &reqwest::Url, sink: &mut dyn Sink) -> Result<()> {
        let unreachable = |error: reqwest::Error| {
            // The address is signed: whoever reads it in our output could fetch what lies there.
            call.failed(Fault::Unreachable(innermost(&error.without_url())))
        };
        let local = |error: io::Error, sink: &dyn Sink| match error.kind() {
            // What the sink will not keep is theirs; what it cannot keep is ours.
            io::ErrorKind::FileTooLarge => call.failed(Fault::Unreadable(error.to_string())),
            _ => call.failed(Fault::Local(format!("write {}: {error}; is the disk full?", sink.place()))),
        };
        let mut response = self.storage.get(address.clone()).send().await.map_err(unreachable)?;
        if !response.status().is_success() {
            return Err(call.failed(call.fault(response.status().as_u16(), "from GitHub's storage", false)));
        }
        sink.begin().map_err(|error| local(error, sink))?;
        while let Some(chunk) = response.chunk().await.map_err(unreachable)? {
            sink.take(&chunk).map_err(|error| local(error, sink))?;
        }
        sink.end().map_err(|error| local(error, sink))
    }
}

/// Whether a second try with a fresh address may do better.
fn broken_off(fault: &Fault) -> bool {
    matches!(fault, Fault::Unreachable(_) | Fault::Server(_) | Fault::Forbidden { .. })
}
