//! Failures become what their own tools would do about them.
