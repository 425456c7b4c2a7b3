"""The Security Rule catalog as types: every paragraph of 45 CFR 164 subpart C, found by id or by another spelling.

The text itself is data, config/security_rule.yaml. Where a provision stands is checks/status.py.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache
from importlib import resources
from types import MappingProxyType
from typing import Any

import yaml

from evidence.model import NightledgerError


class UnknownProvision(NightledgerError):
    """A citation names no paragraph of the catalog; the hint gives the nearest ids."""

    exit_code = 2


class ProvisionKind(StrEnum):
    """What a paragraph is; general rules (164.302-306, 318) are neither required nor addressable."""

    STANDARD = "standard"
    SPECIFICATION = "implementation_specification"
    GENERAL_RULE = "general_rule"


class Designation(StrEnum):
    """Standards are always required; an addressable specification may be met by an equivalent, in writing."""

    REQUIRED = "required"
    ADDRESSABLE = "addressable"


class EvidenceMode(StrEnum):
    """What could carry a provision, from collected evidence alone to a person's document alone."""

    AUTOMATED = "automated"
    AUTOMATED_PARTIAL = "automated_partial"
    MIXED = "mixed"
    ATTESTED = "attested"
    ATTESTED_WITH_FEEDS = "attested_with_feeds"
    IMPORTED_OR_ATTESTED = "imported_or_attested"
    IMPORTED_OR_INHERITED = "imported_or_inherited"
    INHERITED_OR_ATTESTED = "inherited_or_attested"
    TOOL_FEATURE = "tool_feature"


@dataclass(frozen=True, slots=True)
class Provision:
    """One paragraph: a standard, an implementation specification or a general rule.

    `title` is the regulation's, `summary` and `note` are ours. `evidence_mode` is None for general rules that
    ask for no evidence; `left_to_people` says what no collector will see.
    """

    id: str
    kind: ProvisionKind
    family: str
    title: str
    summary: str
    parent: str | None = None
    designation: Designation | None = None
    evidence_mode: EvidenceMode | None = None
    left_to_people: str = ""
    auditor_asks: tuple[str, ...] = ()
    note: str = ""
    aliases: tuple[str, ...] = ()
    nist_800_53r5: tuple[str, ...] = ()
    hph_cpg: tuple[str, ...] = ()
    cis_v8_1: tuple[str, ...] = ()

    @property
    def in_appendix_a(self) -> bool:
        """Whether Appendix A to subpart C, the matrix of 308, 310 and 312, counts this paragraph."""
        return self.family in APPENDIX_A_FAMILIES and self.kind is not ProvisionKind.GENERAL_RULE

    @property
    def is_safeguard(self) -> bool:
        """Whether it is a physical (310) or technical (312) safeguard: every report has a line for each."""
        return self.family in SAFEGUARD_FAMILIES

    @property
    def is_for_people_alone(self) -> bool:
        """Whether only a document or an assurance report can carry it, whatever is collected beside it."""
        return self.evidence_mode in PEOPLE_ALONE


APPENDIX_A_FAMILIES = ("administrative", "physical", "technical")
SAFEGUARD_FAMILIES = ("physical", "technical")
PEOPLE_ALONE = (
    EvidenceMode.ATTESTED,
    EvidenceMode.ATTESTED_WITH_FEEDS,
    EvidenceMode.INHERITED_OR_ATTESTED,
)


@dataclass(frozen=True, slots=True)
class Catalog:
    """All provisions in the order of the regulation; iterate over it, or ask it for one by citation."""

    provisions: tuple[Provision, ...]
    evidence_modes: Mapping[EvidenceMode, str]
    _by_key: Mapping[str, Provision] = field(repr=False)

    def __iter__(self) -> Iterator[Provision]:
        return iter(self.provisions)

    def __len__(self) -> int:
        return len(self.provisions)

    def find(self, citation: str) -> Provision | None:
        """The provision a citation names, or None; "164.312(b)", "312.b", "45 CFR 164.312 (b)" are one."""
        return self._by_key.get(_key(citation))

    def get(self, citation: str) -> Provision:
        """Like `find`, but raises UnknownProvision, which suggests the nearest ids."""
        provision = self.find(citation)
        if provision is None:
            raise UnknownProvision(
                f"no provision {citation!r} in 45 CFR 164 subpart C", hint=self._nearest(citation)
            )
        return provision

    def children(self, provision: Provision) -> tuple[Provision, ...]:
        """The specifications directly below a standard."""
        return tuple(child for child in self.provisions if child.parent == provision.id)

    def safeguards(self) -> tuple[Provision, ...]:
        """Every paragraph of 164.310 and 164.312."""
        return tuple(provision for provision in self.provisions if provision.is_safeguard)

    def _nearest(self, citation: str) -> str:
        keys = difflib.get_close_matches(_key(citation), self._by_key, n=6, cutoff=0.6)
        ids = dict.fromkeys(self._by_key[key].id for key in keys)
        return f"nearest: {', '.join(list(ids)[:3])}" if ids else "ids look like 164.312(a)(2)(iv)"


@cache
def catalog() -> Catalog:
    """The catalog of the rule in force, read once from config/security_rule.yaml."""
    text = resources.files("config").joinpath("security_rule.yaml").read_text(encoding="utf-8")
    return read_catalog(text)


def read_catalog(text: str) -> Catalog:
    """A catalog from YAML text; an unknown key or label is a TypeError or ValueError, for it is our own data."""
    document = yaml.safe_load(text)
    provisions = tuple(_provision(entry) for entry in document["provisions"])
    modes = {EvidenceMode(mode): meaning for mode, meaning in document["evidence_modes"].items()}
    return Catalog(provisions, MappingProxyType(modes), MappingProxyType(_keys(provisions)))


def _provision(entry: dict[str, Any]) -> Provision:
    lists = {key: tuple(value) for key, value in entry.items() if isinstance(value, list)}
    typed = {
        "kind": ProvisionKind(entry["kind"]),
        "designation": Designation(entry["designation"]) if "designation" in entry else None,
        "evidence_mode": EvidenceMode(entry["evidence_mode"]) if "evidence_mode" in entry else None,
    }
    return Provision(**{**entry, **lists, **typed})


def _keys(provisions: tuple[Provision, ...]) -> dict[str, Provision]:
    keys: dict[str, Provision] = {}
    for provision in provisions:
        for spelling in (provision.id, *provision.aliases):
            if keys.setdefault(_key(spelling), provision) is not provision:
                raise ValueError(f"{spelling} names two provisions")
    return keys


def _key(citation: str) -> str:
    """One spelling of a citation: its parts in lower case, without title, part sign or brackets."""
    parts = re.findall(r"[0-9a-z]+", re.sub(r"^\s*45\s*cfr\b|\bpart\b|§", " ", citation.lower()))
    if parts and re.fullmatch(r"3\d\d", parts[0]):
        parts.insert(0, "164")
    return " ".join(parts)
