"""Audit controls on AWS: trails that really deliver, and bucket access logs."""

from __future__ import annotations

from datetime import date, timedelta

from checks.audit_controls.links import ACTIVITY_RECORDED, RECORD_GUARDED, REQUESTS_RECORDED
from checks.check import Verdict, check, failed, passed, undecided
from evidence.facts.aws import AccountTrail, BucketLogging, TrailDelivery, TrailEvents, TrailSettings


@check("aws-account-trail-everywhere", on="aws.account", severity="critical", links=[ACTIVITY_RECORDED])
def account_is_recorded(trails: list[AccountTrail]) -> Verdict:
    """Does a running trail record every region of the account?"""
    shortcomings = {trail["arn"]: _shortcoming(trail) for trail in trails}
    sound = [arn for arn, shortcoming in shortcomings.items() if not shortcoming]
    if sound:
        return passed(f"{min(sound)} records every region")
    unsaid = [trail["arn"] for trail in trails if _runs(trail) and not trail["management"]]
    if unsaid:
        return undecided(f"{min(unsaid)} runs in every region, but which events it takes was not told")
    if trails:
        told = "; ".join(f"{arn} {shortcoming}" for arn, shortcoming in sorted(shortcomings.items()))
        return failed(f"no trail records every region: {told}")
    return failed("no trail records every region")


def _runs(trail: AccountTrail) -> bool:
    return trail["logging"] and not trail["error"]


def _shortcoming(trail: AccountTrail) -> str:
    if not trail["logging"]:
        return "is stopped"
    if trail["error"]:
        return "cannot deliver its log files"
    return "" if trail["management"] == "all" else "does not take all management events"


@check(
    "aws-cloudtrail-trail-delivering", on="aws.cloudtrail.trail", severity="high", links=[ACTIVITY_RECORDED]
)
def trail_delivers(delivery: TrailDelivery, as_of: date, *, max_days: int = 1) -> Verdict:
    """Is the trail recording, and do its log files arrive?"""
    if not delivery["logging"]:
        return failed("the trail is stopped")
    if delivery["error"]:
        return failed(f"the last log file could not be delivered ({delivery['error'][:80]})")
    if not delivery["delivered"]:
        return failed("the trail runs but has never delivered a log file")
    last = date.fromisoformat(delivery["delivered"][:10])
    if last < as_of - timedelta(days=max_days):
        return failed(f"the trail runs but last delivered a log file on {last}")
    return passed("the trail runs and delivers its log files")


@check(
    "aws-cloudtrail-trail-management-events",
    on="aws.cloudtrail.trail",
    severity="medium",
    links=[ACTIVITY_RECORDED],
)
def trail_takes_management_events(events: TrailEvents) -> Verdict:
    """Does the trail record both reading and changing management calls?"""
    if events["management"] == "all":
        return passed("the trail records all management events")
    if events["management"] == "none":
        return failed("the trail records no management events")
    return failed(f"the trail records only a part of the management events ({events['management']})")


@check(
    "aws-cloudtrail-trail-validation", on="aws.cloudtrail.trail", severity="medium", links=[RECORD_GUARDED]
)
def trail_can_be_validated(settings: TrailSettings) -> Verdict:
    """Would a changed or deleted log file of the trail be noticed?"""
    if settings["validation"]:
        return passed("log file validation is on")
    return failed("log file validation is off, so a changed log file would not be noticed")


@check("aws-s3-bucket-access-logging", on="aws.s3.bucket", severity="low", links=[REQUESTS_RECORDED])
def bucket_logs_access(logging: BucketLogging | None) -> Verdict:
    """Is each access to the bucket logged by S3 itself?"""
    if logging is None:
        return failed("server access logging is off; data events of trails were not considered")
    return passed(f"server access logs go to {logging['bucket']}")
