"""The shapes of facts about TLS, of whatever speaks it."""

from __future__ import annotations

from typing import TypedDict


class TlsOffer(TypedDict):
    """What a TLS handshake with a server came to.

    `refusal` says why TLS is not offered or the certificate not trusted, in OpenSSL's words. `not_after` is UTC
    ISO-8601, `certificate` the SHA-256 of its DER form. Where nothing is offered, the rest is empty.
    """

    offered: bool
    refusal: str
    version: str
    cipher: str
    validated: bool
    subject: str
    issuer: str
    names: list[str]
    not_after: str
    certificate: str
