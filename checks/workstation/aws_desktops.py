"""Workstations on AWS: the devices from which virtual desktops may be opened."""

from __future__ import annotations

from checks.check import Verdict, check, failed, passed, undecided
from checks.workstation.links import ONLY_KNOWN_DEVICES
from evidence.facts.aws_sessions import DesktopDevices


@check(
    "aws-workspaces-directory-devices",
    on="aws.workspaces.directory",
    severity="low",
    links=[ONLY_KNOWN_DEVICES],
)
def desktops_open_on_known_devices(devices: DesktopDevices) -> Verdict:
    """Do the directory's desktops open only on devices that prove to be the organisation's?"""
    if devices["any"]:
        return failed(f"desktops open on any device of these kinds: {', '.join(devices['any'])}")
    if devices["untold"]:
        return undecided(
            f"AWS did not say what these kinds of devices may do: {', '.join(devices['untold'])}"
        )
    if devices["trusted"]:
        return passed(f"desktops open only on certified devices: {', '.join(devices['trusted'])}")
    return passed("no kind of device may open the directory's desktops")
