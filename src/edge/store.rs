//! Files of ours: logs read in chunks, bundles, audit lines.
