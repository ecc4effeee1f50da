//! The event payload and the inputs become a `Trigger`.
