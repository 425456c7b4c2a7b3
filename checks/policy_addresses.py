"""From which networks a policy lets in anyone at all. Pure, no AWS call."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from ipaddress import IPv4Network, IPv6Network, ip_network
from typing import Any

from checks.policy_document import open_statements, values
from evidence.facts.aws import PolicyDocument

_WIDE = {4: 8, 6: 16}
"""A network whose prefix is shorter is taken for everywhere."""


def open_networks(document: PolicyDocument) -> tuple[str, ...] | None:
    """The networks from which anyone is let in, () where nobody is by a statement for all; None = from everywhere."""
    found: set[str] = set()
    for statement in open_statements(document):
        networks = _networks(statement)
        if not networks or any(network.prefixlen < _WIDE[network.version] for network in networks):
            return None
        found.update(map(str, networks))
    return tuple(sorted(found))


def _networks(statement: Mapping[str, Any]) -> list[IPv4Network | IPv6Network]:
    """What the sender's address must lie in, [] where some of it is no network or nothing is said of it."""
    told = list(_addresses(statement))
    try:
        return [ip_network(one, strict=False) for one in told]
    except ValueError:
        return []


def _addresses(statement: Mapping[str, Any]) -> Iterator[str]:
    condition = statement.get("Condition")
    for operator, tested in condition.items() if isinstance(condition, Mapping) else ():
        # What a request need not carry (…IfExists) keeps nobody out.
        if operator.lower() == "ipaddress" and isinstance(tested, Mapping):
            for key, wanted in tested.items():
                if key.lower() == "aws:sourceip":
                    yield from values(wanted)
