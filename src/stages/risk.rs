//! A proven patch becomes a tier with reasons.
