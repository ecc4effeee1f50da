//! The run, the policy and the memory become go or stop.
