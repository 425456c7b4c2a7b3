"""Audit controls of load balancers, search domains and warehouses on AWS."""

from __future__ import annotations

from datetime import datetime

from checks.audit_controls.links import ACTIVITY_RECORDED, REQUESTS_RECORDED
from checks.check import Verdict, check, failed, not_applicable, passed, undecided
from evidence.facts.aws_endpoints import AccessLogs, BalancerAttributes, BalancerType
from evidence.facts.aws_stores import LogDelivery, SearchDomain, WarehouseLogging


@check(
    "aws-elbv2-load-balancer-logs",
    on="aws.elbv2.load_balancer",
    severity="medium",
    links=[REQUESTS_RECORDED],
)
def balancer_logs_requests(balancer: BalancerType, attributes: BalancerAttributes) -> Verdict:
    """Does the load balancer log each request?"""
    if attributes["access_logs"]:
        return passed("requests are logged")
    if balancer["name"] != "application":
        return not_applicable(f"a {balancer['name']} load balancer sees connections, not requests")
    return failed("requests are not logged")


@check("aws-elb-load-balancer-logs", on="aws.elb.load_balancer", severity="medium", links=[REQUESTS_RECORDED])
def classic_balancer_logs_requests(access_logs: AccessLogs) -> Verdict:
    """Does the classic load balancer log each request?"""
    return passed("requests are logged") if access_logs["enabled"] else failed("requests are not logged")


@check(
    "aws-opensearch-domain-audit-log",
    on="aws.opensearch.domain",
    severity="medium",
    links=[ACTIVITY_RECORDED],
)
def search_domain_keeps_an_audit_log(settings: SearchDomain) -> Verdict:
    """Does the search domain record who read and changed what?"""
    if "AUDIT_LOGS" in settings["logs"]:
        return passed("the audit log is published")
    return failed("the audit log is not published")


@check(
    "aws-redshift-cluster-logs",
    on=("aws.redshift.cluster", "aws.redshift_serverless.namespace"),
    severity="medium",
    links=[ACTIVITY_RECORDED],
)
def warehouse_keeps_an_audit_log(logging: WarehouseLogging) -> Verdict:
    """Does the warehouse record who connected to it?"""
    if logging["enabled"]:
        return passed("the audit log is on")
    return failed("the audit log is off or leaves out who connected")


@check(
    "aws-redshift-cluster-log-delivery",
    on="aws.redshift.cluster",
    severity="medium",
    links=[ACTIVITY_RECORDED],
)
def warehouse_log_arrives(log_delivery: LogDelivery) -> Verdict:
    """Does the warehouse's audit log arrive where it is sent?"""
    if not log_delivery["on"]:
        return not_applicable("the warehouse sends no log anywhere")
    delivered, broken = _moment(log_delivery["delivered"]), _moment(log_delivery["failed"])
    if broken is not None and (delivered is None or delivered < broken):
        return failed("the log could not be delivered the last time, and nothing has arrived since")
    if delivered is None:
        return undecided("the log is on, but AWS tells of no delivery, neither made nor failed")
    return passed("the log arrives where it is sent")


def _moment(told: str) -> datetime | None:
    return datetime.fromisoformat(told) if told else None
