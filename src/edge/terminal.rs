//! What a person at a terminal sees: live lines, colour, the question.
