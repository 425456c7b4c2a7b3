"""Lambda functions; their environment variables and code are never collected."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from collectors.aws.client import AwsClient, own_arn
from collectors.aws.errors import code_of
from collectors.aws.kind import REGIONS, AwsKind
from collectors.kind import Found, fact, lists
from evidence.facts.aws import PolicyDocument
from evidence.facts.aws_compute import FunctionSettings


class Function(AwsKind):
    """A Lambda function."""

    kind = "aws.lambda.function"
    service = "lambda"
    part = "region"
    keep: ClassVar = {
        "list_functions": "Functions[]{FunctionName, FunctionArn, Runtime, KMSKeyArn}",
        "get_policy": "Policy:json{*}",
        "list_aliases": "Aliases[]{Name}",
    }
    settings: FunctionSettings

    @lists(needs={"list_functions": "lambda:ListFunctions", **REGIONS}, gives="settings")
    def every(self, lambda_: AwsClient) -> Iterator[Found]:
        """ListFunctions, 50 at a time."""
        for page in lambda_.pages("list_functions", MaxItems=50):
            for row in page["Functions"]:
                settings = {"runtime": row.get("Runtime", ""), "kms_key": row.get("KMSKeyArn")}
                yield Found(
                    own_arn(lambda_, row["FunctionArn"]), row["FunctionName"], gives={"settings": settings}
                )

    @fact(needs="lambda:GetPolicy", absent="ResourceNotFoundException")
    def policy(self, lambda_: AwsClient, function: Found) -> PolicyDocument | None:
        """GetPolicy, decoded; None also for a function deleted since it was listed, which nobody can call."""
        document: PolicyDocument = lambda_.get_policy(FunctionName=function.name)["Policy"]
        return document

    @fact(
        needs={"list_aliases": "lambda:ListAliases", "get_policy": "lambda:GetPolicy"},
        absent="ResourceNotFoundException",
    )
    def alias_policies(self, lambda_: AwsClient, function: Found) -> list[PolicyDocument] | None:
        """ListAliases, then GetPolicy of each: an alias has a policy of its own, beside the function's."""
        names = [
            row["Name"]
            for page in lambda_.pages("list_aliases", FunctionName=function.name, MaxItems=50)
            for row in page["Aliases"]
        ]
        held = [_policy_of(lambda_, function.name, name) for name in names]
        return [document for document in held if document is not None]


def _policy_of(lambda_: AwsClient, function: str, alias: str) -> PolicyDocument | None:
    try:
        document: PolicyDocument = lambda_.get_policy(FunctionName=function, Qualifier=alias)["Policy"]
    except Exception as error:
        if code_of(error) == "ResourceNotFoundException":
            return None
        raise
    return document
