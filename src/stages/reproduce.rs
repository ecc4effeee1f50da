//! The workflow file and the log become the command that failed (P13).
