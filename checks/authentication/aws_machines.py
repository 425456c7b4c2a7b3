"""How programs on AWS machines prove who they are."""

from __future__ import annotations

from checks.authentication.links import PROGRAMS_HAVE_A_ROLE
from checks.check import Verdict, check, passed, undecided
from evidence.facts.aws_machines import InstanceLaunch


@check("aws-ec2-instance-role", on="aws.ec2.instance", severity="low", links=[PROGRAMS_HAVE_A_ROLE])
def instance_has_a_role(launch: InstanceLaunch) -> Verdict:
    """Can programs on the instance prove to AWS who they are without a stored key?"""
    if launch["role"]:
        return passed("the instance has a role, which renews its credentials by itself")
    return undecided("the instance has no role; whether its programs use stored keys was not looked at")
