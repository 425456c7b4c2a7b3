"""The result on stdout, as a table, JSON, JSON lines or CSV; everything else a command says goes to stderr."""

from __future__ import annotations

import csv
import io
import json
import os
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TextIO

from evidence.model import NightledgerError
from nightledger.cli.text import cell, shown

FORMATS = ("table", "json", "jsonl", "csv")
SCHEMA_VERSION = 1

Row = Mapping[str, Any]


class CannotWrite(NightledgerError):
    """The result could not be written where it should go."""

    exit_code = 2


@dataclass(frozen=True, slots=True)
class Result:
    """What a command found: rows of one sort, `about` the whole, and what to say when there are none."""

    sort: str
    columns: Sequence[str]
    rows: Sequence[Row]
    about: Row = field(default_factory=dict)
    empty: str = "nothing"


def emit(result: Result, form: str, stream: TextIO | None = None) -> None:
    """Write a result; a reader that went away is no error, a full disk is one (CannotWrite)."""
    write(render(result, form), stream)


def render(result: Result, form: str) -> str:
    """A result as text ending in a newline."""
    match form:
        case "json":
            document = {
                "schema_version": SCHEMA_VERSION,
                "kind": result.sort,
                **result.about,
                "rows": list(result.rows),
            }
            return json.dumps(document, indent=2, default=_plain) + "\n"
        case "jsonl":
            lines = ({"schema_version": SCHEMA_VERSION, "kind": result.sort, **row} for row in result.rows)
            return "".join(json.dumps(line, default=_plain) + "\n" for line in lines)
        case "csv":
            return _csv(result)
        case _:
            return "\n".join(_table(result)) + "\n"


def write(text: str, stream: TextIO | None = None) -> None:
    """Write text to stdout (or `stream`) and flush it."""
    out = stream or sys.stdout
    try:
        out.write(text)
        out.flush()
    except BrokenPipeError:
        _forget(out)
    except OSError as error:
        _forget(out)
        raise CannotWrite(f"cannot write the result: {error.strerror}") from None


def _forget(out: TextIO) -> None:
    """Point the stream at nothing, so that the interpreter's own flush at exit stays silent."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, out.fileno())
    os.close(nowhere)


def _csv(result: Result) -> str:
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(result.columns)
    writer.writerows([cell(row.get(column)) for column in result.columns] for row in result.rows)
    return buffer.getvalue()


def _table(result: Result) -> Iterator[str]:
    if not result.rows:
        yield result.empty
        return
    table = [[column.replace("_", " ") for column in result.columns]]
    table += [[shown(row.get(column)) for column in result.columns] for row in result.rows]
    yield from aligned(table)


def aligned(table: Sequence[Sequence[str]]) -> Iterator[str]:
    """Rows of text in columns two spaces apart; the last column is as long as it is."""
    widths = [max(len(row[position]) for row in table) for position in range(len(table[0]))]
    for row in table:
        padded = (text.ljust(width) for text, width in zip(row[:-1], widths, strict=False))
        yield "  ".join((*padded, row[-1])).rstrip()


def lines(texts: Iterable[str]) -> str:
    """Lines of text, each made safe for a terminal."""
    return "".join(f"{shown_line(text)}\n" for text in texts)


def shown_line(text: str) -> str:
    """Like shown, but keeps the indent."""
    return " " * (len(text) - len(text.lstrip(" "))) + shown(text)


def _plain(value: object) -> str:
    return str(value)
