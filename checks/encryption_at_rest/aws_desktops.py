"""Encryption at rest of virtual desktops on AWS."""

from __future__ import annotations

from checks.check import Verdict, check, failed, passed
from checks.encryption_at_rest.links import STORED_ENCRYPTED
from evidence.facts.aws_sessions import DesktopVolumes


@check(
    "aws-workspaces-workspace-encryption",
    on="aws.workspaces.workspace",
    severity="high",
    links=[STORED_ENCRYPTED],
)
def desktop_is_encrypted(volumes: DesktopVolumes) -> Verdict:
    """Are the desktop's volumes encrypted?"""
    bare = [name for name, on in (("root", volumes["root"]), ("user", volumes["user"])) if not on]
    if bare:
        return failed(f"not encrypted: the {' and the '.join(bare)} volume")
    return passed("the root volume and the user volume are encrypted")
