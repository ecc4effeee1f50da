//! Steps 7c to 9 by the model alone: runs nothing.
