"""What checks of backups may claim, once for all platforms."""

from __future__ import annotations

from checks.check import context, direct, supporting

COPIES_MADE = direct(
    "164.308(a)(7)(ii)(A)",
    proves="copies of what is stored here are made without anyone having to remember",
    does_not_prove="that a copy can be brought back, or that it is kept as long as it is needed",
)
COPY_MADE_LATELY = direct(
    "164.308(a)(7)(ii)(A)",
    proves="a copy of this was completed within the measured days",
    does_not_prove="that it can be brought back, or that everything which holds ePHI is copied",
)
COPIES_KEPT = supporting(
    "164.308(a)(7)(ii)(A)",
    proves="copies kept here cannot be deleted before their time, by mistake or by an attacker",
    does_not_prove="that copies are made, or that they are whole",
)
STANDBY_WAITS = context(
    "164.308(a)(7)(ii)(B)",
    proves="whether a second copy of the running system waits where the failure of the first does not reach it",
    does_not_prove="that data deleted or altered by mistake could be restored: the second copy follows the first",
)
RESTORE_DONE = supporting(
    "164.308(a)(7)(ii)(B)",
    proves="a copy was really brought back on the day named",
    does_not_prove="that what came back was complete, or that other copies can be brought back",
)
RESTORE_TRIED = supporting(
    "164.308(a)(7)(ii)(D)",
    proves="bringing back a copy was tried on the day named",
    does_not_prove="that the contingency plan as a whole was tried, or mended where it failed",
)
PLAN_COPIES = supporting(
    "164.308(a)(7)(ii)(A)",
    proves="a schedule for making copies names something to copy",
    does_not_prove="that it names everything which holds ePHI, or that the copies are made",
)
PLAN_SELECTS_IT = supporting(
    "164.308(a)(7)(ii)(A)",
    proves="a plan says that copies of this are to be made, and when",
    does_not_prove="that they are made, or where no plan does, that they are not made in another way",
)
RESTORE_TIMED = supporting(
    "164.308(a)(7)(ii)(B)",
    proves="a copy was brought back within the measured time",
    does_not_prove="that everything lost with a site would be, or how long the systems around it take",
)
COPY_WAS_FRESH = context(
    "164.308(a)(7)(ii)(B)",
    proves="how old the copy was that was brought back",
    does_not_prove="that the newest copy could have been, or how much the organisation can afford to lose",
)
RESTORE_ENDED_WELL = supporting(
    "164.308(a)(7)(ii)(D)",
    proves="the last try to bring back a copy succeeded",
    does_not_prove="that the restored data was looked at, unless a validation is named",
)
COPIED_TO_ANOTHER_BUCKET = supporting(
    "164.308(a)(7)(ii)(A)",
    proves="a rule has every new object copied to another bucket without anyone having to remember",
    does_not_prove="that the copies arrive, that objects older than the rule are copied, or that a copy can be brought back",
)
COPIED_ELSEWHERE = context(
    "164.310(d)(2)(iv)",
    proves="whether a rule has copies of new objects kept in another bucket",
    does_not_prove="that a whole copy exists before equipment is moved: the provider moves the equipment",
)
