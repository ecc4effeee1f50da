//! One page each, where stages and edges meet. `heal` is the program.

pub mod reports;
pub mod reports_of_run;
pub mod matchers;
pub mod read;
pub mod bench;
pub mod place;
pub mod book;
pub mod connect;
pub mod policy;
pub mod hand_on;
pub mod tell;
pub mod prove;
pub mod memory;
pub mod ledger;
pub mod remembered;
pub mod ask;
pub mod mend;
pub mod incident;
pub mod merge;
pub mod repeat;
pub mod fetch;
pub mod frame;
pub mod given;
pub mod heal;
pub mod run;
pub mod classify;
pub mod eval;
pub mod propose;
pub mod validate;
pub mod publish;
pub mod why;

#[cfg(test)]
mod git_agrees;
#[cfg(test)]
mod dressed;
