//! Variables of this process, the clean re-execution with the keys over a pipe, and what the runner tells.
