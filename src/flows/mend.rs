//! Steps 7c to 12: the ladder. A candidate becomes a proven patch or a reason why not.
