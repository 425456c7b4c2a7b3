"""Kinesis data streams."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from collectors.aws.client import AwsClient
from collectors.aws.kind import REGIONS, AwsKind
from collectors.kind import Found, fact, lists
from evidence.facts.aws_stores import StreamEncryption


class Stream(AwsKind):
    """A Kinesis data stream; one made again under the same name is the same here."""

    kind = "aws.kinesis.stream"
    service = "kinesis"
    part = "region"
    gone = frozenset({"ResourceNotFoundException"})
    keep: ClassVar = {
        "list_streams": "StreamNames",
        "describe_stream_summary": "StreamDescriptionSummary{EncryptionType}",
    }

    @lists(needs={"list_streams": "kinesis:ListStreams", **REGIONS})
    def every(self, kinesis: AwsClient) -> Iterator[Found]:
        """ListStreams, 1000 at a time."""
        place = f"arn:{kinesis.partition}:kinesis:{kinesis.region}:{kinesis.account}:stream"
        for page in kinesis.pages("list_streams", Limit=1000):
            for name in page["StreamNames"]:
                yield Found(f"{place}/{name}", name)

    @fact(needs="kinesis:DescribeStreamSummary")
    def encryption(self, kinesis: AwsClient, stream: Found) -> StreamEncryption:
        """DescribeStreamSummary; AWS leaves the type out of a stream that was never encrypted."""
        row = kinesis.describe_stream_summary(StreamName=stream.name)["StreamDescriptionSummary"]
        return {"type": row.get("EncryptionType", "NONE")}
