"""Audit controls of containers on AWS: what they write out, and what is run in them from outside."""

from __future__ import annotations

from checks.audit_controls.links import COMMANDS_RECORDED, OUTPUT_LEAVES
from checks.check import Verdict, check, failed, not_applicable, passed, undecided
from evidence.facts.aws_ecs import CommandLog, ServiceSettings, TaskSettings

_ON_THE_MACHINE = frozenset({"", "json-file", "journald", "none"})


@check("aws-ecs-task-logs", on="aws.ecs.task_family", severity="medium", links=[OUTPUT_LEAVES])
def containers_send_their_output(settings: TaskSettings) -> Verdict:
    """Is what every container writes out sent away from the machine it runs on?"""
    silent = sorted(one["name"] for one in settings["containers"] if one["log_driver"] in _ON_THE_MACHINE)
    if silent:
        return failed(f"what it writes out stays on its machine or is lost: {', '.join(silent)}")
    drivers = sorted({one["log_driver"] for one in settings["containers"]})
    return passed(f"what each container writes out is sent away by {', '.join(drivers)}")


@check("aws-ecs-service-commands-log", on="aws.ecs.service", severity="medium", links=[COMMANDS_RECORDED])
def commands_are_recorded(settings: ServiceSettings, command_log: CommandLog) -> Verdict:
    """Is what people run inside the service's containers recorded?"""
    if not settings["commands"]:
        return not_applicable("ECS Exec is off, so it opens nobody a shell in the containers")
    if command_log["mode"] == "DEFAULT":
        return undecided("what is run goes to the awslogs log of the task, where the task has one")
    kept = command_log["log_group"] or command_log["bucket"]
    if command_log["mode"] == "NONE" or not kept:
        return failed("ECS Exec is on, and its cluster keeps no record of what is run")
    return passed(f"what is run through ECS Exec is kept in {kept}")
