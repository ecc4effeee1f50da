//! What the action runs: steps 1 to 14. Writes nothing to GitHub.
