"""Audit controls: whether activity is recorded and the record arrives."""
