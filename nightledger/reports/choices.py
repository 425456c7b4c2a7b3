"""What the organisation chose before the run, with its reasons: checks left out, policy values of its own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from evidence.store import Run
from nightledger.reports.lines import ChoiceLine

_WORDS = {"excluded": "left out", "policy": "asked with the organisation's own values"}


def choices(run: Run) -> tuple[ChoiceLine, ...]:
    """The choices recorded with the run; a run that recorded none chose nothing."""
    selection: Any = run.selection
    if not isinstance(selection, Mapping):
        return ()
    return tuple(
        ChoiceLine(check, words, str(reason))
        for key, words in _WORDS.items()
        for check, reason in sorted(dict(selection.get(key) or {}).items())
    )
