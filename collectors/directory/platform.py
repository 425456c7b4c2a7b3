"""The directory platform: from a configured source to a target, its two clients and what their errors mean."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from typing import Any

from collectors.directory.account import Account
from collectors.directory.client import DirectoryClient
from collectors.directory.computer import Computer
from collectors.directory.errors import DirectoryError
from collectors.directory.password_policy import PasswordPolicy
from collectors.directory.probes import Probe
from collectors.directory.server import Server
from collectors.directory.session import SessionPool
from collectors.directory.source import DirectorySource
from collectors.kind import Failure, Kind, Recorder, Target, Unreached
from collectors.tls import why_refused
from evidence.model import NightledgerError, Reason


class DirectoryPlatform:
    """LDAP directories; permissions are rights of the server's own access lists."""

    name = "directory"
    grants = "ldap"
    workers = 4
    deadline = 900.0

    def targets(self, source: DirectorySource) -> Iterator[Target | Unreached]:
        """The one directory of a source, opened only when its first search is made: probes need no account."""
        yield DirectoryTarget(source)

    def is_client(self, name: str) -> bool:
        """Whether an author may ask for a client of this name."""
        return name in {"ldap", "probe"}

    def kinds(self) -> tuple[type[Kind], ...]:
        """The kinds of the directory platform."""
        return (Server, PasswordPolicy, Account, Computer)

    def lane(self, client: str, part: str) -> str:  # noqa: ARG002 - a directory has no parts
        """One limit for each client: a slow search must not hold back the probes."""
        return client


class DirectoryTarget:
    """One directory server, seen through one account."""

    def __init__(self, source: DirectorySource) -> None:
        self.name = f"directory/{source.name}"
        self.principal = source.bind_dn or "anonymous"
        self._source = source
        self._sessions = SessionPool(source)

    def holds(self, kind: type[Kind]) -> bool:  # noqa: ARG002 - every directory has every kind
        """A directory has all of them."""
        return True

    def parts(self, kind: type[Kind]) -> tuple[str, ...]:  # noqa: ARG002 - a directory has no parts
        """A directory is listed as a whole."""
        return ("global",)

    def client(self, name: str, part: str, recorder: Recorder) -> Any:  # noqa: ARG002 - a directory has no parts
        """`ldap` searches as our account, `probe` tries what strangers may do."""
        if name == "probe":
            return Probe(self._source, recorder)
        return DirectoryClient(self._source, self._sessions, recorder)

    def classify(self, error: Exception) -> Failure:
        """No failure reaches past its fact or listing: the probes need no account, and each listing says why."""
        match error:
            case DirectoryError(code=code, reason=reason, operation=operation):
                return Failure(code, reason, str(error), operation)
            case NightledgerError():
                return Failure(type(error).__name__, Reason.ERROR, str(error))
            case TimeoutError():
                return Failure("timeout", Reason.TIMEOUT, "the server did not answer in time")
            case ssl.SSLError():
                return Failure("tls", Reason.ERROR, f"the TLS handshake failed: {why_refused(error)}")
            case OSError():
                return Failure(type(error).__name__, Reason.NOT_AVAILABLE, "the server could not be reached")
            case _:
                return Failure(type(error).__name__, Reason.ERROR, type(error).__name__)

    def close(self) -> None:
        """Close every connection."""
        self._sessions.close()
