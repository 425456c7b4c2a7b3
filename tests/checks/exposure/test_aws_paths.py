from __future__ import annotations

import pytest

from checks.exposure import aws_paths
from evidence.facts.aws_paths import AclEntry
from tests.checks.strict import Strict

ALL, TCP, UDP, ICMP = "-1", "6", "17", "1"


def entry(number, protocol, low=None, high=None, *, allow=True, cidr="0.0.0.0/0"):
    ports = {"from_port": low, "to_port": high}
    return Strict(AclEntry, number=number, allow=allow, protocol=protocol, cidr=cidr, **ports)


@pytest.mark.parametrize(
    ("inbound", "status"),
    [
        ([], "pass"),
        ([entry(1, ALL)], "fail"),
        ([entry(1, ICMP)], "pass"),
        ([entry(1, TCP, 22, 22)], "fail"),
        ([entry(1, UDP, 3389, 3389)], "fail"),
        ([entry(1, UDP, 1024, 65535, cidr="::/0")], "fail"),
        ([entry(1, UDP, 53, 53)], "pass"),
        ([entry(1, TCP, 22, 22, allow=False), entry(2, UDP, 22, 22)], "fail"),
        ([entry(2, ALL), entry(1, UDP, 0, 65535, allow=False), entry(1, TCP, 0, 65535, allow=False)], "pass"),
        ([entry(1, ALL, allow=False), entry(2, ALL, cidr="::/0")], "fail"),
        ([entry(1, TCP, 22, 22, cidr="10.0.0.0/8")], "pass"),
    ],
)
def test_an_acl_closes_a_port_only_when_it_closes_it_for_tcp_and_udp_of_both_internets(inbound, status):
    assert aws_paths.acl_closes_admin_ports.judge(inbound).status == status
