//! A patch becomes a verdict: one file per rule, on the applied tree.
