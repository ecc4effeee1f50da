//! Runs what is asynchronous to its end: one thread, one thing at a time.

use std::future::Future;

use anyhow::Context as _;

/// Waits for `future`; what it has begun in the background ends with it.
pub fn wait<T>(future: impl Future<Output = anyhow::Result<T>>) -> anyhow::Result<T> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().context("start the event loop")?;
    runtime.block_on(future)
}
