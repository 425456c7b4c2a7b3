"""A virtual machine at a cloud provider: which one it says it is, and on which of the provider's volumes its data lies.

Amazon EC2 on its Nitro system tells both through the firmware's tables and the disks' serial numbers; a machine on its
older system, or with another provider, does not, and gets no answer here.
"""

from __future__ import annotations

import re

from collectors.hosts.parsers.block import Storage
from collectors.hosts.parsers.storage import mounted, swapped
from collectors.hosts.parsers.text import lines, pairs, unreadable
from evidence.facts.hosts import CloudArea, CloudDisks
from evidence.model import Missing

_INSTANCE = re.compile(r"i-[0-9a-f]{8,17}")
_VOLUME = re.compile(r"vol-?([0-9a-f]{8,17})")


def cloud_disks(
    disks: bytes, swaps: bytes, mountinfo: bytes, block: bytes, zfs: bytes | Missing
) -> CloudDisks | Missing | None:
    """Which instance of EC2 this is and which EBS volumes lie below its data; None where it is none that says so."""
    if not disks:
        return None
    if lines(disks)[:1] != ["looked"]:
        return unreadable("section disks")
    instance = pairs(disks).get("instance", "").strip()
    if not _INSTANCE.fullmatch(instance):
        return None
    volumes = _volumes(disks)
    kept, swap = mounted(mountinfo, block, zfs), swapped(swaps, mountinfo, block, zfs)
    if isinstance(kept, Missing):
        return kept
    if isinstance(swap, Missing):
        return swap
    return CloudDisks(
        provider="aws",
        instance=instance,
        mounts=[_area(row["at"], storage, volumes) for row, storage in kept],
        swap=[_area([area["device"]], storage, volumes) for area, storage in swap],
    )


def _volumes(disks: bytes) -> dict[str, str]:
    rows = (line.removeprefix("disk=").split("\t") for line in lines(disks) if line.startswith("disk="))
    serials = {row[0]: row[1].strip() for row in rows if len(row) == 2}
    return {
        name: f"vol-{match[1]}" for name, serial in serials.items() if (match := _VOLUME.fullmatch(serial))
    }


def _area(at: list[str], storage: Storage, volumes: dict[str, str]) -> CloudArea:
    return CloudArea(
        at=at,
        storage=storage.kind,
        volumes=sorted({volumes[name] for name in storage.plain if name in volumes}),
        traced=storage.traced and storage.plain <= volumes.keys(),
    )
