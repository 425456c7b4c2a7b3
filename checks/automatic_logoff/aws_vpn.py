"""Automatic logoff of VPN connections on AWS."""

from __future__ import annotations

from checks.automatic_logoff.links import REMOTE_ACCESS_BOUNDED
from checks.check import Verdict, check, failed, passed, undecided
from evidence.facts.aws_paths import ClientVpnSettings


@check(
    "aws-ec2-client-vpn-session", on="aws.ec2.client_vpn", severity="medium", links=[REMOTE_ACCESS_BOUNDED]
)
def vpn_session_is_bounded(settings: ClientVpnSettings, *, max_hours: int = 12) -> Verdict:
    """Does a session on the Client VPN endpoint end by itself soon enough?"""
    hours = settings["hours"]
    if hours > max_hours:
        return failed(f"a session may last {hours} hours, more than {max_hours}")
    if settings["ends"] is None:
        return undecided(f"a session may last {hours} hours, but AWS did not say whether it then ends")
    if not settings["ends"]:
        return failed(f"a session that reached its {hours} hours is renewed instead of ended")
    return passed(f"a session is ended after {hours} hours at the latest")
