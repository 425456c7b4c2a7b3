"""FSx file systems: Windows, Lustre, ONTAP and OpenZFS."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar

from collectors.aws.client import AwsClient, own_arn
from collectors.aws.kind import REGIONS, TAGS, AwsKind, labels, name_of
from collectors.kind import Found, lists
from evidence.facts.aws_stores import AutomaticBackup

_SETTINGS = ("WindowsConfiguration", "LustreConfiguration", "OntapConfiguration", "OpenZFSConfiguration")
_DAYS = "{AutomaticBackupRetentionDays}"


class FsxFileSystem(AwsKind):
    """An FSx file system, whose id is never used again; AWS encrypts every one of them."""

    kind = "aws.fsx.file_system"
    service = "fsx"
    part = "region"
    keep: ClassVar = {
        "describe_file_systems": (
            f"FileSystems[]{{FileSystemId, ResourceARN, {', '.join(name + _DAYS for name in _SETTINGS)}, {TAGS}}}"
        )
    }
    backup: AutomaticBackup | None

    @lists(needs={"describe_file_systems": "fsx:DescribeFileSystems", **REGIONS}, gives="backup")
    def every(self, fsx: AwsClient) -> Iterator[Found]:
        """DescribeFileSystems, 100 at a time."""
        for page in fsx.pages("describe_file_systems", MaxResults=100):
            for row in page["FileSystems"]:
                tags = row.get("Tags", [])
                yield Found(
                    own_arn(fsx, row["ResourceARN"]),
                    name_of(tags, row["FileSystemId"]),
                    labels=labels(tags),
                    gives={"backup": _backup(row)},
                )


def _backup(row: Mapping[str, Any]) -> AutomaticBackup | None:
    days = [row[name].get("AutomaticBackupRetentionDays") for name in _SETTINGS if name in row]
    told = next((number for number in days if number is not None), None)
    return None if told is None else {"enabled": told > 0, "days": told}
