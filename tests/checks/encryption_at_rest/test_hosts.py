from __future__ import annotations

import pytest

from checks.encryption_at_rest.hosts import mounts_are_encrypted, swap_is_encrypted
from collectors.hosts.parsers.storage import mounts as parse_mounts
from evidence.facts.hosts import CloudDisks, Machine, StoredMount, SwapArea
from evidence.model import Status

METAL = Machine(
    os="debian",
    version="12",
    family="debian",
    kernel="6.1.0-18-amd64",
    architecture="x86_64",
    container="",
    virtual=False,
    systemd=True,
)


def mount(storage: str, *at: str) -> StoredMount:
    return StoredMount(device="/dev/x", fstype="ext4", at=list(at), storage=storage, why="")


def area(storage: str) -> SwapArea:
    return SwapArea(device="/dev/y", storage=storage, why="")


@pytest.mark.parametrize(
    ("rows", "status"),
    [
        ([mount("encrypted", "/")], Status.PASS),
        ([mount("encrypted", "/"), mount("plain", "/boot"), mount("plain", "/boot/efi")], Status.PASS),
        ([mount("encrypted", "/"), mount("network", "/nfs"), mount("memory", "/tmp"), mount("image", "/snap")], Status.PASS),
        ([mount("encrypted", "/"), mount("plain", "/data")], Status.FAIL),
        ([mount("encrypted", "/"), mount("plain", "/boot", "/data")], Status.FAIL),
        ([mount("unknown", "/"), mount("plain", "/data")], Status.FAIL),
        ([mount("encrypted", "/"), mount("unknown", "/data")], Status.UNKNOWN),
        ([mount("network", "/")], Status.UNKNOWN),
        ([mount("memory", "/")], Status.UNKNOWN),
        ([], Status.UNKNOWN),
    ],
)  # fmt: skip
def test_every_local_file_system_must_be_encrypted(rows, status):
    assert mounts_are_encrypted.judge(METAL, rows, None).status is status


def test_what_lies_on_a_network_server_is_named_and_not_judged():
    verdict = mounts_are_encrypted.judge(METAL, [mount("encrypted", "/"), mount("network", "/nfs")], None)
    assert verdict.sentence.endswith("/nfs is kept by a network server and not judged here")


@pytest.mark.parametrize("guest", [{"virtual": True}, {"container": "docker"}])
def test_what_lies_below_a_guest_is_unknown_not_failed(guest):
    machine = Machine(**{**METAL, **guest})
    assert mounts_are_encrypted.judge(machine, [mount("plain", "/")], None).status is Status.UNKNOWN
    assert swap_is_encrypted.judge(machine, [area("plain")], None).status is Status.UNKNOWN


def test_a_provider_s_machine_hands_on_what_it_leaves_plain_and_nothing_else():
    guest = Machine(**{**METAL, "virtual": True})
    disks = CloudDisks(provider="aws", instance="i-0123456789abcdef0", mounts=[], swap=[])
    verdict = mounts_are_encrypted.judge(guest, [mount("plain", "/"), mount("unknown", "/data")], disks)
    assert verdict.status is Status.NOT_APPLICABLE
    assert "host.cloud_storage" in verdict.sentence
    assert swap_is_encrypted.judge(guest, [area("plain")], disks).status is Status.NOT_APPLICABLE
    assert mounts_are_encrypted.judge(guest, [mount("encrypted", "/")], disks).status is Status.PASS
    assert mounts_are_encrypted.judge(guest, [mount("unknown", "/")], disks).status is Status.UNKNOWN
    assert mounts_are_encrypted.judge(METAL, [mount("plain", "/")], disks).status is Status.FAIL


def test_the_exempt_mounts_are_the_organisation_s_to_name():
    rows = [mount("encrypted", "/"), mount("plain", "/boot")]
    assert mounts_are_encrypted.judge(METAL, rows, None, exempt=()).status is Status.FAIL


def test_a_logical_volume_over_one_encrypted_and_one_plain_disk_fails():
    mountinfo = b"27 1 254:0 / / rw - ext4 /dev/mapper/vg-root rw\n"
    block = (
        b"dm-0\t254:0\t\tdm-1,sdb,\tLVM-a\tvg-root\t\ndm-1\t254:1\t\tsda,\tCRYPT-LUKS2-b\tluks\t\n"
        b"sda\t8:0\t\t\t\t\t\nsdb\t8:16\t\t\t\t\t\n"
    )
    assert mounts_are_encrypted.judge(METAL, parse_mounts(mountinfo, block, b""), None).status is Status.FAIL
    whole = block.replace(b"dm-1,sdb,", b"dm-1,")
    assert mounts_are_encrypted.judge(METAL, parse_mounts(mountinfo, whole, b""), None).status is Status.PASS


@pytest.mark.parametrize(
    ("areas", "status"),
    [
        ([], Status.NOT_APPLICABLE),
        ([area("encrypted"), area("memory")], Status.PASS),
        ([area("encrypted"), area("plain")], Status.FAIL),
        ([area("encrypted"), area("unknown")], Status.UNKNOWN),
        ([area("network")], Status.UNKNOWN),
    ],
)
def test_every_swap_area_must_be_encrypted_or_in_memory(areas, status):
    assert swap_is_encrypted.judge(METAL, areas, None).status is status
