//! Failures and rule sightings become a class with evidence and confidence.
