from __future__ import annotations

import pytest

from checks.media.hosts import usb_disks_are_refused
from checks.workstation.hosts import (
    boot_loader_asks,
    firmware_checks_what_it_starts,
    nobody_is_let_in_unasked,
)
from evidence.facts.host_security import AutoLogin, Boot, UsbStorage
from evidence.facts.hosts import Machine
from evidence.model import Status

METAL = Machine(
    os="debian", version="12", family="debian", kernel="6.1", architecture="x86_64", container="", virtual=False, systemd=True
)  # fmt: skip
GUEST = Machine(**{**METAL, "virtual": True})
CONTAINER = Machine(**{**METAL, "container": "docker"})


@pytest.mark.parametrize(
    ("files", "unread", "expected"),
    [
        ([], [], Status.PASS),
        (["/etc/gdm3/daemon.conf"], [], Status.FAIL),
        ([], ["/etc/sddm.conf"], Status.UNKNOWN),
    ],
)
def test_nobody_may_be_let_in_unasked(files, unread, expected):
    assert nobody_is_let_in_unasked.judge(AutoLogin(files=files, unread=unread)).status is expected


@pytest.mark.parametrize(
    ("machine", "efi", "secure", "expected"),
    [
        (METAL, True, True, Status.PASS),
        (GUEST, True, True, Status.PASS),
        (METAL, True, False, Status.FAIL),
        (METAL, True, None, Status.UNKNOWN),
        (METAL, False, None, Status.UNKNOWN),
        (GUEST, True, False, Status.NOT_APPLICABLE),
        (CONTAINER, True, True, Status.NOT_APPLICABLE),
    ],
)
def test_secure_boot_is_judged_where_somebody_can_stand_before_the_machine(machine, efi, secure, expected):
    fact = Boot(efi=efi, secure_boot=secure, lockdown="", grub="")
    assert firmware_checks_what_it_starts.judge(machine, fact).status is expected


@pytest.mark.parametrize(
    ("machine", "grub", "expected"),
    [
        (METAL, "password", Status.PASS),
        (METAL, "open", Status.FAIL),
        (METAL, "unread", Status.UNKNOWN),
        (METAL, "", Status.UNKNOWN),
        (GUEST, "open", Status.NOT_APPLICABLE),
        (CONTAINER, "open", Status.NOT_APPLICABLE),
    ],
)
def test_the_boot_loader_must_ask(machine, grub, expected):
    fact = Boot(efi=True, secure_boot=None, lockdown="", grub=grub)
    assert boot_loader_asks.judge(machine, fact).status is expected


@pytest.mark.parametrize(
    ("machine", "refused", "loaded", "guard", "expected"),
    [
        (METAL, True, False, False, Status.PASS),
        (METAL, True, True, False, Status.FAIL),
        (METAL, False, False, False, Status.FAIL),
        (METAL, False, False, True, Status.UNKNOWN),
        (METAL, None, False, False, Status.UNKNOWN),
        (GUEST, False, True, False, Status.NOT_APPLICABLE),
    ],
)
def test_a_usb_disk_must_be_refused(machine, refused, loaded, guard, expected):
    fact = UsbStorage(bus=True, refused=refused, loaded=loaded, usbguard=guard)
    assert usb_disks_are_refused.judge(machine, fact).status is expected
