"""Encryption at rest of logs on AWS."""

from __future__ import annotations

from checks.check import Verdict, check, failed, passed
from checks.encryption_at_rest.links import OWN_KEY
from evidence.facts.aws_watch import LogGroupSettings


@check("aws-logs-group-key", on="aws.logs.group", severity="low", links=[OWN_KEY])
def log_group_has_own_key(settings: LogGroupSettings) -> Verdict:
    """Is the log group encrypted with a KMS key of the customer's own?"""
    if settings["kms_key"] is None:
        return failed("the log group has AWS's own encryption only, with no KMS key of the customer's")
    return passed("the log group is encrypted with a KMS key of the customer's own")
