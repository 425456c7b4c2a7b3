"""Where data is carried in and out: Transfer Family servers, DMS endpoints, the Glue data catalog."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import ClassVar

from collectors.aws.client import AwsClient, own_arn
from collectors.aws.kind import REGIONS, AwsKind
from collectors.aws.told import told
from collectors.kind import Found, fact, lists
from evidence.facts.aws_transfers import CatalogEncryption, EndpointTls, TransferSettings


class TransferServer(AwsKind):
    """A file transfer server, whose id is never used again."""

    kind = "aws.transfer.server"
    service = "transfer"
    part = "region"
    gone = frozenset({"ResourceNotFoundException"})
    keep: ClassVar = {
        "list_servers": "Servers[]{Arn, ServerId}",
        "describe_server": "Server{Protocols, LoggingRole, StructuredLogDestinations, SecurityPolicyName}",
    }

    @lists(needs={"list_servers": "transfer:ListServers", **REGIONS})
    def every(self, transfer: AwsClient) -> Iterator[Found]:
        """ListServers, 1000 at a time."""
        for page in transfer.pages("list_servers", MaxResults=1000):
            for row in page["Servers"]:
                yield Found(own_arn(transfer, row["Arn"]), row["ServerId"])

    @fact(needs="transfer:DescribeServer")
    def settings(self, transfer: AwsClient, transfer_server: Found) -> TransferSettings:
        """DescribeServer, reduced to what the server speaks, by which policy, and whether it logs."""
        row = transfer.describe_server(ServerId=transfer_server.name)["Server"]
        return {
            "protocols": row["Protocols"],
            "policy": row.get("SecurityPolicyName"),
            "logs": bool(row.get("LoggingRole") or row.get("StructuredLogDestinations")),
        }


class MigrationEndpoint(AwsKind):
    """A source or target of a database migration, whose ARN ends in characters drawn when it was made."""

    kind = "aws.dms.endpoint"
    service = "dms"
    part = "region"
    keep: ClassVar = {
        "describe_endpoints": "Endpoints[]{EndpointArn, EndpointIdentifier, EngineName, SslMode}"
    }
    tls: EndpointTls

    @lists(needs={"describe_endpoints": "dms:DescribeEndpoints", **REGIONS}, gives="tls")
    def every(self, dms: AwsClient) -> Iterator[Found]:
        """DescribeEndpoints, 100 at a time."""
        for page in dms.pages("describe_endpoints", MaxRecords=100):
            for row in page["Endpoints"]:
                tls = told(partial(lambda held: {"engine": held["EngineName"], "mode": held["SslMode"]}, row))
                yield Found(own_arn(dms, row["EndpointArn"]), row["EndpointIdentifier"], gives={"tls": tls})


class DataCatalog(AwsKind):
    """The Glue data catalog, of which an account has one in each region."""

    kind = "aws.glue.catalog"
    service = "glue"
    part = "region"
    keep: ClassVar = {
        "get_data_catalog_encryption_settings": (
            "DataCatalogEncryptionSettings{EncryptionAtRest{CatalogEncryptionMode}, "
            "ConnectionPasswordEncryption{ReturnConnectionPasswordEncrypted}}"
        ),
        "get_databases": "DatabaseList[]{CatalogId}",
    }

    @lists(needs=REGIONS)
    def every(self, glue: AwsClient) -> Iterator[Found]:
        """The region's catalog, which exists without being made."""
        yield Found(f"arn:{glue.partition}:glue:{glue.region}:{glue.account}:catalog", glue.region)

    @fact(
        needs={
            "get_databases": "glue:GetDatabases",
            "get_data_catalog_encryption_settings": "glue:GetDataCatalogEncryptionSettings",
        }
    )
    def encryption(self, glue: AwsClient) -> CatalogEncryption | None:
        """GetDataCatalogEncryptionSettings; None for a catalog that holds no database."""
        # A page may be empty although others follow: Lake Formation leaves out what we may not see.
        if not any(page["DatabaseList"] for page in glue.pages("get_databases", MaxResults=100)):
            return None
        answer = glue.get_data_catalog_encryption_settings()["DataCatalogEncryptionSettings"]
        return {
            "mode": answer.get("EncryptionAtRest", {}).get("CatalogEncryptionMode", "DISABLED"),
            "passwords": answer.get("ConnectionPasswordEncryption", {}).get(
                "ReturnConnectionPasswordEncrypted", False
            ),
        }
