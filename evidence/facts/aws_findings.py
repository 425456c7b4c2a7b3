"""The shapes of AWS facts about what AWS's own services found: outside access, weaknesses, threats."""

from __future__ import annotations

from typing import TypedDict


class AccessAnalyzer(TypedDict):
    """An analyzer: `looks_for` is external, internal or unused; `of` account or organization; `status` ACTIVE or not.

    `analyzed` says whether it has looked long enough since it was made to have seen everything once.
    """

    arn: str
    looks_for: str
    of: str
    status: str
    analyzed: bool


class OutsideAccess(TypedDict):
    """A resource that lets in somebody from outside, which nobody has closed or accepted; `since` is a date."""

    resource: str
    public: bool
    since: str


class WeaknessScans(TypedDict):
    """What Inspector is told to look at in the region, by its status: ENABLED, DISABLED, SUSPENDED, ENABLING."""

    instances: str
    images: str
    functions: str


class Unscanned(TypedDict):
    """An instance or function that Inspector does not scan, and its reason (UNMANAGED_EC2_INSTANCE, ...)."""

    resource: str
    reason: str


class Weakness(TypedDict):
    """A weakness (CVE-...) that Inspector sees in a resource since a date."""

    name: str
    resource: str
    since: str


class Weaknesses(TypedDict):
    """The critical weaknesses open longest; `more` says that there are others, seen later."""

    oldest: list[Weakness]
    more: bool


class Threat(TypedDict):
    """A sign of intrusion by GuardDuty's name for it, the type of resource and the date it was first reported."""

    type: str
    resource_type: str
    since: str


class Threats(TypedDict):
    """The serious threats open longest; `more` says that there are others, reported later."""

    oldest: list[Threat]
    more: bool
