"""Every operation that looking at AWS may ask: what the kinds keep, and what opening an account takes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from collectors.aws import identity, organization, preflight
from collectors.aws.kind import REGIONS, keeps_of
from collectors.aws.models import Asked
from collectors.kind import Kind

_OPENING = {
    "ec2": REGIONS,
    "iam": preflight.KEEP,
    "organizations": organization.KEEP,
    "sts": identity.OPERATIONS,
}


def asked(kinds: Iterable[type[Kind]]) -> Asked:
    """The operations by the SDK's name of their service; of a service not named here none is ever asked."""
    found: defaultdict[str, set[str]] = defaultdict(set)
    for service, operation in keeps_of(kinds):
        found[service.replace("_", "-")].add(operation)
    for service, operations in _OPENING.items():
        found[service].update(operations)
    return {service: frozenset(operations) for service, operations in found.items()}
