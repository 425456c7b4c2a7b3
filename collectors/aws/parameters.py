"""Systems Manager parameters: how they are kept. Their values are never asked for."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import ClassVar

from collectors.aws.client import AwsClient
from collectors.aws.kind import REGIONS, AwsKind
from collectors.aws.told import told
from collectors.kind import Found, lists
from evidence.facts.aws_stores import ParameterKind


class Parameter(AwsKind):
    """A parameter of the account's own; one made again under the same name is the same here."""

    kind = "aws.ssm.parameter"
    service = "ssm"
    part = "region"
    keep: ClassVar = {"describe_parameters": "Parameters[]{Name, Type}"}
    kept: ParameterKind

    @lists(needs={"describe_parameters": "ssm:DescribeParameters", **REGIONS}, gives="kept")
    def every(self, ssm: AwsClient) -> Iterator[Found]:
        """DescribeParameters, 50 at a time."""
        place = f"arn:{ssm.partition}:ssm:{ssm.region}:{ssm.account}:parameter/"
        for page in ssm.pages("describe_parameters", MaxResults=50):
            for row in page["Parameters"]:
                kept = told(partial(lambda held: {"type": held["Type"]}, row))
                yield Found(
                    f"{place}{row['Name'].lstrip('/')}#{row['Name']}", row["Name"], gives={"kept": kept}
                )
