"""Encryption at rest below virtual machines: the provider's volumes under what a host does not encrypt itself."""

from __future__ import annotations

from checks.check import Verdict, check, failed, not_applicable, passed, undecided
from checks.encryption_at_rest.hosts import BOOT
from checks.encryption_at_rest.links import SWAP_VOLUME_ENCRYPTED, VOLUME_BELOW_ENCRYPTED
from evidence.facts.hosts import CloudStorage


@check("host-volumes-encrypted", on="host.cloud_storage", severity="high", links=[VOLUME_BELOW_ENCRYPTED])
def volumes_are_encrypted(mounts: list[CloudStorage], *, exempt: tuple[str, ...] = BOOT) -> Verdict:
    """Does the cloud provider encrypt every volume below the file systems that the machine leaves plain?"""
    judged = [mount for mount in mounts if not set(mount["at"]) <= set(exempt)]
    if not judged:
        return not_applicable("the machine leaves no file system plain that keeps data")
    return _judge(judged)


@check(
    "host-swap-volumes-encrypted",
    on="host.cloud_storage",
    severity="medium",
    links=[SWAP_VOLUME_ENCRYPTED],
)
def swap_volumes_are_encrypted(swap: list[CloudStorage]) -> Verdict:
    """Does the cloud provider encrypt every volume below the swap that the machine leaves plain?"""
    if not swap:
        return not_applicable("the machine leaves no swap plain")
    return _judge(swap)


def _judge(areas: list[CloudStorage]) -> Verdict:
    attached = [(area, one) for area in areas for one in area["volumes"] if one["attached"]]
    plain = [f"{area['at'][0]} on {one['volume']}" for area, one in attached if not one["encrypted"]]
    if plain:
        return failed(f"encrypted neither by the machine nor by the provider: {', '.join(plain)}")
    unknown = [one["volume"] for area in areas for one in area["volumes"] if not one["attached"]]
    if unknown:
        return undecided(f"no account that was listed has {', '.join(unknown)} attached to this machine")
    untraced = [area["at"][0] for area in areas if not area["traced"] or not area["volumes"]]
    if untraced:
        return undecided(
            f"{', '.join(untraced)} lies on a disk that is no volume of the provider by its serial"
        )
    volumes = sorted({one["volume"] for _, one in attached})
    places = ", ".join(area["at"][0] for area in areas)
    return passed(f"{places} lies on {', '.join(volumes)}, which the provider encrypts")
