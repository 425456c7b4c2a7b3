"""A report as JSON for machines: deterministic, all text as the store holds it, escaped to ASCII."""

from __future__ import annotations

import json
from dataclasses import asdict

from nightledger.reports.model import STATEMENT, Report

SCHEMA_VERSION = 1
"""Raised when a key changes its meaning or goes; new keys do not raise it."""


def document(report: Report) -> str:
    """The whole report as JSON text ending in a newline; equal reports give equal text."""
    body = {
        "schema_version": SCHEMA_VERSION,
        "kind": "report",
        "statement": STATEMENT,
        "totals": {standing.value: number for standing, number in report.totals.items()},
        **asdict(report),
    }
    return json.dumps(body, indent=1, sort_keys=True) + "\n"
