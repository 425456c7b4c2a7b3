"""Data in transit between containers on AWS and the file systems they mount."""

from __future__ import annotations

from checks.check import Verdict, check, failed, not_applicable, passed
from checks.transmission.links import CHANGE_NOTICED, TRANSFER_GUARDED
from evidence.facts.aws_ecs import TaskSettings


@check(
    "aws-ecs-task-efs-tls",
    on="aws.ecs.task_family",
    severity="high",
    links=[TRANSFER_GUARDED, CHANGE_NOTICED],
)
def file_systems_are_mounted_over_tls(settings: TaskSettings) -> Verdict:
    """Do the containers reach their EFS file systems over TLS?"""
    if not settings["volumes"]:
        return not_applicable("the containers mount no EFS file system")
    clear = sorted(volume["name"] for volume in settings["volumes"] if not volume["tls"])
    if clear:
        return failed(f"mounted without TLS: {', '.join(clear)}")
    return passed("every EFS file system is mounted over TLS")
