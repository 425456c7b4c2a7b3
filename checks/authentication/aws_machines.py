"""How programs on AWS machines prove who they are."""

from __future__ import annotations

from checks.authentication.links import PROGRAMS_HAVE_A_ROLE
from checks.check import Verdict, check, failed, passed
from evidence.facts.aws_machines import InstanceLaunch


@check("aws-ec2-instance-role", on="aws.ec2.instance", severity="low", links=[PROGRAMS_HAVE_A_ROLE])
def instance_has_a_role(launch: InstanceLaunch) -> Verdict:
    """Does the instance have a role, so that its programs can prove to AWS who they are without a stored key?"""
    if launch["role"]:
        return passed("the instance has a role, which renews its credentials by itself")
    return failed("the instance has no role, so programs on it that call AWS need keys of their own")
