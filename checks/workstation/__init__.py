"""Judging how the places are guarded from which people work."""
