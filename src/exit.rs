//! Outcomes and errors as exit codes.
