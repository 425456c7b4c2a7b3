"""Access rights of containers on AWS: what they could do to their machine, and who can read their secrets."""

from __future__ import annotations

from checks.access.links import CONFINED, SECRETS_OUT_OF_SIGHT
from checks.check import Verdict, check, failed, passed
from checks.secret_names import named_like_secrets
from evidence.facts.aws_ecs import TaskSettings


@check("aws-ecs-task-confined", on="aws.ecs.task_family", severity="high", links=[CONFINED])
def containers_are_confined(settings: TaskSettings) -> Verdict:
    """Are the containers kept from taking over the machine they run on?"""
    privileged = sorted(one["name"] for one in settings["containers"] if one["privileged"])
    if privileged:
        return failed(f"has all rights on its machine: {', '.join(privileged)}")
    if settings["host_processes"]:
        return failed("the containers see every process of their machine")
    return passed("no container is privileged or sees the processes of its machine")


@check("aws-ecs-task-secrets", on="aws.ecs.task_family", severity="high", links=[SECRETS_OUT_OF_SIGHT])
def secrets_are_references(settings: TaskSettings) -> Verdict:
    """Do the containers get their secrets by reference, not written into the definition?"""
    written = sorted(
        f"{name} of {one['name']}"
        for one in settings["containers"]
        for name in named_like_secrets(one["written_in"])
    )
    if written:
        return failed(f"named like a secret and written into the definition: {', '.join(written[:5])}")
    return passed("no setting that is named like a secret has its value in the definition")
