"""Directories that AWS runs or connects to (Directory Service). Names of people in them are never asked for."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from collectors.aws.client import AwsClient
from collectors.aws.kind import REGIONS, AwsKind
from collectors.kind import Found, fact, lists
from evidence.facts.aws_directories import DirectoryLogs, DirectoryTls, DirectoryType, SecondFactorServer

_SHARED = "SharedMicrosoftAD"
_SPEAKS_LDAPS = frozenset({"MicrosoftAD", "ADConnector"})


class ManagedDirectory(AwsKind):
    """A directory of the account's own, whose id is never used again; one shared into it belongs to its owner."""

    kind = "aws.ds.directory"
    service = "ds"
    part = "region"
    gone = frozenset({"EntityDoesNotExistException"})
    keep: ClassVar = {
        "describe_directories": "DirectoryDescriptions[]{DirectoryId, Name, Type, RadiusStatus}",
        "describe_ldaps_settings": "LDAPSSettingsInfo[]{LDAPSStatus}",
        "list_log_subscriptions": "LogSubscriptions[]{DirectoryId, LogGroupName}",
    }
    type: DirectoryType
    second_factor: SecondFactorServer

    @lists(needs={"describe_directories": "ds:DescribeDirectories", **REGIONS}, gives="type second_factor")
    def every(self, ds: AwsClient) -> Iterator[Found]:
        """DescribeDirectories, 100 at a time; the RADIUS server's secret is never kept."""
        for page in ds.pages("describe_directories", Limit=100):
            for row in page["DirectoryDescriptions"]:
                if row["Type"] != _SHARED:
                    yield Found(
                        f"arn:{ds.partition}:ds:{ds.region}:{ds.account}:directory/{row['DirectoryId']}",
                        row["Name"],
                        gives={
                            "type": {"name": row["Type"]},
                            "second_factor": {"status": row.get("RadiusStatus", "")},
                        },
                        handle=(row["DirectoryId"], row["Type"]),
                    )

    @fact(needs="ds:DescribeLDAPSSettings")
    def ldaps(self, ds: AwsClient, managed_directory: Found) -> DirectoryTls | None:
        """DescribeLDAPSSettings; None for a Simple AD, which knows no such setting."""
        identifier, type_ = managed_directory.handle
        if type_ not in _SPEAKS_LDAPS:
            return None
        pages = ds.pages("describe_ldaps_settings", DirectoryId=identifier, Type="Client")
        rows = [row for page in pages for row in page["LDAPSSettingsInfo"]]
        return {"status": rows[0]["LDAPSStatus"] if rows else ""}

    @fact(needs="ds:ListLogSubscriptions", batch=500)
    def logs(self, ds: AwsClient, managed_directories: list[Found]) -> dict[str, DirectoryLogs]:
        """ListLogSubscriptions of the region, asked once for all directories."""
        groups: dict[str, list[str]] = {}
        for page in ds.pages("list_log_subscriptions", Limit=100):
            for row in page["LogSubscriptions"]:
                groups.setdefault(row["DirectoryId"], []).append(row["LogGroupName"])
        return {one.uid: {"groups": sorted(groups.get(one.handle[0], []))} for one in managed_directories}
