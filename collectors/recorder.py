"""What one task recorded: its calls, the raw answers as content-addressed objects, the fields it dropped."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from datetime import UTC, datetime

from evidence.canonical import canonical, digest
from evidence.model import Call, Json

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]+")


class TaskRecorder:
    """The Recorder given to the clients of one task; read by the engine only after the task has ended."""

    def __init__(self, part: str, about: str = "") -> None:
        self.made: list[Call] = []
        self.objects: dict[str, bytes] = {}
        self.drops: Counter[str] = Counter()
        self._part = part
        self._about = about

    def answered(
        self, operation: str, asked: Mapping[str, Json], kept: Json, *, request_id: str = ""
    ) -> None:
        """Record one answer; raises NotCanonical when the kept part cannot be evidence."""
        data = canonical(kept)
        name = digest(data)
        # The encoder's buffer is several times as large as what it holds, and objects wait for their unit to end.
        self.objects[name] = bytes(memoryview(data))
        self._add(operation, asked, request_id, answer=name)

    def failed(self, operation: str, asked: Mapping[str, Json], code: str, *, request_id: str = "") -> None:
        """Record one refused or failed call."""
        self._add(operation, asked, request_id, error=printable(code, 80) or "error")

    def dropped(self, field_path: str) -> None:
        """Count one field that the keep-list does not name."""
        self.drops[field_path] += 1

    def calls(self) -> tuple[Call, ...]:
        """The calls made so far, in order."""
        return tuple(self.made)

    def _add(
        self, operation: str, asked: Mapping[str, Json], request_id: str, answer: str = "", error: str = ""
    ) -> None:
        self.made.append(
            Call(
                operation=operation,
                asked=canonical(dict(asked)).decode(),
                at=utc_now(),
                request_id=request_id,
                answer=answer,
                error=error,
                about=self._about,
                part=self._part,
            )
        )


def utc_now() -> str:
    """This moment as UTC ISO-8601 with seconds."""
    return datetime.now(UTC).isoformat(timespec="seconds").removesuffix("+00:00") + "Z"


def printable(text: str, limit: int = 200) -> str:
    """`text` without control characters and bounded, as it may reach a terminal, a report or evidence."""
    clean = _CONTROL.sub(" ", text).encode("utf-8", "replace").decode().strip()
    return clean if len(clean) <= limit else clean[: limit - 3] + "..."
