"""Sessions of people on AWS: Session Manager's preferences and Identity Center's permission sets."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, ClassVar

from collectors.aws.client import AwsClient, own_arn
from collectors.aws.identity_center import INSTANCES, own_instances
from collectors.aws.instances import MANAGED
from collectors.aws.kind import REGIONS, AwsKind
from collectors.kind import Found, fact, lists
from evidence.facts.aws_sessions import ManagedNodes, PermissionSetSession, SessionPreferences
from evidence.model import Missing, Reason

_DOCUMENT = "SSM-SessionManagerRunShell"
"""The document in which Session Manager keeps a region's preferences."""
_DURATION = re.compile(r"PT(?=\d)(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?")
_DEFAULT_SESSION = "PT1H"


class SessionManager(AwsKind):
    """Session Manager in one region, the only resource of this kind in its scope."""

    kind = "aws.ssm.session_manager"
    service = "ssm"
    part = "region"
    keep: ClassVar = {
        "get_document": (
            "Content:json{inputs{s3BucketName, cloudWatchLogGroupName, kmsKeyId, idleSessionTimeout, "
            "maxSessionDuration, s3EncryptionEnabled, cloudWatchEncryptionEnabled}}"
        ),
        "describe_instance_information": MANAGED,
    }

    @lists(needs=REGIONS)
    def every(self, ssm: AwsClient) -> Iterator[Found]:
        """The region itself."""
        yield Found(f"{ssm.account}/{ssm.region}", ssm.region)

    @fact(needs="ssm:GetDocument", absent="InvalidDocument")
    def preferences(self, ssm: AwsClient) -> SessionPreferences | None:
        """GetDocument of the preferences; None means that nobody set any, so AWS's defaults hold."""
        inputs = ssm.get_document(Name=_DOCUMENT, DocumentFormat="JSON")["Content"].get("inputs", {})
        return {
            "idle_minutes": _minutes(inputs.get("idleSessionTimeout")),
            "max_minutes": _minutes(inputs.get("maxSessionDuration")),
            "bucket": inputs.get("s3BucketName") or "",
            "log_group": inputs.get("cloudWatchLogGroupName") or "",
            "kms_key": inputs.get("kmsKeyId") or "",
            "encrypted_bucket": _is_true(inputs.get("s3EncryptionEnabled")),
            "encrypted_log_group": _is_true(inputs.get("cloudWatchEncryptionEnabled")),
        }

    @fact(needs="ssm:DescribeInstanceInformation")
    def nodes(self, ssm: AwsClient) -> ManagedNodes:
        """DescribeInstanceInformation, only until the first machine is seen."""
        pages = ssm.pages("describe_instance_information", MaxResults=50)
        return {"some": any(page["InstanceInformationList"] for page in pages)}


class PermissionSet(AwsKind):
    """A permission set of Identity Center, which lives in one region of one account of an organisation."""

    kind = "aws.sso.permission_set"
    service = "sso_admin"
    part = "region"
    gone = frozenset({"ResourceNotFoundException"})
    keep: ClassVar = {
        "list_instances": INSTANCES,
        "list_permission_sets": "PermissionSets[ordered]",
        "describe_permission_set": "PermissionSet{Name, SessionDuration}",
    }

    @lists(
        needs={
            "list_instances": "sso:ListInstances",
            "list_permission_sets": "sso:ListPermissionSets",
            **REGIONS,
        }
    )
    def every(self, sso_admin: AwsClient) -> Iterator[Found]:
        """ListPermissionSets of each instance that this account owns."""
        for instance in own_instances(sso_admin):
            yield from _permission_sets(sso_admin, instance["InstanceArn"])

    @fact(needs="sso:DescribePermissionSet")
    def session(self, sso_admin: AwsClient, permission_set: Found) -> PermissionSetSession | Missing:
        """DescribePermissionSet; AWS's default is one hour."""
        arn, instance = permission_set.uid, permission_set.handle
        row = sso_admin.describe_permission_set(InstanceArn=instance, PermissionSetArn=arn)["PermissionSet"]
        return _session(row)


def _permission_sets(sso_admin: AwsClient, instance: str) -> Iterator[Found]:
    for page in sso_admin.pages("list_permission_sets", InstanceArn=instance, MaxResults=100):
        for arn in page["PermissionSets"]:
            yield Found(own_arn(sso_admin, arn), arn.rpartition("/")[2], handle=instance)


def _session(row: Mapping[str, Any]) -> PermissionSetSession | Missing:
    duration = row.get("SessionDuration") or _DEFAULT_SESSION
    match = _DURATION.fullmatch(duration)
    if match is None:
        return Missing(Reason.ERROR, detail="the session duration is in no known form")
    hours, minutes, seconds = (int(number or 0) for number in match.groups())
    return {"name": row["Name"], "minutes": 60 * hours + minutes - (-seconds // 60)}


def _is_true(word: str | bool | None) -> bool:  # noqa: FBT001 - as people wrote it into the document
    return str(word).lower() == "true"


def _minutes(text: str | int | None) -> int | None:
    return int(text) if text not in {None, ""} else None
