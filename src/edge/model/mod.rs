//! Models by HTTP or by a command: text in, text out.
