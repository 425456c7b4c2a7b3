"""Exposure of containers on AWS."""

from __future__ import annotations

from checks.check import Verdict, check, failed, not_applicable, passed
from checks.exposure.links import REACHABLE
from evidence.facts.aws_ecs import ServiceSettings


@check("aws-ecs-service-public-address", on="aws.ecs.service", severity="low", links=[REACHABLE])
def tasks_have_no_public_address(settings: ServiceSettings) -> Verdict:
    """Are the service's tasks without a public address?"""
    if settings["public"] is None:
        return not_applicable("the tasks share the address of their machine")
    if settings["public"]:
        return failed("each task is given a public address")
    return passed("no task is given a public address")
