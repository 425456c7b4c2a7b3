"""Which platforms there are: ours, and what plug-ins register; one whose extra is not installed is said to be."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from importlib import import_module
from importlib.metadata import entry_points
from importlib.util import find_spec

from collectors.kind import Platform

ENTRY_POINTS = "nightledger.collectors"


@dataclass(frozen=True, slots=True)
class Extra:
    """A platform of ours: where it lives, the distribution extra it needs and the module that proves it is there."""

    module: str
    cls: str
    extra: str
    proof: str


OURS: Mapping[str, Extra] = {
    "aws": Extra("collectors.aws.platform", "AwsPlatform", "aws", "botocore"),
    "hosts": Extra("collectors.hosts.platform", "HostsPlatform", "", ""),
    "directory": Extra("collectors.directory.platform", "DirectoryPlatform", "directory", "ldap3"),
}


@dataclass(frozen=True, slots=True)
class Disabled:
    """A platform that cannot be used here, and the extra to install for it."""

    name: str
    extra: str

    @property
    def hint(self) -> str:
        """What to type."""
        return f"pip install 'nightledger[{self.extra}]'"


def platforms(asked: Collection[str] = tuple(OURS)) -> dict[str, Platform]:
    """Every platform by name, whether or not its SDK is installed, of ours only those asked; no SDK is imported."""
    found: dict[str, Platform] = {name: platform(name) for name in OURS if name in asked}
    for point in sorted(entry_points(group=ENTRY_POINTS), key=lambda point: point.name):
        found[point.name] = point.load()()
    return found


def platform(name: str) -> Platform:
    """One platform of ours, with clients of its own; no SDK is imported."""
    ours = OURS[name]
    made: Platform = getattr(import_module(ours.module), ours.cls)()
    return made


def disabled() -> tuple[Disabled, ...]:
    """The platforms of ours whose extra is not installed."""
    missing = (
        (name, ours.extra) for name, ours in OURS.items() if ours.proof and find_spec(ours.proof) is None
    )
    return tuple(Disabled(name, extra) for name, extra in missing)
