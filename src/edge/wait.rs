//! Runs what is asynchronous to its end, or to an interrupt: one thread, one thing at a time.

use std::future::Future;

use anyhow::Context as _;

use super::interrupt::{self, Interrupted};

/// Waits for `future`; what it has begun in the background ends with it. An interrupt ends it where it waits, so that
/// of several requests each is made whole or not at all.
pub fn wait<T>(future: impl Future<Output = anyhow::Result<T>>) -> anyhow::Result<T> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().context("start the event loop")?;
    let _held = interrupt::hold();
    runtime.block_on(async {
        tokio::select! {
            done = future => done,
            () = interrupt::noticed() => Err(Interrupted.into()),
        }
    })
}
