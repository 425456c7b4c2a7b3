"""The shapes of facts about machines of EC2: when they were started from what, their disks, their security groups."""

from __future__ import annotations

from typing import TypedDict


class InstanceLaunch(TypedDict):
    """When the instance was last started (UTC, ISO-8601), from which image, and whether it was given a role."""

    started: str
    image: str
    role: bool


class InstanceReach(TypedDict):
    """Where the instance answers inside its network ("" = it has no IPv4 address), and whether it runs Windows."""

    private_ipv4: str
    windows: bool


class InstanceImage(TypedDict):
    """When the image that the instance was made from was made (UTC, ISO-8601)."""

    made: str


class InstanceInventory(TypedDict):
    """When Systems Manager last took stock of the instance's hardware (UTC, ISO-8601; "" = not told)."""

    captured: str


class VolumeAttachment(TypedDict):
    """A volume's state (in-use, available, ...) and the instances that have it."""

    state: str
    instances: list[str]


class GroupUse(TypedDict):
    """Whether some network interface of the region has the security group."""

    used: bool
