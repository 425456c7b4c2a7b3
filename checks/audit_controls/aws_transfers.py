"""Audit controls of file transfer servers on AWS."""

from __future__ import annotations

from checks.audit_controls.links import ACTIVITY_RECORDED
from checks.check import Verdict, check, failed, passed
from evidence.facts.aws_transfers import TransferSettings


@check("aws-transfer-server-logs", on="aws.transfer.server", severity="medium", links=[ACTIVITY_RECORDED])
def server_logs_transfers(settings: TransferSettings) -> Verdict:
    """Does the file transfer server log who carried what?"""
    return passed("transfers are logged") if settings["logs"] else failed("transfers are not logged")
