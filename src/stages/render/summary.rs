//! The job summary, in Markdown, readable on a phone.
