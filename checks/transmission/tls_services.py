"""Transmission: services of hosts on whose ports TLS is expected, as a client on the network meets them."""

from __future__ import annotations

from datetime import date, timedelta

from checks.check import Verdict, check, failed, not_applicable, passed, undecided
from checks.transmission.host_links import OLD_TLS_REFUSED, SERVICE_OFFERS_TLS, SERVICE_PROVES_ITSELF
from evidence.facts.tls import TlsOffer

_NOTHING = "nothing accepts connections there, seen from where this ran"


@check("host-tls-offered", on="host.tls_service", severity="high", links=[SERVICE_OFFERS_TLS])
def offers_tls(offer: TlsOffer | None) -> Verdict:
    """Does the service offer TLS 1.2 or later?"""
    if offer is None:
        return not_applicable(_NOTHING)
    if offer["offered"]:
        return passed(f"{offer['version']} with {offer['cipher']}")
    return failed(f"it does not answer TLS 1.2 or later from the first byte: {offer['refusal']}")


@check("host-tls-old-refused", on="host.tls_service", severity="medium", links=[OLD_TLS_REFUSED])
def refuses_old_tls(offer: TlsOffer | None, accepts_old: bool | None) -> Verdict:  # noqa: FBT001 - facts are positional
    """Does the service refuse TLS older than 1.2?"""
    if offer is None or accepts_old is None:
        return not_applicable(_NOTHING)
    if accepts_old:
        return failed("a client that knows nothing newer than TLS 1.1 is served")
    if not offer["offered"]:
        return undecided(f"nobody was served TLS at all: {offer['refusal']}")
    return passed("a client that knows nothing newer than TLS 1.1 is turned away")


@check("host-tls-certificate", on="host.tls_service", severity="high", links=[SERVICE_PROVES_ITSELF])
def certificate_holds(offer: TlsOffer | None, as_of: date, *, min_days: int = 14) -> Verdict:
    """Does the service's certificate hold, and for long enough that it can be renewed in time?"""
    if offer is None:
        return not_applicable(_NOTHING)
    if not offer["offered"]:
        return undecided(f"it showed no certificate: {offer['refusal']}")
    last = date.fromisoformat(offer["not_after"][:10])
    whose = f"the certificate for {', '.join(offer['names']) or offer['subject']}"
    if last < as_of:
        return failed(f"{whose} expired on {last}")
    if last < as_of + timedelta(days=int(min_days)):
        return failed(f"{whose} expires on {last}, and is to be renewed {min_days} days before that")
    if offer["validated"]:
        return passed(f"{whose}, from {offer['issuer']}, holds until {last}")
    if offer["refusal"].startswith(("self-signed", "self signed", "unable to")):
        return undecided(
            f"{offer['issuer']} is not among the authorities known here, so its certificate could not be tried"
        )
    return failed(f"{whose} does not hold: {offer['refusal']}")
