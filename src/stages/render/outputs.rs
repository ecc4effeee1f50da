//! The action's outputs: short single-line values.
