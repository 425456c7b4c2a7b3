"""Removable media on Linux hosts: would the kernel take a USB disk?"""

from __future__ import annotations

from checks.check import Verdict, check, failed, not_applicable, passed, undecided
from checks.media.links import USB_DISKS_REFUSED
from evidence.facts.host_security import UsbStorage
from evidence.facts.hosts import Machine


@check("host-usb-storage-refused", on="host.linux", severity="low", links=[USB_DISKS_REFUSED])
def usb_disks_are_refused(machine: Machine, usb_storage: UsbStorage) -> Verdict:
    """Would the host refuse a USB disk that is plugged in?"""
    if machine["container"] or machine["virtual"]:
        return not_applicable("nobody can plug a disk into a virtual machine or a container")
    if usb_storage["loaded"]:
        return failed("the kernel has its driver for USB disks loaded")
    if usb_storage["refused"] is True:
        return passed("the kernel is told to refuse its drivers for USB disks")
    if usb_storage["usbguard"]:
        return undecided("USBGuard runs; which devices its rules allow was not read")
    if usb_storage["refused"] is None:
        return undecided("what the kernel would do with a USB disk could not be asked")
    return failed("the kernel would load its driver for a USB disk")
