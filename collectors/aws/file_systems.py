"""EFS file systems: encryption, backups, and the policy that says who may mount them and how."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any, ClassVar

from collectors.aws.client import AwsClient, own_arn
from collectors.aws.kind import REGIONS, TAGS, AwsKind, labels
from collectors.aws.told import told
from collectors.kind import Found, fact, lists
from evidence.facts.aws import BlockEncryption, PolicyDocument
from evidence.facts.aws_stores import AutomaticBackup
from evidence.model import Json, Missing, Reason


class FileSystem(AwsKind):
    """An EFS file system, whose id is never used again."""

    kind = "aws.efs.file_system"
    service = "efs"
    part = "region"
    gone = frozenset({"FileSystemNotFound"})
    keep: ClassVar = {
        "describe_file_systems": (
            f"FileSystems[]{{FileSystemId, FileSystemArn, Name, Encrypted, KmsKeyId, {TAGS}}}"
        ),
        "describe_backup_policy": "BackupPolicy{Status}",
        "describe_file_system_policy": "Policy:json{*}",
    }
    encryption: BlockEncryption

    @lists(
        needs={"describe_file_systems": "elasticfilesystem:DescribeFileSystems", **REGIONS},
        gives="encryption",
    )
    def every(self, efs: AwsClient) -> Iterator[Found]:
        """DescribeFileSystems, 100 at a time."""
        for page in efs.pages("describe_file_systems", MaxItems=100):
            for row in page["FileSystems"]:
                encryption = told(partial(_encryption, row))
                yield Found(
                    own_arn(efs, row["FileSystemArn"]),
                    row.get("Name") or row["FileSystemId"],
                    labels=labels(row.get("Tags", [])),
                    gives={"encryption": encryption},
                    handle=row["FileSystemId"],
                )

    @fact(needs="elasticfilesystem:DescribeBackupPolicy", absent="PolicyNotFound")
    def backup(self, efs: AwsClient, file_system: Found) -> AutomaticBackup | Missing | None:
        """DescribeBackupPolicy; None means that automatic backups were never switched on."""
        status = efs.describe_backup_policy(FileSystemId=file_system.handle)["BackupPolicy"]["Status"]
        if status == "ENABLING":
            return Missing(Reason.NOT_AVAILABLE, detail="automatic backups are just being switched on")
        return {"enabled": status == "ENABLED", "days": None}

    @fact(needs="elasticfilesystem:DescribeFileSystemPolicy", absent="PolicyNotFound")
    def policy(self, efs: AwsClient, file_system: Found) -> PolicyDocument | None:
        """DescribeFileSystemPolicy; without one, whoever reaches a mount target may mount."""
        document: PolicyDocument = efs.describe_file_system_policy(FileSystemId=file_system.handle)["Policy"]
        return document


def _encryption(row: Mapping[str, Any]) -> Json:
    return {"encrypted": row["Encrypted"], "kms_key": row.get("KmsKeyId")}
