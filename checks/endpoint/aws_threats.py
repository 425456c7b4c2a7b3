"""Protection from malicious software on AWS: whether GuardDuty scans the disks of suspicious instances."""

from __future__ import annotations

from checks.check import Verdict, check, failed, passed, undecided
from checks.endpoint.links import MALWARE_SOUGHT_ON_SUSPICION
from evidence.facts.aws_watch import ThreatDetector


@check(
    "aws-region-guardduty-malware",
    on="aws.watch.region",
    severity="low",
    links=[MALWARE_SOUGHT_ON_SUSPICION],
)
def region_scans_suspicious_disks(detector: ThreatDetector | None) -> Verdict:
    """Are the disks of instances that behave suspiciously scanned for malicious software?"""
    if detector is None or not detector["enabled"]:
        return failed("GuardDuty is off in the region")
    if "EBS_MALWARE_PROTECTION" in detector["features"]:
        return passed("GuardDuty scans the volumes of instances that behave suspiciously")
    if not detector["features"]:
        return undecided("GuardDuty is on, but AWS named no feature of it")
    return failed("GuardDuty is on, but its malware protection for instances is off")
