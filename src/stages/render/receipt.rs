//! `receipt.json`, `self-heal/receipt/v1`, and the same as an in-toto Statement.
