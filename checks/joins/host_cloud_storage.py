"""A virtual machine's file systems and swap on the volumes of its cloud provider: what the host does not encrypt itself."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, cast

from checks.derive import Collection, Seen, derived
from evidence.facts.hosts import CloudArea, CloudDisks, VolumeBelow
from evidence.model import Fact


@derived(
    "host.cloud_storage",
    gives="mounts swap",
    reads={
        "host": "host.linux: cloud_disks",
        "volumes": "aws.ec2.volume: encryption attachment",
    },
)
def cloud_storage(host: Seen, volumes: Collection) -> Mapping[str, Fact] | None:
    """What each plain area lies on; None for a host that keeps nothing plain, or names no provider's machine."""
    disks = cast("CloudDisks | None", host.fact("cloud_disks"))
    if disks is None:
        return None
    mounts, swap = _left(disks["mounts"], {"unknown"}), _left(disks["swap"], {"unknown", "network"})
    if not mounts and not swap:
        return None
    return {
        "mounts": cast("Fact", [_area(area, disks["instance"], volumes) for area in mounts]),
        "swap": cast("Fact", [_area(area, disks["instance"], volumes) for area in swap]),
    }


def _left(areas: Iterable[CloudArea], untraced: set[str]) -> list[CloudArea]:
    """What the host leaves to the layer below: its plain areas, and beside these what it could not trace."""
    left = [area for area in areas if area["storage"] in {"plain", *untraced}]
    return left if any(area["storage"] == "plain" for area in left) else []


def _area(area: CloudArea, instance: str, volumes: Collection) -> Mapping[str, Any]:
    below = [_volume(name, instance, volumes) for name in area["volumes"]]
    return {"at": area["at"], "traced": area["traced"], "volumes": below}


def _volume(name: str, instance: str, volumes: Collection) -> VolumeBelow:
    volume = volumes.find(name, by=lambda one: one.resource.uid.rpartition("/")[2])
    if volume is None:
        return {"volume": name, "known": False, "attached": False, "encrypted": False}
    attachment = cast("Mapping[str, Any]", volume.fact("attachment"))
    encryption = cast("Mapping[str, Any]", volume.fact("encryption"))
    return {
        "volume": name,
        "known": True,
        "attached": instance in attachment["instances"],
        "encrypted": encryption["encrypted"],
    }


__all__ = ["cloud_storage"]
