"""What a collector's code gave, made fit for evidence: a bug in one fact is that fact's Missing, never the run's end."""

from __future__ import annotations

from typing import Any

from collectors.kind import Found
from collectors.recorder import printable
from evidence.canonical import NotCanonical, canonical
from evidence.documents import encode_fact
from evidence.model import Fact, Missing, Reason


def fit_fact(name: str, value: Any) -> Fact:
    """The value itself if it has canonical bytes, else Missing with the reason: a float, a set, broken text."""
    try:
        canonical(encode_fact(value))
    except NotCanonical as error:
        return Missing(Reason.ERROR, detail=printable(f"{name}: {error}"))
    return value  # type: ignore[no-any-return]


def misfit(found: Found) -> str:
    """Why a listed resource cannot be named in evidence; "" where it can."""
    try:
        canonical([found.uid, found.name, found.home, found.labels])
    except NotCanonical as error:
        return printable(str(error))
    return ""
