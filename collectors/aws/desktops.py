"""Virtual desktops: WorkSpaces, the directories that let people in to them, and AppStream fleets."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar

from collectors.aws.client import AwsClient, own_arn
from collectors.aws.kind import REGIONS, AwsKind
from collectors.kind import Found, lists
from evidence.facts.aws_people import DesktopNetworks, DesktopRules
from evidence.facts.aws_sessions import DesktopDevices, DesktopRunning, DesktopVolumes, FleetTimeouts

_DEVICES = (
    "Windows",
    "Osx",
    "Web",
    "Ios",
    "Android",
    "ChromeOs",
    "ZeroClient",
    "Linux",
    "WorkSpacesThinClient",
)
_ENDED = frozenset({"TERMINATING", "TERMINATED"})


class Desktop(AwsKind):
    """A virtual desktop of one person, whose name is not kept."""

    kind = "aws.workspaces.workspace"
    service = "workspaces"
    part = "region"
    keep: ClassVar = {
        "describe_workspaces": (
            "Workspaces[]{WorkspaceId, State, RootVolumeEncryptionEnabled, UserVolumeEncryptionEnabled, "
            "WorkspaceProperties{RunningMode, RunningModeAutoStopTimeoutInMinutes}}"
        )
    }
    volumes: DesktopVolumes
    running: DesktopRunning

    @lists(needs={"describe_workspaces": "workspaces:DescribeWorkspaces", **REGIONS}, gives="volumes running")
    def every(self, workspaces: AwsClient) -> Iterator[Found]:
        """DescribeWorkspaces, 25 at a time."""
        for page in workspaces.pages("describe_workspaces", Limit=25):
            for row in page["Workspaces"]:
                if row["State"] not in _ENDED:
                    gives = {
                        "volumes": _volumes(row),
                        "running": _running(row.get("WorkspaceProperties", {})),
                    }
                    identifier = row["WorkspaceId"]
                    yield Found(_arn(workspaces, "workspace", identifier), identifier, gives=gives)


class DesktopDirectory(AwsKind):
    """A directory registered with WorkSpaces, which decides from which devices desktops may be opened."""

    kind = "aws.workspaces.directory"
    service = "workspaces"
    part = "region"
    keep: ClassVar = {
        "describe_workspace_directories": (
            "Directories[]{DirectoryId, State, ipGroupIds, WorkspaceAccessProperties{"
            + ", ".join(f"DeviceType{device}" for device in _DEVICES)
            + "}, WorkspaceCreationProperties{UserEnabledAsLocalAdministrator, EnableMaintenanceMode}}"
        )
    }
    devices: DesktopDevices
    rules: DesktopRules
    networks: DesktopNetworks

    @lists(
        needs={"describe_workspace_directories": "workspaces:DescribeWorkspaceDirectories", **REGIONS},
        gives="devices rules networks",
    )
    def every(self, workspaces: AwsClient) -> Iterator[Found]:
        """DescribeWorkspaceDirectories, 25 at a time."""
        for page in workspaces.pages("describe_workspace_directories", Limit=25):
            for row in page["Directories"]:
                gives = {
                    "devices": _devices(row.get("WorkspaceAccessProperties", {})),
                    "rules": _rules(row.get("WorkspaceCreationProperties", {})),
                    "networks": _networks(row.get("ipGroupIds")),
                }
                identifier = row["DirectoryId"]
                yield Found(_arn(workspaces, "directory", identifier), identifier, gives=gives)


class Fleet(AwsKind):
    """An AppStream fleet; its creation time tells it from a later one of the same name."""

    kind = "aws.appstream.fleet"
    service = "appstream"
    part = "region"
    keep: ClassVar = {
        "describe_fleets": (
            "Fleets[]{Arn, Name, CreatedTime, IdleDisconnectTimeoutInSeconds, DisconnectTimeoutInSeconds, "
            "MaxUserDurationInSeconds}"
        )
    }
    timeouts: FleetTimeouts

    @lists(needs={"describe_fleets": "appstream:DescribeFleets", **REGIONS}, gives="timeouts")
    def every(self, appstream: AwsClient) -> Iterator[Found]:
        """DescribeFleets, whose page size AWS sets."""
        for page in appstream.pages("describe_fleets"):
            for row in page["Fleets"]:
                uid = f"{own_arn(appstream, row['Arn'])}#{row.get('CreatedTime', '')}"
                yield Found(uid, row["Name"], gives={"timeouts": _timeouts(row)})


def _arn(workspaces: AwsClient, type_: str, identifier: str) -> str:
    return (
        f"arn:{workspaces.partition}:workspaces:{workspaces.region}:{workspaces.account}:{type_}/{identifier}"
    )


def _volumes(row: Mapping[str, Any]) -> DesktopVolumes:
    return {
        "root": row.get("RootVolumeEncryptionEnabled", False),
        "user": row.get("UserVolumeEncryptionEnabled", False),
    }


def _running(row: Mapping[str, Any]) -> DesktopRunning:
    return {
        "mode": row.get("RunningMode", ""),
        "stop_minutes": row.get("RunningModeAutoStopTimeoutInMinutes"),
    }


def _devices(row: Mapping[str, Any]) -> DesktopDevices:
    told = {device: row.get(f"DeviceType{device}", "") for device in _DEVICES}
    return {
        "any": sorted(device for device, access in told.items() if access == "ALLOW"),
        "trusted": sorted(device for device, access in told.items() if access == "TRUST"),
        "untold": sorted(device for device, access in told.items() if not access),
    }


def _rules(row: Mapping[str, Any]) -> DesktopRules:
    return {
        "local_admin": row.get("UserEnabledAsLocalAdministrator"),
        "maintenance": row.get("EnableMaintenanceMode"),
    }


def _networks(groups: list[str] | None) -> DesktopNetworks:
    return {"groups": None if groups is None else sorted(groups)}


def _timeouts(row: Mapping[str, Any]) -> FleetTimeouts:
    return {
        "idle": -(-row.get("IdleDisconnectTimeoutInSeconds", 0) // 60),
        "disconnected": -(-row["DisconnectTimeoutInSeconds"] // 60),
        "longest": -(-row["MaxUserDurationInSeconds"] // 60),
    }
