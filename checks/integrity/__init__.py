"""Integrity: whether what was altered or destroyed is noticed and can be brought back."""
