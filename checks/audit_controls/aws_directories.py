"""Audit controls of directories that AWS runs."""

from __future__ import annotations

from checks.audit_controls.links import DIRECTORY_EVENTS_LEAVE
from checks.check import Verdict, check, failed, not_applicable, passed
from evidence.facts.aws_directories import DirectoryLogs, DirectoryType


@check("aws-ds-directory-log", on="aws.ds.directory", severity="medium", links=[DIRECTORY_EVENTS_LEAVE])
def directory_sends_its_log(type: DirectoryType, logs: DirectoryLogs) -> Verdict:
    """Are the security events of the directory's controllers sent to CloudWatch Logs?"""
    if logs["groups"]:
        return passed(f"security events are sent to {', '.join(logs['groups'])}")
    if type["name"] != "MicrosoftAD":
        return not_applicable(f"AWS cannot send the events of a directory of type {type['name']}")
    return failed("security events stay on the domain controllers, and are not kept by anyone else")
