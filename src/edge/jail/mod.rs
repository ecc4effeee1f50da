//! The scratch copy and the commands that run in it.
