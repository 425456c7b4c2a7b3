from __future__ import annotations

import re
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest

from collectors.hosts.installed import helped_script
from collectors.hosts.sections import SECTIONS, script
from collectors.hosts.source import Host, Mode
from collectors.hosts.ssh import SshTransport
from collectors.hosts.transport import Ending, Phase, Unreachable
from evidence.model import Missing, Reason, Status
from nightledger.host_permissions import three_ways
from tests.collectors.hosts.lab import CHECKS, SCRIPTS, Lab, Seen, scan

RELEASES = ("bookworm", "trixie")
REPOSITORY = Path(__file__).parents[3]
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


@pytest.mark.parametrize(("mode", "sudo"), [(Mode.HELPER, False), (Mode.STDIN, True)])
def test_a_sudo_that_wants_a_terminal_denies_and_fails_nothing(lab, whole, tmp_path, mode, sudo):
    rules = "nightledger ALL=(root) NOPASSWD: ALL"
    boot = f"printf '%s\\n' '{rules}' 'Defaults requiretty' >/etc/sudoers.d/nightledger"
    asked = seen(lab, tmp_path, mode, boot, sudo=sudo)
    denied = {name: fact for name, fact in asked.facts.items() if name in NEEDS_ROOT}
    assert {fact.reason for fact in denied.values()} == {Reason.DENIED}
    undecided = {check.id for check in CHECKS if set(check.facts) & NEEDS_ROOT}
    assert {asked.verdicts[name] for name in undecided} == {Status.UNKNOWN}


def test_a_sudo_that_gives_its_commands_a_terminal_of_their_own_changes_nothing(lab, whole, tmp_path):
    boot = "echo 'Defaults use_pty' >/etc/sudoers.d/terminal"
    assert seen(lab, tmp_path, Mode.HELPER, boot).verdicts == whole.verdicts


def test_where_sshd_asks_no_pam_a_locked_account_is_refused_even_with_its_key(lab, tmp_path):
    without_pam = "echo 'UsePAM no' >/etc/ssh/sshd_config.d/10-pam.conf"
    with lab.host(tmp_path / "open", without_pam) as host:
        assert SshTransport(host.login("nightledger")).run(b"id -un\n", 30).stdout == b"nightledger\n"
    with lab.host(tmp_path / "locked", f"{without_pam}; usermod -p '!' nightledger") as host:
        assert failure(host.login("nightledger")).code == "auth_denied"


def test_the_hosts_are_set_up_as_the_documentation_says(lab, whole, tmp_path):
    documented = re.search(r"sudo (useradd .* nightledger)", (REPOSITORY / "docs/hosts.md").read_text())
    assert documented
    assert f"\n{documented[1]}\n" in (SCRIPTS / "hardened.sh").read_text()
    (bound,) = re.findall(r"#   (restrict.*)", "\n".join(three_ways((), "nightledger")))
    key = lab.keys.key.with_suffix(".pub").read_text().strip()
    boot = f"echo '{bound.replace('KEY', key)}' >~nightledger/.ssh/authorized_keys"
    assert seen(lab, tmp_path, Mode.FORCED, boot).verdicts == whole.verdicts


def test_no_hash_and_no_word_about_a_key_s_owner_leaves_the_host(lab, tmp_path):
    with lab.host(tmp_path) as host:
        hashes = [row.split(":")[1] for row in host.run("cat /etc/shadow").splitlines()]
        text = helped_script(SECTIONS, nonce="c0ffee", deadline=60)
        said = SshTransport(host.login("nightledger")).run(text, 90).stdout
    real = [one.encode() for one in hashes if len(one) > 20]
    assert len(real) == 2
    assert not any(one in said for one in real)
    assert lab.keys.key.with_suffix(".pub").read_bytes().split()[1] not in said
    assert b"their real one" not in said


def test_a_server_that_shuts_out_after_failed_log_ins_is_not_called_anything_else(tmp_path):
    lab = Lab.made("trixie", tmp_path / "lab", "hardened.sh")
    with lab.host(tmp_path / "host") as host:
        login = host.login("nightledger")
        stranger = replace(login, key_file=str(lab.keys.shown))
        failures = [failure(stranger) for _ in range(8)]
        kept_out = failure(login)
        tried = (host.directory / "log").read_text().count("authenticating user nightledger")
    denied = [error for error in failures if error.code == "auth_denied"]
    # One connection, one try: had any been repeated, the server would have seen more than were denied.
    assert tried == len(denied) > 0
    assert (kept_out.phase, kept_out.code) == (Phase.BANNER, "protocol_error")
    assert "after failed log-ins" in kept_out.detail


def failure(login: Host) -> Unreachable:
    with pytest.raises(Unreachable) as error:
        SshTransport(login).run(b"true\n", 30)
    return error.value


def test_what_a_client_that_hung_up_had_started_ends_by_itself(lab, tmp_path):
    text = script({"zfs"}, nonce="c0ffee", deadline=2, sudo=False)
    text = re.sub(rb"(?m)^section_zfs\(\) .*$", b"section_zfs() { probe sleep 31337; }", text)
    sleeps = "cat /proc/[0-9]*/cmdline 2>/dev/null | tr '\\0' ' ' | grep -c 'sleep 3133[7]' || true"
    with lab.host(tmp_path) as host:
        assert SshTransport(host.login("nightledger")).run(text, 60, max_bytes=10).ending is Ending.TRUNCATED
        end = time.monotonic() + 60
        while (left := host.run(sleeps).strip()) != "0" and time.monotonic() < end:
            time.sleep(0.2)
    assert left == "0"


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
