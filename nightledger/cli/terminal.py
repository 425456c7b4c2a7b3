"""What a person at a terminal sees beside the result: notes, the progress bar, colour. All of it on stderr."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from evidence.model import Unit, UnitResult
from nightledger.cli.text import shown

if TYPE_CHECKING:
    from collectors.poll import Progress as Watch

_CODES = {"red": "31", "green": "32", "yellow": "33", "bold": "1"}


def note(text: str, colour: str = "") -> None:
    """One line on stderr; a closed stderr is no error."""
    try:
        sys.stderr.write(paint(shown(text), colour) + "\n")
        sys.stderr.flush()
    except (BrokenPipeError, ValueError):
        return


def paint(text: str, colour: str) -> str:
    """`text` in a colour where stderr is a terminal and NO_COLOR is not set."""
    if (
        not colour
        or os.environ.get("NO_COLOR")
        or os.environ.get("TERM") == "dumb"
        or not _is_terminal(sys.stderr)
    ):
        return text
    return f"\x1b[{_CODES[colour]}m{text}\x1b[0m"


def watching() -> bool:
    """Whether somebody sits at a terminal: only then may anything move."""
    return _is_terminal(sys.stderr) and _is_terminal(sys.stdout)


class _Silent:
    def planned(self, unit: Unit) -> None:
        pass

    def finished(self, result: UnitResult) -> None:
        pass

    def tick(self) -> None:
        pass


class _Bar:
    def __init__(self, bar: Any) -> None:
        self._bar = bar
        self._task = bar.add_task("", total=0)
        self._total = 0

    def planned(self, unit: Unit) -> None:
        self._total += 1
        self._bar.update(self._task, total=self._total, description=shown(unit))

    def finished(self, result: UnitResult) -> None:
        self._bar.update(self._task, advance=1, description=shown(result.unit))

    def tick(self) -> None:
        pass


@contextmanager
def progress(*, quiet: bool) -> Iterator[Watch]:
    """A progress bar when somebody watches, else silence."""
    if quiet or not watching():
        yield _Silent()
        return
    from rich.console import Console  # noqa: PLC0415 - only for a person at a terminal
    from rich.progress import Progress  # noqa: PLC0415 - only for a person at a terminal

    with Progress(console=Console(stderr=True), transient=True) as bar:
        yield _Bar(bar)


def _is_terminal(stream: Any) -> bool:
    return bool(stream is not None and not stream.closed and stream.isatty())
