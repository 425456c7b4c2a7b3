"""Audit controls of a region on AWS: flow logs, log groups, and the services that watch it."""

from __future__ import annotations

from checks.audit_controls.links import (
    CHANGES_RECORDED,
    CONNECTIONS_RECORDED,
    FINDINGS_GATHERED,
    RECORD_EXAMINED,
    RECORD_KEPT,
    SENSITIVE_DATA_SOUGHT,
    TRAFFIC_RECORDED,
)
from checks.check import Verdict, check, failed, passed, undecided
from evidence.facts.aws_paths import ClientVpnSettings, FlowLog
from evidence.facts.aws_watch import (
    ConfigRecorder,
    LogGroupSettings,
    SecurityHub,
    SensitiveDataScan,
    ThreatDetector,
)


@check("aws-ec2-vpc-flow-logs", on="aws.ec2.vpc", severity="medium", links=[TRAFFIC_RECORDED])
def vpc_records_traffic(flow_logs: list[FlowLog]) -> Verdict:
    """Is the network traffic of the VPC recorded?"""
    running = [log for log in flow_logs if log["status"] == "ACTIVE" and log["delivery"] != "FAILED"]
    traffic = {log["traffic"] for log in running}
    if "ALL" in traffic or {"ACCEPT", "REJECT"} <= traffic:
        return passed("a flow log records accepted and refused traffic of the VPC")
    if running:
        return failed(f"the VPC's flow log records only {_joined(traffic)} traffic")
    if flow_logs:
        return failed(f"the VPC's flow log cannot deliver: {_joined({log['id'] for log in flow_logs})}")
    return failed("no flow log watches the VPC as a whole; those of single subnets were not considered")


@check("aws-logs-group-retention", on="aws.logs.group", severity="low", links=[RECORD_KEPT])
def log_group_keeps_events(settings: LogGroupSettings, *, min_days: int = 365) -> Verdict:
    """Does the log group keep its events long enough?"""
    days = settings["days"]
    if days is None:
        return passed("events are kept until somebody deletes them")
    if days < min_days:
        return failed(f"events are kept {days} days, fewer than {min_days}")
    return passed(f"events are kept {days} days")


@check("aws-region-config-recorder", on="aws.watch.region", severity="medium", links=[CHANGES_RECORDED])
def region_records_configuration(recorders: list[ConfigRecorder]) -> Verdict:
    """Does AWS Config record changes to every type of resource in the region?"""
    if not recorders:
        return failed("AWS Config has no recorder in the region")
    running = [one for one in recorders if one["recording"]]
    if not running:
        return failed(f"the recorder {recorders[0]['name']} is stopped")
    broken = [one for one in running if one["status"].upper() == "FAILURE"]
    if broken:
        return failed(f"the recorder {broken[0]['name']} cannot deliver ({broken[0]['error'][:60]})")
    if any(one["scope"] == "all" for one in running):
        return passed("AWS Config records every type of resource that it knows in the region")
    return failed(f"the recorder {running[0]['name']} takes {_SCOPES[running[0]['scope']]}")


@check("aws-region-guardduty", on="aws.watch.region", severity="medium", links=[RECORD_EXAMINED])
def region_examines_activity(detector: ThreatDetector | None) -> Verdict:
    """Does GuardDuty examine the activity in the region?"""
    if detector is None:
        return failed("GuardDuty is not set up in the region")
    if not detector["enabled"]:
        return failed("GuardDuty is suspended in the region")
    return passed("GuardDuty is on in the region")


@check("aws-region-guardduty-s3", on="aws.watch.region", severity="low", links=[RECORD_EXAMINED])
def region_examines_bucket_access(detector: ThreatDetector | None) -> Verdict:
    """Does GuardDuty examine access to the objects in the region's buckets?"""
    if detector is None or not detector["enabled"]:
        return failed("GuardDuty is off in the region")
    if "S3_DATA_EVENTS" in detector["features"]:
        return passed("GuardDuty examines access to objects in buckets")
    if not detector["features"]:
        return undecided("GuardDuty is on, but AWS named no feature of it")
    return failed("GuardDuty is on, but its protection of buckets is off")


@check("aws-region-security-hub", on="aws.watch.region", severity="low", links=[FINDINGS_GATHERED])
def region_gathers_findings(hub: SecurityHub | None) -> Verdict:
    """Does Security Hub gather findings in the region?"""
    return passed("Security Hub is on in the region") if hub else failed("Security Hub is off in the region")


@check("aws-region-macie", on="aws.watch.region", severity="low", links=[SENSITIVE_DATA_SOUGHT])
def region_seeks_sensitive_data(macie: SensitiveDataScan | None) -> Verdict:
    """Is Macie on in the region, so that personal data in buckets can be found?"""
    if macie is None:
        return failed("Macie is off in the region")
    if macie["status"] != "ENABLED":
        return failed(f"Macie is {macie['status'].lower()} in the region")
    return passed("Macie is on in the region")


@check("aws-ec2-client-vpn-log", on="aws.ec2.client_vpn", severity="medium", links=[CONNECTIONS_RECORDED])
def vpn_records_connections(settings: ClientVpnSettings) -> Verdict:
    """Are connections to the Client VPN endpoint recorded?"""
    if settings["connection_log"]:
        return passed("the endpoint logs each connection")
    return failed("the endpoint logs no connections")


_SCOPES = {"all-but-some": "all types of resource but some", "some": "only some types of resource"}


def _joined(words: set[str]) -> str:
    return ", ".join(sorted(words))
