"""What checks of a host's packages and services may claim."""

from __future__ import annotations

from checks.check import supporting

HOST_RUNS_WHAT_IS_INSTALLED = supporting(
    "164.308(a)(1)(ii)(B)",
    proves="the services of this host run the code that is installed, not what an update has replaced",
    does_not_prove="that the installed code has no known weakness",
)
HOST_WITHOUT_OLD_SERVERS = supporting(
    "164.308(a)(1)(ii)(B)",
    proves="none of the named servers, which cannot be made safe, is installed as a package",
    does_not_prove="that nothing like them was installed by hand",
)
