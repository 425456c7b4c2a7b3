from __future__ import annotations

from datetime import date

import pytest

from checks.endpoint.hosts import endpoint_protection_works
from evidence.facts.host_security import Defender, Endpoint
from evidence.model import Status

TODAY = date(2026, 11, 22)
FRESH, OLD = "2026-11-21", "2026-10-01"


def seen(
    *running: str,
    contained: tuple[str, ...] = (),
    installed: tuple[str, ...] = (),
    clamav: str | None = None,
) -> Endpoint:
    return Endpoint(
        running=list(running), contained=list(contained), installed=list(installed), clamav_on=clamav
    )


def mdatp(*, healthy: bool = True, real_time: bool = True, on: str | None = FRESH) -> Defender:
    return Defender(healthy=healthy, real_time=real_time, definitions_on=on)


@pytest.mark.parametrize(
    ("endpoint", "defender", "falcon", "expected"),
    [
        (seen("clamd", "clamonacc", clamav=FRESH), None, None, Status.PASS),
        (seen("clamd", clamav=FRESH), None, None, Status.UNKNOWN),
        (seen("clamd", "clamonacc", clamav=OLD), None, None, Status.FAIL),
        (seen("clamd", "clamonacc"), None, None, Status.UNKNOWN),
        (seen(installed=("clamscan",), clamav=FRESH), None, None, Status.FAIL),
        (seen(), None, None, Status.FAIL),
        (seen("wdavdaemon"), mdatp(), None, Status.PASS),
        (seen("wdavdaemon"), mdatp(on=OLD), None, Status.FAIL),
        (seen("wdavdaemon"), mdatp(on=None), None, Status.UNKNOWN),
        (seen("wdavdaemon"), mdatp(real_time=False), None, Status.FAIL),
        (seen("falcon-sensor"), None, True, Status.PASS),
        (seen("falcon-sensor"), None, False, Status.FAIL),
        (seen(), None, True, Status.FAIL),
        (seen("falcon-sensor"), None, None, Status.UNKNOWN),
        (seen("s1-agent"), None, None, Status.UNKNOWN),
        (seen(contained=("clamd", "clamonacc"), clamav=FRESH), None, None, Status.UNKNOWN),
        (seen(contained=("falcon-sensor",)), None, True, Status.UNKNOWN),
    ],
)
def test_endpoint_protection_counts_only_where_it_is_seen_to_work(endpoint, defender, falcon, expected):
    assert endpoint_protection_works.judge(endpoint, defender, falcon, as_of=TODAY).status is expected
