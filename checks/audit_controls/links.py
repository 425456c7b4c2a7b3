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
TRAFFIC_RECORDED = supporting(
    "164.312(b)",
    proves="who talked to whom over this network is written down, by address and port",
    does_not_prove="what was said, which person was behind an address, or that anyone examines it",
)
RECORD_KEPT = supporting(
    "164.312(b)",
    proves="what is written to this log is still there when somebody examines it within the measured time",
    does_not_prove="that anything worth examining is written to it",
)
CHANGES_RECORDED = supporting(
    "164.312(b)",
    proves="each change to the configuration of the region's resources is written down",
    does_not_prove="that access to ePHI is recorded, or that anyone examines the changes",
)
RECORD_EXAMINED = supporting(
    "164.312(b)",
    proves="a service examines the record of activity in the region for signs of intrusion",
    does_not_prove="that anyone acts on what it finds",
)
FINDINGS_GATHERED = context(
    "164.308(a)(1)(ii)(D)",
    proves="findings of the region's security services are gathered in one place for review",
    does_not_prove="that anyone reviews them",
)
SENSITIVE_DATA_SOUGHT = context(
    "164.308(a)(1)(ii)(A)",
    proves="a service that can find personal data in the region's buckets is on",
    does_not_prove="that it was told to look into every bucket, or that what it finds enters a risk analysis",
)
CONNECTIONS_RECORDED = supporting(
    "164.312(b)",
    proves="who connected to the network from outside, and when, is written down",
    does_not_prove="what they did there, or that anyone examines it",
)
REQUESTS_RECORDED = supporting(
    "164.312(b)",
    proves="who sent which request here, and when, is written down",
    does_not_prove="what the system behind did with the request, or that anyone examines the record",
)
SHELL_RECORDED = supporting(
    "164.312(b)",
    proves="what is typed and shown in shell sessions through Session Manager is written down",
    does_not_prove="that port forwarding or SSH through it is, that other ways in are, or that anyone examines it",
)
CLUSTER_RECORDED = supporting(
    "164.312(b)",
    proves="who asked the cluster's own API for what is written down outside the cluster",
    does_not_prove="what the programs in the cluster did with ePHI, or that anyone examines the record",
)
EVENT_CALLS_ATTENTION = supporting(
    "164.312(b)",
    proves="when the named event is recorded, an alarm is set to tell somebody who agreed to be told",
    does_not_prove="that the message arrives, that whoever is told acts on it, or that other events are examined",
)
LOGINS_WATCHED = supporting(
    "164.308(a)(5)(ii)(C)",
    proves="an alarm is set to tell somebody who agreed to it of the named discrepancy at login to the console",
    does_not_prove="that the message arrives, that logins elsewhere are monitored, or that whoever is told reports it",
)
OUTPUT_LEAVES = supporting(
    "164.312(b)",
    proves="what the containers write out is kept outside the machine they run on",
    does_not_prove="that their programs write down who read what, or that anyone examines it",
)
COMMANDS_RECORDED = supporting(
    "164.312(b)",
    proves="what people run inside the containers through ECS Exec is written down",
    does_not_prove="that other ways in are, or that anyone examines the record",
)
DATA_ACCESS_RECORDED = supporting(
    "164.312(b)",
    proves="each access to what is stored or run here, by whom and when, is written down in the trail's record",
    does_not_prove="that anyone examines it, or that access by other ways than the provider's API is written down",
)
RECORD_ACCESS_RECORDED = supporting(
    "164.312(b)",
    proves="who reads or changes the record of activity is itself written down",
    does_not_prove="that anyone examines it",
)
EVERY_ACCOUNT_RECORDED = supporting(
    "164.312(b)",
    proves="one record, kept outside them, takes the activity of every account of the organisation, new ones included",
    does_not_prove="that anyone examines the record",
)
RECORD_UNSTOPPABLE = supporting(
    "164.312(b)",
    proves="whoever holds rights in a member account cannot switch off or redirect the record of what is done there",
    does_not_prove="that the managing account, which such policies never bind, leaves the record alone",
)
DIRECTORY_EVENTS_LEAVE = supporting(
    "164.312(b)",
    proves="who logged in to the domain, and what was changed in it, is kept where it can be read",
    does_not_prove="that anyone examines it, or what people did on machines after they logged in",
)
THREATS_SETTLED = supporting(
    "164.308(a)(6)(ii)",
    proves="every serious sign of intrusion that was reported here was put away by somebody",
    does_not_prove="that it was examined before, that its effects were mitigated, or that it was documented",
)
