"""What checks of removable media may claim, once for all platforms."""

from __future__ import annotations

from checks.check import supporting

USB_DISKS_REFUSED = supporting(
    "164.310(d)(1)",
    proves="the system would not load what it needs to use a USB disk",
    does_not_prove="that data cannot leave by other ways, or where disks that exist are kept",
)
