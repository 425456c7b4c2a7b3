"""What checks of workstations may claim, once for all platforms."""

from __future__ import annotations

from checks.check import context

ONLY_KNOWN_DEVICES = context(
    "164.310(c)",
    proves="whether desktops open only on devices that hold a certificate of the organisation's",
    does_not_prove="that those devices are physically guarded, or who sits in front of them",
)
