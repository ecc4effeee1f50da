//! `risk.json`, `self-heal/risk/v1`.
