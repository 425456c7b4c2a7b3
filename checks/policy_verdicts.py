"""What is said of openings and full rights, once for all checks that find them. Pure, no AWS call."""

from __future__ import annotations

from checks.check import Verdict, failed, passed, undecided
from checks.policy_denials import Opening
from checks.policy_full_rights import FullRights
from evidence.model import Status

_GRAVEST_FIRST = (Status.FAIL, Status.UNKNOWN, Status.PASS, Status.NOT_APPLICABLE)


def of_opening(left: Opening, opened: str) -> Verdict | None:
    """The verdict on what lets in anyone at all, `opened` being the sentence that says so; None where nothing does."""
    if left.open:
        return failed(opened)
    if left.doubt:
        told = ", ".join(left.doubt)
        return undecided(f"{opened}, and whether its denials keep strangers out was not settled: {told}")
    if left.closed:
        return passed(f"{opened}, but denies {' and '.join(left.closed)}")
    return None


def gravest(*told: Verdict | None) -> Verdict | None:
    """The first of the verdicts that no other outweighs; None where there is none."""
    return min((one for one in told if one), key=lambda one: _GRAVEST_FIRST.index(one.status), default=None)


def of_full_rights(rights: FullRights, who: str) -> Verdict | None:
    """The verdict on an identity that is allowed everything or may be, `who` being how to call it; None else."""
    through = ", ".join(rights.through)
    if rights.held:
        return failed(f"{who} may do everything through {through}")
    if rights.unread:
        others = ", ".join(rights.unread)
        return undecided(
            f"{who} may do everything but hand out rights through {through}; "
            f"whether it may do that through {others}, of AWS's own, was not read"
        )
    if rights.conditions:
        asked = ", ".join(rights.conditions)
        return undecided(
            f"{who} may do everything through {through}, on conditions that may narrow it: {asked}"
        )
    return None
