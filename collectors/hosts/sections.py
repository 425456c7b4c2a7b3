"""The sections of the facts script: which exist, which hold what changes every night, and the script's text."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from pathlib import Path

from evidence.model import NightledgerError

STABLE = frozenset(
    {
        "accounts",
        "apt_pending",
        "apt_periodic",
        "apt_pins",
        "audit_rules",
        "autologin",
        "block",
        "boot",
        "dconf",
        "disks",
        "display",
        "dnf_automatic",
        "dnf_excludes",
        "dnf_pending",
        "faillock",
        "helper",
        "journald",
        "kernels",
        "login_defs",
        "logind",
        "machine",
        "pam",
        "pam_guards",
        "passwords",
        "processes",
        "profile",
        "pwquality",
        "rsyslog",
        "services",
        "shadow",
        "ssh_keys",
        "sshd",
        "sshd_config",
        "usb",
        "zfs",
        "zypper_patches",
    }
)
"""Sections whose text an unchanged host repeats; what they hold is kept as evidence."""

VOLATILE = frozenset(
    {
        "apt_lists",
        "apt_stamps",
        "audit_status",
        "ciphers",
        "clock",
        "dnf_lists",
        "endpoint",
        "falcon",
        "file_integrity",
        "iptables_six",
        "iptables",
        "last_logins",
        "listeners",
        "mdatp",
        "mounts",
        "needrestart",
        "nft",
        "packages",
        "ssh_server",
        "sudoers",
        "swaps",
        "time_sync",
        "update_units",
        "zypper_lists",
    }
)
"""Sections that hold times, counters, passing numbers or more than is needed; their state is kept, their text only as the facts read from it."""

SECTIONS = STABLE | VOLATILE

KEEP = {name: "state, status, text" if name in STABLE else "state, status" for name in sorted(SECTIONS)}
"""What is kept as raw evidence of each section."""

ROOT_COMMANDS = {
    "audit_rules": "/usr/sbin/auditctl -l",
    "audit_status": "/usr/sbin/auditctl -s",
    "ciphers": "/usr/sbin/dmsetup table --target crypt",
    "dnf_pending": "/usr/bin/dnf -q -C updateinfo list --updates --security",
    "falcon": "/opt/CrowdStrike/falconctl -g --rfm-state",
    "iptables_six": "/usr/sbin/ip6tables-save -t filter",
    "iptables": "/usr/sbin/iptables-save -t filter",
    "needrestart": "/usr/sbin/needrestart -b -l -r l",
    "nft": "/usr/sbin/nft -j list ruleset",
    "passwords": "/usr/bin/passwd -S -a",
    "sshd": "/usr/sbin/sshd -T",
    "sudoers": "/usr/bin/cvtsudoers -e -f json /etc/sudoers",
}
"""Sections that need root, by the exact command a sudo rule must allow (as it is on Debian)."""

SECTION_BYTES = 262_144
PROBE_SECONDS = 15


class UnknownSection(NightledgerError):
    """A fact names a section that the facts script does not have."""


def script(sections: Iterable[str], *, nonce: str, deadline: int, sudo: bool) -> bytes:
    """The text for `sh -s` that reads these sections within `deadline` seconds; raises UnknownSection."""
    wanted = sorted(set(sections))
    if unknown := [name for name in wanted if name not in SECTIONS]:
        raise UnknownSection(f"the facts script has no section {', '.join(unknown)}")
    header = (
        f"nonce={nonce} sections='{' '.join(wanted)}' deadline={deadline} "
        f"limit={min(PROBE_SECONDS, deadline)} cap={SECTION_BYTES} use_sudo={'yes' if sudo else 'no'} "
        "role=whole helper='' helped=''\n"
    )
    return header.encode() + _text()


@cache
def _text() -> bytes:
    # Functions first: the last line of facts.sh starts the run.
    here = Path(__file__).parent
    return b"".join(path.read_bytes() for path in (*sorted(here.glob("scripts/*.sh")), here / "facts.sh"))
