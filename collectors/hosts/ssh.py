"""The SSH transport: one connection, one attempt, one command; every step bounded by one deadline.

Through a jump host every target has a connection of its own: shared ones die with the first target that ends.

The library's traps this is built around: its timeouts are per read and not in all, some of its waits have none,
its host-key file reader gives up on one odd line, and its error texts do not say how far it got.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from typing import Any

from collectors.hosts import known_hosts
from collectors.hosts.failure import broken
from collectors.hosts.files import Files
from collectors.hosts.foreign import POWERSHELL
from collectors.hosts.known_hosts import Trust
from collectors.hosts.source import Host, Mode, System
from collectors.hosts.ssh_command import Command, converse, opened
from collectors.hosts.ssh_jump import Doors, tunnelled
from collectors.hosts.ssh_login import log_in
from collectors.hosts.transport import MAX_BYTES, Clock, Intake, Phase, Result, Unreachable, login_name
from collectors.hosts.wire import Steps, connected, hang_up
from evidence.model import Reason

_WARNINGS_SHOWN = 3
_JOIN_SECONDS = 2.0
_WAKE_SECONDS = 10.0
_LOG = "collectors.hosts.ssh"

_WEAK = {
    "ciphers": ["aes128-cbc", "aes192-cbc", "aes256-cbc", "3des-cbc"],
    "macs": ["hmac-md5", "hmac-md5-96", "hmac-sha1", "hmac-sha1-96"],
    "kex": [
        "diffie-hellman-group1-sha1",
        "diffie-hellman-group14-sha1",
        "diffie-hellman-group-exchange-sha1",
    ],
    "keys": ["ssh-rsa", "ssh-dss"],
    "pubkeys": ["ssh-rsa", "ssh-dss"],
}

_ADVICE = {
    Trust.UNKNOWN: "its key {key} is not in {file}; `nightledger hosts enrol` shows it to be compared and added",
    Trust.CHANGED: "it showed {key}, but {file} pins another key: reinstalled, or somebody in between",
    Trust.REVOKED: "it showed {key}, which {file} marks as revoked",
}


@dataclass(frozen=True, slots=True)
class Shown:
    """The host key that a host showed, raw, and what known_hosts says about it."""

    key_type: str
    key: bytes
    trust: Trust
    warnings: tuple[str, ...] = ()

    @property
    def fingerprint(self) -> str:
        """The key's fingerprint as OpenSSH prints it."""
        return known_hosts.fingerprint(self.key)


class SshTransport:
    """One host over SSH; logs in with the one key the settings name: no default keys, no passwords."""

    def __init__(
        self,
        host: Host,
        doors: Doors | None = None,
        steps: Steps = Steps(),  # noqa: B008 - it is frozen
        files: Files | None = None,
    ) -> None:
        self.host = host
        self.user = host.user or login_name()
        self._doors, self._steps, self._files = doors or Doors(), steps, files or Files()

    def run(self, script: bytes, deadline: float, max_bytes: int = MAX_BYTES) -> Result:
        """Run the script there; raises Unreachable with the phase it failed in, never retries.

        Where the key has a forced command, `script` is the request that travels as the original command.
        """
        clock = Clock(deadline)
        forced = self.host.mode is Mode.FORCED
        line = POWERSHELL if self.host.os is System.WINDOWS else "/bin/sh -s"
        command = Command(script.decode()) if forced else Command(line, script)
        with self._logged_in(clock) as (session, fingerprint):
            channel = opened(session, command, clock.part(self._steps.start))
            said = converse(channel, command, clock, Intake(max_bytes))
            return replace(said, fingerprint=fingerprint)

    def host_key(self, deadline: float) -> Shown:
        """The key the host shows, without logging in there; raises Unreachable."""
        clock = Clock(deadline)
        with self._session(clock) as session:
            return _handshake(session, self.host, self._files, clock.part(self._steps.handshake))

    @contextmanager
    def _logged_in(self, clock: Clock) -> Iterator[tuple[Any, str]]:
        with self._session(clock) as session:
            shown = _handshake(session, self.host, self._files, clock.part(self._steps.handshake))
            _require_trust(shown, self.host)
            log_in(session, self.host, self.user, self._files, clock.part(self._steps.login))
            yield session, shown.fingerprint

    @contextmanager
    def _session(self, clock: Clock) -> Iterator[Any]:
        with self._wire(clock) as wire, _session(wire, clock, self._steps.handshake) as session:
            yield session

    @contextmanager
    def _wire(self, clock: Clock) -> Iterator[Any]:
        with ExitStack() as entered:
            if self.host.jump is None:
                yield entered.enter_context(connected(self.host, clock, self._steps))
                return
            before = SshTransport(self.host.jump, self._doors, self._steps, self._files)
            try:
                with self._doors.held(before.host, clock):
                    jump, _ = entered.enter_context(before._logged_in(clock))
            except Unreachable as error:
                detail = f"at the jump host {before.host.label}: {error.detail}"
                raise Unreachable(error.phase, f"jump_{error.code}", detail, error.reason) from None
            yield entered.enter_context(tunnelled(jump, self.host, clock.part(self._steps.connect)))


def _handshake(session: Any, host: Host, files: Files, clock: Clock) -> Shown:
    import paramiko  # noqa: PLC0415 - the SDK is loaded when a host is polled

    trusted = files.known_hosts(host.known_hosts)
    _prefer(session, trusted.key_types(host.address, host.port))
    try:
        session.start_client(timeout=max(0.1, clock.left()))
        # At its timeout the library returns as if all were well; only then does this raise.
        key = session.get_remote_server_key()
    except (paramiko.SSHException, OSError, EOFError) as error:
        raise broken(Phase.KEX if session.remote_version else Phase.BANNER, clock, error) from None
    raw = key.asbytes()
    return Shown(key.get_name(), raw, trusted.judge(host.address, host.port, raw), trusted.warnings)


def _require_trust(shown: Shown, host: Host) -> None:
    if shown.trust is not Trust.KNOWN:
        advice = _ADVICE[shown.trust].format(key=shown.fingerprint, file=host.known_hosts)
        detail = "; ".join((advice, *shown.warnings[:_WARNINGS_SHOWN]))
        raise Unreachable(Phase.HOST_KEY, shown.trust.value, detail, Reason.ERROR)


@contextmanager
def _session(wire: Any, clock: Clock, handshake: float) -> Iterator[Any]:
    import paramiko  # noqa: PLC0415 - the SDK is loaded when a host is polled

    # What the library logs about a hostile host would reach the terminal through logging's last resort.
    logging.getLogger(_LOG).setLevel(logging.CRITICAL + 1)
    try:
        session = paramiko.Transport(wire, disabled_algorithms=_WEAK)
    except (paramiko.SSHException, OSError, EOFError) as error:
        raise broken(Phase.BANNER, clock, error) from None
    session.set_log_channel(_LOG)
    # The library looks ten times a second whether it was closed; we end its waits by hanging up.
    wire.settimeout(_WAKE_SECONDS)
    session.banner_timeout = session.handshake_timeout = clock.part(handshake).left() + 1
    session.channel_timeout = max(0.1, clock.left())
    try:
        yield session
    finally:
        hang_up(wire)
        session.close()
        # Its thread must be over before a channel below it is: it would write there once more.
        if session.ident is not None:
            session.join(_JOIN_SECONDS)


def _prefer(session: Any, pinned: tuple[str, ...]) -> None:
    # Ask for the key types that are pinned; an RSA key is signed with SHA-2 under names of its own.
    names = [
        name
        for kind in pinned
        for name in (("rsa-sha2-512", "rsa-sha2-256") if kind == "ssh-rsa" else (kind,))
    ]
    options = session.get_security_options()
    # GCM first: it proves each packet in the same step, where a MAC of its own is compared byte by byte in Python.
    options.ciphers = tuple(sorted(options.ciphers, key=lambda name: "gcm" not in name))
    known = [name for name in names if name in options.key_types]
    options.key_types = tuple(known + [name for name in options.key_types if name not in known])
