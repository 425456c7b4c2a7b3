from __future__ import annotations

import socket
import ssl
import threading
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from checks.judge import judge
from checks.load import all_checks
from collectors.hosts.platform import HostsPlatform
from collectors.hosts.source import Host, HostsSource
from collectors.hosts.tls_service import TlsService
from collectors.hosts.wire import Steps
from collectors.plan import plan_kind, specs
from collectors.poll import Errand, poll
from evidence.model import Finding, Missing, Reason, Status
from tests.servers.authority import Certificate, write_certificates

CHECKS = [check for check in all_checks().checks.values() if "host.tls_service" in check.on]
NIGHT, GOOD = datetime.now(UTC).date(), Certificate()
OFFERED, OLD, CERTIFICATE = "host-tls-offered", "host-tls-old-refused", "host-tls-certificate"


class Quick(HostsPlatform):
    steps = Steps(connect=1.0, handshake=1.0)


@contextmanager
def serving(answer):
    """A port on which each connection gets this answer; gives the port."""
    over = threading.Event()

    def serve() -> None:
        while not over.is_set():
            try:
                connection, _ = listening.accept()
            except TimeoutError:
                continue
            with connection:
                try:
                    answer(connection, over)
                except OSError:
                    continue

    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.settimeout(0.1)
        thread = threading.Thread(target=serve)
        thread.start()
        try:
            yield listening.getsockname()[1]
        finally:
            over.set()
            thread.join()


@contextmanager
def speaking(
    home: Path,
    *,
    oldest=ssl.TLSVersion.TLSv1_2,
    newest=ssl.TLSVersion.TLSv1_3,
    certificate=GOOD,
    asks=ssl.CERT_NONE,
    ciphers="ALL:@SECLEVEL=0",
):
    """A TLS service of OpenSSL's own, with these versions and this certificate of the authority in `home`/ca.pem."""
    write_certificates(home, certificate)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(home / "server.pem", home / "server.key")
    context.set_ciphers(ciphers)
    context.minimum_version, context.maximum_version = oldest, newest
    context.load_verify_locations(home / "ca.pem")
    context.verify_mode = asks

    def answer(connection, over):
        with context.wrap_socket(connection, server_side=True) as wrapped:
            assert wrapped.recv(1) == b"", "nothing is ever sent over it"

    with serving(answer) as port:
        yield port


def look(source: HostsSource, *, kinds=("host.tls_service",)):
    platform = Quick()
    plans = {
        name: plan_kind(spec, spec.fact_names) for name, spec in specs([platform]).items() if name in kinds
    }
    return list(poll([Errand(platform, "clinic", source, plans)]))


def found(port: int, home: Path | None = None, *, night=NIGHT, **host) -> dict[str, Finding]:
    ca_file = str(home / "ca.pem") if home else ""
    login = Host("127.0.0.1", ca_file=ca_file, tls_ports=(port,), **host)
    (result,) = look(HostsSource("clinic", (login,)))
    (seen,) = result.observations
    assert seen.resource.uid == f"127.0.0.1:{port}"
    return {finding.check: finding for finding in judge(result, CHECKS, night)}


def statuses(findings: dict[str, Finding]) -> dict[str, Status]:
    return {name: finding.status for name, finding in findings.items()}


def test_a_current_service_with_a_certificate_that_holds_passes(tmp_path):
    with speaking(tmp_path) as port:
        findings = found(port, tmp_path)
    assert statuses(findings) == {OFFERED: Status.PASS, OLD: Status.PASS, CERTIFICATE: Status.PASS}
    assert "localhost" in findings[CERTIFICATE].sentence
    assert findings[OFFERED].sentence.startswith("TLSv1.3 with TLS_")


def test_a_service_that_also_serves_old_tls_fails_for_that_alone(tmp_path):
    with speaking(tmp_path, oldest=ssl.TLSVersion.TLSv1) as port:
        assert statuses(found(port, tmp_path)) == {
            OFFERED: Status.PASS,
            OLD: Status.FAIL,
            CERTIFICATE: Status.PASS,
        }


def test_a_service_that_serves_old_tls_only_shows_no_certificate_worth_judging(tmp_path):
    with speaking(tmp_path, oldest=ssl.TLSVersion.TLSv1, newest=ssl.TLSVersion.TLSv1_1) as port:
        assert statuses(found(port, tmp_path)) == {
            OFFERED: Status.FAIL,
            OLD: Status.FAIL,
            CERTIFICATE: Status.UNKNOWN,
        }


@pytest.mark.parametrize(("days", "status"), [(-1, Status.FAIL), (5, Status.FAIL), (30, Status.PASS)])
def test_a_certificate_must_hold_for_long_enough_to_be_renewed(tmp_path, days, status):
    with speaking(tmp_path, certificate=Certificate(days=days)) as port:
        assert found(port, tmp_path)[CERTIFICATE].status is status


def test_the_night_decides_not_the_clock_of_the_handshake(tmp_path):
    with speaking(tmp_path, certificate=Certificate(days=30)) as port:
        assert found(port, tmp_path, night=date(2031, 1, 1))[CERTIFICATE].status is Status.FAIL


def test_a_certificate_of_an_authority_nobody_here_knows_is_unknown(tmp_path):
    with speaking(tmp_path, certificate=Certificate(from_our_authority=False)) as port:
        assert found(port, tmp_path)[CERTIFICATE].status is Status.UNKNOWN
        assert found(port)[CERTIFICATE].status is Status.UNKNOWN


def test_by_which_name_clients_come_is_told_and_not_judged(tmp_path):
    with speaking(tmp_path, certificate=Certificate(names=("ehr.clinic.example",))) as port:
        finding = found(port, tmp_path)[CERTIFICATE]
    assert finding.status is Status.PASS
    assert "ehr.clinic.example" in finding.sentence


def test_where_nothing_listens_there_is_nothing_to_judge():
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    assert set(statuses(found(port)).values()) == {Status.NOT_APPLICABLE}


def test_a_port_that_speaks_something_else_offers_no_tls_and_proves_nothing_of_its_versions():
    with serving(lambda connection, over: connection.sendall(b"220 mail.example ESMTP\r\n")) as port:
        findings = found(port)
    assert statuses(findings) == {OFFERED: Status.FAIL, OLD: Status.UNKNOWN, CERTIFICATE: Status.UNKNOWN}


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (lambda connection, over: over.wait(), Reason.TIMEOUT),
        (
            lambda connection, over: [(connection.sendall(b"\x16"), over.wait(0.3)) for _ in range(20)],
            Reason.TIMEOUT,
        ),
    ],
    ids=["silent", "dripping"],
)
def test_a_port_that_says_nothing_is_unknown(answer, reason):
    with serving(answer) as port:
        (result,) = look(HostsSource("clinic", (Host("127.0.0.1", tls_ports=(port,)),)))
    offer = result.observations[0].facts["offer"]
    assert isinstance(offer, Missing)
    assert offer.reason is reason
    assert Status.PASS not in {finding.status for finding in judge(result, CHECKS, NIGHT)}


def test_a_connection_that_is_cut_short_settles_nothing():
    with serving(lambda connection, over: connection.recv(1)) as port:
        assert statuses(found(port))[OFFERED] is Status.UNKNOWN


def test_old_tls_is_served_even_where_a_client_certificate_is_asked_for_afterwards(tmp_path):
    with speaking(tmp_path, oldest=ssl.TLSVersion.TLSv1, asks=ssl.CERT_REQUIRED) as port:
        assert statuses(found(port, tmp_path))[OLD] is Status.FAIL


def _hangs_up_on_old(context):
    def answer(connection, over):
        # The modern hello says so in an extension; the other says nothing newer than 3.2 anywhere near its head.
        if b"\x03\x04" in connection.recv(4096, socket.MSG_PEEK):
            with context.wrap_socket(connection, server_side=True) as wrapped:
                wrapped.recv(1)

    return answer


def test_a_service_that_hangs_up_on_old_tls_alone_has_turned_it_away(tmp_path):
    write_certificates(tmp_path, GOOD)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tmp_path / "server.pem", tmp_path / "server.key")
    with serving(_hangs_up_on_old(context)) as port:
        assert statuses(found(port, tmp_path))[OLD] is Status.PASS


def test_openssl_as_it_is_shipped_turns_old_tls_away_with_an_error_of_its_own(tmp_path):
    with speaking(tmp_path, oldest=ssl.TLSVersion.TLSv1, ciphers="DEFAULT:@SECLEVEL=2") as port:
        assert statuses(found(port, tmp_path))[OLD] is Status.PASS


@pytest.mark.parametrize("alert", [80, 112], ids=["internal error", "unrecognized name"])
def test_an_alert_that_does_not_speak_of_the_version_settles_nothing(alert):
    def answer(connection, over):
        connection.recv(4096)
        connection.sendall(b"\x15\x03\x02\x00\x02\x02" + bytes([alert]))

    with serving(answer) as port:
        assert statuses(found(port))[OLD] is Status.UNKNOWN


def test_a_service_that_hangs_up_on_everybody_has_said_nothing_of_versions():
    with serving(lambda connection, over: connection.recv(1)) as port:
        (result,) = look(HostsSource("clinic", (Host("127.0.0.1", tls_ports=(port,)),)))
    assert isinstance(result.observations[0].facts["accepts_old"], Missing)


def test_a_host_behind_a_jump_host_is_not_tried():
    findings = found(443, jump=Host("bastion.example"))
    assert set(statuses(findings).values()) == {Status.UNKNOWN}
    assert "without a jump host" in findings[OFFERED].sentence


def test_authorities_that_cannot_be_read_are_unknown_and_named(tmp_path):
    with speaking(tmp_path) as port:
        findings = found(port, tmp_path / "nowhere")
    assert findings[OFFERED].status is Status.UNKNOWN
    assert "nowhere/ca.pem" in findings[OFFERED].sentence


def test_a_host_whose_settings_name_no_port_has_no_service_to_look_at():
    assert look(HostsSource("clinic", (Host("127.0.0.1"),))) == []


def test_this_machine_has_services_where_its_settings_name_them(tmp_path):
    with speaking(tmp_path) as port:
        (result,) = look(HostsSource(local=True, tls_ports=(port, port)))
    (seen,) = result.observations
    assert (result.unit.target, seen.resource.uid) == ("host/localhost", f"localhost:{port}")
    assert seen.facts["offer"]["offered"] is True


def test_what_was_agreed_is_kept_as_evidence_and_who_asked_is_said(tmp_path):
    with speaking(tmp_path) as port:
        (result,) = look(HostsSource("clinic", (Host("127.0.0.1", tls_ports=(port,)),)))
    asked = {call.operation for call in result.calls}
    assert asked == {"handshake", "handshake of TLS 1.1"}
    assert result.principal == "anybody on the network"
    assert TlsService.kind == result.unit.kind
