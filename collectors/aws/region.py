"""The settings an account holds per region."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from collectors.aws.client import AwsClient
from collectors.aws.kind import REGIONS, AwsKind
from collectors.kind import Found, fact, lists
from evidence.facts.aws import RegionEncryption, SnapshotBlock


class Region(AwsKind):
    """One region of one account, the only resource of this kind in its scope."""

    kind = "aws.ec2.region"
    service = "ec2"
    part = "region"
    every_region = True
    keep: ClassVar = {
        "get_ebs_encryption_by_default": "EbsEncryptionByDefault",
        "get_snapshot_block_public_access_state": "State",
    }

    @lists(needs=REGIONS)
    def every(self, ec2: AwsClient) -> Iterator[Found]:
        """The region itself; which regions there are was asked when the account was opened."""
        yield Found(f"{ec2.account}/{ec2.region}", ec2.region)

    @fact(needs="ec2:GetEbsEncryptionByDefault")
    def ebs_encryption(self, ec2: AwsClient) -> RegionEncryption:
        """GetEbsEncryptionByDefault."""
        return {"by_default": ec2.get_ebs_encryption_by_default()["EbsEncryptionByDefault"]}

    @fact(needs="ec2:GetSnapshotBlockPublicAccessState")
    def snapshot_block(self, ec2: AwsClient) -> SnapshotBlock:
        """GetSnapshotBlockPublicAccessState."""
        return {"state": ec2.get_snapshot_block_public_access_state()["State"]}
