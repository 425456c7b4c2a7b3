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
