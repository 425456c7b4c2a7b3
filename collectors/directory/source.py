"""A directory as configured: where it is, whom we are there, what counts as privileged."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from evidence.model import NightledgerError

PLAIN_PORT, TLS_PORT = 389, 636


class SourceRefused(NightledgerError):
    """A directory is configured in a way that would send a password unprotected, or names no server."""

    exit_code = 2


def _no_password() -> str:
    return ""


@dataclass(frozen=True, slots=True)
class DirectorySource:
    """One LDAP server to look at, below one base.

    `password` is called once, when a connection is opened; the value is held nowhere else. `ca_file` is a PEM
    file, "" the system's authorities. `plain_port` is where clear text is tried: 0 means the port of an ldap://
    address, and port 389 beside ldaps:// on 636. `privileged_groups` holds the groups' distinguished names.
    """

    name: str
    url: str
    base: str
    bind_dn: str = ""
    password: Callable[[], str] = field(default=_no_password, repr=False)
    ca_file: str = ""
    start_tls: bool = True
    plain_port: int = 0
    privileged_groups: tuple[str, ...] = ()
    connect_seconds: int = 10
    answer_seconds: int = 60
    page: int = 1_000

    def __post_init__(self) -> None:
        if urlsplit(self.url).scheme not in {"ldap", "ldaps"} or not self.host:
            raise SourceRefused(f"directory {self.name}: the address is not ldap:// or ldaps:// and a host")
        if self.bind_dn and not self.encrypted:
            raise SourceRefused(
                f"directory {self.name}: a password is never sent in clear text",
                hint="use ldaps:// or start_tls",
            )

    @property
    def host(self) -> str:
        """The server's name or address as the certificate must carry it."""
        return urlsplit(self.url).hostname or ""

    @property
    def ldaps(self) -> bool:
        """Whether TLS comes first, rather than by StartTLS."""
        return urlsplit(self.url).scheme == "ldaps"

    @property
    def encrypted(self) -> bool:
        """Whether our own connections use TLS."""
        return self.ldaps or self.start_tls

    @property
    def port(self) -> int:
        """The port of the address, or its scheme's."""
        return urlsplit(self.url).port or (TLS_PORT if self.ldaps else PLAIN_PORT)

    @property
    def clear_text_port(self) -> int | None:
        """Where a clear-text bind is tried; None where nothing says which port that is."""
        if self.plain_port:
            return self.plain_port
        if not self.ldaps:
            return self.port
        return PLAIN_PORT if self.port == TLS_PORT else None

    @property
    def endpoint(self) -> str:
        """Host and port, which identify the server for as long as it is asked there."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{host.lower()}:{self.port}"
