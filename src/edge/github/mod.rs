//! GitHub by its REST API: our own tolerant wire structs, every write there is.
