"""What checks of integrity may claim, once for all platforms."""

from __future__ import annotations

from checks.check import context, supporting

EARLIER_STATE_KEPT = supporting(
    "164.312(c)(2)",
    proves="what was overwritten here can be compared with what was stored before",
    does_not_prove="that anybody compares them, or that the change was not authorised",
)
RECOVERABLE = supporting(
    "164.312(c)(1)",
    proves="what is overwritten or deleted here can be brought back",
    does_not_prove="that what was stored was right, or that nobody altered it before",
)
NOT_DELETED_BY_MISTAKE = supporting(
    "164.312(c)(1)",
    proves="this cannot be deleted as a whole before its protection is taken off",
    does_not_prove="that what it holds is not altered or deleted piece by piece",
)
IMAGE_STAYS = context(
    "164.312(c)(1)",
    proves="whether the name of a program image can quietly be given to another one",
    does_not_prove="anything about the data that the program works on",
)
