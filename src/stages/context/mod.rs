//! Failures become the redacted excerpts a model may see.
