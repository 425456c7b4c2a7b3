"""Machine images (AMIs) that the account owns."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from collectors.aws.client import AwsClient
from collectors.aws.kind import REGIONS, TAGS, AwsKind
from collectors.aws.vpcs import tagged
from collectors.kind import Found, lists
from evidence.facts.aws_paths import ImageSharing

IMAGES = f"Images[]{{ImageId, Public, CreationDate, {TAGS}}}"


class Image(AwsKind):
    """A machine image of the account's own, with whatever was on the disk it was made from."""

    kind = "aws.ec2.image"
    service = "ec2"
    part = "region"
    keep: ClassVar = {"describe_images": IMAGES}
    sharing: ImageSharing

    @lists(needs={"describe_images": "ec2:DescribeImages", **REGIONS}, gives="sharing")
    def every(self, ec2: AwsClient) -> Iterator[Found]:
        """DescribeImages of the account's own images, deprecated ones too."""
        pages = ec2.pages("describe_images", Owners=["self"], IncludeDeprecated=True, MaxResults=1000)
        for page in pages:
            for row in page["Images"]:
                yield tagged(ec2, row, "image", row["ImageId"], {"sharing": {"public": row["Public"]}})
