"""Login names that stand for a role or a place and not for one person."""

from __future__ import annotations

GENERIC_NAMES = (
    "admin",
    "administrator",
    "root",
    "user",
    "test",
    "guest",
    "shared",
    "nurse",
    "doctor",
    "office",
    "support",
)
"""Unless an organisation names its own; compared without regard to case."""
