"""What checks of transmission on hosts may claim."""

from __future__ import annotations

from checks.check import supporting

NO_PLAIN_PROTOCOLS = supporting(
    "164.312(e)(1)",
    proves="no service listens on the usual ports of protocols that always send log-ins in clear text",
    does_not_prove="that other services protect what they send",
)
