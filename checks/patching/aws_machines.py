"""The age of machines on AWS and of the images they were made from, and whether stock is taken of them."""

from __future__ import annotations

from datetime import date, timedelta

from checks.check import Verdict, check, failed, not_applicable, passed, undecided
from checks.patching.links import MADE_LATELY, STARTED_LATELY, STOCK_TAKEN
from evidence.facts.aws import InstanceState, ManagedInstance
from evidence.facts.aws_machines import InstanceImage, InstanceInventory, InstanceLaunch


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


@check("aws-ec2-instance-inventory", on="aws.ec2.instance", severity="low", links=[STOCK_TAKEN])
def stock_of_the_instance_is_taken(
    state: InstanceState,
    managed: ManagedInstance | None,
    inventory: InstanceInventory | None,
    as_of: date,
    *,
    max_days: int = 31,
) -> Verdict:
    """Does Systems Manager hold a recent inventory of the instance's hardware?"""
    if state["name"] != "running":
        return not_applicable(f"the instance is {state['name']}")
    if managed is None:
        return not_applicable("Systems Manager does not manage the instance, and takes no stock of it")
    if inventory is None:
        return failed("Systems Manager holds no inventory of the instance's hardware")
    if not inventory["captured"]:
        return undecided("Systems Manager does not say when it took stock of the instance")
    when = date.fromisoformat(inventory["captured"][:10])
    if when < as_of - timedelta(days=int(max_days)):
        return failed(f"the inventory of the instance's hardware is of {when}, older than {max_days} days")
    return passed("Systems Manager holds a recent inventory of the instance's hardware")


def _recent(what: str, moment: str, as_of: date, limit: int) -> Verdict:
    when = date.fromisoformat(moment[:10])
    if when < as_of - timedelta(days=limit):
        return failed(f"{what} on {when}, more than {limit} days before this run")
    return passed(f"{what} on {when}")
