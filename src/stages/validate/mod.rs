//! The plan of a proof, the census of its runs, and the weighing of its legs.
