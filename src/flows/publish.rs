//! Step 15: every write to GitHub, from a bundle that is checked again.
