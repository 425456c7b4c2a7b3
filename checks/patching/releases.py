"""Until when each release of Linux gets security updates from its maker, as announced by November 2026."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from evidence.facts.host_packages import Release


def _days(table: Mapping[str, str]) -> Mapping[str, date]:
    return {name: date.fromisoformat(day) for name, day in table.items()}


ENDS: Mapping[str, date] = _days(
    {
        "almalinux 8": "2029-05-31",
        "almalinux 9": "2032-05-31",
        "almalinux 10": "2035-05-31",
        "alpine 3.17": "2024-11-22",
        "alpine 3.18": "2025-05-09",
        "alpine 3.19": "2025-11-01",
        "alpine 3.20": "2026-04-01",
        "alpine 3.21": "2026-11-01",
        "alpine 3.22": "2027-05-01",
        "alpine 3.23": "2027-11-01",
        "amzn 2": "2026-06-30",
        "amzn 2018.03": "2023-12-31",
        "amzn 2023": "2029-06-30",
        "centos 6": "2020-11-30",
        "centos 7": "2024-06-30",
        "centos 8": "2024-05-31",
        "centos 9": "2027-05-31",
        "centos 10": "2030-01-01",
        "debian 8": "2020-06-30",
        "debian 9": "2022-06-30",
        "debian 10": "2024-06-30",
        "debian 11": "2026-08-31",
        "debian 12": "2028-06-30",
        "debian 13": "2030-06-30",
        "fedora 38": "2024-05-21",
        "fedora 39": "2024-11-26",
        "fedora 40": "2025-05-13",
        "fedora 41": "2025-12-15",
        "fedora 42": "2026-05-13",
        "ol 6": "2021-03-31",
        "ol 7": "2024-12-31",
        "ol 8": "2029-07-31",
        "ol 9": "2032-06-30",
        "opensuse-leap 15.4": "2023-12-07",
        "opensuse-leap 15.5": "2024-12-31",
        "opensuse-leap 15.6": "2026-04-30",
        "opensuse-leap 16.0": "2027-10-31",
        "rhel 6": "2020-11-30",
        "rhel 7": "2024-06-30",
        "rhel 8": "2029-05-31",
        "rhel 9": "2032-05-31",
        "rhel 10": "2035-05-31",
        "rocky 8": "2029-05-31",
        "rocky 9": "2032-05-31",
        "rocky 10": "2035-05-31",
        "sles 12.5": "2024-10-31",
        "sles 15.3": "2022-12-31",
        "sles 15.4": "2023-12-31",
        "sles 15.5": "2024-12-31",
        "sles 15.6": "2025-12-31",
        "sles 15.7": "2031-07-31",
        "ubuntu 14.04": "2019-04-25",
        "ubuntu 16.04": "2021-04-30",
        "ubuntu 18.04": "2023-05-31",
        "ubuntu 20.04": "2025-05-29",
        "ubuntu 22.04": "2027-06-01",
        "ubuntu 22.10": "2023-07-20",
        "ubuntu 23.04": "2024-01-25",
        "ubuntu 23.10": "2024-07-11",
        "ubuntu 24.04": "2029-05-31",
        "ubuntu 24.10": "2025-07-10",
        "ubuntu 25.04": "2026-01-15",
        "ubuntu 25.10": "2026-07-09",
        "ubuntu 26.04": "2031-05-29",
    }
)
"""The last day with updates that cost nothing beyond the system itself; Debian's long-term support is among them."""

EXTENDED_ENDS: Mapping[str, date] = _days(
    {
        "ubuntu 14.04": "2024-04-25",
        "ubuntu 16.04": "2026-04-23",
        "ubuntu 18.04": "2028-04-26",
        "ubuntu 20.04": "2030-04-23",
        "ubuntu 22.04": "2032-04-21",
        "ubuntu 24.04": "2034-04-25",
        "ubuntu 26.04": "2036-04-23",
    }
)
"""The last day with updates from Ubuntu's archive for subscribers."""


def named(release: Release) -> str:
    """The release as the tables and the organisation's own settings name it: the system's id and its version."""
    return f"{release['os']} {release['version']}".strip()


def last_days(release: Release, as_of: date, *, extended: bool = False) -> list[date]:
    """The last day with updates by each source that knows one: the table here, the host's own files."""
    told = [_of_table(ENDS, release), _of_host(release, as_of)]
    if extended:
        own = [_of_table(EXTENDED_ENDS, release), _day(release["extended_end"])]
        told = own if any(own) else told
    return sorted({day for day in told if day is not None})


def _of_host(release: Release, as_of: date) -> date | None:
    longest, standard = _day(release["long_term_end"]), _day(release["standard_end"])
    if release["os"] != "debian" or longest is not None:
        return longest or standard or _day(release["support_end"])
    # Debian's long-term support follows; an older table does not name its end, so this day is none.
    return standard if standard is not None and standard >= as_of else None


def _of_table(table: Mapping[str, date], release: Release) -> date | None:
    parts = named(release).split(".")
    names = (".".join(parts[:count]) for count in range(len(parts), 0, -1))
    return next((table[name] for name in names if name in table), None)


def _day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)
