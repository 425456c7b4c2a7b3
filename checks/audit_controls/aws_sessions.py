"""Audit controls of people's sessions on AWS."""

from __future__ import annotations

from checks.audit_controls.links import SHELL_RECORDED
from checks.check import Verdict, check, failed, not_applicable, passed
from evidence.facts.aws_sessions import ManagedNodes, SessionPreferences


@check("aws-ssm-session-log", on="aws.ssm.session_manager", severity="medium", links=[SHELL_RECORDED])
def shells_are_recorded(nodes: ManagedNodes, preferences: SessionPreferences | None) -> Verdict:
    """Does Session Manager record what happens in shell sessions?"""
    if not nodes["some"]:
        return not_applicable("Systems Manager manages no machine in the region")
    places = [preferences["bucket"], preferences["log_group"]] if preferences else []
    if not any(places):
        return failed("sessions are recorded neither in a bucket nor in a log group")
    return passed(f"sessions are recorded in {' and '.join(place for place in places if place)}")
