from __future__ import annotations

import pytest
from ldap3 import Connection

from evidence.model import Reason, Status
from tests.servers.look import findings, only, source_of
from tests.servers.slapd import GOOD_POLICY, PEOPLE, Person, SlapdServer, deny, require_slapd

pytestmark = pytest.mark.server("slapd")

ANONYMOUS = "directory-anonymous-read-refused"
UNUSED = "directory-unused-accounts-closed"


@pytest.fixture(autouse=True)
def _slapd():
    require_slapd()


def test_people_shown_to_nobody_in_particular_fail():
    with SlapdServer(anonymous="read") as server:
        finding = only(source_of(server), ANONYMOUS)
    assert finding.status is Status.FAIL
    assert "mail" in finding.sentence


def test_people_shown_without_their_classes_fail_too():
    acl = (
        "access to attrs=objectClass by dn.subtree=ou=services,dc=example,dc=org read by * none",
        "access to attrs=entry,uid by * read",
    )
    with SlapdServer(acl=acl) as server:
        assert only(source_of(server), ANONYMOUS).status is Status.FAIL


def test_people_hidden_from_strangers_pass():
    with SlapdServer() as server:
        assert only(source_of(server), ANONYMOUS).status is Status.PASS


def test_nobody_shown_counts_for_nothing_where_we_see_nobody_either():
    with SlapdServer(acl=(f'access to dn.subtree="{PEOPLE}" by * none',), people=()) as server:
        finding = only(source_of(server, base=PEOPLE), ANONYMOUS)
    assert finding.status is Status.UNKNOWN


def test_a_base_that_does_not_exist_is_unknown_not_pass():
    with SlapdServer() as server:
        finding = only(source_of(server, base="ou=nowhere,dc=example,dc=org"), ANONYMOUS)
    assert finding.status is Status.UNKNOWN
    assert "noSuchObject" in finding.sentence


def test_accounts_are_judged_by_when_they_were_last_used():
    people = (
        Person("recent", last_login="20261101000000Z"),
        Person("edge", last_login="20260824000000Z"),
        Person("stale", last_login="20260823235959Z"),
        Person("fresh", created="20261110000000Z"),
        Person("never", created="20260101000000Z"),
        Person("closed", last_login="20250101000000Z", locked="000001010000Z"),
        Person("shut", last_login="20250101000000Z", locked="00000101000000Z"),
        Person("barred", last_login="20250101000000Z", locked="20261121000000Z"),
    )
    with SlapdServer(people=people) as server:
        found = findings(source_of(server), UNUSED)
    status = {name.removeprefix("uid="): finding.status for name, finding in found.items() if "uid=" in name}
    assert status == {
        "recent": Status.PASS,
        "edge": Status.PASS,
        "stale": Status.FAIL,
        "fresh": Status.PASS,
        "never": Status.FAIL,
        "closed": Status.PASS,
        "shut": Status.PASS,
        "barred": Status.FAIL,
    }
    assert "2026-08-23" in found["uid=stale"].sentence
    assert "2026-01-01" in found["uid=never"].sentence


@pytest.mark.parametrize(("lockout", "status"), [("TRUE", Status.PASS), ("FALSE", Status.UNKNOWN)])
def test_a_lock_counts_only_where_the_policies_give_locks_an_effect(lockout, status):
    people = (Person("closed", last_login="20250101000000Z", locked="000001010000Z"),)
    with SlapdServer(people=people, policy={**GOOD_POLICY, "pwdLockout": lockout}) as server:
        connection = Connection(server.url, user=people[0].dn, password=people[0].password)
        let_in = connection.bind()
        connection.unbind()
        finding = findings(source_of(server), UNUSED)["uid=closed"]
    assert let_in is (lockout == "FALSE")
    assert finding.status is status


@pytest.mark.parametrize("attribute", ["authTimestamp", "createTimestamp", "pwdAccountLockedTime"])
def test_a_refused_right_is_unknown_for_everyone_and_never_a_verdict(attribute):
    people = (
        Person("ada", last_login="20200101000000Z"),
        Person("ben"),
        Person("eve", last_login="20261101000000Z"),
    )
    with SlapdServer(people=people, acl=(deny(attribute),)) as server:
        found = findings(source_of(server), UNUSED)
    for person in people:
        finding = found[f"uid={person.uid}"]
        assert finding.status is Status.UNKNOWN
        assert f"read on {attribute} of accounts" in finding.sentence


def test_a_login_hidden_for_one_person_says_nothing_about_that_one_only():
    people = (Person("ada", last_login="20200101000000Z"), Person("ben", last_login="20261101000000Z"))
    with SlapdServer(people=people, acl=(deny("authTimestamp", people[0].dn),)) as server:
        found = findings(source_of(server), UNUSED)
    assert found["uid=ada"].status is Status.UNKNOWN
    assert found["uid=ben"].status is Status.PASS


def test_a_directory_that_records_no_logins_accuses_nobody():
    with SlapdServer(people=(Person("ada"),), overlays=("ppolicy", "otp")) as server:
        finding = findings(source_of(server), UNUSED)["uid=ada"]
    assert finding.status is Status.UNKNOWN
    assert {missing.reason for _, missing in finding.missing} == {Reason.NOT_AVAILABLE}


def test_logins_at_a_replica_may_be_elsewhere_so_nobody_is_accused():
    people = (Person("ada", last_login="20260101000000Z"), Person("ben", last_login="20261101000000Z"))
    with SlapdServer(people=people, replicated=True) as server:
        found = findings(source_of(server), UNUSED)
    assert found["uid=ada"].status is Status.UNKNOWN
    assert "replicas" in found["uid=ada"].sentence
    assert found["uid=ben"].status is Status.PASS


def test_a_hidden_mark_of_replication_is_unknown_not_none():
    acl = ('access to dn.exact="dc=example,dc=org" attrs=contextCSN by * none',)
    with SlapdServer(people=(Person("ada", last_login="20260101000000Z"),), acl=acl) as server:
        finding = findings(source_of(server), UNUSED)["uid=ada"]
    assert finding.status is Status.UNKNOWN
    assert "read on contextCSN of the suffix" in finding.sentence


def test_accounts_whose_listing_comes_back_empty_are_unknown_not_absent():
    with SlapdServer(acl=(f'access to dn.subtree="{PEOPLE}" attrs=objectClass by * none',)) as server:
        finding = only(source_of(server, base=PEOPLE), UNUSED)
    assert finding.status is Status.UNKNOWN
    assert "could not be listed" in finding.sentence


def test_half_a_listing_leaves_one_unknown_for_the_rest():
    people = tuple(Person(f"p{number}", last_login="20261101000000Z") for number in range(30))
    with SlapdServer(people=people, limits=("limits * size.prtotal=20",)) as server:
        found = findings(source_of(server, page=10), UNUSED)
    assert {finding.status for finding in found.values()} == {Status.UNKNOWN}
    assert "size limit" in found["directory/office"].sentence
