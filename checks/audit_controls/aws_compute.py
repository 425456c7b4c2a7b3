"""Audit controls of Kubernetes clusters on AWS."""

from __future__ import annotations

from checks.audit_controls.links import CLUSTER_RECORDED
from checks.check import Verdict, check, failed, passed
from evidence.facts.aws_compute import ClusterSettings


@check("aws-eks-cluster-audit-log", on="aws.eks.cluster", severity="medium", links=[CLUSTER_RECORDED])
def cluster_sends_audit_log(settings: ClusterSettings) -> Verdict:
    """Does the cluster record who asked its API for what?"""
    if settings["audit_log"]:
        return passed("the cluster's audit log is sent to CloudWatch Logs")
    return failed("the cluster's audit log is not sent to CloudWatch Logs")
