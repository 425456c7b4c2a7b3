from __future__ import annotations

import json
from pathlib import Path

import pytest

from evidence.model import Status
from tests.collectors.hosts.lab import Lab, cannot, scan
from tests.servers import netns

P, F, U = Status.PASS, Status.FAIL, Status.UNKNOWN
SHOWN = "/opt/test/disks"


@pytest.fixture(scope="module")
def image(tmp_path_factory):
    if not Path("/dev/loop-control").exists():
        cannot("this system has no loop devices")
    lab = Lab.made("bookworm", tmp_path_factory.mktemp("bookworm"), "hardened.sh")
    return lab.keys, lab.image(tmp_path_factory.mktemp("image"))


DISKS = {
    "a disk": (f"{SHOWN} sda", "plain", F),
    "LUKS": (f"{SHOWN} 'dm-0<sda=CRYPT-LUKS2-0123-root' sda", "encrypted", P),
    "LVM over two encrypted disks": (
        f"{SHOWN} 'dm-2<dm-0,dm-1=LVM-0123' 'dm-0<sda=CRYPT-LUKS2-1-a' 'dm-1<sdb=CRYPT-LUKS2-2-b' sda sdb",
        "encrypted",
        P,
    ),
    "LVM over one encrypted and one plain disk": (
        f"{SHOWN} 'dm-2<dm-0,sdb=LVM-0123' 'dm-0<sda=CRYPT-LUKS2-1-a' sda sdb",
        "plain",
        F,
    ),
    "LVM whose disks are not shown": (f"{SHOWN} dm-2=LVM-0123", "unknown", U),
    "LVM over an encrypted disk and one that is not shown": (
        f"{SHOWN} 'dm-2<dm-0,dm-9=LVM-0123' 'dm-0<sda=CRYPT-LUKS2-1-a' sda",
        "unknown",
        U,
    ),
    "integrity without encryption": (f"{SHOWN} 'dm-0<sda=CRYPT-INTEGRITY-root' sda", "plain", F),
    "a device of no known kind": (f"{SHOWN} odd0", "unknown", U),
}


@pytest.mark.parametrize("name", DISKS)
def test_a_root_is_encrypted_only_where_every_disk_below_it_is(image, tmp_path, name):
    keys, below = image
    boot, storage, verdict = DISKS[name]
    with netns.running(tmp_path, keys, below, boot=boot) as host:
        (seen,) = scan(host.login("nightledger"))
    assert {row["storage"] for row in seen.facts["mounts"] if "/" in row["at"]} == {storage}
    assert seen.verdicts["host-mounts-encrypted"] is verdict


def test_a_file_system_whose_type_nobody_names_is_unknown(image, tmp_path):
    keys, below = image
    with netns.running(tmp_path, keys, below) as host:
        listed = json.loads(host.run("lsblk -J -o NAME,FSTYPE,MOUNTPOINT"))["blockdevices"]
        (seen,) = scan(host.login("nightledger"))
    (root,) = [device for device in listed if device["mountpoint"] == "/"]
    assert root["fstype"] is None
    assert seen.verdicts["host-mounts-encrypted"] is U


def test_what_crypttab_says_should_be_is_not_what_is(image, tmp_path):
    keys, below = image
    boot = f"echo 'root /dev/sda none luks' >/etc/crypttab; {SHOWN} sda"
    with netns.running(tmp_path, keys, below, boot=boot) as host:
        (seen,) = scan(host.login("nightledger"))
    assert seen.verdicts["host-mounts-encrypted"] is F
