"""Pure functions from a section's bytes to a fact; hostile bytes give less, never more."""
