//! What earlier runs left behind becomes numbers that the gate and the budget decide by (design §7).
//!
//! Anybody can upload an artifact of any name, so what counts is whose run made it (T14).

pub mod attempts;
pub mod starters;
pub mod spent;
pub mod spent_here;
