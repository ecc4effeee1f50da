//! The action as GitHub runs it: its boot script by bash, and whole workflows by `act`.

mod stand_ins;
mod boot;
mod step;
