from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, NoReturn

import pytest

from checks.judge import Policy
from checks.load import Catalogue, all_checks
from collectors.hosts.installed import INSTALLED_AT, program
from collectors.hosts.platform import HostsPlatform
from collectors.hosts.sections import ROOT_COMMANDS
from collectors.hosts.source import HostsSource, Mode
from evidence.drift import Change, Drift, compare
from evidence.model import Missing, Reason, Status
from evidence.store import Store
from nightledger.run import Plan, PollSource, make_plan
from nightledger.scan import scan
from tests.servers import guest as guests

AS_OF = date(2026, 11, 22)
# What the guest itself starts from keeps no records.
POLICY = Policy({"host-mounts-encrypted": {"exempt": ("/",)}})

INSTALL = f"""
mkdir -p {Path(INSTALLED_AT).parent}
cat >{INSTALLED_AT} <<'end of the script'
{program().decode()}
end of the script
chmod 755 {INSTALLED_AT}
echo 'nightledger ALL=(root) NOPASSWD: {INSTALLED_AT} ""' >/etc/sudoers.d/nightledger
"""
NEW_KERNEL = "touch /boot/vmlinuz-6.1.999 /run/reboot-required\n"
RESTARTED = "rm /boot/vmlinuz-6.1.999 /run/reboot-required\n"
# A machine that does not say that it is virtual, so that nothing below it could encrypt in its place.
ON_METAL = """
grep -v -E '^(vendor_id|flags)' /proc/cpuinfo >/run/cpuinfo
mount --bind /run/cpuinfo /proc/cpuinfo
"""

# A rule that only holds back what others record.
HOLD_BACK = "auditctl -a always,exclude -F msgtype=CWD\n"

ENCRYPT = """
(umask 077; head -c 64 /dev/urandom >/etc/records.key)
umount /srv/records
cryptsetup luksFormat --batch-mode --type luks2 --pbkdf pbkdf2 --pbkdf-force-iterations 1000 /dev/ubdb /etc/records.key
swapoff /dev/ubdc
echo 'records /dev/ubdb /etc/records.key luks' >>/etc/crypttab
echo 'swap /dev/ubdc /dev/urandom swap,cipher=aes-xts-plain64,size=256' >>/etc/crypttab
sed -i -e 's|/dev/ubdb|/dev/mapper/records|' -e 's|/dev/ubdc|/dev/mapper/swap|' /etc/fstab
systemctl daemon-reload
systemctl start systemd-cryptsetup@records
mke2fs -q -t ext4 -O ^has_journal /dev/mapper/records
systemctl start srv-records.mount dev-mapper-swap.swap
"""
RECORD = """
echo '-w /srv/records -p rwxa -k records' >/etc/audit/rules.d/records.rules
systemctl enable --quiet --now auditd
"""
END_IDLE_SESSIONS = """
echo 'readonly TMOUT=900; export TMOUT' >/etc/profile.d/idle.sh
echo 'ChannelTimeout session:*=15m' >/etc/ssh/sshd_config.d/idle.conf
mkdir -p /etc/systemd/logind.conf.d
printf '[Login]\\nStopIdleSessionSec=15min\\n' >/etc/systemd/logind.conf.d/idle.conf
systemctl restart systemd-logind ssh
"""


@dataclass(frozen=True, slots=True)
class Nights:
    """Three looks at one guest: as a stranger, as it was delivered, and after its administrator worked on it."""

    guest: guests.Guest
    store: Store
    stranger: int
    before: int
    after: int

    def facts(self, run: int) -> dict[str, Any]:
        (row,) = self.store.observations(run)
        return dict(row.facts)

    def statuses(self, run: int) -> dict[str, Status]:
        return {row.check: row.status for row in self.store.findings(run)}

    def drift(self) -> Drift:
        return compare(self.store, self.before, self.after)


def cannot(why: str) -> NoReturn:
    if os.environ.get("CI") == "true":
        pytest.fail(why)
    pytest.skip(why)


@pytest.fixture(scope="module")
def guest(tmp_path_factory) -> Iterator[guests.Guest]:
    if why := guests.why_not():
        cannot(why)
    with guests.running(tmp_path_factory.mktemp("guest")) as running:
        yield running


@pytest.fixture(scope="module")
def nights(guest, tmp_path_factory) -> Iterator[Nights]:
    directory = tmp_path_factory.mktemp("store")
    with Store.open(str(directory / "store.sqlite"), keys=directory / "keys") as store:
        guest.do(NEW_KERNEL)
        stranger = look(store, guest, Mode.STDIN, "strangers")
        guest.do(RESTARTED + ON_METAL + INSTALL + HOLD_BACK)
        before = look(store, guest, Mode.HELPER, "nightly")
        guest.do(ENCRYPT + RECORD + END_IDLE_SESSIONS)
        after = look(store, guest, Mode.HELPER, "nightly")
        yield Nights(guest, store, stranger, before, after)


def look(store: Store, guest: guests.Guest, mode: Mode, series: str) -> int:
    scanned = scan(store, plan(guest, mode), series=series)
    run = scanned.sealed.run
    missing = [why for row in store.findings(run) for _, why in row.missing]
    if scanned.tally.unseen or Reason.TIMEOUT in {why.reason for why in missing}:
        cannot("this machine is too busy for the guest to answer in time")
    return run


def plan(guest: guests.Guest, mode: Mode) -> Plan:
    known = all_checks()
    asked = {name: check for name, check in known.checks.items() if check.on == ("host.linux",)}
    source = PollSource("hosts", "ward", HostsSource("ward", (guest.host(mode=mode),)))
    return make_plan(
        [source], {"hosts": HostsPlatform()}, Catalogue(asked, {}), asked.values(), AS_OF, POLICY
    )


FIXED = {
    "host-audit-daemon-runs",
    "host-audit-rules-loaded",
    "host-idle-session-ends",
    "host-mounts-encrypted",
    "host-ssh-idle-session-ends",
    "host-swap-encrypted",
}
CHANGED = {
    "audit_rules",
    "audit_status",
    "mounts",
    "processes",
    "services",
    "session_manager",
    "shell_timeout",
    "ssh_server",
    "swap",
}
ROOTS_OWN = {
    "audit_rules": "audit_rules",
    "audit_status": "audit_status",
    "authorized_keys": "sshd",
    "firewall": "nft",
    "outdated_services": "needrestart",
    "password_ages": "passwords",
    "password_states": "passwords",
    "ssh_server": "sshd",
    "sudo_grants": "sudoers",
}


def test_drift_tells_what_the_administrator_did_and_nothing_else(nights):
    news = {(entry.change, entry.check) for entry in nights.drift().news}
    assert {check for change, check in news if change is Change.FIXED} == FIXED
    assert news - {(Change.FIXED, check) for check in FIXED} <= {(Change.CHANGED, "")}


def test_no_fact_changes_but_those_that_were_worked_on(nights):
    before, after = nights.facts(nights.before), nights.facts(nights.after)
    assert {name for name in before if before[name] != after[name]} == CHANGED


def test_nothing_of_it_is_missing_to_who_may_look(nights):
    missing = {name: fact for name, fact in nights.facts(nights.after).items() if isinstance(fact, Missing)}
    assert missing == {}


def test_a_volume_is_encrypted_where_lsblk_shows_a_crypt_layer(nights):
    layers = [line.split() for line in nights.guest.do("lsblk -n -r -o MOUNTPOINTS,TYPE").splitlines()]
    crypt = {where for *wheres, kind in layers for where in wheres if kind == "crypt"}
    found = {at: row["storage"] for row in nights.facts(nights.after)["mounts"] for at in row["at"]}
    assert crypt == {"/srv/records", "[SWAP]"}
    assert {at for at, storage in found.items() if storage == "encrypted"} == crypt - {"[SWAP]"}
    assert found["/"] == "plain"
    (area,) = nights.facts(nights.after)["swap"]
    assert (area["device"], area["storage"]) == ("/dev/mapper/swap", "encrypted")


def test_before_that_both_were_plain(nights):
    facts = nights.facts(nights.before)
    assert {row["storage"] for row in facts["mounts"]} == {"plain"}
    assert [area["storage"] for area in facts["swap"]] == ["plain"]


def test_the_kernel_s_own_audit_state_is_what_counts(nights):
    before, after = nights.facts(nights.before), nights.facts(nights.after)
    assert (before["audit_status"]["running"], before["audit_rules"]) == (False, [HOLD_BACK[9:-1]])
    assert after["audit_status"] == {"enabled": 1, "running": True}
    assert after["audit_rules"] == nights.guest.do("auditctl -l").splitlines()


def test_systemd_says_what_keeps_logs_and_what_starts_updates(nights):
    facts = nights.facts(nights.after)
    units = {service["unit"]: (service["active"], service["enabled"]) for service in facts["services"]}
    assert facts["machine"]["systemd"]
    assert facts["journal"] == {"storage": "auto", "directory": True}
    assert units["apt-daily-upgrade.timer"] == ("active", "enabled")
    assert units["auditd.service"] == ("active", "enabled")
    assert nights.statuses(nights.after)["host-journal-persistent"] is Status.PASS


def test_a_stranger_is_denied_what_root_alone_may_read_and_told_the_rule_to_add(nights):
    facts = nights.facts(nights.stranger)
    denied = {name: fact.need for name, fact in facts.items() if isinstance(fact, Missing)}
    rules = {
        name: f"nightledger ALL=(root) NOPASSWD: {ROOT_COMMANDS[section]}"
        for name, section in ROOTS_OWN.items()
    }
    assert denied == rules
    assert {fact.reason for fact in facts.values() if isinstance(fact, Missing)} == {Reason.DENIED}


def test_nothing_passes_or_fails_on_what_a_stranger_was_denied(nights):
    findings = nights.store.findings(nights.stranger)
    told = {row.status for row in findings if ROOTS_OWN.keys() & set(row.facts)}
    assert told == {Status.UNKNOWN}


def test_a_newer_kernel_on_disk_waits_for_a_restart(nights):
    assert nights.facts(nights.stranger)["kernel"] == {
        "running": nights.facts(nights.stranger)["machine"]["kernel"],
        "newest": "6.1.999",
        "reboot_required": True,
    }
    assert nights.statuses(nights.stranger)["host-kernel-current"] is Status.FAIL
    assert nights.statuses(nights.before)["host-kernel-current"] is Status.PASS


def test_a_virtual_machine_does_not_know_what_lies_below_its_plain_disks(nights):
    asked = ("host-mounts-encrypted", "host-swap-encrypted")
    assert nights.facts(nights.stranger)["machine"]["virtual"]
    assert [nights.statuses(nights.stranger)[check] for check in asked] == [Status.UNKNOWN] * 2
    assert [nights.statuses(nights.before)[check] for check in asked] == [Status.FAIL] * 2
    assert [nights.statuses(nights.after)[check] for check in asked] == [Status.PASS] * 2
