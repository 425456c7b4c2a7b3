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


@check("aws-cloudtrail-bucket-kept", on="aws.cloudtrail.bucket", severity="medium", links=[RECORD_GUARDED])
def trail_files_are_kept(versioning: BucketVersioning | None) -> Verdict:
    """Can a log file of the trail that is overwritten or deleted be recovered?"""
    if versioning is None:
        return failed("versioning was never switched on in the bucket that the trail delivers to")
    if versioning["status"] != "Enabled":
        return failed("versioning is suspended in the bucket that the trail delivers to")
    return passed("earlier versions of log files are kept")


@check("aws-cloudtrail-bucket-locked", on="aws.cloudtrail.bucket", severity="low", links=[RECORD_GUARDED])
def trail_files_are_locked(object_lock: ObjectLock | None, *, min_days: int = 1) -> Verdict:
    """Are the trail's log files locked for a time against being deleted for good?"""
    if object_lock is None or not object_lock["enabled"]:
        return failed("object lock is off in the bucket that the trail delivers to")
    days = object_lock["default_days"]
    if days < min_days:
        return failed(f"new log files are locked for {days} days, fewer than {min_days}")
    if object_lock["default_mode"] != "COMPLIANCE":
        return passed(
            f"new log files are locked for {days} days; those with the right to it can lift the lock"
        )
    return passed(f"new log files are locked for {days} days, and nobody can lift the lock")


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
