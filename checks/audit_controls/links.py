"""What checks of audit controls may claim, once for all platforms."""

from __future__ import annotations

from checks.check import context, direct, supporting

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
HOST_ACTIVITY_RECORDED = direct(
    "164.312(b)",
    proves="the host's kernel records the events it is told to and the audit daemon stores them",
    does_not_prove="that the rules cover access to ePHI, that applications record anything, or that anyone examines it",
)
HOST_RULES_LOADED = supporting(
    "164.312(b)",
    proves="the host's kernel is told of events to record",
    does_not_prove="that these are the events that matter",
)
HOST_LOGS_LEAVE = supporting(
    "164.312(b)",
    proves="the host sends its messages to another system, out of reach of who takes over the host",
    does_not_prove="that they arrive, are kept or are examined",
)
HOST_LOGS_LAST = supporting(
    "164.312(b)",
    proves="the host's messages outlive a restart",
    does_not_prove="how long they are kept, or that anyone examines them",
)
HOST_ACTIVITY_REVIEWABLE = context(
    "164.308(a)(1)(ii)(D)",
    proves="there is something on or from this host that a review could look at",
    does_not_prove="that anyone reviews it",
)
DATABASE_LOGS_LEAVE = supporting(
    "164.312(b)",
    proves="the database's own log is kept outside it, where those who log in to it cannot change it",
    does_not_prove="that the database is told to write down who read what, or that anyone examines it",
)
