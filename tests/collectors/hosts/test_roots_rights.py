from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from collectors.hosts.source import Mode
from evidence.model import Missing, Reason, Status
from tests.collectors.hosts.lab import CHECKS, Lab, Seen, scan

RELEASES = ("bookworm", "trixie")
START = ". /opt/test/start.sh"
NEEDS_ROOT = {
    "audit_rules",
    "audit_status",
    "authorized_keys",
    "file_integrity",
    "firewall",
    "password_ages",
    "password_states",
    "ssh_server",
    "sudo_grants",
}


@pytest.fixture(scope="module", params=RELEASES)
def lab(request, tmp_path_factory) -> Lab:
    return Lab.made(request.param, tmp_path_factory.mktemp(request.param), "hardened.sh")


def seen(lab: Lab, directory: Path, mode: Mode, boot: str = ":", *, sudo: bool = False) -> Seen:
    with lab.host(directory, f"{boot}\n{START}") as host:
        return scan(host.login("nightledger", mode, sudo=sudo))[0]


@pytest.fixture(scope="module")
def whole(lab, tmp_path_factory) -> Seen:
    return seen(lab, tmp_path_factory.mktemp("whole"), Mode.HELPER)


def test_without_rights_each_fact_of_root_s_is_denied_with_what_to_grant_and_decides_nothing(
    lab, whole, tmp_path
):
    plain = seen(lab, tmp_path, Mode.STDIN, "rm /etc/sudoers.d/nightledger")
    denied = {
        name: fact
        for name, fact in plain.facts.items()
        if isinstance(fact, Missing) and fact.reason is Reason.DENIED
    }
    assert set(denied) == NEEDS_ROOT
    assert all(fact.need for fact in denied.values())
    undecided = {check.id for check in CHECKS if set(check.facts) & NEEDS_ROOT}
    assert {plain.verdicts[name] for name in undecided} == {Status.UNKNOWN}
    others = whole.verdicts.keys() - undecided
    assert {name: plain.verdicts[name] for name in others} == {name: whole.verdicts[name] for name in others}


def test_the_sudo_rules_that_are_printed_are_accepted_and_give_what_they_promise(lab, whole, tmp_path):
    command = [sys.executable, "-m", "nightledger", "permissions", "hosts"]
    rules = subprocess.run(command, capture_output=True, check=True, text=True).stdout
    boot = f"cat >/etc/sudoers.d/nightledger <<'RULES'\n{rules}\nRULES\nchmod 440 /etc/sudoers.d/nightledger; visudo -c"
    ruled = seen(lab, tmp_path, Mode.STDIN, boot, sudo=True)
    denied = {
        name
        for name, fact in ruled.facts.items()
        if isinstance(fact, Missing) and fact.reason is Reason.DENIED
    }
    # Files that no command of a rule reads: another way to run the script, or read access, gives these.
    assert denied == {"authorized_keys", "file_integrity"}
    undecided = {check.id for check in CHECKS if set(check.facts) & denied}
    assert ruled.verdicts == {**whole.verdicts, **dict.fromkeys(undecided, Status.UNKNOWN)}


@pytest.mark.parametrize(("mode", "sudo"), [(Mode.HELPER, False), (Mode.STDIN, False), (Mode.STDIN, True)])
def test_a_scan_writes_nothing_on_the_host_but_sshd_its_log_of_log_ins(lab, tmp_path, mode, sudo):
    with lab.host(tmp_path) as host:
        before = laid(host.upper)
        scan(host.login("nightledger", mode, sudo=sudo))
        after = laid(host.upper)
    changed = {path for path in before.keys() | after.keys() if before.get(path) != after.get(path)}
    assert changed <= {Path("var/log/lastlog"), Path("var/log/wtmp"), Path("var/log/btmp")}


def laid(upper: Path) -> dict[Path, tuple[int, ...]]:
    """All that lies in an overlay's upper directory, by what a write of any kind would change."""
    found = {}
    for path in sorted(upper.rglob("*")):
        state = path.lstat()
        found[path.relative_to(upper)] = (
            state.st_mode,
            state.st_uid,
            state.st_size,
            state.st_mtime_ns,
            state.st_ino,
        )
    return found
