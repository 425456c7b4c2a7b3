"""Copies: whether they are made, kept safe from change, and known to come back."""
