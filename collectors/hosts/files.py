"""The files that many hosts share, pinned host keys, our own key, authorities: each is read once in a scan."""

from __future__ import annotations

import threading
from collections.abc import Callable, Hashable
from pathlib import Path
from typing import Any, TypeVar

from collectors.hosts import known_hosts
from collectors.hosts.known_hosts import KnownHosts
from collectors.hosts.transport import Phase, Unreachable
from evidence.model import Reason

T = TypeVar("T")


class Files:
    """What was read so far; lives as long as one look at the hosts of a source, so the next sees a changed file."""

    def __init__(self) -> None:
        self._held: dict[Hashable, Any] = {}
        self._lock = threading.Lock()

    def known_hosts(self, name: str) -> KnownHosts:
        """The pinned keys, none where there is no such file; raises Unreachable when it cannot be read."""
        return self.once(("known_hosts", name), lambda: _known_hosts(name))

    def key(self, name: str, certificate: str = "") -> Any:
        """The private key, with this certificate or one that lies beside it; raises Unreachable."""
        return self.once(("key", name, certificate), lambda: certified(_key(name), certificate))

    def once(self, what: Hashable, read: Callable[[], T]) -> T:
        """What `read` makes of the file that `what` names, read at the first call; raises what it raises."""
        # The others wait: all workers would parse the same file at the same time, and one after another anyway.
        with self._lock:
            if what not in self._held:
                self._held[what] = read()
            found: T = self._held[what]
            return found


def certified(key: Any, certificate: str) -> Any:
    """The key with the certificate of this file, "" for none that is named; raises Unreachable."""
    # A KEY-cert.pub beside the key is found by the library itself; here is the one that the settings name.
    if certificate:
        try:
            key.load_certificate(str(Path(certificate).expanduser()))
        except (OSError, ValueError, TypeError, IndexError):
            raise no_key("certificate_unreadable", f"{certificate} is no certificate for this key") from None
    return key


def no_key(code: str, detail: str) -> Unreachable:
    """Why there is nothing to log in with."""
    return Unreachable(Phase.AUTH, code, detail, Reason.DENIED)


def _known_hosts(name: str) -> KnownHosts:
    path = Path(name).expanduser()
    try:
        return known_hosts.read(path.read_bytes())
    except FileNotFoundError:
        return KnownHosts()
    except OSError as error:
        raise Unreachable(Phase.HOST_KEY, "known_hosts_unreadable", f"{path}: {error.strerror}") from None


def _key(name: str) -> Any:
    import paramiko  # noqa: PLC0415 - the SDK is loaded when a host is polled

    try:
        return paramiko.PKey.from_path(Path(name).expanduser())
    except (paramiko.SSHException, OSError, ValueError, TypeError):
        detail = f"{name or 'no key file'} cannot be read as a private key without a passphrase"
        raise no_key("key_unreadable", detail) from None
