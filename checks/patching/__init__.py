"""Patching: whether known weaknesses are closed."""
