"""What checks of removable media may claim, once for all platforms."""

from __future__ import annotations

from checks.check import context, supporting

USB_DISKS_REFUSED = supporting(
    "164.310(d)(1)",
    proves="the system would not load what it needs to use a USB disk",
    does_not_prove="that data cannot leave by other ways, or where disks that exist are kept",
)
DISKS_LEFT_LYING = context(
    "164.310(d)(1)",
    proves="whether a virtual disk that no machine uses is kept with all that was ever written to it",
    does_not_prove="that it holds ePHI, that nobody means to keep it, or anything about media that can be touched",
)
OBJECTS_DELETED = context(
    "164.310(d)(2)(i)",
    proves="whether a rule has every stored object deleted in time",
    does_not_prove="how the media that held the objects are disposed of, which the provider does, or that the time is right",
)
