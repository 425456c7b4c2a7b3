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
        "audit_rules",
        "block",
        "dconf",
        "display",
        "dnf_automatic",
        "faillock",
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
        "zfs",
    }
)
"""Sections whose text an unchanged host repeats; what they hold is kept as evidence."""

VOLATILE = frozenset(
    {
        "apt_lists",
        "apt_stamps",
        "audit_status",
        "clock",
        "last_logins",
        "mounts",
        "ssh_server",
        "sudoers",
        "swaps",
    }
)
"""Sections that hold times, counters, passing numbers or more than is needed; their state is kept, their text only as the facts read from it."""

SECTIONS = STABLE | VOLATILE

KEEP = {name: "state, status, text" if name in STABLE else "state, status" for name in sorted(SECTIONS)}
"""What is kept as raw evidence of each section."""

ROOT_COMMANDS = {
    "audit_rules": "/usr/sbin/auditctl -l",
    "audit_status": "/usr/sbin/auditctl -s",
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
        f"limit={min(PROBE_SECONDS, deadline)} cap={SECTION_BYTES} use_sudo={'yes' if sudo else 'no'}\n"
    )
    return header.encode() + _text()


@cache
def _text() -> bytes:
    # Functions first: the last line of facts.sh starts the run.
    here = Path(__file__).parent
    return b"".join(path.read_bytes() for path in (*sorted(here.glob("scripts/*.sh")), here / "facts.sh"))
