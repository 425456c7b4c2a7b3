"""Automatic logoff at load balancers that ask people to sign in."""

from __future__ import annotations

from checks.automatic_logoff.links import SESSION_IS_BOUNDED
from checks.check import Verdict, check, failed, not_applicable, passed
from evidence.facts.aws_endpoints import ListenerAction


@check(
    "aws-elbv2-load-balancer-session",
    on="aws.elbv2.load_balancer",
    severity="medium",
    links=[SESSION_IS_BOUNDED],
)
def balancer_session_is_short(actions: list[ListenerAction], *, max_minutes: int = 240) -> Verdict:
    """Does a sign-in at the load balancer end by itself soon enough?"""
    sessions = [row["session_seconds"] for row in actions if row["session_seconds"] is not None]
    if not sessions:
        return not_applicable("no rule of the load balancer asks people to sign in")
    minutes = max(sessions) // 60
    if max(sessions) > int(max_minutes) * 60:
        return failed(f"a sign-in may last {minutes} minutes, more than {max_minutes}")
    return passed(f"a sign-in lasts at most {minutes} minutes")
