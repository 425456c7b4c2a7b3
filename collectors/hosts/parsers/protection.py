"""What watches files and keeps malicious software out, and when it last did so."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime

from collectors.hosts.parsers.text import lines, number, unreadable
from evidence.facts.host_security import Defender, Endpoint, FileIntegrity
from evidence.model import Missing

_ENDED = re.compile(r"report End timestamp: (\d{4}-\d\d-\d\d \d\d:\d\d:\d\d) ([+-]\d{4})")
_INITIALIZED = re.compile(r"report AIDE (successfully )?initialized ")
_FOUND = re.compile(r"report AIDE found (NO )?differences", re.IGNORECASE)
_MADE = re.compile(r"clamav (\d\d? [A-Z][a-z]{2} \d{4} \d\d-\d\d [+-]\d{4})\s*$")


def file_integrity(data: bytes) -> FileIntegrity | Missing:
    """Section `file_integrity`: tools, AIDE's rules and database, the ends of its reports (the last one counts)."""
    rows = lines(data)
    if not rows or rows[0] != "looked":
        return unreadable("section file_integrity")
    made = [
        day for row in rows if row.startswith("database ") and (day := _unix(row.removeprefix("database ")))
    ]
    found = [match[1] is None for row in rows if (match := _FOUND.match(row))]
    return FileIntegrity(
        tools=sorted(row.removeprefix("tool ") for row in rows if row.startswith("tool ")),
        configured=any(row.startswith("config ") for row in rows),
        database_on=max(made, default=None),
        ran_on=max(_comparisons(rows), default=None),
        differences=found[-1] if found else None,
    )


def _comparisons(rows: list[str]) -> Iterator[str]:
    """The days on which a run ended that compared; one that made the database anew compares nothing."""
    made_anew = False
    for row in rows:
        if _INITIALIZED.match(row):
            made_anew = True
        elif match := _ENDED.match(row):
            if not made_anew and (day := _day(" ".join(match.groups()), "%Y-%m-%d %H:%M:%S %z")):
                yield day
            made_anew = False


def endpoint(data: bytes) -> Endpoint | Missing:
    """Section `endpoint`: programs that run or are installed, and the date in the head of ClamAV's signatures."""
    rows = lines(data)
    if not rows or rows[0] != "looked":
        return unreadable("section endpoint")
    made = [
        day for row in rows if (match := _MADE.match(row)) and (day := _day(match[1], "%d %b %Y %H-%M %z"))
    ]
    return Endpoint(
        running=sorted({row.removeprefix("runs ") for row in rows if row.startswith("runs ")}),
        contained=sorted({row.removeprefix("contained ") for row in rows if row.startswith("contained ")}),
        installed=sorted({row.removeprefix("installed ") for row in rows if row.startswith("installed ")}),
        clamav_on=max(made, default=None),
    )


def defender(data: bytes) -> Defender | Missing:
    """What `mdatp health --output json` prints; a field that is not a plain true counts as off."""
    try:
        health = json.loads(data) if data.count(b"{") + data.count(b"[") < 200 else None
    except ValueError:
        health = None
    if not isinstance(health, dict) or "healthy" not in health:
        return unreadable("the answer of mdatp health")
    updated = _plain(health.get("definitionsUpdated"))
    seconds = number(str(updated)[:10]) if str(updated).isdecimal() else None
    return Defender(
        healthy=_plain(health["healthy"]) is True,
        real_time=_plain(health.get("realTimeProtectionEnabled")) is True,
        definitions_on=_unix(str(seconds)) if seconds else None,
    )


def sensor_is_whole(data: bytes) -> bool | Missing:
    """What `falconctl -g --rfm-state` prints: false = the sensor works in full, true = in reduced mode."""
    text = " ".join(lines(data)).strip().rstrip(".").replace(" ", "").lower()
    if text in {"rfm-state=false", "rfm-state=true"}:
        return text == "rfm-state=false"
    return unreadable("the answer of falconctl")


def _plain(value: object) -> object:
    return value.get("value") if isinstance(value, dict) else value


def _unix(text: str) -> str | None:
    value = number(text.strip())
    return (
        datetime.fromtimestamp(value, UTC).date().isoformat() if value is not None and value < 2**33 else None
    )


def _day(text: str, form: str) -> str | None:
    try:
        return datetime.strptime(text, form).astimezone(UTC).date().isoformat()
    except (ValueError, OverflowError):
        return None
