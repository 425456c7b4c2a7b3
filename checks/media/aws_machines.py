"""Media on AWS: virtual disks that nothing uses any more."""

from __future__ import annotations

from checks.check import Verdict, check, failed, passed, undecided
from checks.media.links import DISKS_LEFT_LYING
from evidence.facts.aws_machines import VolumeAttachment


@check("aws-ec2-volume-attached", on="aws.ec2.volume", severity="low", links=[DISKS_LEFT_LYING])
def volume_is_in_use(attachment: VolumeAttachment) -> Verdict:
    """Does a machine use the volume, so that it is not left lying about?"""
    if attachment["instances"]:
        return passed(f"{', '.join(attachment['instances'])} has the volume")
    if attachment["state"] == "available":
        return failed("no machine has the volume, and what was written to it is still there")
    return undecided(f"the volume is {attachment['state']}")
