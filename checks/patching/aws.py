"""Patching on AWS, as Systems Manager sees it."""

from __future__ import annotations

from datetime import date, timedelta

from checks.check import Verdict, check, failed, not_applicable, passed, undecided
from checks.patching.links import ALTERATION_HARDER, WEAKNESSES_CLOSED
from evidence.facts.aws import InstanceState, ManagedInstance, PatchScan


@check("aws-ec2-instance-managed", on="aws.ec2.instance", severity="medium", links=[WEAKNESSES_CLOSED])
def instance_is_managed(state: InstanceState, managed: ManagedInstance | None) -> Verdict:
    """Does Systems Manager reach the instance, so that patches can be seen and installed?"""
    if state["name"] != "running":
        return not_applicable(f"the instance is {state['name']}")
    if managed is None:
        return failed("Systems Manager does not know the instance")
    if managed["ping"] != "Online":
        return failed(f"Systems Manager knows the instance but does not reach it ({managed['ping']})")
    return passed("Systems Manager reaches the instance")


@check(
    "aws-ec2-instance-patches",
    on="aws.ec2.instance",
    severity="high",
    links=[WEAKNESSES_CLOSED, ALTERATION_HARDER],
)
def instance_is_patched(
    state: InstanceState, patch_scan: PatchScan | None, as_of: date, *, max_scan_days: int = 7
) -> Verdict:
    """Are all patches that the instance's baseline asks for installed?"""
    if state["name"] != "running":
        return not_applicable(f"the instance is {state['name']}")
    if patch_scan is None or not patch_scan["ended"]:
        return undecided("Systems Manager holds no patch scan of this instance")
    scanned = date.fromisoformat(patch_scan["ended"][:10])
    if scanned < as_of - timedelta(days=max_scan_days):
        return undecided(f"the last patch scan is of {scanned}, too old to say")
    return _counted(patch_scan)


def _counted(scan: PatchScan) -> Verdict:
    lacking = scan["missing"] + scan["failed"]
    if lacking or scan["critical"] or scan["security"]:
        return failed(
            f"{lacking} patches are missing or failed; not compliant: {scan['critical']} critical, "
            f"{scan['security']} security"
        )
    if scan["pending_reboot"]:
        return failed(f"{scan['pending_reboot']} installed patches take effect only after a restart")
    return passed("every patch the baseline asks for is installed")
