//! Every decision of a run as text.
