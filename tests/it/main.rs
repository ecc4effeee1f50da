//! The tests that run the program as a whole, and the one that holds the law of the house.
#![expect(clippy::disallowed_methods, reason = "a test is outside the program: it looks at files and starts programs")]

mod architecture;
