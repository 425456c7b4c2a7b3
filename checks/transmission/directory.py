"""Checks of whether what a directory exchanges with its clients is protected on the network."""

from __future__ import annotations

from checks.check import Verdict, check, failed, passed, undecided
from checks.transmission.links import (
    DIRECTORY_OFFERS_TLS,
    DIRECTORY_PASSWORDS_NOT_HEARD,
    DIRECTORY_REFUSES_CLEAR_TEXT,
    DIRECTORY_TLS_FLOOR,
)
from evidence.facts.directory import CleartextBind
from evidence.facts.tls import TlsOffer

INVALID_CREDENTIALS = 49
WANTS_ENCRYPTION = {8: "strongerAuthRequired", 13: "confidentialityRequired"}


@check("directory-tls-trusted", on="directory.server", severity="high", links=[DIRECTORY_OFFERS_TLS])
def offers_trusted_tls(tls: TlsOffer) -> Verdict:
    """Does the directory offer TLS 1.2 or later with a certificate that holds?"""
    if not tls["offered"]:
        return failed(f"no acceptable TLS is offered: {tls['refusal']}")
    if tls["version"] not in {"TLSv1.2", "TLSv1.3"}:
        return failed(f"the best version offered is {tls['version']}")
    if tls["validated"]:
        return passed(
            f"{tls['version']} with a certificate from {tls['issuer']}, valid until {tls['not_after'][:10]}"
        )
    if tls["refusal"].startswith(("self-signed", "self signed", "unable to")):
        return undecided(
            f"{tls['issuer']} is not among the authorities known here, so its certificate could not be tried"
        )
    return failed(
        f"the certificate for {', '.join(tls['names']) or tls['subject']} does not hold: {tls['refusal']}"
    )


@check(
    "directory-cleartext-bind-refused",
    on="directory.server",
    severity="critical",
    links=[DIRECTORY_PASSWORDS_NOT_HEARD, DIRECTORY_REFUSES_CLEAR_TEXT],
)
def refuses_clear_text(clear_text_bind: CleartextBind) -> Verdict:
    """Does the directory refuse a password that is offered without encryption?"""
    port, code = clear_text_bind["port"], clear_text_bind["code"]
    if not clear_text_bind["listening"]:
        return passed(f"nothing accepts connections on port {port}, seen from where this ran")
    if code in WANTS_ENCRYPTION:
        return passed(f"port {port} refused a login without encryption ({code} {WANTS_ENCRYPTION[code]})")
    if code == INVALID_CREDENTIALS:
        return failed(f"port {port} judged a password that was offered without encryption")
    return undecided(
        f"port {port} answered a login without encryption with result code {code}, which settles nothing"
    )


@check("directory-tls-minimum", on="directory.server", severity="medium", links=[DIRECTORY_TLS_FLOOR])
def refuses_old_tls(accepts_old_tls: bool | None) -> Verdict:  # noqa: FBT001 - facts are positional
    """Does the directory refuse TLS older than 1.2?"""
    if accepts_old_tls is None:
        return undecided("nobody was offered TLS at all")
    if accepts_old_tls:
        return failed("a client that knows nothing newer than TLS 1.1 is served")
    return passed("a client that knows nothing newer than TLS 1.1 is turned away")
