from __future__ import annotations

import pytest

from checks.exposure.hosts import firewall_refuses_by_default
from evidence.facts.host_security import Firewall
from evidence.model import Status


@pytest.mark.parametrize(
    ("ipv4", "ipv6", "has_ipv6", "expected"),
    [
        ("refused", "refused", True, Status.PASS),
        ("refused", "accepted", False, Status.PASS),
        ("refused", "accepted", True, Status.FAIL),
        ("accepted", "refused", True, Status.FAIL),
    ],
)
def test_every_family_in_use_must_be_refused(ipv4, ipv6, has_ipv6, expected):
    fact = Firewall(ipv4=ipv4, ipv6=ipv6, has_ipv6=has_ipv6)
    assert firewall_refuses_by_default.judge(fact).status is expected
