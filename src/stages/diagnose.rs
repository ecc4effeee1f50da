//! Prompts for a model, and its answers checked against their schema.
