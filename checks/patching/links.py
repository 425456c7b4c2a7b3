"""What checks of patching may claim, once for all platforms."""

from __future__ import annotations

from checks.check import context, supporting

WEAKNESSES_CLOSED = supporting(
    "164.308(a)(1)(ii)(B)",
    proves="weaknesses that a published update closes are closed here",
    does_not_prove="that weaknesses without an update, or in software installed by hand, are dealt with",
)
ALTERATION_HARDER = context(
    "164.312(c)(1)",
    proves="whether known weaknesses could let someone alter what is stored here",
    does_not_prove="that nothing was altered",
)
HOST_UPDATES_INSTALLED = supporting(
    "164.308(a)(1)(ii)(B)",
    proves="known weaknesses with a published update from the host's package archives are closed on it",
    does_not_prove="that software from elsewhere is up to date, or that running programs were restarted since",
)
HOST_UPDATES_KEPT_COMING = supporting(
    "164.308(a)(1)(ii)(B)",
    proves="the host learns of published updates, or installs them, without anyone having to remember",
    does_not_prove="that every update is installed in time",
)
KNOWN_HOLES_CLOSED_TO_MALWARE = supporting(
    "164.308(a)(5)(ii)(B)",
    proves="malicious software finds fewer known weaknesses on this host",
    does_not_prove="that malicious software is detected or reported",
)
DATABASE_UPDATES_KEEP_COMING = supporting(
    "164.308(a)(1)(ii)(B)",
    proves="minor versions, which close known weaknesses of the database engine, are installed as they come out",
    does_not_prove="that the version in use today has no known weakness, or that major versions are still maintained",
)
WEAKNESSES_SOUGHT = context(
    "164.308(a)(1)(ii)(B)",
    proves="whether known weaknesses of a new container image are looked for",
    does_not_prove="that none are found, or that what is found is closed",
)
RUNTIME_MAINTAINED = supporting(
    "164.308(a)(1)(ii)(B)",
    proves="the language runtime below the function still gets corrections from AWS",
    does_not_prove="that the function's own code and libraries are up to date",
)
STARTED_LATELY = context(
    "164.308(a)(1)(ii)(B)",
    proves="whether the machine was started recently enough to run what updates of its system brought",
    does_not_prove="that updates were installed before it started, or that none took effect without a start",
)
MADE_LATELY = context(
    "164.308(a)(1)(ii)(B)",
    proves="whether the machine was made from an image recent enough to bring most updates with it",
    does_not_prove="that updates were not installed on it since",
)
STOCK_TAKEN = context(
    "164.308(a)(1)(ii)(A)",
    proves="whether a list of the machines to be considered is kept by a service and not from memory",
    does_not_prove="that every machine is on the list, that it names owners or follows movements, or that a risk "
    "analysis uses it",
)
RESOURCES_SCANNED = context(
    "164.308(a)(1)(ii)(B)",
    proves="whether known weaknesses of what runs here are looked for by themselves",
    does_not_prove="that none are found, or that what is found is closed",
)
CRITICAL_WEAKNESSES_CLOSED = supporting(
    "164.308(a)(1)(ii)(B)",
    proves="no critical weakness that the scanner sees here stayed open longer than the measured time",
    does_not_prove="that the scanner sees every weakness, or that lesser ones are dealt with",
)
DESKTOP_UPDATES_KEEP_COMING = context(
    "164.308(a)(1)(ii)(B)",
    proves="whether virtual desktops that are stopped are started at times so that updates reach them",
    does_not_prove="that updates are installed then, or that the desktops are without known weaknesses",
)
