"""The HTTPS below PSRP: a connection we dialled, whose certificate was verified, and which nobody can make us wait on.

It stands where the library's own HTTP would (`WSMan.transport`): that one bounds neither time nor bytes in all.
"""

from __future__ import annotations

import http.client
import ssl
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Self

from collectors.hosts.failure import broken, shown_text
from collectors.hosts.files import Files, no_key
from collectors.hosts.psrp_kerberos import Ticket
from collectors.hosts.source import Host
from collectors.hosts.transport import Clock, Phase, Unreachable
from collectors.hosts.wire import Steps, connected
from evidence.model import Reason

PATH = "/wsman"
_MUTUAL = "http://schemas.dmtf.org/wbem/wsman/1/wsman/secprofile/https/mutual"
"""DSP0226, annex C: the client proves itself by its certificate."""
_ANSWER_BYTES = 4 * 1024 * 1024
"""The largest answer read; hosts keep to MaxEnvelopeSize, 150 kB as we ask."""
_UNAUTHORIZED = 401


class Https:
    """The requests of one run to one host; `received` counts the bytes of all bodies. Closes what it opened."""

    def __init__(self, host: Host, clock: Clock, steps: Steps, files: Files) -> None:
        address = f"[{host.address}]" if ":" in host.address else host.address
        self.endpoint = f"https://{address}:{host.port}{PATH}"
        self.received = 0
        self._host, self._clock, self._steps, self._files = host, clock, steps, files
        self._entered = ExitStack()
        self._connection: _Connection | None = None
        self._ticket: Ticket | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Hang up."""
        self._entered.close()

    def send(self, message: bytes, *, retries_on_read_timeout: int = 0, timeout: Any = None) -> bytes:  # noqa: ARG002 - the deadline is ours
        """Post one envelope and return the answer's; raises Unreachable, or the library's error for what HTTP says."""
        from pypsrp.exceptions import AuthenticationError, WinRMTransportError  # noqa: PLC0415 - the SDK is loaded when a host is polled

        status, body = self._post(message)
        if status == _UNAUTHORIZED:
            raise AuthenticationError
        if status != http.client.OK:
            raise WinRMTransportError("http", status, body.decode("utf-8", "replace"))
        return body

    def _post(self, message: bytes) -> tuple[int, bytes]:
        connection = self._connection = self._connection or self._dialled()
        try:
            connection.request("POST", PATH, message, self._headers())
            with connection.getresponse() as answer:
                body = answer.read(_ANSWER_BYTES + 1)
        except (OSError, http.client.HTTPException, ValueError) as error:
            raise broken(Phase.CHANNEL, self._clock, error) from None
        self.received += len(body)
        if len(body) > _ANSWER_BYTES:
            raise Unreachable(Phase.CHANNEL, "answer_too_large", "one answer is too large", Reason.ERROR)
        if self._ticket is not None:
            self._ticket.answered(answer.getheader("WWW-Authenticate", ""))
        # The next request would go to a connection that nobody has verified or logged in on.
        if answer.will_close:
            self._connection = None
        return answer.status, body

    def _headers(self) -> dict[str, str]:
        mine = self._ticket.shown() if self._ticket else {"Authorization": _MUTUAL}
        return {"Content-Type": "application/soap+xml;charset=UTF-8", "Accept-Encoding": "identity", **mine}

    def _dialled(self) -> _Connection:
        context = self._files.once(("tls", *_proof(self._host)), lambda: _context(self._host))
        sock = self._entered.enter_context(connected(self._host, self._clock, self._steps))
        tls = self._entered.enter_context(
            context.wrap_socket(sock, server_hostname=self._host.address, do_handshake_on_connect=False)
        )
        self._shake_hands(tls)
        if not self._host.certificate_file:
            self._ticket = Ticket(self._host, tls.getpeercert(binary_form=True) or b"")
        return _Connection(self._host, tls)

    def _shake_hands(self, tls: ssl.SSLSocket) -> None:
        clock = self._clock.part(self._steps.handshake)
        tls.settimeout(max(0.1, clock.left()))
        try:
            tls.do_handshake()
        except ssl.SSLCertVerificationError as error:
            why = shown_text(error.verify_message)
            detail = f"its certificate is not accepted: {why}; name its authority with ca_file"
            raise Unreachable(Phase.TLS, "certificate_refused", detail, Reason.ERROR) from None
        except TimeoutError:
            raise Unreachable(Phase.TLS, "tls_timeout", "no TLS within its time", Reason.TIMEOUT) from None
        except (OSError, ValueError) as error:
            raise broken(Phase.TLS, clock, error) from None
        tls.settimeout(max(0.1, self._clock.left()))


class _Connection(http.client.HTTPConnection):
    """HTTP on a socket that is there already; it never dials by itself, which would be in clear text."""

    auto_open = 0

    def __init__(self, host: Host, sock: ssl.SSLSocket) -> None:
        super().__init__(host.address, host.port)
        self.sock = sock


def _proof(host: Host) -> tuple[str, str, str]:
    return host.ca_file, host.certificate_file, host.key_file


def _context(host: Host) -> ssl.SSLContext:
    try:
        context = ssl.create_default_context(cafile=_path(host.ca_file))
    except (OSError, ValueError):
        detail = f"{host.ca_file} cannot be read as authorities in PEM"
        raise Unreachable(Phase.TLS, "authorities_unreadable", detail, Reason.ERROR) from None
    if host.certificate_file:
        # A server may ask for it only once it has read the request (RFC 8446, section 4.6.2), and Windows is said to.
        context.post_handshake_auth = True
        try:
            # Without an answer OpenSSL would ask the terminal for the passphrase.
            certificate = Path(host.certificate_file).expanduser()
            context.load_cert_chain(certificate, _path(host.key_file), password=lambda: "")
        except (OSError, ValueError):
            files = " and ".join(filter(None, (host.certificate_file, host.key_file)))
            detail = f"{files} cannot be read as a certificate and its key without a passphrase, in PEM"
            raise no_key("certificate_unreadable", detail) from None
    return context


def _path(name: str) -> Path | None:
    return Path(name).expanduser() if name else None
