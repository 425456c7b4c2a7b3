from __future__ import annotations

import json
import re
from datetime import date
from typing import get_type_hints

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from checks.judge import judge
from checks.load import all_checks
from collectors.hosts import foreign
from collectors.hosts.foreign import MACOS, POWERSHELL, WINDOWS, macos_script, windows_script
from collectors.hosts.macos import MacHost
from collectors.hosts.platform import HostsPlatform, HostTarget
from collectors.hosts.record import State, parse
from collectors.hosts.sections import UnknownSection
from collectors.hosts.source import System
from collectors.hosts.transport import Ending, LocalTransport, Result
from collectors.hosts.windows import WindowsHost
from collectors.kind import describe
from collectors.plan import plan_kind, specs
from collectors.poll import Errand, poll
from evidence.model import Reason, Status, UnitResult
from tests.collectors.hosts.parsers import FIXTURES
from tests.collectors.hosts.recorded import Said, answer
from tests.collectors.hosts.test_linux import _without_missing

NIGHT = date(2026, 11, 22)
KINDS = {"host.windows": WindowsHost, "host.macos": MacHost}
CHECKS = [check for check in all_checks().checks.values() if set(check.on) & KINDS.keys()]


class Told:
    """A host that answers any section with what it was told, and absent otherwise."""

    user, fingerprint = "nightledger", "SHA256:abc"

    def __init__(self, system: System, sections: dict[str, str | bytes | Said]) -> None:
        self.system, self.sections, self.scripts = system, sections, []

    def run(self, script: bytes, deadline: float, max_bytes: int = 0) -> Result:
        self.scripts.append(script)
        form = (
            rb"\$nonce = '(\S+)'; \$sections = @\((.*)\)"
            if self.system is System.WINDOWS
            else rb"nonce=(\S+) sections='([^']*)'"
        )
        header = re.match(form, script)
        assert header
        names = re.findall(r"[a-z_]+", header[2].decode())
        said = {name: self._said(name) for name in names}
        return Result(answer(header[1].decode(), said), b"", 0, Ending.FINISHED, self.fingerprint)

    def _said(self, name: str) -> Said:
        text = self.sections.get(name, "")
        if isinstance(text, Said):
            return text
        return (
            Said("ok", stdout=text if isinstance(text, bytes) else text.encode()) if text else Said("absent")
        )


class ToldPlatform(HostsPlatform):
    def targets(self, source):
        yield HostTarget("host/x", source, os=source.system)


def look(host: Told) -> list[UnitResult]:
    platform = ToldPlatform()
    plans = {name: plan_kind(spec, spec.fact_names) for name, spec in specs([platform]).items()}
    return list(poll([Errand(platform, "hosts", host, plans)]))


def recorded(section: str, name: str) -> str:
    return json.loads((FIXTURES / section / f"{name}.json").read_text())["input"][0]


GOOD_WINDOWS = {
    "win_system": recorded("win_identity", "a-host"),
    "win_bitlocker": json.dumps({"drive": "C:", "type": 0, "protection": 1, "conversion": 1}),
    "win_lock": recorded("win_lock", "machine-and-one-account"),
    "win_rdp": recorded("win_rdp", "fifteen-minutes"),
    "win_updates": json.dumps({"result": 2, "asked": "2026-11-21", "restart": False, "pending": []}),
    "win_defender": recorded("win_defender", "watching"),
    "win_audit": json.dumps(
        {
            "rows": [
                {"guid": f"{{0CCE92{n}-69AE-11D9-BED3-505054503030}}", "value": "3"}
                for n in ("15", "35", "37", "2F")
            ]
        }
    ),
    "win_forwarding": recorded("win_forwarding", "one"),
    "win_firewall": json.dumps({"profiles": [{"name": "Public", "enabled": 1, "inbound": 4}]}),
}
GOOD_MAC = {
    "mac_system": recorded("mac_identity", "a-mac"),
    "mac_filevault": recorded("mac_filevault", "on"),
    "mac_integrity": recorded("mac_integrity", "on"),
    "mac_firewall": recorded("mac_firewall", "on"),
    "mac_lock": recorded("mac_lock", "managed"),
    "mac_updates": recorded("mac_updates", "none-pending"),
}
GOOD = [(System.WINDOWS, GOOD_WINDOWS, "host.windows"), (System.MACOS, GOOD_MAC, "host.macos")]


@pytest.mark.parametrize(("system", "sections", "kind"), GOOD)
def test_a_host_is_looked_at_as_the_one_kind_its_settings_say(system, sections, kind):
    (result,) = look(Told(system, sections))
    (seen,) = result.observations
    assert (result.unit.kind, seen.resource.kind) == (kind, kind)
    assert seen.resource.uid == "0f1e2d3c-0000-4000-8000-00112233aabb+SHA256:abc"


@pytest.mark.parametrize(("system", "sections", "kind"), GOOD)
def test_a_well_kept_host_passes_every_check_of_its_kind(system, sections, kind):
    (result,) = look(Told(system, sections))
    found = {finding.check: finding.status for finding in judge(result, CHECKS, NIGHT)}
    assert set(found) == {check.id for check in CHECKS if kind in check.on}
    assert set(found.values()) == {Status.PASS}


@pytest.mark.parametrize(("system", "sections", "kind"), GOOD)
def test_a_host_that_refuses_everything_else_is_unknown_in_everything(system, sections, kind):
    first = next(name for name in sections if name.endswith("_system"))
    refused = {name: Said("no_privilege", "an elevated session", "access denied") for name in sections}
    (result,) = look(Told(system, {**refused, first: sections[first]}))
    assert {finding.status for finding in judge(result, CHECKS, NIGHT)} == {Status.UNKNOWN}
    facts = {**result.observations[0].facts, **result.observations[0].volatile}
    assert {fact.reason for name, fact in facts.items() if name != "system"} == {Reason.DENIED}


@settings(max_examples=80, deadline=None)
@given(noise=st.binary(max_size=120), which=st.sampled_from(GOOD))
def test_random_bytes_in_every_section_never_pass_a_check(noise, which):
    system, sections, _ = which
    first = next(name for name in sections if name.endswith("_system"))
    (result,) = look(Told(system, {**dict.fromkeys(sections, noise), first: sections[first]}))
    assert Status.PASS not in {finding.status for finding in judge(result, CHECKS, NIGHT)}


@pytest.mark.parametrize(
    ("section", "text", "check", "expected"),
    [
        ("win_bitlocker", {"drive": "C:", "type": 0, "protection": 0, "conversion": 1}, "windows-bitlocker", Status.FAIL),
        ("win_bitlocker", {"drive": "C:", "type": 0, "protection": 1, "conversion": 2}, "windows-bitlocker", Status.FAIL),
        ("win_bitlocker", {"drive": "C:", "type": 0, "protection": 2, "conversion": 1}, "windows-bitlocker", Status.UNKNOWN),
        ("win_lock", {"seconds": None, "users": []}, "windows-inactivity-lock", Status.FAIL),
        ("win_rdp", {"denied": 0, "idle": None}, "windows-rdp-idle", Status.FAIL),
        ("win_rdp", {"denied": 1, "idle": None}, "windows-rdp-idle", Status.NOT_APPLICABLE),
        ("win_updates", {"result": 2, "asked": "2026-09-01", "restart": False, "pending": []}, "windows-security-updates", Status.UNKNOWN),
        ("win_updates", {"result": 2, "asked": "2026-11-21", "restart": True, "pending": []}, "windows-security-updates", Status.FAIL),
        ("win_defender", {"mode": "Passive Mode", "real_time": False, "tamper": True, "updated": None}, "windows-defender", Status.UNKNOWN),
        ("win_defender", {"mode": "Normal", "real_time": True, "tamper": True, "updated": "2026-09-01"}, "windows-defender", Status.FAIL),
        ("win_audit", {"rows": [{"guid": "{0CCE9215-69AE-11D9-BED3-505054503030}", "value": "1"}]}, "windows-audit-policy", Status.FAIL),
        ("win_forwarding", {"managers": 0}, "windows-events-forwarded", Status.UNKNOWN),
        ("win_firewall", {"profiles": [{"name": "Public", "enabled": 0, "inbound": 4}]}, "windows-firewall", Status.FAIL),
        ("win_firewall", {"profiles": [{"name": "Public", "enabled": 1, "inbound": 0}]}, "windows-firewall", Status.UNKNOWN),
    ],
)  # fmt: skip
def test_a_windows_host_that_falls_short_says_so(section, text, check, expected):
    (result,) = look(Told(System.WINDOWS, {**GOOD_WINDOWS, section: json.dumps(text)}))
    assert {f.check: f.status for f in judge(result, CHECKS, NIGHT)}[check] is expected


@pytest.mark.parametrize(
    ("section", "text", "check", "expected"),
    [
        ("mac_filevault", "FileVault is Off.\n", "macos-filevault", Status.FAIL),
        ("mac_integrity", "System Integrity Protection status: disabled.\n", "macos-system-integrity", Status.FAIL),
        ("mac_firewall", "Firewall is disabled. (State = 0)\n", "macos-firewall", Status.FAIL),
        ("mac_lock", "", "macos-screen-lock", Status.UNKNOWN),
        ("mac_lock", '{"idleTime": 600}', "macos-screen-lock", Status.UNKNOWN),
        ("mac_lock", '{"idleTime": 3600, "askForPassword": 1, "askForPasswordDelay": 0}', "macos-screen-lock", Status.FAIL),
        ("mac_lock", '{"idleTime": 600, "askForPassword": 0}', "macos-screen-lock", Status.FAIL),
        ("mac_updates", "{\n    LastUpdatesAvailable = 3;\n}\n", "macos-updates", Status.FAIL),
        ("mac_updates", "{\n    LastUpdatesAvailable = 0;\n}\n", "macos-updates", Status.UNKNOWN),
    ],
)  # fmt: skip
def test_a_mac_that_falls_short_says_so(section, text, check, expected):
    (result,) = look(Told(System.MACOS, {**GOOD_MAC, section: text}))
    assert {f.check: f.status for f in judge(result, CHECKS, NIGHT)}[check] is expected


@pytest.mark.parametrize(("kind", "known"), [(WindowsHost, WINDOWS), (MacHost, MACOS)])
def test_every_section_is_read_by_a_fact_and_stands_in_its_script(kind, known):
    assert {tag for step in describe(kind).facts.values() for tag in step.tags} == set(known)
    text = (
        windows_script(known, "x") if kind is WindowsHost else macos_script(known, "x", sudo=False)
    ).decode()
    form = r"^    (win_[a-z]+) = \{$" if kind is WindowsHost else r"^section_(mac_[a-z]+)\(\)"
    assert set(re.findall(form, text, re.MULTILINE)) == set(known)
    assert set(known) <= set(foreign.KEEP_STATE)


def test_a_section_of_another_system_is_refused_before_anything_runs():
    with pytest.raises(UnknownSection, match="mac_lock"):
        windows_script(["mac_lock"], "x")


def test_the_script_for_macos_is_one_that_a_posix_shell_runs_to_its_end():
    result = LocalTransport().run(macos_script(MACOS, "c0ffee", sudo=False), 60)
    record = parse(result.stdout, "c0ffee")
    assert (record.complete, set(record.sections)) == (True, set(MACOS))
    assert record.section("mac_filevault").state is State.TOOL_ABSENT


def test_windows_is_asked_to_read_the_whole_script_before_it_runs_it():
    assert "ReadToEnd" in POWERSHELL
    assert len(POWERSHELL) < 8191


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.id)
def test_a_check_takes_its_facts_in_the_types_that_the_collector_gives_them(check):
    (kind,) = check.on
    given_ = {
        name: get_type_hints(step.method)["return"] for name, step in describe(KINDS[kind]).facts.items()
    }
    for name in check.facts:
        assert _without_missing(given_[name]) == _without_missing(get_type_hints(check.judge)[name]), name
