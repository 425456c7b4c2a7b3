"""What every AWS kind shares: its service, and how its keep-lists are found by service and operation."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, ClassVar

from collectors.keep import Keep, parse
from collectors.kind import Kind, KindError

REGIONS = {"describe_regions": "ec2:DescribeRegions"}
"""The permission that listing a kind per region needs beside its own."""

TAGS = "Tags[]{Key, Value}"


class AwsKind(Kind):
    """A kind of AWS resource; an operation in `keep` is of `service` unless written "ssm.describe_x".

    With `every_region` the regions that are not enabled come as not applicable, so that none is passed over.
    """

    platform = "aws"
    service: ClassVar[str] = ""
    every_region: ClassVar[bool] = False


def keeps_of(kinds: Iterable[type[Kind]]) -> dict[tuple[str, str], Keep]:
    """Keep-lists by (service, operation); raises KindError where two kinds keep one operation differently."""
    found: dict[tuple[str, str], tuple[str, str]] = {}
    for kind in kinds:
        for operation, text in kind.keep.items():
            service, _, name = operation.rpartition(".")
            key = (service or getattr(kind, "service", ""), name)
            owner, known = found.setdefault(key, (kind.kind, text))
            if known != text:
                raise KindError(f"{kind.kind} and {owner} keep different fields of {key[0]}.{key[1]}")
    return {key: parse(text) for key, (_, text) in found.items()}


def labels(tags: Iterable[Mapping[str, Any]]) -> tuple[tuple[str, str], ...]:
    """AWS tags as resource labels, without those AWS itself manages."""
    pairs = ((str(tag["Key"]), str(tag.get("Value", ""))) for tag in tags)
    return tuple(sorted(pair for pair in pairs if not pair[0].startswith("aws:")))


def name_of(tags: Iterable[Mapping[str, Any]], otherwise: str) -> str:
    """The Name tag's value, else the identifier."""
    return next((str(tag["Value"]) for tag in tags if tag["Key"] == "Name" and tag.get("Value")), otherwise)
