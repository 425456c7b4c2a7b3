"""Data carried in and out of AWS: file transfer servers and migration endpoints."""

from __future__ import annotations

from checks.check import Verdict, check, failed, not_applicable, passed, undecided
from checks.transmission.links import (
    CHANGE_NOTICED,
    OLD_ALGORITHMS_REFUSED,
    ONWARD_GUARDED,
    PLAINTEXT_REFUSED,
    TRANSFER_GUARDED,
)
from evidence.facts.aws_transfers import EndpointTls, TransferSettings

_GUARDED = frozenset({"SFTP", "FTPS"})
_OLD = frozenset({"2018-11"})
_NEWER = frozenset(
    {"2020-06", "2022-03", "2023-05", "2024-01", "FIPS-2020-06", "FIPS-2023-05", "FIPS-2024-01"}
)
"""AWS's policies for servers, of which every one asks for TLS 1.2."""
_DATABASES = frozenset(
    {
        "aurora",
        "aurora-postgresql",
        "aurora-postgresql-serverless",
        "aurora-serverless",
        "azure-sql-managed-instance",
        "azuredb",
        "babelfish",
        "db2",
        "db2-zos",
        "docdb",
        "documentdb",
        "gcp-mysql",
        "mariadb",
        "mongodb",
        "mysql",
        "oracle",
        "postgres",
        "sqlserver",
        "sybase",
    }
)

_SET_ELSEWHERE = frozenset({"kafka", "redis"})


@check(
    "aws-transfer-server-protocols",
    on="aws.transfer.server",
    severity="high",
    links=[PLAINTEXT_REFUSED, TRANSFER_GUARDED, CHANGE_NOTICED],
)
def server_speaks_guarded_protocols(settings: TransferSettings) -> Verdict:
    """Does the file transfer server speak only protocols that encrypt?"""
    if "FTP" in settings["protocols"]:
        return failed("the server speaks FTP, which encrypts nothing")
    other = sorted(set(settings["protocols"]) - _GUARDED)
    if other:
        return undecided(f"whether {', '.join(other)} is encrypted is agreed with each partner")
    return passed(f"the server speaks {', '.join(sorted(settings['protocols']))}")


@check(
    "aws-transfer-server-policy",
    on="aws.transfer.server",
    severity="medium",
    links=[OLD_ALGORITHMS_REFUSED],
)
def server_refuses_old_algorithms(settings: TransferSettings, *, accepted: tuple[str, ...] = ()) -> Verdict:
    """Does the file transfer server refuse algorithms that rest on SHA-1?"""
    if not _GUARDED & set(settings["protocols"]):
        return not_applicable("the server speaks neither SFTP nor FTPS")
    policy = settings["policy"]
    if policy is None:
        return undecided("AWS did not name the server's security policy")
    if policy in accepted:
        return passed(f"the organisation accepts the security policy {policy}")
    name = policy.removeprefix("TransferSecurityPolicy-")
    if name in _OLD:
        return failed(f"the security policy {policy} takes key exchanges and codes with SHA-1")
    if name in _NEWER:
        return passed(f"the security policy {policy} takes no key exchange or code with SHA-1")
    return undecided(f"the security policy {policy} is not known here")


@check("aws-dms-endpoint-tls", on="aws.dms.endpoint", severity="high", links=[ONWARD_GUARDED])
def endpoint_is_reached_over_tls(tls: EndpointTls) -> Verdict:
    """Does the migration reach its database over TLS?"""
    if tls["engine"] in _SET_ELSEWHERE:
        return undecided(f"how {tls['engine']} is reached is told by settings that were not read")
    if tls["engine"] not in _DATABASES:
        return not_applicable(f"how {tls['engine']} is reached is no setting of the endpoint")
    if tls["mode"] == "none":
        return failed("the endpoint is set to reach its database without TLS")
    return passed(f"the endpoint is set to {tls['mode']}")
