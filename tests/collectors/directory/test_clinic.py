from __future__ import annotations

import pytest

from tests.servers.clinic import first_night, second_night
from tests.servers.look import AS_OF, CHECKS, findings, poll_directory, source_of
from tests.servers.slapd import require_slapd

pytestmark = pytest.mark.server("slapd")


def verdicts(server):
    source = source_of(server)
    return {
        (check, name): finding.status.value
        for check in CHECKS
        for name, finding in findings(source, check).items()
    }


def test_the_second_night_differs_in_exactly_what_the_day_did():
    require_slapd()
    with first_night(AS_OF) as server:
        before = verdicts(server)
        ports = server.port, server.tls_port
    with second_night(AS_OF, ports) as server:
        after = verdicts(server)
    changed = {
        key[0] + " " + key[1]: (before.get(key), now) for key, now in after.items() if before.get(key) != now
    }
    server_name = f"localhost:{ports[0]}"
    assert changed == {
        f"directory-cleartext-bind-refused {server_name}": ("pass", "fail"),
        f"directory-anonymous-read-refused {server_name}": ("pass", "fail"),
        "directory-password-length cn=default": ("pass", "fail"),
        "directory-password-lockout cn=default": ("pass", "unknown"),
        "directory-unused-accounts-closed uid=peter.left": ("fail", "pass"),
        "directory-unused-accounts-closed uid=nadia.admin": (None, "pass"),
        "directory-privileged-second-factor uid=nadia.admin": (None, "fail"),
    }
    assert before.keys() <= after.keys()


def test_the_people_keep_their_identities_between_the_nights():
    require_slapd()
    with first_night(AS_OF) as server:
        before = identities(server)
        ports = server.port, server.tls_port
    with second_night(AS_OF, ports) as server:
        after = identities(server)
    assert len(before) == 15
    assert before <= after


def identities(server):
    wanted = {
        "directory.account": {"created"},
        "directory.server": {"tls"},
        "directory.password_policy": {"role"},
    }
    results = poll_directory(source_of(server), wanted)
    return {(kind, row.resource.uid) for kind, result in results.items() for row in result.observations}
