"""The record that trails keep on AWS: access to data, and the bucket it is kept in."""

from __future__ import annotations

from checks.audit_controls.links import DATA_ACCESS_RECORDED, RECORD_ACCESS_RECORDED, RECORD_GUARDED
from checks.check import Verdict, check, failed, not_applicable, passed, undecided
from evidence.facts.aws import BucketLogging, BucketVersioning, ObjectLock
from evidence.facts.aws_trails import DataRecording


@check(
    "aws-s3-bucket-data-events",
    on="aws.s3.bucket_recording",
    severity="medium",
    links=[DATA_ACCESS_RECORDED],
)
def bucket_access_is_recorded(recording: DataRecording) -> Verdict:
    """Does a trail record each reading and change of the bucket's objects?"""
    reads, writes = recording["reads"], recording["writes"]
    if (reads, writes) == ("all", "all"):
        return passed(f"{recording['trail'] or 'trails together'} take reading and changing every object")
    if recording["destination"]:
        return not_applicable("a trail's own files are kept here: recording their arrival would never end")
    if "unclear" in {reads, writes}:
        return undecided("a trail's selectors narrow what is taken in a way that was not judged")
    if (reads, writes) == ("none", "none"):
        return failed("no running trail takes reading or changing objects; S3's own logs were not considered")
    return failed(f"of reading objects {reads} is taken, of changing them {writes}")


@check(
    "aws-lambda-function-data-events",
    on="aws.lambda.function_recording",
    severity="low",
    links=[DATA_ACCESS_RECORDED],
)
def function_calls_are_recorded(recording: DataRecording) -> Verdict:
    """Does a trail record each call of the function?"""
    match recording["writes"]:
        case "all":
            return passed("a running trail takes each call of the function")
        case "unclear":
            return undecided("a trail's selectors narrow what is taken in a way that was not judged")
        case _:
            return failed("no running trail takes the calls of the function")


def kept_by_versions(versioning: BucketVersioning | None) -> Verdict | None:
    """Where versioning is on, it does not matter whether log files are locked too."""
    if versioning is not None and versioning["status"] == "Enabled":
        return passed("a log file that is overwritten or deleted can be recovered: versioning is on")
    return None


@check(
    "aws-cloudtrail-bucket-kept",
    on="aws.cloudtrail.bucket",
    severity="medium",
    links=[RECORD_GUARDED],
    first=kept_by_versions,
)
def trail_files_are_kept(versioning: BucketVersioning | None, object_lock: ObjectLock | None) -> Verdict:
    """Are the trail's log files kept from being overwritten or deleted?"""
    if object_lock is not None and object_lock["enabled"] and object_lock["default_days"]:
        mode, days = object_lock["default_mode"].lower(), object_lock["default_days"]
        return passed(f"new log files are locked for {days} days in {mode} mode")
    if versioning is not None:
        return failed("versioning is suspended and log files are not locked")
    return failed("versioning is off and log files are not locked")


@check(
    "aws-cloudtrail-bucket-access-logging",
    on="aws.cloudtrail.bucket",
    severity="low",
    links=[RECORD_ACCESS_RECORDED],
)
def trail_bucket_logs_access(logging: BucketLogging | None) -> Verdict:
    """Is access to the trail's log files logged?"""
    if logging is None:
        return failed("server access logging is off for the bucket that the trail delivers to")
    return passed(f"server access logs go to {logging['bucket']}")
