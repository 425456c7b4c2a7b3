"""What checks of endpoint protection may claim, once for all platforms."""

from __future__ import annotations

from checks.check import supporting

MALWARE_NOTICED = supporting(
    "164.308(a)(5)(ii)(B)",
    proves="endpoint protection runs on this host, by its own word in full and with fresh signatures where it needs them",
    does_not_prove="that it recognises what arrives, or that anybody acts on its reports",
)
MALWARE_SOUGHT_ON_SUSPICION = supporting(
    "164.308(a)(5)(ii)(B)",
    proves="the disks of an instance that behaves as if infected are scanned for malicious software",
    does_not_prove="that what behaves well is clean, or that anybody acts on what is found",
)
