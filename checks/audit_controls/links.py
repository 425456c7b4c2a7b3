"""What checks of audit controls may claim, once for all platforms."""

from __future__ import annotations

from checks.check import direct, supporting

ACTIVITY_RECORDED = direct(
    "164.312(b)",
    proves="activity here is being recorded",
    does_not_prove="that anyone examines the record",
)
RECORD_GUARDED = supporting(
    "164.312(b)",
    proves="the record of activity is kept where those it speaks of cannot quietly change it",
    does_not_prove="that the record is complete, or that anyone examines it",
)
