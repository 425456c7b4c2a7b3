"""What checks of hosts that somebody can touch may claim."""

from __future__ import annotations

from checks.check import supporting

NO_LOGIN_WITHOUT_ASKING = supporting(
    "164.310(c)",
    proves="whoever switches this machine on is asked who they are, as far as its display manager and consoles are set",
    does_not_prove="that the machine itself is guarded against theft or onlookers",
)
START_GUARDED = supporting(
    "164.310(c)",
    proves="whoever stands before this machine cannot start another system, or this one in another way, unnoticed",
    does_not_prove="that its disks cannot be taken out, or that nobody unauthorised stands before it",
)
ASKS_WHO = supporting(
    "164.312(d)",
    proves="no session of this machine starts by itself, without a proof of identity",
    does_not_prove="that the proof is a good one",
)
