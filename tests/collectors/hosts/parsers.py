"""The parsers by the name of their fixtures' directory, with recorded text turned into the bytes they take."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from collectors.hosts.parsers import (
    account_rights,
    account_rules,
    account_use,
    accounts,
    apt_lists,
    cloud,
    firewall,
    logs,
    machine,
    macos,
    network,
    packages,
    pam,
    patches,
    protection,
    sessions,
    sshd,
    storage,
    windows,
    workstation,
)

FIXTURES = Path(__file__).parent / "fixtures"
PARSERS: dict[str, Callable[..., Any]] = {
    "accounts": accounts.accounts,
    "audit_rules": logs.audit_rules,
    "audit_status": logs.audit_status,
    "clock": machine.clock,
    "contained_processes": logs.contained_processes,
    "cloud_disks": cloud.cloud_disks,
    "graphical_login": sessions.graphical_login,
    "journal": logs.journal,
    "kernel": patches.kernel,
    "log_forwards": logs.log_forwards,
    "log_storage": partial(logs.log_storage, in_container=False),
    "machine": machine.machine,
    "release": machine.release,
    "mounts": storage.mounts,
    "package_lists": apt_lists.package_lists,
    "password_ageing": accounts.password_ageing,
    "password_states": accounts.password_states,
    "pending_updates": patches.pending_updates,
    "processes": logs.processes,
    "services": logs.services,
    "session_manager": sessions.session_manager,
    "shell_timeout": sessions.shell_timeout,
    "ssh_authentication": pam.ssh_authentication,
    "ssh_server": sshd.ssh_server,
    "swaps": storage.swaps,
    "update_automation": patches.update_automation,
    "update_runs": patches.update_runs,
    "mac_filevault": macos.filevault,
    "mac_firewall": macos.firewall,
    "mac_identity": macos.identity,
    "mac_integrity": macos.integrity,
    "mac_lock": macos.lock,
    "mac_system": macos.system,
    "mac_updates": macos.updates,
    "win_audit": windows.audit_policy,
    "win_bitlocker": windows.bitlocker,
    "win_defender": windows.defender,
    "win_firewall": windows.firewall,
    "win_forwarding": windows.forwarding,
    "win_identity": windows.identity,
    "win_lock": windows.lock,
    "win_rdp": windows.remote_desktop,
    "win_system": windows.system,
    "win_updates": windows.updates,
    "auto_login": workstation.auto_login,
    "boot": workstation.boot,
    "defender": protection.defender,
    "dnf_held": packages.dnf_held,
    "dnf_pending": packages.dnf_pending,
    "dnf_runs": packages.dnf_runs,
    "endpoint": protection.endpoint,
    "file_integrity": protection.file_integrity,
    "firewall": firewall.firewall,
    "inventory": packages.inventory,
    "listeners": network.listeners,
    "outdated_services": packages.outdated_services,
    "repository_lists": packages.repository_lists,
    "sensor_is_whole": protection.sensor_is_whole,
    "time_sync": network.time_sync,
    "usb_storage": workstation.usb_storage,
    "withheld": apt_lists.withheld,
    "zypper_patches": packages.zypper_patches,
    "ages_of_passwd": account_use.ages_of_passwd,
    "ages_of_shadow": account_use.ages_of_shadow,
    "authorized_keys": account_rights.authorized_keys,
    "last_logins": account_use.last_logins,
    "lockout": account_rules.lockout,
    "password_rules": account_rules.password_rules,
    "shared_numbers": account_use.shared_numbers,
    "sudo_grants": account_rights.sudo_grants,
    "sudo_sources": account_rights.sudo_sources,
}
_TEXT_ARGUMENTS = {"kernel": 1, "listeners": 1}
"""Parsers that take a plain text among their sections, and where it stands."""


def cases() -> list[Path]:
    return sorted(FIXTURES.glob("*/*.json"))


def given(path: Path) -> list[Any]:
    plain = _TEXT_ARGUMENTS.get(path.parent.name)
    values = json.loads(path.read_text())["input"]
    return [
        value.encode() if isinstance(value, str) and i != plain else value for i, value in enumerate(values)
    ]
