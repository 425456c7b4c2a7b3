"""From which networks a policy lets in anyone at all. Pure, no AWS call."""

from __future__ import annotations

from collections.abc import Mapping
from ipaddress import IPv4Network, IPv6Network, ip_network
from typing import Any

from checks.policy_conditions import demands_of
from checks.policy_denials import Opening, opening
from checks.policy_document import open_statements
from evidence.facts.aws import PolicyDocument

_WIDE = {4: 8, 6: 16}
"""A network whose prefix is shorter is taken for everywhere."""


def open_networks(document: PolicyDocument) -> tuple[str, ...]:
    """The networks from which a statement for all lets in anyone, those from everywhere left out."""
    told = (_networks(statement) for statement in open_statements(document))
    return tuple(sorted({str(network) for networks in told for network in networks}))


def opening_by_address(document: PolicyDocument) -> Opening:
    """What is left for anyone at all from everywhere, where coming from a named network is being known."""
    everywhere = [statement for statement in open_statements(document) if not _networks(statement)]
    return opening(document, everywhere, spares=lambda demand: bool(_narrow(demand.wanted)))


def _networks(statement: Mapping[str, Any]) -> list[IPv4Network | IPv6Network]:
    """What the sender's address must lie in, [] where that keeps next to nobody out or nothing is said of it."""
    # What a request need not carry (…IfExists) keeps nobody out.
    asked = (
        demand
        for demand in demands_of(statement)
        if (demand.operator, demand.key) == ("ipaddress", "aws:sourceip")
    )
    return next((networks for demand in asked if (networks := _narrow(demand.wanted))), [])


def _narrow(wanted: tuple[str, ...]) -> list[IPv4Network | IPv6Network]:
    try:
        networks = [ip_network(one, strict=False) for one in wanted]
    except ValueError:
        return []
    return [] if any(one.prefixlen < _WIDE[one.version] for one in networks) else networks
