"""Hosts that are not Linux: the texts that Windows and macOS are sent, and the shells that send them."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from pathlib import Path

from collectors.hosts.sections import UnknownSection, script
from collectors.hosts.shell import SCRIPT_SECONDS, Shell

WINDOWS = (
    "win_audit",
    "win_bitlocker",
    "win_defender",
    "win_firewall",
    "win_forwarding",
    "win_lock",
    "win_rdp",
    "win_system",
    "win_updates",
)
"""The sections of windows.ps1."""

MACOS = ("mac_filevault", "mac_firewall", "mac_integrity", "mac_lock", "mac_system", "mac_updates")
"""The sections of macos.sh."""

POWERSHELL = (
    'powershell -NoProfile -NonInteractive -Command "& ([ScriptBlock]::Create([Console]::In.ReadToEnd()))"'
)
"""What Windows is asked to run: it reads the whole script first, since line by line it would stop at open braces."""

KEEP_STATE = dict.fromkeys((*WINDOWS, *MACOS), "state, status")
"""What is kept as raw evidence of each section; the facts hold what was read."""


class WindowsShell(Shell):
    """PowerShell on one host, elevated or not as its account is."""

    keep = KEEP_STATE

    def _text(self, sections: Iterable[str], nonce: str) -> bytes:
        return windows_script(sections, nonce)


class MacShell(Shell):
    """The shell of one Mac."""

    keep = KEEP_STATE

    def _text(self, sections: Iterable[str], nonce: str) -> bytes:
        return macos_script(sections, nonce, sudo=self._sudo)


def windows_script(sections: Iterable[str], nonce: str) -> bytes:
    """The text for PowerShell's standard input; raises UnknownSection."""
    names = ", ".join(f"'{name}'" for name in _known(sections, WINDOWS))
    return f"$nonce = '{nonce}'; $sections = @({names})\n".encode() + _file("windows.ps1")


def macos_script(sections: Iterable[str], nonce: str, *, sudo: bool) -> bytes:
    """The text for `sh -s` on macOS; raises UnknownSection."""
    names = " ".join(_known(sections, MACOS))
    text = script((), nonce=nonce, deadline=SCRIPT_SECONDS, sudo=sudo)
    head, _, rest = text.replace(b"sections=''", f"sections='{names}'".encode(), 1).partition(b"\n")
    return head + b"\n" + _file("macos.sh") + rest


def _known(sections: Iterable[str], known: tuple[str, ...]) -> list[str]:
    wanted = sorted(set(sections))
    if unknown := [name for name in wanted if name not in known]:
        raise UnknownSection(f"the facts script has no section {', '.join(unknown)}")
    return wanted


@cache
def _file(name: str) -> bytes:
    return Path(__file__).with_name(name).read_bytes()
