"""Shapes of facts about what S3 does with a bucket's objects by itself: copying and deleting them."""

from __future__ import annotations

from typing import TypedDict


class ReplicationRule(TypedDict):
    """One rule that copies new objects; `whole` = no filter narrows it, `kms` = objects encrypted by KMS included."""

    enabled: bool
    whole: bool
    kms: bool
    destination: str


class LifecycleRule(TypedDict):
    """One rule that deletes; `expires` current objects, `earlier` versions; either of them without an exception."""

    enabled: bool
    whole: bool
    expires: bool
    earlier: bool
