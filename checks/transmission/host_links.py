"""What checks of transmission on hosts may claim."""

from __future__ import annotations

from checks.check import supporting

NO_PLAIN_PROTOCOLS = supporting(
    "164.312(e)(1)",
    proves="no service listens on the usual ports of protocols that always send log-ins in clear text",
    does_not_prove="that other services protect what they send",
)
SERVICE_OFFERS_TLS = supporting(
    "164.312(e)(1)",
    proves="a client that comes to this port over the network can be served over TLS without known weaknesses",
    does_not_prove="that other ports of the host ask for it, or that a client could not be served here without",
)
OLD_TLS_REFUSED = supporting(
    "164.312(e)(1)",
    proves="seen from where this ran, nobody can be served here in versions of TLS with known weaknesses",
    does_not_prove="that clients from elsewhere meet the same service, or that its ciphers are the best there are",
)
SERVICE_PROVES_ITSELF = supporting(
    "164.312(e)(1)",
    proves="a client that looks can tell this service from another's until the day named",
    does_not_prove="that clients look, or that they come by one of the names on the certificate",
)
