//! The root failures become one name that stays the same over reruns, line shifts and runners.
