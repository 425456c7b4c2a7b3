from __future__ import annotations

import pytest

from collectors.directory.source import DirectorySource, SourceRefused

BASE = "dc=example,dc=org"


def test_the_password_is_in_no_representation():
    source = DirectorySource("d", "ldaps://h", BASE, "cn=x", password=lambda: "hunter2")
    assert "password" not in repr(source)
    assert "hunter2" not in repr(source)


def test_a_password_is_never_sent_in_clear_text():
    with pytest.raises(SourceRefused):
        DirectorySource("d", "ldap://h", BASE, "cn=x", start_tls=False)


@pytest.mark.parametrize("url", ["https://h", "h:389", "ldap://", ""])
def test_an_address_names_a_protocol_and_a_host(url):
    with pytest.raises(SourceRefused):
        DirectorySource("d", url, BASE)


@pytest.mark.parametrize(
    ("url", "plain_port", "endpoint", "clear"),
    [
        ("ldap://H.example", 0, "h.example:389", 389),
        ("ldap://h:1389", 0, "h:1389", 1389),
        ("ldaps://h", 0, "h:636", 389),
        ("ldaps://h:1636", 0, "h:1636", None),
        ("ldaps://h:1636", 1389, "h:1636", 1389),
        ("ldaps://[::1]", 0, "[::1]:636", 389),
    ],
)
def test_ports_follow_from_the_address(url, plain_port, endpoint, clear):
    source = DirectorySource("d", url, BASE, plain_port=plain_port)
    assert (source.endpoint, source.clear_text_port) == (endpoint, clear)
