//! Step 8, its last rung: a model is asked within its budget, and every call is accounted for.
