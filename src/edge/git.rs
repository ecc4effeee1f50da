//! The git binary, run so that nothing in the repository can run with it (T6).
