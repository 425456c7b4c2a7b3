"""Exposure: whether anything is open to everyone."""
