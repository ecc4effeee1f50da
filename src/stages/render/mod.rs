//! Everything becomes what people and machines read: one file per form.
