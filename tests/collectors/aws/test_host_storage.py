from __future__ import annotations

import pytest

from checks.derive import derive
from checks.encryption_at_rest.host_volumes import swap_volumes_are_encrypted, volumes_are_encrypted
from checks.encryption_at_rest.hosts import mounts_are_encrypted
from checks.joins.host_cloud_storage import cloud_storage
from checks.judge import judge
from checks.load import all_checks
from evidence.model import Resource
from nightledger.run import PollSource, make_plan, run
from tests.collectors.aws.look import AS_OF
from tests.collectors.hosts.recorded import MACHINE, Recorded, RecordedPlatform, Said, look

pytestmark = pytest.mark.server("moto")

ENCRYPTED, PLAIN, ELSEWHERE = range(3)
SWAPS = "Filename Type Size Used Priority\n"
BLOCK = "".join(f"nvme{n}n1\t259:{n}\t\t\t\t\t\n" for n in range(3))


@pytest.fixture
def ec2(cloud):
    return cloud.client("ec2", "eu-west-1")


@pytest.fixture
def instance(ec2):
    return ec2.run_instances(ImageId="ami-12c6146b", MinCount=1, MaxCount=1)["Instances"][0]["InstanceId"]


@pytest.fixture
def volumes(ec2, instance):
    made = [
        ec2.create_volume(AvailabilityZone="eu-west-1a", Size=1, Encrypted=encrypted)["VolumeId"]
        for encrypted in (True, False, True)
    ]
    for number in (ENCRYPTED, PLAIN):
        ec2.attach_volume(Device=f"/dev/sd{'fg'[number]}", InstanceId=instance, VolumeId=made[number])
    return made


def recorded(instance, volumes, mounts, swaps=""):
    serials = "".join(
        f"disk=nvme{number}n1\t{name.replace('-', '')}\n" for number, name in enumerate(volumes) if name
    )
    return {
        "disks": f"looked\ninstance={instance}\n{serials}" if instance else "looked\n",
        "mounts": "".join(
            f"2{number} 1 259:{number} / {at} rw - ext4 /dev/nvme{number}n1 rw\n"
            for at, number in mounts.items()
        ),
        "swaps": SWAPS + swaps,
        "block": BLOCK,
    }


def findings(cloud, sections):
    host = look(Recorded(sections), "cloud_disks")
    seen = cloud.poll(checks=["aws-ec2-volume-encryption"]).values() if cloud else ()
    (unit,) = derive(cloud_storage, [host, *seen])
    checks = (volumes_are_encrypted, swap_volumes_are_encrypted)
    return {finding.check: finding for finding in judge(unit, checks, AS_OF)}


def statuses(cloud, sections):
    found = findings(cloud, sections)
    return tuple(
        found[name].status.value for name in ("host-volumes-encrypted", "host-swap-volumes-encrypted")
    )


def test_a_plain_root_on_an_encrypted_volume_is_protected_by_the_provider(cloud, instance, volumes):
    sections = recorded(instance, volumes, {"/": ENCRYPTED})
    assert statuses(cloud, sections) == ("pass", "not_applicable")
    assert volumes[ENCRYPTED] in findings(cloud, sections)["host-volumes-encrypted"].sentence


def test_a_plain_volume_anywhere_below_fails_with_its_name(cloud, instance, volumes):
    sections = recorded(
        instance, volumes, {"/": ENCRYPTED, "/data": PLAIN}, "/dev/nvme1n1 partition 1 0 -2\n"
    )
    assert statuses(cloud, sections) == ("fail", "fail")
    assert f"/data on {volumes[PLAIN]}" in findings(cloud, sections)["host-volumes-encrypted"].sentence


def test_an_exempt_mount_is_not_judged(cloud, instance, volumes):
    sections = recorded(instance, volumes, {"/": ENCRYPTED, "/boot": PLAIN})
    assert statuses(cloud, sections)[0] == "pass"


def test_a_volume_that_the_provider_attaches_to_another_machine_settles_nothing(cloud, instance, volumes):
    assert statuses(cloud, recorded(instance, volumes, {"/": ELSEWHERE}))[0] == "unknown"


def test_a_machine_that_names_another_instance_settles_nothing(cloud, instance, volumes):
    sections = recorded("i-0123456789abcdef0", volumes, {"/": ENCRYPTED})
    assert statuses(cloud, sections)[0] == "unknown"


def test_a_volume_of_no_account_that_was_listed_settles_nothing(cloud, instance, volumes):
    strange = ["vol-0123456789abcdef0", *volumes[1:]]
    finding = findings(cloud, recorded(instance, strange, {"/": ENCRYPTED}))["host-volumes-encrypted"]
    assert finding.status.value == "unknown"
    assert "vol-0123456789abcdef0" in finding.sentence


def test_a_disk_without_a_volume_s_serial_settles_nothing(cloud, instance, volumes):
    untold = ["", *volumes[1:]]
    assert statuses(cloud, recorded(instance, untold, {"/": ENCRYPTED}))[0] == "unknown"


def test_what_the_host_could_not_trace_beside_it_keeps_the_whole_unknown(cloud, instance, volumes):
    sections = recorded(instance, volumes, {"/": ENCRYPTED})
    sections["mounts"] += "30 1 253:9 / /data rw - ext4 /dev/vdz rw\n"
    assert statuses(cloud, sections)[0] == "unknown"


def test_refused_volumes_are_unknown_with_the_permission_s_name(cloud, instance, volumes):
    cloud.front.refused["ec2.describe_volumes"] = "AccessDenied"
    finding = findings(cloud, recorded(instance, volumes, {"/": ENCRYPTED}))["host-volumes-encrypted"]
    assert finding.status.value == "unknown"
    assert "ec2:DescribeVolumes" in finding.sentence


def test_without_an_account_that_was_looked_at_it_is_unknown_and_says_so():
    sections = recorded("i-0123456789abcdef0", ["vol-0123456789abcdef0"], {"/": ENCRYPTED})
    finding = findings(None, sections)["host-volumes-encrypted"]
    assert finding.status.value == "unknown"
    assert "aws.ec2.volume was not looked at" in finding.sentence


@pytest.mark.parametrize("instance", ["", "i-0123456789abcdef0"])
def test_a_host_that_is_no_provider_s_machine_or_leaves_nothing_plain_is_not_asked(instance):
    sections = recorded(instance, ["vol-0123456789abcdef0"], {"/": ENCRYPTED})
    if instance:
        sections["block"] = "nvme0n1\t259:0\t\t\tCRYPT-LUKS2-a\tluks\t\n"
    host = look(Recorded(sections), "cloud_disks")
    (unit,) = derive(cloud_storage, [host])
    assert unit.observations == ()


def test_one_run_over_both_sources_judges_the_root_once_by_the_provider_s_word(cloud, instance, volumes):
    sections = recorded(instance, volumes, {"/": ENCRYPTED})
    guest = Said("ok", stdout=MACHINE.encode() + b"hypervisor=cpu\n")
    sources = [
        PollSource("hosts", "servers", Recorded({**sections, "machine": guest})),
        PollSource("aws", "clinic", cloud.source()),
    ]
    platforms = {"aws": cloud.platform(), "hosts": RecordedPlatform()}
    asked = (mounts_are_encrypted, volumes_are_encrypted)
    plan = make_plan(sources, platforms, all_checks(), asked, AS_OF)
    found = {
        (finding.check, finding.status.value)
        for judged in run(plan)
        for finding in judged.findings
        if isinstance(finding.subject, Resource)
    }
    assert found == {("host-mounts-encrypted", "not_applicable"), ("host-volumes-encrypted", "pass")}
