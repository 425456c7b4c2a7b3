from __future__ import annotations

import json
import sys
from dataclasses import replace
from datetime import date
from pathlib import Path
from types import UnionType
from typing import Union, get_args, get_origin, get_type_hints

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from checks.judge import judge
from checks.load import all_checks
from collectors.hosts.linux import LinuxHost
from collectors.hosts.platform import HostsPlatform
from collectors.hosts.sections import ROOT_COMMANDS, SECTIONS
from collectors.hosts.source import Host, HostsSource
from collectors.hosts.transport import Phase, Unreachable
from collectors.keep import parse as parse_keep
from collectors.kind import describe
from collectors.plan import plan_kind, specs
from collectors.poll import Errand, poll
from evidence.canonical import canonical
from evidence.model import Missing, Reason, ScopeStatus, Status, UnitResult
from tests.collectors.hosts.recorded import MACHINE, Recorded, Said, facts_of, look

CHECKS = [check for check in all_checks().checks.values() if "host.linux" in check.on]
NIGHT = date(2026, 11, 22)


def poll_source(source: HostsSource | None) -> list[UnitResult]:
    platform = HostsPlatform()
    spec = specs([platform])[LinuxHost.kind]
    return list(poll([Errand(platform, "hosts", source, {spec.name: plan_kind(spec, spec.fact_names)})]))


def test_one_host_is_one_resource_known_by_its_machine_id():
    result = look(Recorded({}), "machine")
    (seen,) = result.observations
    assert (seen.resource.uid, seen.resource.name) == ("0123456789abcdef0123456789abcdef", "db1")
    assert result.coverage[0].status is ScopeStatus.COMPLETE


def test_over_ssh_the_host_key_is_part_of_the_uid():
    (seen,) = look(Recorded({}, fingerprint="SHA256:abc"), "machine").observations
    assert seen.resource.uid == "0123456789abcdef0123456789abcdef+SHA256:abc"


def test_only_the_sections_that_the_planned_facts_read_are_asked_for():
    host = Recorded({})
    look(host, "mounts")
    assert host.asked == [["block", "ciphers", "helper", "machine", "mounts", "zfs"]]


def test_every_section_a_fact_names_exists_and_every_section_is_read_by_a_fact():
    tags = {tag for step in describe(LinuxHost).facts.values() for tag in step.tags}
    # The listing reads which script is installed.
    assert tags | {"helper"} == SECTIONS


def test_every_keep_list_keeps_what_the_client_answers():
    for text in LinuxHost.keep.values():
        assert {path[-1] for path, _ in parse_keep(text).paths()} <= {"state", "status", "text"}


def test_every_root_command_is_the_need_of_a_fact():
    needs = {need for step in describe(LinuxHost).facts.values() for need in step.needs.values()}
    assert needs == set(ROOT_COMMANDS.values())


def test_a_null_cipher_encrypts_nothing_and_where_nobody_may_ask_the_mapping_s_kind_has_to_do():
    host = {
        "mounts": "27 1 254:0 / / rw - ext4 /dev/mapper/root rw\n",
        "block": "dm-0\t254:0\t\tsda,\tCRYPT-LUKS2-0011-root\troot\t\nsda\t8:0\t\t\t\t\t\n",
    }
    said = {
        "plain": "root: 0 98304 crypt cipher_null-ecb 0 0 8:0 32768\n",
        "encrypted": "root: 0 98304 crypt aes-xts-plain64 :64:logon:cryptsetup:0011-d0 0 8:0 32768\n",
    }
    for storage, table in said.items():
        assert facts_of({**host, "ciphers": table}, "mounts")["mounts"][0]["storage"] == storage
    refused = {**host, "ciphers": Said("no_privilege", ROOT_COMMANDS["ciphers"])}
    assert facts_of(refused, "mounts")["mounts"][0]["storage"] == "encrypted"


def test_a_refused_section_is_missing_with_the_rule_to_add():
    facts = facts_of(
        {"sshd": Said("no_privilege", "/usr/sbin/sshd -T"), "ssh_server": "installed=sshd\n"}, "ssh_server"
    )
    assert facts["ssh_server"].reason is Reason.DENIED
    assert facts["ssh_server"].need == "nightledger ALL=(root) NOPASSWD: /usr/sbin/sshd -T"


def test_no_ssh_server_is_none_but_one_that_cannot_be_asked_is_missing():
    absent = {"sshd": Said("tool_absent", "sshd"), "ssh_server": ""}
    assert facts_of(absent, "ssh_server")["ssh_server"] is None
    over_ssh = {**absent, "machine": MACHINE + "over_ssh=yes\n"}
    assert facts_of(over_ssh, "ssh_server")["ssh_server"].reason is Reason.NOT_AVAILABLE
    assert facts_of({**absent, "ssh_server": "listening=22\n"}, "ssh_server")["ssh_server"].need == "sshd"


def test_without_systemd_its_facts_are_none_and_with_an_old_one_no_session_ends():
    absent = Said("tool_absent", "systemd")
    facts = facts_of({"logind": absent, "services": absent}, "session_manager", "services", "journal")
    assert facts == {"session_manager": None, "services": None, "journal": None}
    old = {"logind": Said("error", stderr="Unknown property or interface.", status=1)}
    assert facts_of(old, "session_manager")["session_manager"]["stop_idle_session_seconds"] is None


def test_without_the_audit_tools_there_is_no_audit():
    absent = Said("tool_absent", "auditctl")
    facts = facts_of({"audit_status": absent, "audit_rules": absent}, "audit_status", "audit_rules")
    assert facts == {"audit_status": None, "audit_rules": None}


def test_without_apt_pending_updates_are_missing_not_none():
    absent = {"apt_pending": Said("tool_absent", "apt-get")}
    facts = facts_of(absent, "pending_updates")
    assert facts["pending_updates"].reason is Reason.NOT_AVAILABLE


LISTS = "/var/lib/apt/lists/security_InRelease:Label: Debian-Security\n/var/lib/apt/lists/security_InRelease:Suite: {}\n"
OFFERED = "Listing...\nopenssl/{} 1.1.1n-0+deb10u7 amd64 [upgradable from: 1.1.1n-0+deb10u6]\n"


def pending(suite, offered):
    seen = {"apt_pending": offered, "apt_lists": LISTS.format(suite), "apt_pins": Said("absent")}
    return facts_of(seen, "pending_updates")["pending_updates"]


def test_a_security_archive_that_shares_its_suite_s_name_leaves_open_what_is_a_security_update():
    assert pending("oldstable-security", OFFERED.format("oldstable-security"))["security"] == ["openssl"]
    assert pending("oldstable-security", OFFERED.format("oldstable"))["other"] == ["openssl"]
    assert pending("oldstable", OFFERED.format("oldstable")).reason is Reason.NOT_AVAILABLE
    assert pending("oldstable", "Listing...\n") == {"security": [], "other": [], "held": []}


NFT = '{"nftables": [{"metainfo": {}}, {"chain": {"family": "inet", "table": "t", "name": "in", "hook": "input", "type": "filter", "policy": "%s"}}]}'


def test_where_nft_refuses_the_older_filter_need_not_be_read_and_where_it_does_not_it_must():
    others = {"iptables": Said("tool_absent", "iptables-save"), "listeners": "looked tcp\nlooked udp\n"}
    refusing = facts_of({"nft": NFT % "drop", **others}, "firewall")["firewall"]
    assert refusing == {"ipv4": "refused", "ipv6": "refused", "has_ipv6": False}
    open_ = facts_of({"nft": NFT % "accept", **others}, "firewall")["firewall"]
    assert open_ == Missing(Reason.NOT_AVAILABLE, "iptables-save", "iptables-save is not on the host")


def test_a_host_that_does_not_say_what_it_is_is_a_failed_scope():
    result = look(Recorded({"machine": Said("timeout")}), "mounts")
    assert result.observations == ()
    assert result.coverage[0].status is ScopeStatus.FAILED


def test_an_unreachable_host_is_a_failed_scope_with_the_code():
    class Dead(Recorded):
        def run(self, script, deadline, max_bytes=0):
            raise Unreachable(Phase.HOST_KEY, "host_key_changed", "it showed SHA256:x", Reason.ERROR)

    result = look(Dead({}), "mounts")
    assert result.observations == ()
    assert result.coverage[0].status is ScopeStatus.FAILED
    assert "host_key_changed" in result.coverage[0].why.detail


def test_every_finding_about_an_unreachable_host_is_unknown():
    result = poll_source(HostsSource("x", (Host("127.0.0.1", 1),)))[0]
    assert {finding.status for finding in judge(result, CHECKS, NIGHT)} == {Status.UNKNOWN}


def test_a_dead_host_does_not_hold_up_the_others():
    if not sys.platform.startswith("linux"):
        pytest.skip("this is not a Linux system")
    source = HostsSource("x", tuple(Host("127.0.0.1", port) for port in (1, 2, 3)), local=True)
    results = poll_source(source)
    assert sorted(len(result.observations) for result in results) == [0, 0, 0, 1]


def test_what_changes_every_night_is_kept_apart_and_leaves_no_raw_text():
    moving = {
        "clock": ("1795325845\n10.0 1.0\n", "1795412245\n86410.0 1.0\n"),
        "apt_stamps": ("1795305600 /var/lib/apt/periodic/upgrade-stamp\n", "1795392000 /var/lib/apt/periodic/upgrade-stamp\n"),
        "mounts": ("27 1 8:1 / / rw - ext4 /dev/sda1 rw\n", "99 1 8:1 / / rw - ext4 /dev/sda1 rw\n"),
    }  # fmt: skip
    nights = [look(Recorded({name: texts[night] for name, texts in moving.items()})) for night in (0, 1)]
    assert (
        len({canonical({k: str(v) for k, v in night.observations[0].facts.items()}) for night in nights}) == 1
    )
    assert nights[0].objects.keys() == nights[1].objects.keys()
    assert set(nights[0].observations[0].volatile) == {
        "clock",
        "defender",
        "endpoint",
        "file_integrity",
        "last_logins",
        "listeners",
        "package_lists",
        "time_sync",
        "update_runs",
    }
    assert nights[0].observations[0].volatile != nights[1].observations[0].volatile


def test_two_runs_over_this_machine_give_the_same_evidence():
    if not Path("/proc/self/mountinfo").exists():
        pytest.skip("this is not a Linux system")
    (first,), (second,) = poll_source(None), poll_source(None)
    assert first.observations[0].facts == second.observations[0].facts
    assert first.objects.keys() == second.objects.keys()
    assert first.unit.target == "host/localhost"


def test_raw_evidence_holds_no_standard_error():
    result = look(Recorded({"block": Said("ok", stderr="secret", stdout=b"x")}), "mounts")
    assert b"secret" not in b"".join(result.objects.values())
    assert all(json.loads(data)["state"] in {"ok", "absent"} for data in result.objects.values())


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=200), st.data())
def test_random_bytes_in_every_section_never_pass_a_check(noise, data):
    texts = {
        name: data.draw(st.sampled_from([noise, noise[::-1], noise + b"\n", b"x" + noise]))
        for name in SECTIONS - {"machine"}
    }
    result = look(Recorded(texts))
    findings = judge(result, CHECKS, NIGHT)
    assert [finding.check for finding in findings if finding.status is Status.PASS] == []


def test_a_record_that_ends_early_passes_nothing_that_it_did_not_hold():
    class Short(Recorded):
        def run(self, script, deadline, max_bytes=0):
            result = super().run(script, deadline)
            cut = result.stdout.index(b" O mounts") - 10
            return replace(result, stdout=result.stdout[:cut])

    result = look(Short({}))
    facts = result.observations[0].facts
    assert facts["mounts"] == Missing(Reason.ERROR, detail="the record ended before section mounts")
    assert facts["password_states"].reason is Reason.ERROR


def _without_missing(hint):
    return {
        part
        for part in (get_args(hint) if get_origin(hint) in {Union, UnionType} else (hint,))
        if part is not Missing
    }


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.id)
def test_a_check_takes_its_facts_in_the_types_that_the_collector_gives_them(check):
    given = {name: get_type_hints(step.method)["return"] for name, step in describe(LinuxHost).facts.items()}
    taken = get_type_hints(check.judge)
    for name in check.facts:
        assert _without_missing(given[name]) == _without_missing(taken[name]), name
