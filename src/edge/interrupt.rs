//! An interrupt (Ctrl-C, the runner's INT and TERM) waits while a command of ours runs, a copy lies about or a bundle is
//! open, so that the command is ended, the copy removed and the bundle closed first (P17).

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, LazyLock};
use std::time::Duration;

use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
use signal_hook::flag;

/// How often an interrupt is looked for: a person does not notice this long.
const GLANCE: Duration = Duration::from_millis(50);

/// Somebody asked us to end while we waited for something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Interrupted;

impl std::fmt::Display for Interrupted {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("interrupted while it waited for an answer: run it again")
    }
}

impl std::error::Error for Interrupted {}

struct Interrupts {
    seen: Arc<AtomicBool>,
    /// While set, a signal ends the program at once, as it would without us.
    ends_at_once: Arc<AtomicBool>,
    holders: AtomicUsize,
}

static INTERRUPTS: LazyLock<Interrupts> = LazyLock::new(|| {
    let interrupts = Interrupts {
        seen: Arc::new(AtomicBool::new(false)),
        ends_at_once: Arc::new(AtomicBool::new(false)),
        holders: AtomicUsize::new(0),
    };
    for signal in [SIGINT, SIGTERM, SIGHUP] {
        // Where a signal cannot be watched it ends us at once: nothing is worse than before.
        flag::register_conditional_default(signal, Arc::clone(&interrupts.ends_at_once)).ok();
        flag::register(signal, Arc::clone(&interrupts.seen)).ok();
    }
    interrupts
});

/// While one of these lives, an interrupt is only noted.
#[derive(Debug)]
pub struct Held(());

pub fn hold() -> Held {
    INTERRUPTS.holders.fetch_add(1, Ordering::SeqCst);
    INTERRUPTS.ends_at_once.store(false, Ordering::SeqCst);
    Held(())
}

/// Whether somebody has asked us to end.
pub fn seen() -> bool {
    INTERRUPTS.seen.load(Ordering::SeqCst)
}

/// Ends once somebody has asked us to end.
pub async fn noticed() {
    while !seen() {
        tokio::time::sleep(GLANCE).await;
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        if INTERRUPTS.holders.fetch_sub(1, Ordering::SeqCst) == 1 {
            INTERRUPTS.ends_at_once.store(true, Ordering::SeqCst);
        }
    }
}
