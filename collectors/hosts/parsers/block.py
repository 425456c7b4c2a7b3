"""The tree of block devices, walked from a device down to every disk below it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from collectors.hosts.parsers.text import lines

# What cryptsetup puts in front of a mapping's uuid when it encrypts; CRYPT-VERITY- and CRYPT-INTEGRITY- do not.
_ENCRYPTING = tuple(
    f"CRYPT-{kind}-" for kind in ("LUKS1", "LUKS2", "PLAIN", "TCRYPT", "BITLK", "FVAULT2", "LOOPAES")
)
_DISK = re.compile(
    r"(?:[svh]d[a-z]+|xvd[a-z]+|ubd[a-z]+|nvme\d+(?:c\d+)?n\d+|mmcblk\d+|dasd[a-z]+|pmem\d+|cciss!c\d+d\d+)\d*"
)
_UNSEEN = ""
"""Stands among plain disks for a part that could not be followed."""
_MEMORY = re.compile(r"(?:zram|ram)\d+")
_NULL_CIPHER = re.compile(r"([^\s:]+): \d+ \d+ crypt \S*null\S*(?: |$)")


@dataclass(frozen=True, slots=True)
class Storage:
    """Where data written there ends: encrypted, plain, memory, network, image or unknown, and what decided.

    `plain` names the disks that a part of it reaches unencrypted, `traced` says that no part is out of sight.
    """

    kind: str
    why: str
    plain: frozenset[str] = frozenset()

    @property
    def traced(self) -> bool:
        """Whether every part of it was followed to its end."""
        return _UNSEEN not in self.plain and self.kind not in {"unknown", "network"}


@dataclass(frozen=True, slots=True)
class Node:
    """One block device as the kernel shows it; `below` are the devices it is made of."""

    name: str
    number: str
    below: tuple[str, ...]
    uuid: str
    label: str
    backing: str


@dataclass(frozen=True, slots=True)
class Tree:
    """All block devices by name, and the devices of each btrfs file system."""

    nodes: dict[str, Node]
    btrfs: tuple[frozenset[str], ...]

    def by_number(self, number: str) -> str | None:
        """The name of the device with these MAJOR:MINOR numbers."""
        return next((node.name for node in self.nodes.values() if node.number == number), None)

    def by_path(self, path: str) -> str | None:
        """The name of the device behind /dev/NAME or /dev/mapper/LABEL."""
        if path.startswith("/dev/mapper/"):
            label = path.removeprefix("/dev/mapper/")
            return next((node.name for node in self.nodes.values() if node.label == label), None)
        name = path.removeprefix("/dev/").replace("/", "!")
        return name if name in self.nodes else None

    def storage(
        self, name: str, of_file: Callable[[str], Storage], above: frozenset[str] = frozenset()
    ) -> Storage:
        """Where data on device `name` ends; `of_file` answers for the file behind a loop device."""
        node = self.nodes.get(name)
        if node is None or name in above:
            return Storage("unknown", f"{name} is not among the block devices")
        if node.uuid.startswith(_ENCRYPTING):
            return Storage("encrypted", f"{node.label or name} is {node.uuid.split('-')[1]}")
        if node.backing and node.backing != "none":
            return (
                of_file(node.backing)
                if name.startswith("loop")
                else Storage("unknown", f"{name} has a backing device")
            )
        if node.below:
            return worst(self.storage(below, of_file, above | {name}) for below in node.below)
        return _leaf(name)


def tree(data: bytes) -> Tree:
    """Read section `block`: name, numbers, partition's disk, slaves, dm uuid, dm name, backing file; tab-separated.

    What `dmsetup table` says may follow: a mapping whose cipher is null encrypts nothing, whatever its uuid says.
    """
    hollow = {match[1] for line in lines(data) if (match := _NULL_CIPHER.match(line)) is not None}
    nodes: dict[str, Node] = {}
    btrfs: dict[str, set[str]] = {}
    for line in lines(data):
        fields = line.split("\t")
        if fields[0] == "btrfs" and len(fields) == 3:
            btrfs.setdefault(fields[1], set()).add(fields[2])
        elif len(fields) == 7 and fields[0]:
            name, number, parent, slaves, uuid, label, backing = fields
            below = tuple(part for part in (parent, *slaves.split(",")) if part)
            nodes[name] = Node(name, number, below, "" if label in hollow else uuid, label, backing)
    return Tree(nodes, tuple(frozenset(names) for names in btrfs.values()))


def worst(found: Iterable[Storage]) -> Storage:
    """The answer for data spread over several places: one plain part makes the whole plain."""
    order = ("plain", "unknown", "network", "encrypted", "image", "memory")
    ranked = sorted(found, key=lambda storage: (order.index(storage.kind), storage.why))
    if not ranked:
        return Storage("unknown", "nothing is known of it")
    unseen = {_UNSEEN for storage in ranked if not storage.traced}
    return replace(ranked[0], plain=frozenset(unseen.union(*(storage.plain for storage in ranked))))


def _leaf(name: str) -> Storage:
    if _MEMORY.fullmatch(name):
        return Storage("memory", f"{name} lies in memory")
    # A logical volume or an array whose parts are not shown is not a disk: what is below it stays unknown.
    if _DISK.fullmatch(name):
        return Storage("plain", f"{name} has no encryption above it", frozenset({name}))
    return Storage("unknown", f"what {name} is made of is not shown")
