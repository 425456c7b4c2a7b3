"""Who we are to a host: one key, from a file or from an agent that was asked for, and a certificate for it.

One key and one attempt: servers count failures, and an agent full of keys would spend them all.
"""

from __future__ import annotations

import base64
import binascii
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from collectors.hosts.failure import broken, refused, shown_text
from collectors.hosts.files import Files, certified, no_key
from collectors.hosts.source import Host
from collectors.hosts.transport import Clock, Phase


def log_in(session: Any, host: Host, user: str, files: Files, clock: Clock) -> None:
    """Log in with the host's key; raises Unreachable in phase auth, and never tries another way."""
    import paramiko  # noqa: PLC0415 - the SDK is loaded when a host is polled

    session.auth_timeout = max(0.1, clock.left())
    with _key(host, files) as key:
        try:
            further = session.auth_publickey(user, key)
        except paramiko.AuthenticationException as error:
            if not session.is_active():
                raise broken(Phase.AUTH, clock, error) from None
            what = f"the key {host.key_file}" if host.key_file else "the agent's key"
            raise refused(f"{what} is not accepted for {user}", clock) from None
        except (paramiko.SSHException, OSError, EOFError) as error:
            raise broken(Phase.AUTH, clock, error) from None
    if further:
        raise refused(f"{user} must also pass {', '.join(map(shown_text, further))}", clock)


@contextmanager
def _key(host: Host, files: Files) -> Iterator[Any]:
    if not host.agent:
        yield _valid(files.key(host.key_file, host.certificate_file))
        return
    import paramiko  # noqa: PLC0415 - the SDK is loaded when a host is polled

    try:
        agent = paramiko.Agent()
    except (paramiko.SSHException, OSError, EOFError) as error:
        raise no_key("agent_unreachable", f"the agent: {shown_text(str(error))}") from None
    try:
        yield _valid(certified(_from_agent(agent.get_keys(), host.key_file), host.certificate_file))
    finally:
        agent.close()


def _from_agent(held: tuple[Any, ...], name: str) -> Any:
    if not name:
        if len(held) == 1:
            return held[0]
        raise no_key("agent_key_unclear", f"the agent holds {len(held)} keys; name one with key_file")
    wanted = _public(name)
    found = next((key for key in held if key.asbytes() == wanted), None)
    if found is None:
        raise no_key("agent_key_absent", f"the agent does not hold {name}")
    return found


def _public(name: str) -> bytes:
    """The raw public key beside a private key file."""
    path = Path(name.removesuffix(".pub") + ".pub").expanduser()
    try:
        return base64.b64decode(path.read_bytes().split()[1], validate=True)
    except (OSError, IndexError, binascii.Error):
        raise no_key("key_unreadable", f"{path} cannot be read as a public key") from None


def _valid(key: Any) -> Any:
    if key.public_blob is not None:
        _require_valid(key.public_blob)
    return key


def _require_valid(blob: Any) -> None:
    """Refuse a certificate out of its time here, where the reason is known; the server would only say no."""
    from cryptography.exceptions import UnsupportedAlgorithm  # noqa: PLC0415 - as above
    from cryptography.hazmat.primitives import serialization  # noqa: PLC0415 - as above

    line = blob.key_type.encode() + b" " + base64.b64encode(blob.key_blob)
    try:
        certificate: Any = serialization.load_ssh_public_identity(line)
        first, last = certificate.valid_after, certificate.valid_before
    except (ValueError, AttributeError, UnsupportedAlgorithm):
        raise no_key("certificate_unreadable", "the user certificate cannot be read") from None
    now = time.time()
    if now >= last:
        end = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(last))
        raise no_key("certificate_expired", f"the user certificate was valid before {end}")
    if now < first:
        raise no_key("certificate_not_yet_valid", "the user certificate is not valid yet")
