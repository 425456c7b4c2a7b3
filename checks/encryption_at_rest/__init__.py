"""Encryption at rest: whether what is stored is unreadable without a key."""
