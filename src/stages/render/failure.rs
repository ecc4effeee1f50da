//! `failure.json`, `self-heal/failure/v1`.
