//! Remedies and steps 10 to 12: candidates or a patch in, a receipt out.
