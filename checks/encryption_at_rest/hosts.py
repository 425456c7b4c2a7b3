"""Encryption at rest on Linux hosts: every file system and swap area that lies on a disk of the host.

What a virtual machine leaves plain can be encrypted by the layer below it: host_volumes.py asks that.
"""

from __future__ import annotations

from checks.check import Verdict, check, failed, not_applicable, passed, undecided
from checks.encryption_at_rest.links import DISK_ENCRYPTED, SWAP_ENCRYPTED
from evidence.facts.hosts import CloudDisks, Machine, StoredMount, SwapArea

BOOT = ("/boot", "/boot/efi", "/efi")


def mounts_by_the_host(
    machine: Machine, mounts: list[StoredMount], *, exempt: tuple[str, ...] = BOOT
) -> Verdict | None:
    """What the host alone shows of its mounts; None where the layer below a virtual machine decides."""
    judged = [mount for mount in mounts if not set(mount["at"]) <= set(exempt)]
    plain = [mount for mount in judged if mount["storage"] == "plain"]
    unknown = [mount for mount in judged if mount["storage"] == "unknown"]
    encrypted = [mount for mount in judged if mount["storage"] == "encrypted"]
    if plain:
        return _not_encrypted(machine, _places(plain))
    if unknown:
        return undecided(f"{_places(unknown)} cannot be traced to its disks")
    if not encrypted:
        return undecided(f"no local file system that keeps data was seen{_elsewhere(judged)}")
    return passed(f"{_places(encrypted)} is encrypted on every disk below it{_elsewhere(judged)}")


@check(
    "host-mounts-encrypted",
    on="host.linux",
    severity="high",
    links=[DISK_ENCRYPTED],
    first=mounts_by_the_host,
)
def mounts_are_encrypted(
    machine: Machine,
    mounts: list[StoredMount],
    cloud_disks: CloudDisks | None,
    *,
    exempt: tuple[str, ...] = BOOT,
) -> Verdict:
    """Is every local file system that keeps data encrypted down to its disks?"""
    judged = [mount for mount in mounts if not set(mount["at"]) <= set(exempt)]
    plain = [mount for mount in judged if mount["storage"] == "plain"]
    return mounts_by_the_host(machine, mounts, exempt=exempt) or _below(cloud_disks, _places(plain))


def swap_by_the_host(machine: Machine, swap: list[SwapArea]) -> Verdict | None:
    """What the host alone shows of its swap; None where the layer below a virtual machine decides."""
    if not swap:
        return not_applicable("no swap is in use")
    plain = [area["device"] for area in swap if area["storage"] == "plain"]
    untraced = [area["device"] for area in swap if area["storage"] not in {"plain", "encrypted", "memory"}]
    if plain:
        return _not_encrypted(machine, f"swap on {', '.join(plain)}")
    if untraced:
        return undecided(f"swap on {', '.join(untraced)} cannot be traced to its disks")
    return passed(f"swap on {', '.join(area['device'] for area in swap)} is encrypted or stays in memory")


@check(
    "host-swap-encrypted", on="host.linux", severity="medium", links=[SWAP_ENCRYPTED], first=swap_by_the_host
)
def swap_is_encrypted(machine: Machine, swap: list[SwapArea], cloud_disks: CloudDisks | None) -> Verdict:
    """Is memory that the host swaps to disk encrypted there?"""
    plain = [area["device"] for area in swap if area["storage"] == "plain"]
    return swap_by_the_host(machine, swap) or _below(cloud_disks, f"swap on {', '.join(plain)}")


def _not_encrypted(machine: Machine, what: str) -> Verdict | None:
    # What a hypervisor or a container's host does below its guest cannot be seen by the guest.
    if machine["container"]:
        return undecided(
            f"{what} is not encrypted in this container; its host's disks cannot be seen from it"
        )
    return (
        None if machine["virtual"] else failed(f"{what} is not encrypted by the host on every disk below it")
    )


def _below(cloud_disks: CloudDisks | None, what: str) -> Verdict:
    if cloud_disks is None:
        return undecided(
            f"{what} is not encrypted by this virtual machine; the layer below it cannot be seen from it"
        )
    return not_applicable(
        f"{what} is not encrypted by this virtual machine, which is {cloud_disks['instance']}: its volumes are "
        f"judged as host.cloud_storage"
    )


def _places(mounts: list[StoredMount]) -> str:
    return ", ".join(mount["at"][0] for mount in mounts)


def _elsewhere(mounts: list[StoredMount]) -> str:
    remote = [mount for mount in mounts if mount["storage"] == "network"]
    return f"; {_places(remote)} is kept by a network server and not judged here" if remote else ""
