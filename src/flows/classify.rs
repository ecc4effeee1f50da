//! Steps 3 to 5 alone: a log in, `failure.json` out.
