"""Redshift Serverless: workgroups, which are connected to, and namespaces, which hold the data, always encrypted."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any, ClassVar

from collectors.aws.client import AwsClient, own_arn
from collectors.aws.kind import REGIONS, AwsKind
from collectors.aws.told import told
from collectors.kind import Found, lists
from evidence.facts.aws_stores import WarehouseAccess, WarehouseLogging, WarehouseTls


class Workgroup(AwsKind):
    """A workgroup, whose ARN ends in an id that is never used again."""

    kind = "aws.redshift_serverless.workgroup"
    service = "redshift_serverless"
    part = "region"
    keep: ClassVar = {
        "list_workgroups": (
            "workgroups[]{workgroupArn, workgroupName, publiclyAccessible, "
            "configParameters[]{parameterKey, parameterValue}}"
        )
    }
    access: WarehouseAccess
    tls: WarehouseTls | None

    @lists(needs={"list_workgroups": "redshift-serverless:ListWorkgroups", **REGIONS}, gives="access tls")
    def every(self, redshift_serverless: AwsClient) -> Iterator[Found]:
        """ListWorkgroups, 100 at a time."""
        for page in redshift_serverless.pages("list_workgroups", maxResults=100):
            for row in page["workgroups"]:
                gives = {
                    "access": told(partial(lambda held: {"public": held["publiclyAccessible"]}, row)),
                    "tls": _tls(row),
                }
                arn = own_arn(redshift_serverless, row["workgroupArn"])
                yield Found(arn, row["workgroupName"], gives=gives)


class Namespace(AwsKind):
    """A namespace, whose ARN ends in an id that is never used again."""

    kind = "aws.redshift_serverless.namespace"
    service = "redshift_serverless"
    part = "region"
    keep: ClassVar = {"list_namespaces": "namespaces[]{namespaceArn, namespaceName, logExports}"}
    logging: WarehouseLogging

    @lists(needs={"list_namespaces": "redshift-serverless:ListNamespaces", **REGIONS}, gives="logging")
    def every(self, redshift_serverless: AwsClient) -> Iterator[Found]:
        """ListNamespaces, 100 at a time."""
        for page in redshift_serverless.pages("list_namespaces", maxResults=100):
            for row in page["namespaces"]:
                gives = {"logging": {"enabled": "connectionlog" in row.get("logExports", [])}}
                arn = own_arn(redshift_serverless, row["namespaceArn"])
                yield Found(arn, row["namespaceName"], gives=gives)


def _tls(row: Mapping[str, Any]) -> WarehouseTls:
    values = {one["parameterKey"]: one.get("parameterValue") for one in row.get("configParameters", [])}
    told_ = values.get("require_ssl")
    required = None if told_ is None else told_.lower() == "true"
    return {"required": required, "applied": True, "group": "the workgroup"}
