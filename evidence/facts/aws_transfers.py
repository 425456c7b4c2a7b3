"""The shapes of facts about AWS services that carry data in and out."""

from __future__ import annotations

from typing import TypedDict


class TransferSettings(TypedDict):
    """What a file transfer server speaks (SFTP, FTPS, FTP, AS2), which policy of algorithms it keeps, whether it logs."""

    protocols: list[str]
    policy: str | None
    logs: bool


class EndpointTls(TypedDict):
    """How a migration endpoint reaches its engine: none, require, verify-ca or verify-full."""

    engine: str
    mode: str


class CatalogEncryption(TypedDict):
    """How the data catalog is encrypted (DISABLED, SSE-KMS, ...), and whether passwords in it are."""

    mode: str
    passwords: bool
