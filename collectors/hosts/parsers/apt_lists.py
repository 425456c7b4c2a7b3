"""apt's lists: which archives they are of, how old they are, and what pins keep from being taken from them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from fnmatch import fnmatchcase

from collectors.hosts.parsers.text import filed, lines, number
from evidence.facts.host_packages import PackageLists

_MAKERS = frozenset({"Debian", "Ubuntu"})
_SUBSCRIBERS = "UbuntuESM"


def package_lists(data: bytes, stamps: bytes, pins: bytes = b"") -> PackageLists:
    """How old the lists of the security archives are, each by its own date.

    apt renews its stamp when any list came, so the stamp says nothing of these.
    """
    told = _archives(data)
    security = [one for one in told if _is_security(one)]
    own = [one for one in security if one.get("Origin") in _MAKERS] or [
        one for one in security if not one.get("Origin", "").startswith(_SUBSCRIBERS)
    ]
    days = [_mail_day(one.get("Date", "")) for one in _newest(own)]
    ends = [day for one in _newest(own) if (day := _mail_day(one.get("Valid-Until", "")))]
    return PackageLists(
        count=len(told),
        security=bool(own),
        of=sorted({re.split("[-/]", one["Codename"])[0] for one in own if one.get("Codename")}),
        fresh_on=min((day for day in days if day), default=None) if None not in days else None,
        expires_on=min(ends, default=None),
        extended_on=None if _subscribers_are_kept_out(pins) else _extended(security),
        fetched_on=max((day for name, day in dated(stamps) if name == "update-success-stamp"), default=None),
    )


def unmarked(releases: bytes) -> list[str]:
    """The suites of security archives that are not called so, as those of Debian 10 and before."""
    security = [one for one in _archives(releases) if one.get("Label") == "Debian-Security"]
    return sorted({suite for one in security if not (suite := one.get("Suite", "")).endswith("-security")})


def withheld(pins: bytes, packages: bytes) -> list[str]:
    """Installed packages that a pin keeps from an update, as the pin names them; see apt_preferences(5).

    Where the installed packages are not known (b""), all that a pin names.
    """
    installed = [row.split(" ")[1] for row in lines(packages) if row.startswith("installed ")]
    names = {
        name for stanza in _stanzas(pins) if _withholds(stanza) for name in stanza.get("package", "").split()
    }
    return sorted(name for name in names if not installed or any(fnmatchcase(one, name) for one in installed))


def dated(data: bytes) -> Iterator[tuple[str, str]]:
    """The names and days of the stamps that apt leaves."""
    for line in lines(data):
        seconds, _, path = line.partition(" ")
        value = number(seconds)
        if value is not None and value < 2**33:
            yield path.rpartition("/")[2], datetime.fromtimestamp(value, UTC).date().isoformat()


def _archives(releases: bytes) -> list[dict[str, str]]:
    told: dict[str, dict[str, str]] = {}
    for line in filed(releases):
        name, _, value = line.text.partition(": ")
        told.setdefault(line.file, {})[name] = value
    return list(told.values())


def _is_security(one: Mapping[str, str]) -> bool:
    words = [one.get(name, "") for name in ("Label", "Suite", "Codename")]
    return "Debian-Security" in words or any(word.endswith("-security") for word in words)


def _newest(archives: list[dict[str, str]]) -> list[dict[str, str]]:
    """Of each archive the list that is newest: it may come from several mirrors, of which one is enough."""
    found: dict[tuple[str, ...], dict[str, str]] = {}
    for one in archives:
        key = tuple(one.get(name, "") for name in ("Origin", "Label", "Suite", "Codename"))
        held = found.setdefault(key, one)
        if (_mail_day(one.get("Date", "")) or "") > (_mail_day(held.get("Date", "")) or ""):
            found[key] = one
    return list(found.values())


def _extended(security: list[dict[str, str]]) -> str | None:
    days = [
        _mail_day(one.get("Date", ""))
        for one in security
        if one.get("Origin") == _SUBSCRIBERS and one.get("Suite", "").endswith("-infra-security")
    ]
    return max((day for day in days if day), default=None)


def _subscribers_are_kept_out(pins: bytes) -> bool:
    # Without a subscription the list still comes, and a pin of Ubuntu's own keeps out what it offers.
    return any(
        re.search(rf"\bo={_SUBSCRIBERS}\b", stanza.get("pin", ""))
        and _is_refused(stanza.get("pin-priority", ""))
        for stanza in _stanzas(pins)
    )


def _is_refused(priority: str) -> bool:
    return priority.startswith("-") or priority == "never"


def _stanzas(pins: bytes) -> Iterator[dict[str, str]]:
    stanza: dict[str, str] = {}
    for line in filed(pins):
        name, _, value = line.text.partition(":")
        if name.lower() == "package":
            yield stanza
            stanza = {}
        stanza[name.lower()] = value.strip()
    yield stanza


def _withholds(stanza: Mapping[str, str]) -> bool:
    priority, pin = stanza.get("pin-priority", ""), stanza.get("pin", "")
    if _SUBSCRIBERS in pin:
        # What a host without a subscription cannot have is kept from it by a pin of its own.
        return False
    return _is_refused(priority) or pin.startswith("version")


def _mail_day(text: str) -> str | None:
    try:
        moment = parsedate_to_datetime(text)
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC).date().isoformat()
    except (ValueError, TypeError, OverflowError, IndexError):
        return None
