"""What is said of openings and full rights, once for all checks that find them. Pure, no AWS call."""

from __future__ import annotations

from checks.check import Verdict, failed, passed, undecided
from checks.policy_denials import Opening
from checks.policy_full_rights import FullRights, full_rights, is_read
from evidence.facts.aws import UserPolicy
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


def of_full_rights(policies: list[UserPolicy], boundary: UserPolicy | None, who: str) -> Verdict | None:
    """The verdict on an identity whose policies allow everything or may, `who` being how to call it; None else."""
    rights = full_rights(policies)
    if not rights.through or boundary is None or full_rights([boundary]).held:
        return _of_rights(rights, f"{who} may do")
    end = boundary["name"].rpartition("/")[2]
    would = f"{who} would be allowed everything through {', '.join(rights.through)}"
    if full_rights([boundary]).through or not is_read(boundary):
        return undecided(f"{would}, and whether its boundary {end} leaves that was not settled")
    return passed(f"{would}, but its boundary {end} does not allow everything")


def _of_rights(rights: FullRights, may: str) -> Verdict | None:
    through = ", ".join(rights.through)
    if rights.held:
        return failed(f"{may} everything through {through}")
    if rights.unread:
        others = ", ".join(rights.unread)
        return undecided(
            f"{may} everything but hand out rights through {through}; "
            f"whether that too through {others}, of AWS's own, was not read"
        )
    if rights.conditions:
        asked = ", ".join(rights.conditions)
        return undecided(f"{may} everything through {through}, on conditions that may narrow it: {asked}")
    return None
