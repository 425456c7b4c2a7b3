"""Writes a report as a file (CSV: also as a folder of files), whole or not at all."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from nightledger.reports.model import Report, ReportError

FORMATS = ("html", "csv", "json")
"""What a report can be written as."""


def write(report: Report, format: str, path: str | Path) -> None:
    """Write the report to `path`, replacing what is there; raises ReportError.

    "csv" writes the findings alone to a path that ends in .csv, and all tables into a folder of any other name.
    """
    target = Path(path)
    match format:
        case "html":
            from nightledger.reports.as_html import page  # noqa: PLC0415 - jinja2 is an extra

            _replace(target, page(report).encode())
        case "json":
            from nightledger.reports.as_json import document  # noqa: PLC0415 - only what is asked for

            _replace(target, document(report).encode())
        case "csv":
            _write_csv(report, target)
        case _:
            raise ReportError(
                f"a report cannot be written as {format!r}", hint=f"one of {', '.join(FORMATS)}"
            )


def _write_csv(report: Report, target: Path) -> None:
    from nightledger.reports.as_csv import FINDINGS, files  # noqa: PLC0415 - pandas is an extra

    written: Mapping[str, str] = files(report)
    if target.suffix.lower() == ".csv":
        _replace(target, written[FINDINGS].encode("utf-8-sig"))
        return
    for name, text in written.items():
        _replace(target / name, text.encode("utf-8-sig"))


def _replace(target: Path, data: bytes) -> None:
    """Write beside the target and rename, so that a full disk leaves the report of yesterday as it was."""
    fresh = target.with_name(f".{target.name}.{os.getpid()}")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        try:
            fresh.write_bytes(data)
            fresh.replace(target)
        finally:
            fresh.unlink(missing_ok=True)
    except OSError as error:
        raise ReportError(f"cannot write the report to {target}: {error.strerror}") from None
