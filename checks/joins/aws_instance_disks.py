"""The volumes that each EC2 instance has, with their tags: a plan may copy the machine or its disks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from checks.derive import Collection, Seen, derived
from evidence.model import Fact


@derived(
    "aws.ec2.instance_disks",
    gives="disks",
    reads={"instance": "aws.ec2.instance: state", "volumes": "aws.ec2.volume: attachment"},
)
def instance_disks(instance: Seen, volumes: Collection) -> Mapping[str, Fact] | None:
    """The volumes of each instance, in the order of their ARNs."""
    own = instance.resource
    name = own.uid.rpartition("/")[2]
    disks = [
        {"arn": volume.resource.uid, "tags": [list(pair) for pair in volume.resource.labels]}
        for volume in volumes
        if volume.resource.scope == own.scope and name in _holders(volume)
    ]
    return {"disks": cast("Fact", sorted(disks, key=lambda disk: str(disk["arn"])))}


def _holders(volume: Seen) -> list[str]:
    attachment = cast("Mapping[str, Any]", volume.fact("attachment"))
    return cast("list[str]", attachment["instances"])


__all__ = ["instance_disks"]
