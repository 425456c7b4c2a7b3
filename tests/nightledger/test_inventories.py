from __future__ import annotations

import os

import boto3
import pytest

from collectors.hosts.inventory import InventoryError, Named
from collectors.hosts.platform import HostsPlatform
from collectors.kind import Unreached
from collectors.plan import plan_kind, specs
from collectors.poll import Errand, poll
from config.settings import Settings
from evidence.model import ScopeStatus
from nightledger.sources import SettingsError, poll_sources
from tests.servers import sshd
from tests.servers.moto import DUMMY, MotoServer
from tests.servers.slapd import BASE, COLLECTOR, COLLECTOR_PASSWORD, SlapdServer, deny, require_slapd

LOOPBACK = "127.7.0.5"
COMPUTERS = f"ou=computers,{BASE}"
_MAY = "( cn $ dNSHostName $ operatingSystem $ userAccountControl )"
JOINED = (
    "attributetype ( 1.2.840.113556.1.4.619 NAME 'dNSHostName' SYNTAX 1.3.6.1.4.1.1466.115.121.1.15 )",
    "attributetype ( 1.2.840.113556.1.4.363 NAME 'operatingSystem' SYNTAX 1.3.6.1.4.1.1466.115.121.1.15 )",
    "attributetype ( 1.2.840.113556.1.4.8 NAME 'userAccountControl' SYNTAX 1.3.6.1.4.1.1466.115.121.1.27 )",
    f"objectclass ( 1.2.840.113556.1.3.30 NAME 'computer' SUP top STRUCTURAL MAY {_MAY} )",
)


@pytest.fixture
def server(tmp_path):
    why = sshd.why_not()
    if why and os.environ.get("CI") == "true":
        pytest.fail(why)
    if why:
        pytest.skip(why)
    with sshd.running(tmp_path, f"ListenAddress {LOOPBACK}") as running:
        yield running


@pytest.fixture(scope="module")
def moto():
    try:
        one = MotoServer().start()
    except (ImportError, OSError) as error:
        if os.environ.get("CI") == "true":
            raise
        pytest.skip(f"no moto server can run here: {error}")
    yield one
    one.stop()


@pytest.fixture
def ec2(moto, monkeypatch):
    for name, value in DUMMY.items():
        monkeypatch.setenv(name, value)
    moto.reset()
    client = boto3.Session().client("ec2", region_name="eu-west-1", endpoint_url=moto.url)
    yield client
    client.close()


@pytest.fixture
def instance(ec2):
    vpc = ec2.create_vpc(CidrBlock="127.7.0.0/16")["Vpc"]["VpcId"]
    subnet = ec2.create_subnet(VpcId=vpc, CidrBlock="127.7.0.0/24")["Subnet"]["SubnetId"]

    def run(address, **tags):
        tag = [{"Key": key, "Value": value} for key, value in tags.items()]
        specification = [{"ResourceType": "instance", "Tags": tag}] if tag else []
        (made,) = ec2.run_instances(
            ImageId="ami-12345678",
            MinCount=1,
            MaxCount=1,
            SubnetId=subnet,
            PrivateIpAddress=address,
            TagSpecifications=specification,
        )["Instances"]
        return made["InstanceId"]

    return run


def from_aws(moto, **inventory):
    aws = {"type": "aws", "name": "clinic", "regions": ["eu-west-1"], "endpoint_url": moto.url}
    return [aws, {"type": "hosts", "name": "servers", "inventories": [{"source": "clinic", **inventory}]}]


def native(sources, name="servers", **login):
    settings = Settings.model_validate({"sources": [*sources[:-1], {**sources[-1], "login": login}]})
    (found,) = poll_sources(settings, [name])
    return found.settings


def listed(sources):
    (inventory,) = native(sources).inventories
    return list(inventory.hosts())


def test_running_instances_are_looked_at_as_hosts(server, moto, instance):
    instance(LOOPBACK)
    server.pin("host_key", f"[{LOOPBACK}]:{server.port}")
    host = server.host
    login = {
        "port": host.port,
        "user": host.user,
        "key_file": host.key_file,
        "known_hosts": host.known_hosts,
    }
    platform = HostsPlatform()
    plans = {"host.linux": plan_kind(specs([platform])["host.linux"], ["machine"])}
    (result,) = poll([Errand(platform, "servers", native(from_aws(moto), **login), plans)])
    assert result.unit.target == f"host/{LOOPBACK}:{server.port}"
    assert result.coverage[0].status is ScopeStatus.COMPLETE


def test_only_running_instances_with_all_the_tags_are_hosts(ec2, moto, instance):
    instance("127.7.0.6", ssh="yes", ehr="yes")
    instance("127.7.0.7", ssh="yes")
    ec2.stop_instances(InstanceIds=[instance("127.7.0.8", ssh="yes", ehr="yes")])
    assert listed(from_aws(moto, tags={"ssh": "yes", "ehr": "yes"})) == [Named("127.7.0.6")]


def test_instances_that_may_not_be_listed_are_a_target_not_reached(moto, ec2):
    moto.front.refused = {"ec2.describe_instances": "UnauthorizedOperation"}
    try:
        (lost,) = HostsPlatform().targets(native(from_aws(moto)))
    finally:
        moto.front.clear()
    assert isinstance(lost, Unreached)
    assert (lost.name, lost.failure.code) == ("host/inventory:source clinic", "inventory_unreadable")
    assert "ec2:DescribeInstances" in lost.failure.detail


def test_two_instances_of_one_address_are_not_taken_for_one_host(ec2, moto, instance):
    instance("127.7.0.9")
    other = ec2.create_vpc(CidrBlock="127.7.0.0/16")["Vpc"]["VpcId"]
    subnet = ec2.create_subnet(VpcId=other, CidrBlock="127.7.0.0/24")["Subnet"]["SubnetId"]
    ec2.run_instances(
        ImageId="ami-12345678", MinCount=1, MaxCount=1, SubnetId=subnet, PrivateIpAddress="127.7.0.9"
    )
    (inventory,) = native(from_aws(moto)).inventories
    found = inventory.hosts()
    assert next(found) == Named("127.7.0.9")
    with pytest.raises(InventoryError, match="address of another"):
        next(found)


def computer(name, *lines):
    return "\n".join([f"dn: cn={name},{COMPUTERS}", "objectClass: computer", f"cn: {name}", *lines]) + "\n\n"


def directory(*entries, acl=()):
    require_slapd()
    unit = f"dn: {COMPUTERS}\nobjectClass: organizationalUnit\nou: computers\n\n"
    return SlapdServer(directives=JOINED, extra="\n" + unit + "".join(entries), acl=acl)


def from_directory(ldap, monkeypatch):
    monkeypatch.setenv("DIRECTORY_PASSWORD", COLLECTOR_PASSWORD)
    office = {"type": "directory", "name": "office", "url": ldap.url, "base": BASE, "bind_dn": COLLECTOR}
    trust = {"ca_file": ldap.ca_file, "password": "env:DIRECTORY_PASSWORD"}
    return [{**office, **trust}, {"type": "hosts", "name": "servers", "inventories": [{"source": "office"}]}]


def test_computers_of_a_directory_are_looked_at_as_hosts(server, monkeypatch):
    server.pin("host_key", f"[localhost]:{server.port}")
    host = server.host
    login = {
        "port": host.port,
        "user": host.user,
        "key_file": host.key_file,
        "known_hosts": host.known_hosts,
    }
    entries = (
        computer("ehr1", "dNSHostName: localhost", "operatingSystem: pc-linux-gnu"),
        computer("desk1", "dNSHostName: desk1.example.org", "operatingSystem: Windows 11 Pro"),
        computer("old", "dNSHostName: old.example.org", "userAccountControl: 4098"),
    )
    platform = HostsPlatform()
    plans = {"host.linux": plan_kind(specs([platform])["host.linux"], ["machine"])}
    with directory(*entries) as ldap:
        source = native(from_directory(ldap, monkeypatch), **login)
        (result,) = poll([Errand(platform, "servers", source, plans)])
    assert result.unit.target == f"host/localhost:{server.port}"
    assert result.coverage[0].status is ScopeStatus.COMPLETE


def test_a_computer_whose_name_may_not_be_read_is_said_to_be_lost(monkeypatch):
    entries = (computer("a", "dNSHostName: a.example.org"), computer("b", "dNSHostName: b.example.org"))
    acl = (deny("dNSHostName", f"cn=b,{COMPUTERS}"),)
    with directory(*entries, acl=acl) as ldap:
        (inventory,) = native(from_directory(ldap, monkeypatch)).inventories
        found = inventory.hosts()
        assert next(found) == Named("a.example.org")
        with pytest.raises(InventoryError, match=r"cn=b.*read on dNSHostName of computers"):
            next(found)


def test_a_directory_that_shows_no_computer_at_all_is_not_believed(monkeypatch):
    with directory() as ldap:
        (lost,) = HostsPlatform().targets(native(from_directory(ldap, monkeypatch)))
    assert isinstance(lost, Unreached)
    assert "any computer" in lost.failure.detail


@pytest.mark.parametrize(
    ("inventory", "said"),
    [
        ({"source": "clinik"}, "did you mean .clinic.[?]"),
        ({"source": "servers"}, "no aws or directory source is called 'servers'"),
        ({"source": "office", "tags": {"a": "b"}}, "office is no AWS source"),
    ],
)
def test_an_inventory_that_names_no_source_able_to_list_hosts_is_an_error(inventory, said):
    sources = [
        {"type": "aws", "name": "clinic"},
        {"type": "directory", "name": "office", "url": "ldaps://h", "base": BASE},
        {"type": "hosts", "name": "servers", "inventories": [inventory]},
    ]
    with pytest.raises(SettingsError, match=said):
        native(sources)
