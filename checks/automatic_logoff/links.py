"""What checks of automatic logoff may claim, once for all platforms."""

from __future__ import annotations

from checks.check import direct, supporting

IDLE_SESSION_ENDS = direct(
    "164.312(a)(2)(iii)",
    proves="a session on this path is ended after the measured time without activity",
    does_not_prove="that sessions on other paths, or inside applications, end too",
)
SESSION_IS_BOUNDED = supporting(
    "164.312(a)(2)(iii)",
    proves="a session ends at the latest after the measured time, used or not",
    does_not_prove="that it ends when it is left idle before that",
)
