"""The age of machines on AWS and of the images they were made from."""

from __future__ import annotations

from datetime import date, timedelta

from checks.check import Verdict, check, failed, not_applicable, passed, undecided
from checks.patching.links import MADE_LATELY, STARTED_LATELY
from evidence.facts.aws import InstanceState
from evidence.facts.aws_machines import InstanceImage, InstanceLaunch


@check("aws-ec2-instance-age", on="aws.ec2.instance", severity="low", links=[STARTED_LATELY])
def instance_was_started_lately(
    state: InstanceState, launch: InstanceLaunch, as_of: date, *, max_days: int = 180
) -> Verdict:
    """Was the instance started recently enough to run an updated system?"""
    if state["name"] != "running":
        return not_applicable(f"the instance is {state['name']}")
    return _recent("the instance was last started", launch["started"], as_of, int(max_days))


@check("aws-ec2-instance-image-age", on="aws.ec2.instance", severity="low", links=[MADE_LATELY])
def image_was_made_lately(image: InstanceImage | None, as_of: date, *, max_days: int = 365) -> Verdict:
    """Is the image that the instance was made from a recent one?"""
    if image is None:
        return undecided(
            "the image that the instance was made from is gone or no longer shown to the account"
        )
    return _recent("the image that the instance was made from was made", image["made"], as_of, int(max_days))


def _recent(what: str, moment: str, as_of: date, limit: int) -> Verdict:
    when = date.fromisoformat(moment[:10])
    if when < as_of - timedelta(days=limit):
        return failed(f"{what} on {when}, more than {limit} days before this run")
    return passed(f"{what} on {when}")
