"""Mounts and swap with what lies below them: encrypted only where every path down passes dm-crypt."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from collectors.hosts.parsers.block import Storage, Tree, tree, worst
from collectors.hosts.parsers.filesystems import (
    ENCRYPTING,
    IMAGE,
    MEMORY,
    NETWORK,
    SHORT_LIVED,
    WITHOUT_DATA,
)
from collectors.hosts.parsers.text import lines, unreadable
from evidence.facts.hosts import StoredMount, SwapArea
from evidence.model import Missing

_OCTAL = re.compile(r"\\([0-7]{3})")


@dataclass(frozen=True, slots=True)
class _Mount:
    """One line of /proc/self/mountinfo, see proc(5)."""

    number: str
    target: str
    fstype: str
    source: str
    options: str


def mounts(mountinfo: bytes, block: bytes, zfs: bytes | Missing) -> list[StoredMount] | Missing:
    """Each file system that holds data, once, with all its mount points."""
    found = mounted(mountinfo, block, zfs)
    return found if isinstance(found, Missing) else [row for row, _ in found]


def mounted(
    mountinfo: bytes, block: bytes, zfs: bytes | Missing
) -> list[tuple[StoredMount, Storage]] | Missing:
    """Each file system as `mounts` tells it, beside where its data ends."""
    found = _mounts(mountinfo)
    if not any(mount.target == "/" for mount in found):
        return unreadable("mountinfo")
    world = _World(found, tree(block), _datasets(zfs))
    rows: dict[tuple[str, str, str], tuple[StoredMount, Storage]] = {}
    for mount in found:
        if world.says_nothing_new(mount):
            continue
        storage = world.storage(mount)
        device = "memory" if storage.kind == "memory" and mount.fstype in MEMORY else mount.source
        key = (device, mount.fstype, storage.kind)
        row = StoredMount(device=device, fstype=mount.fstype, at=[], storage=storage.kind, why=storage.why)
        first, ends = rows.get(key, (row, storage))
        rows[key] = (first, replace(ends, plain=ends.plain | storage.plain))
        if mount.target not in first["at"]:
            first["at"].append(mount.target)
    for row, _ in rows.values():
        row["at"].sort()
    return sorted(rows.values(), key=lambda pair: (pair[0]["at"], pair[0]["device"], pair[0]["fstype"]))


def swaps(data: bytes, mountinfo: bytes, block: bytes, zfs: bytes | Missing) -> list[SwapArea] | Missing:
    """Each swap area in use, from /proc/swaps; a swap file is as its file system is."""
    found = swapped(data, mountinfo, block, zfs)
    return found if isinstance(found, Missing) else [area for area, _ in found]


def swapped(
    data: bytes, mountinfo: bytes, block: bytes, zfs: bytes | Missing
) -> list[tuple[SwapArea, Storage]] | Missing:
    """Each swap area as `swaps` tells it, beside where its data ends."""
    rows = [line.split() for line in lines(data)]
    if not rows or rows[0][0] != "Filename" or any(len(row) != 5 for row in rows):
        return unreadable("/proc/swaps")
    world = _World(_mounts(mountinfo), tree(block), _datasets(zfs))
    areas = []
    for fields in rows[1:]:
        path = _unescape(fields[0])
        storage = world.of_file(path) if fields[1] == "file" else world.of_device(path)
        # A mapping's number is that of the order in which it was made, its name is what an administrator gave it.
        areas.append((SwapArea(device=world.named(path), storage=storage.kind, why=storage.why), storage))
    return sorted(areas, key=lambda pair: pair[0]["device"])


def stored(path: str, mountinfo: bytes, block: bytes, zfs: bytes | Missing) -> tuple[Storage, bool] | Missing:
    """Where what is written to a path ends, and whether it takes its way there through the layers of an overlay."""
    found = _mounts(mountinfo)
    if not any(mount.target == "/" for mount in found):
        return unreadable("mountinfo")
    return _World(found, tree(block), _datasets(zfs)).of_written(path)


class _World:
    """The mounts, the block devices and the zfs datasets of one host, which answer for each other."""

    def __init__(self, found: list[_Mount], devices: Tree, datasets: dict[str, str]) -> None:
        self._mounts, self._devices, self._datasets = found, devices, datasets
        self._asked: set[str] = set()

    def says_nothing_new(self, mount: _Mount) -> bool:
        """Whether a row would only repeat: no data, short-lived memory, or layers over a file system with its own row."""
        if mount.fstype in WITHOUT_DATA:
            return True
        if mount.fstype in MEMORY:
            return mount.target.startswith(SHORT_LIVED)
        upper = _option(mount, "upperdir")
        below = self._below(upper) if upper else None
        return mount.fstype == "overlay" and below is not None and below.fstype != "overlay"

    def storage(self, mount: _Mount) -> Storage:
        """Where data written to this mount ends."""
        match mount.fstype:
            case kind if kind in MEMORY:
                return Storage("memory", f"{kind} is gone at the next start")
            case kind if kind in NETWORK:
                return Storage("network", f"{kind} is stored by its server")
            case kind if kind in IMAGE:
                return Storage("image", f"{kind} is a read-only image")
            case kind if kind in ENCRYPTING:
                return Storage("encrypted", f"{kind} encrypts its files")
            case "zfs":
                return self._of_dataset(mount.source)
            case "overlay":
                return Storage("unknown", "the layers of this overlay lie outside what can be seen")
            case "btrfs":
                return self._of_btrfs(mount)
            case _:
                return self._of_block(mount)

    def of_device(self, path: str) -> Storage:
        """Where data on a device path ends."""
        name = self._devices.by_path(path)
        return self._of_name(name) if name else Storage("unknown", f"{path} is not among the block devices")

    def named(self, path: str) -> str:
        """The path of a device by the name of its mapping, where it has one."""
        name = self._devices.by_path(path)
        label = self._devices.nodes[name].label if name else ""
        return f"/dev/mapper/{label}" if label else path

    def of_file(self, path: str) -> Storage:
        """Where data in a file ends: where its file system's data does."""
        mount = self._below(path)
        if mount is None or mount.target in self._asked:
            return Storage("unknown", f"the file system of {path} is not known")
        self._asked.add(mount.target)
        try:
            return self.storage(mount)
        finally:
            self._asked.discard(mount.target)

    def of_written(self, path: str) -> tuple[Storage, bool]:
        """Where data written to a file ends; an overlay hands it to its upper layer."""
        passed: set[str] = set()
        mount = self._below(path)
        while mount is not None and mount.fstype == "overlay" and mount.target not in passed:
            passed.add(mount.target)
            mount = self._below(_option(mount, "upperdir")) or mount
        return (self.storage(mount) if mount else self.of_file(path)), bool(passed)

    def _of_name(self, name: str) -> Storage:
        return self._devices.storage(name, self.of_file)

    def _of_block(self, mount: _Mount) -> Storage:
        if "logdev=" in mount.options or "rtdev=" in mount.options:
            return Storage("unknown", "it keeps a part on a device of its own, which is not traced")
        name = self._devices.by_number(mount.number)
        if name is None:
            return Storage("unknown", f"the device of this {mount.fstype} file system cannot be traced")
        return self._of_name(name)

    def _of_btrfs(self, mount: _Mount) -> Storage:
        name = self._devices.by_path(mount.source)
        members = next((names for names in self._devices.btrfs if name in names), frozenset())
        return worst(self._of_name(member) for member in sorted(members))

    def _of_dataset(self, name: str) -> Storage:
        encryption = self._datasets.get(name, "")
        if encryption and encryption not in {"off", "-"}:
            return Storage("encrypted", f"the dataset's encryption is {encryption}")
        return Storage("unknown", f"{name} is not encrypted by zfs, and its pool's disks are not traced")

    def _below(self, path: str) -> _Mount | None:
        holding = [mount for mount in self._mounts if _holds(mount.target, path)]
        return (
            max(enumerate(holding), key=lambda item: (len(item[1].target), item[0]))[1] if holding else None
        )


def _mounts(data: bytes) -> list[_Mount]:
    found = []
    for line in lines(data):
        before, dash, after = line.partition(" - ")
        fields, rest = before.split(" "), after.split(" ")
        if not dash or len(fields) < 6 or len(rest) < 3:
            # One line that cannot be read could be the one plain disk, so none of them counts.
            return []
        source, target = _unescape(rest[1]), _unescape(fields[4])
        found.append(_Mount(fields[2], target, rest[0], source, rest[2]))
    return found


def _option(mount: _Mount, name: str) -> str:
    options = (option.partition("=") for option in mount.options.split(","))
    return next((_unescape(value) for key, _, value in options if key == name), "")


def _holds(target: str, path: str) -> bool:
    return target in ("/", path) or path.startswith(target + "/")


def _unescape(text: str) -> str:
    return _OCTAL.sub(lambda match: chr(int(match[1], 8)), text)


def _datasets(zfs: bytes | Missing) -> dict[str, str]:
    if isinstance(zfs, Missing):
        return {}
    rows = (line.split("\t") for line in lines(zfs))
    return {row[0]: row[1] for row in rows if len(row) == 2}
