"""What a listing tells of one resource: a field that AWS leaves out is missing for that fact, not for the listing."""

from __future__ import annotations

from collections.abc import Callable

from evidence.model import Json, Missing, Reason


def told(read: Callable[[], Json]) -> Json | Missing:
    """The fact that `read` takes from a row, Missing where the row lacks one of the fields it needs."""
    try:
        return read()
    except KeyError as lacking:
        return Missing(Reason.ERROR, detail=f"the answer has no {str(lacking)[:60]}")
