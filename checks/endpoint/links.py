"""What checks of endpoint protection may claim, once for all platforms."""

from __future__ import annotations

from checks.check import supporting

MALWARE_NOTICED = supporting(
    "164.308(a)(5)(ii)(B)",
    proves="endpoint protection runs on this host, by its own word in full and with fresh signatures where it needs them",
    does_not_prove="that it recognises what arrives, or that anybody acts on its reports",
)
