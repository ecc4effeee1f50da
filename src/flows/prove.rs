//! Steps 10 to 12: a candidate becomes a proven patch with its risk, or the exact reason why not.
