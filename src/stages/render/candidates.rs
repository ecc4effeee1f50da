//! `candidates.json`, `self-heal/candidates/v1`.
