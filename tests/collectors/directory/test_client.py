from __future__ import annotations

import socket
import threading
from contextlib import contextmanager

import pytest
from ldap3.core.exceptions import LDAPConnectionIsReadOnlyError

from collectors.directory import account, base, password_policy, probes
from collectors.directory.client import DirectoryClient, Query
from collectors.directory.errors import DirectoryError, NotVisible
from collectors.directory.session import Page, Session, SessionPool
from collectors.directory.source import DirectorySource
from collectors.recorder import TaskRecorder
from evidence.model import Missing, Reason
from tests.servers.authority import Certificate
from tests.servers.look import poll_directory, source_of
from tests.servers.slapd import (
    BASE,
    COLLECTOR,
    COLLECTOR_PASSWORD,
    PEOPLE,
    Person,
    SlapdServer,
    deny,
    require_slapd,
)

PEOPLE_QUERY = Query(PEOPLE, "(objectClass=inetOrgPerson)", ("entryUUID", "uid"))
CROWD = tuple(Person(f"p{number:02}") for number in range(25))


@pytest.fixture
def slapd():
    require_slapd()
    return SlapdServer


@contextmanager
def client_of(source, recorder=None):
    sessions = SessionPool(source)
    try:
        yield DirectoryClient(source, sessions, recorder or TaskRecorder("global"))
    finally:
        sessions.close()


def seen_until_refused(client, query=PEOPLE_QUERY):
    rows = []
    with pytest.raises(DirectoryError) as refusal:
        rows.extend(client.search(query))
    return rows, refusal.value


@pytest.mark.server("slapd")
@pytest.mark.parametrize("how", ["url", "ldaps_url"])
@pytest.mark.parametrize(
    ("certificate", "why"),
    [
        (Certificate(from_our_authority=False), "unable to get local issuer certificate"),
        (Certificate(names=("elsewhere.example.org",)), "Hostname mismatch"),
        (Certificate(days=-1), "certificate has expired"),
    ],
)
def test_an_untrusted_server_is_refused_before_the_password_is_even_fetched(slapd, how, certificate, why):
    fetched = []
    with slapd(certificate=certificate) as server:
        source = source_of(server, url=getattr(server, how), password=lambda: fetched.append(1) or "x")
        with client_of(source) as client:
            rows, refusal = seen_until_refused(client)
    assert (rows, refusal.code, fetched) == ([], "tlsRefused", [])
    assert why in str(refusal)


@pytest.mark.server("slapd")
def test_every_page_arrives(slapd):
    with slapd(people=CROWD) as server, client_of(source_of(server, page=7)) as client:
        assert {row.dn for row in client.search(PEOPLE_QUERY)} == {person.dn for person in CROWD}


@pytest.mark.server("slapd")
@pytest.mark.parametrize(
    "limits", ["limits * size.prtotal=20", "limits * size=20 size.prtotal=20 size.unchecked=none"]
)
def test_a_search_cut_short_says_so_after_what_was_seen(slapd, limits):
    recorder = TaskRecorder("global")
    with (
        slapd(people=CROWD, limits=(limits,)) as server,
        client_of(source_of(server, page=10), recorder) as client,
    ):
        rows, refusal = seen_until_refused(client)
    assert 0 < len(rows) <= 20
    assert (refusal.code, refusal.reason) == ("sizeLimitExceeded", Reason.TRUNCATED)
    assert recorder.calls()[-1].error or recorder.calls()[-2].error


@pytest.mark.server("slapd")
def test_a_base_that_does_not_exist_is_an_error_not_an_empty_answer(slapd):
    query = Query(f"ou=nowhere,{BASE}", "(objectClass=*)", ("cn",))
    with slapd() as server, client_of(source_of(server)) as client:
        rows, refusal = seen_until_refused(client, query)
    assert (rows, refusal.code) == ([], "noSuchObject")


@pytest.mark.server("slapd")
def test_a_referral_is_reported_and_never_followed(slapd):
    with socket.create_server(("127.0.0.1", 0)) as elsewhere:
        elsewhere.setblocking(False)
        target = f"ldap://127.0.0.1:{elsewhere.getsockname()[1]}/ou=far,{BASE}"
        extra = f"dn: ou=far,{PEOPLE}\nobjectClass: referral\nobjectClass: extensibleObject\nou: far\nref: {target}\n\n"
        with slapd(extra=extra) as server, client_of(source_of(server)) as client:
            rows, below = seen_until_refused(client)
            _, at = seen_until_refused(client, Query(f"ou=far,{PEOPLE}", "(objectClass=*)", ("cn",)))
        assert {row.dn for row in rows} >= {Person("ada").dn}
        assert (below.code, at.code) == ("referral", "referral")
        assert target in str(below)
        with pytest.raises(BlockingIOError):
            elsewhere.accept()


@pytest.mark.server("slapd")
def test_two_searches_at_once_do_not_take_each_others_pages(slapd):
    with slapd(people=CROWD) as server, client_of(source_of(server, page=4)) as client:
        pairs = list(zip(client.search(PEOPLE_QUERY), client.search(PEOPLE_QUERY), strict=True))
    assert len(pairs) == 25
    assert all(one.dn == other.dn for one, other in pairs)


@pytest.mark.server("slapd")
def test_a_wrong_password_is_tried_once_however_often_we_ask(slapd):
    policy = {"pwdLockout": "TRUE", "pwdMaxFailure": "2"}
    with slapd(policy=policy) as server:
        with client_of(source_of(server, password=lambda: "wrong")) as client:
            codes = {seen_until_refused(client)[1].code for _ in range(4)}
        with client_of(source_of(server)) as client:
            assert len(list(client.search(PEOPLE_QUERY))) == 2
    assert codes == {"invalidCredentials"}


@pytest.mark.server("slapd")
def test_an_empty_password_is_not_taken_for_a_login(slapd):
    with slapd() as server, client_of(source_of(server, password=lambda: "")) as client:
        assert seen_until_refused(client)[1].code == "noPassword"


@pytest.mark.server("slapd")
def test_nothing_can_be_written_through_a_session(slapd):
    with slapd() as server:
        session = Session(source_of(server))
        try:
            with pytest.raises(LDAPConnectionIsReadOnlyError):
                session._connection.delete(Person("ada").dn)
            assert session._connection.password is None
        finally:
            session.close()


@pytest.mark.server("slapd")
def test_no_secret_reaches_the_evidence(slapd):
    people = (Person("ada", totp=True, admin=True, last_login="20261101000000Z"),)
    with slapd(people=people) as server:
        results = poll_directory(source_of(server))
    said = "".join(
        repr((result.observations, result.calls, result.coverage, sorted(result.objects.items())))
        for result in results.values()
    )
    assert "uid=ada" in said
    for secret in (COLLECTOR_PASSWORD, "open sesame", "12345678901234567890"):
        assert secret not in said


@pytest.mark.server("slapd")
def test_two_looks_at_an_unchanged_directory_create_no_new_objects(slapd):
    with slapd(anonymous="read", people=CROWD) as server:
        source = source_of(server, bind_dn="", page=10)
        one, two = poll_directory(source), poll_directory(source)
    assert {kind: result.objects.keys() for kind, result in one.items()} == {
        kind: result.objects.keys() for kind, result in two.items()
    }
    assert {kind: result.observations for kind, result in one.items()} == {
        kind: result.observations for kind, result in two.items()
    }


@pytest.mark.server("slapd")
def test_every_attribute_the_kinds_ask_for_is_in_the_schema(slapd):
    asked = (*account.LOGINS, *account.TOKENS, *account._MEMBERS, *base._NAMES, *password_policy._ATTRIBUTES)
    asked = (*asked, *probes.PERSONAL, "entryUUID", "createTimestamp", "pwdAccountLockedTime")
    with slapd() as server, client_of(source_of(server)) as client:
        assert [name for name in asked if not client.knows(name)] == []
        assert not client.knows("noSuchAttributeAnywhere")


@pytest.mark.server("slapd")
def test_absence_is_believed_only_where_the_server_shows_it(slapd):
    people = (Person("ada"), Person("ben"))
    with (
        slapd(people=people, acl=(deny("mail", people[0].dn),)) as server,
        client_of(source_of(server)) as client,
    ):
        table = client.table("people", Query(PEOPLE, "(objectClass=person)", ("mail", "telephoneNumber")))
    values = {
        row.dn: [table.value(uid, name, bytes) for name in ("mail", "telephoneNumber")]
        for uid, row in table.rows.items()
    }
    hidden = Missing(Reason.DENIED, need="read on mail of people")
    assert values == {people[0].dn: [hidden, None], people[1].dn: [b"ben@example.org", None]}


@pytest.mark.server("slapd")
def test_a_hidden_entry_uuid_leaves_no_identity_to_report(slapd):
    acl = (deny("entryUUID"),)
    with slapd(acl=acl) as server, client_of(source_of(server)) as client, pytest.raises(NotVisible):
        client.table("people", PEOPLE_QUERY)


def test_a_server_that_never_answers_is_a_timeout():
    with socket.create_server(("127.0.0.1", 0)) as mute:
        url = f"ldap://127.0.0.1:{mute.getsockname()[1]}"
        source = DirectorySource("d", url, BASE, COLLECTOR, lambda: "x", connect_seconds=1, answer_seconds=1)
        with client_of(source) as client:
            assert seen_until_refused(client)[1].reason is Reason.TIMEOUT


def test_a_server_that_hangs_up_is_an_error():
    def hang_up():
        rude.accept()[0].close()

    with socket.create_server(("127.0.0.1", 0)) as rude:
        rude.settimeout(10)
        thread = threading.Thread(target=hang_up)
        thread.start()
        url = f"ldap://127.0.0.1:{rude.getsockname()[1]}"
        source = DirectorySource("d", url, BASE, COLLECTOR, lambda: "x", connect_seconds=1, answer_seconds=1)
        with client_of(source) as client:
            refusal = seen_until_refused(client)[1]
        thread.join(10)
    assert refusal.reason in {Reason.ERROR, Reason.NOT_AVAILABLE}


class Pages:
    """Sessions that answer with the given pages, as a server of any make might."""

    def __init__(self, *pages):
        self.pages = iter(pages)

    @contextmanager
    def lease(self):
        yield self

    def page(self, *_, **__):
        return next(self.pages)


def entry(dn, **raw):
    return (dn, {name.replace("_", ";"): values for name, values in raw.items()})


def asked_of(*pages, recorder=None):
    source = DirectorySource("d", "ldaps://h", BASE)
    client = DirectoryClient(source, Pages(*pages), recorder or TaskRecorder("global"))
    return client.search(Query(BASE, "(objectClass=*)", ("cn", "mail")))


def test_what_was_not_asked_for_is_dropped_and_counted_secrets_first_of_all():
    recorder = TaskRecorder("global")
    raw = entry("cn=a", CN=[b"a"], userPassword=[b"hunter2"], cn_binary=[b"\xff"], mail=[])
    rows = list(asked_of(Page((raw,), (), 0, "success"), recorder=recorder))
    assert [row.values for row in rows] == [{"cn": (b"a",)}]
    assert dict(recorder.drops) == {"search.userPassword": 1, "search.cn;binary": 1}
    assert all(b"hunter2" not in data for data in recorder.objects.values())


def settings_of(*entries):
    source = DirectorySource("d", "ldaps://h", BASE)
    page = Page(entries, (), 0, "success")
    return base.read_settings(DirectoryClient(source, Pages(page), TaskRecorder("global")))


def database(number, suffix):
    return entry(f"olcDatabase={{{number}}}mdb,cn=config", olcDatabase=[b"mdb"], olcSuffix=[suffix.encode()])


def overlay(number, name, **more):
    dn = f"olcOverlay={{0}}{name},olcDatabase={{{number}}}mdb,cn=config"
    return entry(dn, olcOverlay=[f"{{0}}{name}".encode()], **more)


def test_overlays_of_another_database_do_not_count_as_ours():
    default = {"olcPPolicyDefault": [b"cn=theirs,dc=com"]}
    settings = settings_of(
        entry("cn=config"),
        database(1, "dc=com"),
        overlay(1, "ppolicy", **default),
        database(2, BASE),
        overlay(2, "otp"),
    )
    assert settings == {"overlays": ["otp"], "default_policy": "", "rootdn": False}


def test_the_database_with_the_longest_suffix_is_ours():
    ours = (database(1, "dc=org"), overlay(1, "ppolicy"), database(2, BASE.upper()), overlay(2, "otp"))
    assert settings_of(entry("cn=config"), *ours)["overlays"] == ["otp"]


def test_an_overlay_that_is_disabled_does_not_count():
    settings = settings_of(
        entry("cn=config"),
        database(2, BASE),
        overlay(2, "otp", olcDisabled=[b"FALSE"]),
        overlay(2, "ppolicy", olcDisabled=[b"TRUE"], olcPPolicyDefault=[b"cn=ours,dc=org"]),
    )
    assert settings == {"overlays": ["otp"], "default_policy": "", "rootdn": False}


@pytest.mark.parametrize("visible", [(entry("cn=config"),), (database(1, BASE),), ()])
def test_a_configuration_seen_in_part_is_not_believed(visible):
    with pytest.raises(NotVisible):
        settings_of(*visible)


def test_a_repeated_cookie_ends_the_search_as_truncated():
    page = Page((entry("cn=a", cn=[b"a"]),), (), 0, "success", b"again")
    with pytest.raises(DirectoryError) as refusal:
        list(asked_of(page, page, page))
    assert (refusal.value.code, refusal.value.reason) == ("repeatedCookie", Reason.TRUNCATED)


def test_values_and_rows_are_recorded_in_an_order_of_their_own():
    one = Page((entry("cn=b", cn=[b"2", b"1"]), entry("cn=a", cn=[b"3"])), (), 0, "success")
    two = Page((entry("cn=a", cn=[b"3"]), entry("cn=b", cn=[b"1", b"2"])), (), 0, "success")
    recorders = TaskRecorder("global"), TaskRecorder("global")
    for page, recorder in zip((one, two), recorders, strict=True):
        list(asked_of(page, recorder=recorder))
    assert recorders[0].objects == recorders[1].objects


@pytest.mark.server("slapd")
def test_the_server_asks_for_the_code_of_whoever_has_a_token_so_a_password_alone_is_refused(slapd):
    enrolled, plain = Person("ada", totp=True), Person("ben")
    with slapd(people=(enrolled, plain)) as server:
        codes = {}
        for person in (enrolled, plain):
            own = source_of(server, bind_dn=person.dn, password=lambda person=person: person.password)
            with client_of(own) as client:
                codes[person.uid] = seen_until_refused(client)[1].code
    assert codes == {"ada": "invalidCredentials", "ben": "noSuchObject"}
