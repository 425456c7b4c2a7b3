from pathlib import Path

import pytest

from checks.load import all_checks
from collectors.aws.source import Source
from collectors.hosts.inventory import OVER_PSRP, AnsibleInventory, HostFile
from collectors.hosts.source import Host, HostsSource, Mode, System, WayIn
from config.load import ConfigError, load, parse
from config.settings import Settings
from nightledger.platforms import platforms
from nightledger.sources import (
    Installed,
    SettingsError,
    policy,
    poll_sources,
    require_platforms,
    selected,
)

EXAMPLE = Path(__file__).parents[3] / "config" / "example.yaml"


def test_the_example_names_only_what_exists_and_becomes_the_platforms_sources(monkeypatch):
    settings, catalogue = load(EXAMPLE, {}, Installed()), all_checks()
    aws, hosts, directory = poll_sources(settings)
    assert aws.settings.roles() == (
        "arn:aws:iam::111122223333:role/NightledgerRead",
        "arn:aws:iam::012345670123:role/NightledgerRead",
    )
    assert (hosts.settings.local, hosts.settings.hosts[0].user) == (True, "nightledger")
    monkeypatch.setenv("NIGHTLEDGER_LDAP_PASSWORD", "hunter2")
    assert directory.settings.password() == "hunter2"
    assert "hunter2" not in repr(directory)
    assert policy(settings, catalogue).values == {"host-idle-session-ends": {"max_minutes": 10}}
    assert "host-automatic-updates" not in {check.id for check in selected(settings, catalogue)}
    require_platforms(poll_sources(settings), platforms())


def test_sources_can_be_named(monkeypatch):
    settings = load(EXAMPLE, {})
    assert [source.name for source in poll_sources(settings, ["staff", "staff"])] == ["staff"]
    with pytest.raises(SettingsError, match="no source is called 'stuff'"):
        poll_sources(settings, ["stuff"])


WRONG = """\
store: sqlite:evidence.db
key_directory: key
sources:
  - {type: plugin, name: boxes, platform: dmo}
  - type: hosts
    name: servers
    inventories:
      - source: boxes
policy:
  demo-box-lokced:
    weakest: 2
    reason: decided by the security committee
  host-idle-session-ends:
    max_minutes: -5
    max_minute: 5
    reason: decided by the security committee
  aws-ec2-security-group-admin-ports:
    ports: [22, ssh]
    reason: decided by the security committee
selection:
  exclude:
    - check: host-automatic-update
      reason: decided by the security committee
ephi:
  - kind: aws.s3.bukket
"""
TOLD = [
    '4: sources[0].platform: is no platform here; did you mean "demo"?',
    "8: sources[1].inventories[0].source: is no aws or directory source of this file",
    '10: policy.demo-box-lokced: is no check here; did you mean "demo-box-locked"?',
    "14: policy.host-idle-session-ends.max_minutes: must not be negative",
    '15: policy.host-idle-session-ends.max_minute: is no parameter of this check; did you mean "max_minutes"?',
    "18: policy.aws-ec2-security-group-admin-ports.ports: each of the list must be a whole number",
    '22: selection.exclude[0].check: is no check here; did you mean "host-automatic-updates"?',
    '25: ephi[0].kind: matches no kind; did you mean "aws.s3.bucket"?',
]


@pytest.mark.parametrize(
    "words", [["scan"], ["check", "demo-box-locked", "--seal"], ["doctor"], ["schedule"]]
)
def test_whatever_the_settings_name_wrongly_is_told_at_once_before_there_is_a_store(desk, run, words):
    desk.settings(WRONG)
    ended = run(*words)
    assert ended.code == 2
    lines = [f"nightledger: {desk.path}/nightledger.yaml:{line}" for line in TOLD]
    assert ended.err.splitlines() == lines
    assert not (desk.path / "evidence.db").exists()
    assert not (desk.path / "key").exists()


@pytest.mark.parametrize(
    "lines", ["", "store: sqlite:evidence.db\nsources: [{type: hosts, name: a, local: yes}]"]
)
def test_a_store_in_the_environment_that_is_none_is_blamed_on_the_variable(desk, run, lines):
    (desk.path / "nightledger.yaml").unlink()
    if lines:
        desk.settings(lines)
    desk.environ["NIGHTLEDGER_STORE"] = "mysql://user:hunter2@db/evidence"
    ended = run("scan")
    assert ended.code == 2
    assert ended.err.startswith("nightledger: NIGHTLEDGER_STORE: a store is sqlite:PATH")
    assert "hunter2" not in ended.err
    assert len(ended.err.splitlines()) == 1


def test_a_store_that_a_reference_leads_to_is_one_or_refused(desk, run):
    desk.settings("store: env:WHERE\nkey_directory: key\nsources: [{type: hosts, name: a, local: yes}]")
    desk.environ["WHERE"] = "mysql://user:hunter2@db/evidence"
    ended = run("scan")
    assert (ended.code, "hunter2" in ended.err) == (2, False)
    assert "env:WHERE: a store is sqlite:PATH" in ended.err
    assert not (desk.path / "mysql:").exists()


def test_every_kind_may_be_said_to_hold_ephi():
    assert {"aws.s3.bucket", "host.linux", "aws.cloudtrail.bucket"} <= Installed().kinds


def overriding(check, **values):
    parameters = "".join(f"{name}: {value}, " for name, value in values.items())
    text = (
        "sources: [{type: hosts, name: here, local: true}]\n"
        f"policy: {{{check}: {{{parameters}reason: decided by the committee}}}}"
    )
    return policy(parse(text, Path("n.yaml"), {}, Installed()), all_checks()).values[check]


def test_values_are_read_in_the_type_of_the_default():
    assert overriding("host-idle-session-ends", max_minutes=5) == {"max_minutes": 5}
    assert overriding("aws-ec2-security-group-admin-ports", ports="[22]") == {"ports": (22,)}
    with pytest.raises(ConfigError, match="must be a whole number"):
        overriding("host-idle-session-ends", max_minutes=5.5)


def native(**source):
    (made,) = poll_sources(Settings.model_validate({"sources": [{"name": "one", **source}]}))
    return made.settings


def test_what_is_not_said_is_left_to_the_collectors():
    assert native(type="aws") == Source(name="one")
    assert native(type="hosts", hosts=[{"address": "db"}]) == HostsSource(
        name="one", hosts=(Host(address="db"),)
    )


def test_an_organization_is_entered_by_the_name_of_a_role():
    made = native(
        type="aws",
        organization="true",
        role_name="Read",
        exclude_accounts=["012345670123"],
        session_tags={"a": "b"},
    )
    assert (made.organization, made.exclude_accounts, made.session_tags) == (
        True,
        ("012345670123",),
        (("a", "b"),),
    )


@pytest.mark.parametrize(
    "source",
    [
        {"organization": "true"},
        {"role_name": "Read"},
        {"role_name": "Read", "organization": "true", "accounts": ["012345670123"]},
        {"exclude_accounts": ["012345670123"]},
    ],
)
def test_half_of_a_way_into_accounts_is_refused(source):
    with pytest.raises(ValueError, match="organization"):
        native(type="aws", **source)


def hosts_source(**given):
    source = {"type": "hosts", "name": "servers", **given}
    (one,) = poll_sources(Settings.model_validate({"sources": [source]}))
    return one.settings


def test_sudo_on_this_machine_reaches_the_collector():
    assert hosts_source(local=True, sudo=True) == HostsSource("servers", local=True, sudo=True)


def test_all_that_is_said_of_a_host_reaches_the_collector():
    bastion = {"address": "bastion", "user": "hop", "jump": {"address": "first"}}
    said = {"address": "db", "mode": "forced", "agent": True, "certificate_file": "/c", "jump": bastion}
    (host,) = hosts_source(hosts=[said]).hosts
    jump = Host("bastion", user="hop", jump=Host("first"))
    assert host == Host("db", mode=Mode.FORCED, agent=True, certificate_file="/c", jump=jump)


def test_a_host_over_psrp_has_a_port_of_its_own():
    said = {"address": "pc1", "os": "windows", "transport": "psrp", "ca_file": "/ca"}
    (usual, other) = hosts_source(hosts=[said, {**said, "port": 443}]).hosts
    assert usual == Host("pc1", 5986, os=System.WINDOWS, transport=WayIn.PSRP, ca_file="/ca")
    assert (usual.label, other.label) == ("pc1", "pc1:443")


def test_ports_where_tls_is_expected_reach_the_collector():
    said = {"address": "db", "tls_ports": [443, 5432], "ca_file": "/ca"}
    source = hosts_source(hosts=[said], local=True, tls_ports=[8443])
    assert source.hosts == (Host("db", tls_ports=(443, 5432), ca_file="/ca"),)
    assert source.tls_ports == (8443,)


def test_a_login_over_psrp_takes_the_hosts_that_ansible_reaches_so():
    login = {"os": "windows", "transport": "psrp"}
    (inventory,) = hosts_source(inventories=[{"ansible": "/i"}], login=login).inventories
    assert inventory == AnsibleInventory("/i", connections=OVER_PSRP)


def test_inventories_come_with_the_login_of_their_hosts():
    source = hosts_source(
        inventories=[{"hosts_file": "/h"}, {"ansible": "/i", "groups": ["ehr"]}],
        login={"user": "nightledger", "port": 2222},
        ssh_config="/s",
    )
    assert source.inventories == (HostFile("/h"), AnsibleInventory("/i", ("ehr",)))
    assert (source.login, source.ssh_config) == (Host("", 2222, "nightledger"), "/s")


@pytest.mark.parametrize(
    ("given", "why"),
    [
        ({"hosts": [{"address": "a", "mode": "forced", "sudo": True}]}, "sudo: true is for mode: stdin"),
        ({"hosts": [{"address": "a"}], "sudo": True}, "here are for local: true"),
        ({"hosts": [{"address": "a", "transport": "psrp"}]}, "psrp is for os: windows"),
        ({"hosts": [{"address": "a", "ca_file": "/ca"}]}, "ca_file is for transport: psrp"),
        (
            {"hosts": [{"address": "a", "os": "windows", "transport": "psrp", "agent": True}]},
            "agent: for transport: ssh only",
        ),
        (
            {"hosts": [{"address": "a", "os": "windows", "transport": "psrp", "key_file": "/k"}]},
            "together, or neither",
        ),
        ({"inventories": [{"groups": ["a"]}]}, "one of hosts_file, ansible and source"),
        ({"inventories": [{"hosts_file": "/h", "groups": ["a"]}]}, "those of an Ansible inventory"),
    ],
)
def test_what_does_not_go_together_is_refused(given, why):
    with pytest.raises(ValueError, match=why):
        hosts_source(**given)
