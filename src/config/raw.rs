//! `.github/self-heal.toml` as written, and the way to the policy as meant; an error names file, key and the nearest valid one.
