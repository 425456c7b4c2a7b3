"""Encryption at rest on Windows and macOS hosts."""

from __future__ import annotations

from checks.check import Verdict, check, direct, failed, passed, undecided
from evidence.facts.host_foreign import BitLockerVolume

VOLUME_ENCRYPTED = direct(
    "164.312(a)(2)(iv)",
    proves="the system's own encryption covers the fixed volumes of this host wholly and is in force, by its own word",
    does_not_prove="that the recovery keys are kept safe, or that removable disks are encrypted",
)


@check("windows-bitlocker", on="host.windows", severity="high", links=[VOLUME_ENCRYPTED])
def bitlocker_protects(bitlocker: list[BitLockerVolume]) -> Verdict:
    """Is every fixed volume wholly encrypted by BitLocker, with its protection on?"""
    fixed = [volume for volume in bitlocker if volume["fixed"]]
    if not fixed:
        return undecided("no fixed volume was listed")
    plain = [volume["drive"] for volume in fixed if volume["conversion"] != 1]
    if plain:
        return failed(f"not wholly encrypted: {', '.join(plain)}")
    suspended = [volume["drive"] for volume in fixed if volume["protection"] == 0]
    if suspended:
        return failed(f"encrypted, but with the protection suspended: {', '.join(suspended)}")
    if any(volume["protection"] != 1 for volume in fixed):
        return undecided("BitLocker does not know whether a locked volume is protected")
    return passed(f"BitLocker protects {', '.join(volume['drive'] for volume in fixed)} wholly")


@check("macos-filevault", on="host.macos", severity="high", links=[VOLUME_ENCRYPTED])
def filevault_is_on(filevault: bool) -> Verdict:  # noqa: FBT001 - facts are positional
    """Is FileVault on, with nothing left to encrypt?"""
    return passed("FileVault is on") if filevault else failed("FileVault is off, or has not ended encrypting")
