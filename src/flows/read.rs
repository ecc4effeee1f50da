//! Steps 2 to 5: a log of any size becomes a reading and a classification.
