//! A patch becomes guard hits: signs that it turns the check green without mending the code.
