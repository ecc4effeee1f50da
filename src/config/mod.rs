//! What people configure: the policy as written (raw), the policy as meant (typed), and the inputs of one call.

pub mod names;
pub mod policy;
pub mod written;
mod log_rules;
pub mod tables;
pub mod short_form;
pub mod raw;
pub mod inputs;
