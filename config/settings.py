"""The settings of one organisation, as types. Reading the file is config/load.py's business."""

from __future__ import annotations

import os
from collections.abc import Mapping
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from pydantic import ConfigDict, Field, field_validator, model_validator

from config.cron import Nightly, parse
from config.fields import Cron, FilePath, Reason, Scalar, ScalarOrList, Section, StoreUrl, Text, TimeZone
from config.host_settings import HostsSource
from config.source_settings import Source
from evidence.model import Resource


class Organisation(Section):
    """Who the evidence is about, and the zone in which its days begin and end."""

    name: Text = Field(default="unnamed organisation", description="as reports print it")
    timezone: TimeZone = Field(default="UTC", description="an IANA zone: its days decide when a waiver ends")

    @property
    def zone(self) -> ZoneInfo:
        """The time zone, loaded."""
        return ZoneInfo(self.timezone)


class PolicyOverride(Section):
    """Other values for a check's parameters than its defaults, and why; the values are still text here."""

    model_config = ConfigDict(frozen=True, extra="allow")
    __pydantic_extra__: dict[str, ScalarOrList] = Field(init=False)

    reason: Reason = Field(description="for the auditor, at least 20 characters; beside it, the parameters")

    @model_validator(mode="after")
    def _changes_something(self) -> PolicyOverride:
        if not self.parameters:
            raise ValueError("names no parameter of the check")
        return self

    @property
    def parameters(self) -> dict[str, ScalarOrList]:
        """The new values by parameter, as written."""
        return dict(self.__pydantic_extra__ or {})


class Exclusion(Section):
    """A check that is not asked at all, and why; it is named in every report."""

    check: Text = Field(description="the check's id")
    reason: Reason = Field(description="for the auditor, at least 20 characters")


class Selection(Section):
    """What of all checks is asked."""

    exclude: tuple[Exclusion, ...] = Field(default=(), description="checks that are not asked")


class EphiRule(Section):
    """Resources that hold ePHI: all given patterns (shell wildcards, case matters) must match."""

    kind: Text | None = Field(default=None, description="a pattern for the kind, `aws.s3.*`")
    name: Text | None = Field(default=None, description="a pattern for the name, `ehr-*`")
    uid: Text | None = Field(default=None, description="a pattern for the uid")
    labels: dict[str, Scalar] = Field(default_factory=dict, description="a pattern for each label's value")

    @model_validator(mode="after")
    def _says_something(self) -> EphiRule:
        if not (self.kind or self.name or self.uid or self.labels):
            raise ValueError("matches everything; give kind, name, uid or labels")
        return self

    def matches(self, resource: Resource) -> bool:
        """Whether this rule says that the resource holds ePHI."""
        texts = ((self.kind, resource.kind), (self.name, resource.name), (self.uid, resource.uid))
        labels = dict(resource.labels)
        return all(pattern is None or fnmatchcase(text, pattern) for pattern, text in texts) and all(
            key in labels and fnmatchcase(labels[key], pattern) for key, pattern in self.labels.items()
        )


class Schedule(Section):
    """When the nightly scan begins: one time of day in a zone (the organisation's when none is given)."""

    cron: Cron = Field(
        default="0 2 * * *", description="minute hour day month weekday; one run a night at most"
    )
    timezone: TimeZone | None = Field(default=None, description="an IANA zone; else the organisation's")

    @property
    def nightly(self) -> Nightly:
        """The cron text, read."""
        return parse(self.cron)


class Settings(Section):
    """All that nightledger.yaml may say."""

    organisation: Organisation = Field(default_factory=Organisation, description="whose evidence it is")
    store: StoreUrl = Field(
        default_factory=lambda: default_store(os.environ),
        description="sqlite:PATH, postgresql://HOST/DATABASE or env:NAME; else a file in the user's data directory",
    )
    key_directory: FilePath | None = Field(
        default=None, description="where the signing key stays, outside the store"
    )
    sources: tuple[Source, ...] = Field(description="what is looked at")
    policy: dict[str, PolicyOverride] = Field(
        default_factory=dict, description="other values for checks' parameters, by check id"
    )
    selection: Selection = Field(default_factory=Selection, description="what of all checks is asked")
    ephi: tuple[EphiRule, ...] = Field(
        default=(), description="which resources hold ePHI; none given: not known"
    )
    schedule: Schedule = Field(default_factory=Schedule, description="when the nightly scan begins")

    @field_validator("sources")
    @classmethod
    def _names_differ(cls, sources: tuple[Any, ...]) -> tuple[Any, ...]:
        if not sources:
            raise ValueError("needs at least one source")
        names = [source.name for source in sources]
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise ValueError(f"two sources are called {', '.join(twice)}")
        return sources

    def holds_ephi(self, resource: Resource) -> bool | None:
        """What the ephi rules say of a resource; None when there are no rules, because then nobody has said."""
        return any(rule.matches(resource) for rule in self.ephi) if self.ephi else None

    @property
    def schedule_zone(self) -> ZoneInfo:
        """The zone whose wall clock starts the nightly scan."""
        return ZoneInfo(self.schedule.timezone or self.organisation.timezone)


def default_store(environ: Mapping[str, str]) -> str:
    """The embedded store under the XDG data directory, as a URL."""
    data = environ.get("XDG_DATA_HOME") or str(Path(environ.get("HOME") or Path.home()) / ".local" / "share")
    return f"sqlite:{data}/nightledger/evidence.db"


def this_machine(store: str) -> Settings:
    """The settings when there is no file: look at the machine we run on, keep the evidence at `store`."""
    return Settings(store=store, sources=(HostsSource(type="hosts", name="this-machine", local=True),))
