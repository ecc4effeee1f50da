//! Steps become a chain of records.
