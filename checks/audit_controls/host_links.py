"""What checks of a host's clock may claim."""

from __future__ import annotations

from checks.check import supporting

HOST_CLOCK_RIGHT = supporting(
    "164.312(b)",
    proves="the host's clock follows a source and agrees with the collector's, so its records can be put in order",
    does_not_prove="that anything is recorded, or that the collector's clock is right",
)
