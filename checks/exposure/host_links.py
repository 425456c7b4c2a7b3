"""What checks of a host's exposure may claim."""

from __future__ import annotations

from checks.check import supporting

HOST_REFUSES_STRANGERS = supporting(
    "164.312(e)(1)",
    proves="the host's own kernel refuses packets that no rule of its firewall speaks of",
    does_not_prove="that the rules let in only what they should, or what firewalls elsewhere do",
)
