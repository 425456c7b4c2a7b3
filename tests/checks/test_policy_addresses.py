from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checks.policy_addresses import open_networks, opening_by_address
from checks.policy_denials import opening

OFFICE = "203.0.113.0/24"


def anyone(condition=None):
    statement = {"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "*"}
    return statement | ({"Condition": condition} if condition else {})


def networks(*statements):
    """From where anyone is let in; None = from everywhere."""
    document = {"Statement": list(statements)}
    return None if opening_by_address(document).open else open_networks(document)


def from_(*addresses, operator="IpAddress", key="aws:SourceIp"):
    return anyone({operator: {key: list(addresses)}})


def test_a_statement_for_all_that_asks_for_an_address_names_its_networks():
    assert networks(from_(OFFICE, "198.51.100.7")) == ("198.51.100.7/32", OFFICE)
    assert networks(from_("2001:db8::/32", operator="ipaddress", key="AWS:sourceip")) == ("2001:db8::/32",)


@pytest.mark.parametrize(
    "statement",
    [
        anyone(),
        from_("0.0.0.0/0"),
        from_("::/0"),
        from_("0.0.0.0/1", "128.0.0.0/1"),
        from_(OFFICE, "0.0.0.0/0"),
        from_(OFFICE, operator="NotIpAddress"),
        from_(OFFICE, operator="IpAddressIfExists"),
        from_(OFFICE, key="aws:VpcSourceIp"),
        from_("${aws:somewhere}"),
        from_(),
    ],
)
def test_a_condition_that_keeps_next_to_nobody_out_is_everywhere(statement):
    assert networks(statement) is None


def test_one_statement_without_an_address_opens_what_another_narrows():
    assert networks(from_(OFFICE), anyone()) is None


def test_a_policy_without_a_statement_for_all_names_no_network():
    assert networks({"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::1:root"}, "Action": "*"}) == ()
    assert networks(from_(OFFICE) | {"Effect": "Deny"}) == ()


def test_who_has_an_address_is_not_said_so_a_key_or_role_stays_open_to_everyone():
    assert opening({"Statement": [from_(OFFICE)]}).open


@given(st.dictionaries(st.text(max_size=5), st.none() | st.text() | st.dictionaries(st.text(), st.text())))
def test_no_condition_breaks_the_evaluation(condition):
    found = networks(anyone({"IpAddress": {"aws:SourceIp": "x"}} | condition))
    assert found is None or isinstance(found, tuple)
