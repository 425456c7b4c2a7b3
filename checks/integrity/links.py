"""What checks of integrity may claim, once for all platforms."""

from __future__ import annotations

from checks.check import supporting

RECOVERABLE = supporting(
    "164.312(c)(1)",
    proves="what is overwritten or deleted here can be brought back",
    does_not_prove="that what was stored was right, or that nobody altered it before",
)
