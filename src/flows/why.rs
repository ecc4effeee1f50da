//! Every decision of a run, told from its bundle alone.
