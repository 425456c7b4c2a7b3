from __future__ import annotations

import socket
import threading

import pytest

from collectors.directory.source import DirectorySource
from evidence.model import Missing, Reason, Status
from tests.servers.authority import Certificate
from tests.servers.look import CHECKS, findings, only, poll_directory, source_of
from tests.servers.slapd import BASE, SlapdServer, require_slapd

pytestmark = pytest.mark.server("slapd")


@pytest.fixture(autouse=True)
def _slapd():
    require_slapd()


@pytest.mark.parametrize("how", ["url", "ldaps_url"])
def test_tls_with_our_authority_passes_and_names_its_end(how):
    with SlapdServer() as server:
        finding = only(source_of(server, url=getattr(server, how)), "directory-tls-trusted")
    assert finding.status is Status.PASS
    assert finding.sentence.startswith(
        "TLSv1.3 with a certificate from CN=Example Test Authority, valid until 20"
    )


def test_no_tls_at_all_fails():
    with SlapdServer(tls=False) as server:
        finding = only(source_of(server), "directory-tls-trusted")
    assert finding.status is Status.FAIL
    assert "StartTLS answered" in finding.sentence


def test_an_expired_certificate_fails():
    with SlapdServer(certificate=Certificate(days=-3)) as server:
        finding = only(source_of(server), "directory-tls-trusted")
    assert finding.status is Status.FAIL
    assert "certificate has expired" in finding.sentence


def test_a_certificate_for_another_name_fails():
    with SlapdServer(certificate=Certificate(names=("ldap.example.org",))) as server:
        finding = only(source_of(server), "directory-tls-trusted")
    assert finding.status is Status.FAIL
    assert "ldap.example.org" in finding.sentence


def test_an_authority_unknown_to_us_is_unknown_not_fail():
    with SlapdServer(certificate=Certificate(from_our_authority=False)) as server:
        finding = only(source_of(server), "directory-tls-trusted")
    assert finding.status is Status.UNKNOWN
    assert "Somebody Else" in finding.sentence


def test_a_server_that_is_not_there_is_unknown():
    with SlapdServer() as server:
        source = source_of(server, ca_file="")
    finding = only(source, "directory-tls-trusted")
    assert finding.status is Status.UNKNOWN
    assert "could not be reached" in finding.sentence


def tls_of_a_server_that_says(answer, scheme="ldaps"):
    def serve():
        connected, _ = listening.accept()
        with connected:
            connected.recv(4096)
            connected.sendall(answer)

    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.settimeout(10)
        thread = threading.Thread(target=serve)
        thread.start()
        url = f"{scheme}://127.0.0.1:{listening.getsockname()[1]}"
        results = poll_directory(
            DirectorySource("office", url, BASE, connect_seconds=5), {"directory.server": {"tls"}}
        )
        thread.join(10)
    return results["directory.server"].observations[0].facts["tls"]


FATAL = b"\x15\x03\x03\x00\x02\x02"


@pytest.mark.parametrize(
    "answer", [b"", FATAL + b"\x28", FATAL + b"\x50"], ids=["nothing", "failure", "internal"]
)
def test_a_handshake_cut_short_is_no_answer(answer):
    assert isinstance(tls_of_a_server_that_says(answer), Missing)


@pytest.mark.parametrize(
    "answer", [b"220 mail.example.org ready\r\n", FATAL + b"\x46"], ids=["plain", "too old"]
)
def test_a_server_without_acceptable_tls_is_said_to_offer_none(answer):
    assert tls_of_a_server_that_says(answer)["offered"] is False


def starttls_answered(code, number=1):
    return tls_of_a_server_that_says(
        bytes((0x30, 0x0C, 2, 1, number, 0x78, 7, 10, 1, code, 4, 0, 4, 0)), scheme="ldap"
    )


def test_an_operation_that_the_server_does_not_have_is_no_tls():
    tls = starttls_answered(2)
    assert (tls["offered"], tls["refusal"]) == (False, "StartTLS answered 2 protocolError")


@pytest.mark.parametrize(
    ("code", "reason", "name"),
    [
        (1, Reason.ERROR, "operationsError"),
        (10, Reason.NOT_AVAILABLE, "referral"),
        (50, Reason.DENIED, "insufficientAccessRights"),
        (51, Reason.THROTTLED, "busy"),
        (52, Reason.NOT_AVAILABLE, "unavailable"),
        (53, Reason.ERROR, "unwillingToPerform"),
        (80, Reason.ERROR, "other"),
        (99, Reason.ERROR, "unknown"),
    ],
)
def test_any_other_refusal_of_starttls_does_not_say_that_there_is_no_tls(code, reason, name):
    tls = starttls_answered(code)
    assert isinstance(tls, Missing)
    assert (tls.reason, tls.detail.split(":")[0]) == (reason, f"StartTLS answered {code} {name}")


def test_a_server_that_hangs_up_on_starttls_does_not_say_that_there_is_no_tls():
    assert isinstance(starttls_answered(2, number=0), Missing)


@pytest.mark.parametrize("content", [None, "not a certificate"])
def test_an_authority_file_that_cannot_be_used_is_unknown_and_names_itself(content, tmp_path):
    path = tmp_path / "ca.pem"
    if content is not None:
        path.write_text(content)
    with SlapdServer() as server:
        finding = only(source_of(server, ca_file=str(path)), "directory-tls-trusted")
    assert finding.status is Status.UNKNOWN
    assert "ca_file cannot be used" in finding.sentence


def test_a_port_that_speaks_no_tls_never_passes():
    with SlapdServer() as server:
        source = source_of(server, url=server.url.replace("ldap:", "ldaps:"))
        finding = only(source, "directory-tls-trusted")
    assert finding.status is not Status.PASS


def test_a_clear_text_password_that_is_judged_fails():
    with SlapdServer() as server:
        finding = only(source_of(server), "directory-cleartext-bind-refused")
    assert finding.status is Status.FAIL


def test_a_clear_text_password_that_is_refused_passes():
    with SlapdServer(directives=("security simple_bind=128",)) as server:
        finding = only(source_of(server), "directory-cleartext-bind-refused")
    assert finding.status is Status.PASS
    assert "13 confidentialityRequired" in finding.sentence


def test_no_clear_text_port_passes_naming_where_it_looked():
    with SlapdServer() as server:
        source = source_of(server, url=server.ldaps_url, plain_port=1)
        finding = only(source, "directory-cleartext-bind-refused")
    assert finding.status is Status.PASS
    assert "port 1," in finding.sentence


@pytest.mark.parametrize(("how", "plain_port"), [("url", 0), ("ldaps_url", 1)])
def test_of_a_server_that_is_down_a_closed_port_says_nothing(how, plain_port):
    with SlapdServer() as server:
        source = source_of(server, url=getattr(server, how), plain_port=plain_port)
    assert only(source, "directory-cleartext-bind-refused").status is Status.UNKNOWN


def test_of_a_server_that_is_down_nothing_passes_and_nothing_fails():
    with SlapdServer() as server:
        source = source_of(server, url=server.ldaps_url, plain_port=1)
    said = {check: findings(source, check) for check in CHECKS}
    assert {finding.status for found in said.values() for finding in found.values()} == {Status.UNKNOWN}


def test_a_clear_text_port_nobody_named_is_unknown():
    with SlapdServer() as server:
        finding = only(source_of(server, url=server.ldaps_url), "directory-cleartext-bind-refused")
    assert finding.status is Status.UNKNOWN
    assert "plain_port" in finding.sentence


@pytest.mark.parametrize("how", ["url", "ldaps_url"])
@pytest.mark.parametrize(("old", "status"), [(False, Status.PASS), (True, Status.FAIL)])
def test_old_tls_must_be_turned_away_whatever_the_configuration_says(how, old, status):
    with SlapdServer(old_tls=old, tls_floor="3.3", config_readable=False) as server:
        finding = only(source_of(server, url=getattr(server, how)), "directory-tls-minimum")
    assert finding.status is status


def test_old_tls_is_not_judged_where_there_is_none_at_all():
    with SlapdServer(tls=False) as server:
        assert only(source_of(server), "directory-tls-minimum").status is Status.UNKNOWN
