from __future__ import annotations

import base64
import re
import socket
import ssl
import subprocess
import threading
import time
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

import pytest
import tree_sitter
import tree_sitter_powershell
from hypothesis import given, settings
from hypothesis import strategies as st

from checks.judge import judge
from collectors.hosts.foreign import WINDOWS, windows_script
from collectors.hosts.platform import HostsPlatform
from collectors.hosts.psrp import PsrpTransport
from collectors.hosts.source import Host, HostsSource, System, WayIn
from collectors.hosts.transport import Ending, Phase, Unreachable
from collectors.hosts.wire import Steps
from collectors.plan import plan_kind, specs
from collectors.poll import Errand, poll
from evidence.model import Reason, Status
from tests.collectors.hosts.recorded import Said, answer
from tests.collectors.hosts.test_foreign import CHECKS, GOOD_WINDOWS, NIGHT
from tests.servers import winrm
from tests.servers.authority import Certificate, write_certificates

QUICK = Steps(connect=2.0, handshake=2.0, login=2.0, start=2.0)


def host(service: winrm.Winrm, **other: object) -> Host:
    login = {**service.login, **other}
    return Host("127.0.0.1", service.port, os=System.WINDOWS, transport=WayIn.PSRP, **login)


def run(target: Host, seconds: float = 10, **how: int):
    return PsrpTransport(target, QUICK).run(b"'hi'", seconds, **how)


def refused(target: Host, seconds: float = 5) -> Unreachable:
    with pytest.raises(Unreachable) as told:
        run(target, seconds)
    return told.value


def piped(said: object) -> object:
    """What the script puts out to say this text."""
    return base64.b64encode(said.encode()).decode() if isinstance(said, str) else said


@pytest.fixture
def says(tmp_path):
    """A service whose every script says this."""

    def said(*output, **how):
        return winrm.running(tmp_path, lambda script: map(piped, output), **how)

    return said


def test_what_the_pipeline_puts_out_is_what_the_script_said(says):
    with says("one\n", "zwei: ä€😀\n") as service:
        result = run(host(service))
    assert result.stdout == "one\nzwei: ä€😀\n".encode()
    assert (result.status, result.ending, result.fingerprint) == (0, Ending.FINISHED, "")


def test_the_script_is_told_that_there_is_no_console(says):
    with says("x") as service:
        run(host(service))
    assert service.scripts == ["$piped = $true\n'hi'"]


def test_the_runspace_is_closed_and_the_host_knew_who_came(says):
    with says("x") as service:
        run(host(service))
    assert (service.shells, service.actions[-1]) == ({}, "Delete")
    assert set(service.certificates) == {"nightledger"}


def test_output_that_is_not_of_our_script_is_an_error_of_the_run(tmp_path):
    with winrm.running(tmp_path, lambda script: ["Welcome to reception-1!"]) as service:
        told = refused(host(service))
    assert (told.phase, told.code, told.reason) == (Phase.EXEC, "protocol_error", Reason.ERROR)


def test_objects_that_are_no_text_are_not_taken_for_it(says):
    with says(7, "x", {"a": 1}, True) as service:
        assert run(host(service)).stdout == b"x"


def test_a_host_that_hangs_up_after_each_answer_is_dialled_and_verified_anew(says):
    with says("x", hang_up_after_each=True) as service:
        assert run(host(service)).stdout == b"x"


def test_a_host_that_asks_for_the_certificate_after_the_request_gets_it(says):
    with says("x", asks_late=True) as service:
        assert run(host(service)).stdout == b"x"
    assert set(service.certificates) == {"nightledger"}


def test_a_windows_host_is_looked_at_over_psrp_as_over_ssh(tmp_path):
    def answered(script: str) -> list[str]:
        form = r"\$piped = \$true\n\$nonce = '(\S+)'; \$sections = @\((.*)\)"
        header = re.match(form, script)
        said = {
            name: Said("ok", stdout=GOOD_WINDOWS[name].encode())
            for name in re.findall(r"win_[a-z]+", header[2])
        }
        return [piped(line) for line in answer(header[1], said).decode().splitlines(keepends=True)]

    with winrm.running(tmp_path, answered) as service:
        platform = HostsPlatform()
        source = HostsSource("clinic", (host(service),))
        plans = {name: plan_kind(spec, spec.fact_names) for name, spec in specs([platform]).items()}
        (result,) = poll([Errand(platform, "clinic", source, plans)])
    (seen,) = result.observations
    assert seen.resource.kind == "host.windows"
    assert seen.resource.uid == "0f1e2d3c-0000-4000-8000-00112233aabb+RECEPTION1"
    assert {finding.status for finding in judge(result, CHECKS, NIGHT)} == {Status.PASS}


@pytest.mark.parametrize(
    ("certificate", "why"),
    [
        (Certificate(names=("other.example",)), "IP address mismatch"),
        (Certificate(days=-1), "expired"),
        (Certificate(from_our_authority=False), "unable to get local issuer"),
    ],
)
def test_a_host_whose_certificate_is_not_accepted_is_told_nothing(says, certificate, why):
    with says("x", certificate=certificate) as service:
        told = refused(host(service))
    assert (told.phase, told.code, told.reason) == (Phase.TLS, "certificate_refused", Reason.ERROR)
    assert why in told.detail
    assert service.actions == []


def test_the_system_s_authorities_are_asked_unless_the_settings_name_others(says):
    with says("x") as service:
        assert refused(host(service, ca_file="")).code == "certificate_refused"


def test_a_certificate_that_no_account_has_is_denied(says):
    with says("x", refuse=lambda action: (401, b"")) as service:
        told = refused(host(service))
    assert (told.phase, told.code, told.reason) == (Phase.AUTH, "auth_denied", Reason.DENIED)
    assert "client/server.pem" in told.detail
    assert service.actions == ["Create"], "tried once"


def test_a_certificate_of_an_authority_the_host_does_not_know_is_an_error_of_the_connection(says, tmp_path):
    stranger = tmp_path / "stranger"
    stranger.mkdir()
    write_certificates(stranger, Certificate())
    files = {"certificate_file": str(stranger / "server.pem"), "key_file": str(stranger / "server.key")}
    with says("x") as service:
        told = refused(host(service, **files))
    assert told.reason is Reason.ERROR
    assert service.actions == []


def test_without_a_certificate_and_without_kerberos_it_is_said_what_to_install(says):
    with says("x") as service:
        told = refused(host(service, certificate_file="", key_file=""))
    assert (told.phase, service.actions) == (Phase.AUTH, [])
    # Where Kerberos happens to be installed, nobody has a ticket for this service.
    assert told.code == ("ticket_refused" if find_spec("gssapi") else "kerberos_not_installed")


def test_an_account_that_may_not_open_a_session_is_denied_and_told_the_group(says):
    with says("x", fault=5) as service:
        told = refused(host(service))
    assert (told.code, told.reason) == ("session_denied", Reason.DENIED)
    assert "Remote Management Users" in told.detail


def test_another_fault_keeps_its_number(says):
    with says("x", fault=2150859173) as service:
        told = refused(host(service))
    assert (told.phase, told.code, told.reason) == (Phase.CHANNEL, "wsman_2150859173", Reason.ERROR)


def test_what_is_no_winrm_service_is_said_to_be_none(says):
    with says("x", refuse=lambda action: (404, b"<html>not here</html>")) as service:
        told = refused(host(service))
    assert (told.code, told.reason) == ("protocol_error", Reason.ERROR)


def _breaks(*before: str):
    def answered(script: str):
        yield from map(piped, before)
        raise winrm.Broken("The syntax is not supported by this runspace.")

    return answered


def test_a_script_that_fails_before_it_says_anything_did_not_run(tmp_path):
    with winrm.running(tmp_path, _breaks()) as service:
        told = refused(host(service))
    assert (told.phase, told.code, told.reason) == (Phase.EXEC, "script_failed", Reason.ERROR)
    assert "not supported by this runspace" in told.detail


def test_what_a_script_said_before_it_failed_is_kept(tmp_path):
    with winrm.running(tmp_path, _breaks("half")) as service:
        result = run(host(service))
    assert (result.stdout, result.status, result.ending) == (b"half", 1, Ending.FINISHED)


def _endless(*before: str):
    def answered(script: str):
        yield from map(piped, before)
        while True:
            yield None

    return answered


def test_a_script_that_never_ends_is_left_at_the_deadline_with_what_it_said(tmp_path):
    begun = time.monotonic()
    with winrm.running(tmp_path, _endless("half")) as service:
        result = run(host(service), seconds=5)
    assert (result.stdout, result.status, result.ending) == (b"half", None, Ending.TIMEOUT)
    assert time.monotonic() - begun < 8
    assert service.shells == {}, "the host was told to end it"


def test_a_script_that_says_too_much_is_cut_off(tmp_path):
    def answered(script: str):
        while True:
            yield piped("y" * 10_000)

    with winrm.running(tmp_path, answered) as service:
        result = run(host(service), max_bytes=25_000)
    assert (len(result.stdout), result.ending) == (25_000, Ending.TRUNCATED)


def test_what_comes_beside_the_output_is_bounded_too(tmp_path):
    def answered(script: str):
        while True:
            yield [1] * 2_000

    with winrm.running(tmp_path, answered) as service:
        result = run(host(service), max_bytes=1_000)
    assert (result.stdout, result.ending) == (b"", Ending.TRUNCATED)


def test_one_answer_that_is_too_large_is_not_read_to_its_end(says):
    with says("x", refuse=lambda action: (200, b"x" * 5_000_000)) as service:
        assert refused(host(service)).code == "answer_too_large"


@contextmanager
def _speaking(home: Path, *said: bytes, pause: float = 0.0):
    """A TLS server that says this, whatever it is asked, and then waits."""
    write_certificates(home, Certificate())
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(home / "server.pem", home / "server.key")
    over = threading.Event()

    def serve() -> None:
        connection, _ = listening.accept()
        try:
            with tls.wrap_socket(connection, server_side=True) as wrapped:
                wrapped.recv(65_536)
                for part in said:
                    wrapped.sendall(part)
                    over.wait(pause)
                over.wait()
        except OSError:
            return

    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = threading.Thread(target=serve)
        thread.start()
        mine = str(home / "server.pem")
        try:
            yield Host(
                "127.0.0.1", listening.getsockname()[1], os=System.WINDOWS, transport=WayIn.PSRP,
                certificate_file=mine, key_file=str(home / "server.key"), ca_file=str(home / "ca.pem"),
            )  # fmt: skip
        finally:
            over.set()
            thread.join()


@pytest.mark.parametrize(
    "said",
    [
        (),
        tuple(bytes([letter]) for letter in b"HTTP/1.1 200 OK\r\nX-Slow: " + b"y" * 400),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 4000\r\n\r\n", *[b"<" for _ in range(400)]),
    ],
    ids=["silent", "dripping header", "dripping body"],
)
def test_a_host_that_drips_or_says_nothing_is_left_at_the_deadline(tmp_path, said):
    begun = time.monotonic()
    with _speaking(tmp_path, *said, pause=0.05) as target:
        told = refused(target, seconds=2)
    assert told.reason is Reason.TIMEOUT
    assert time.monotonic() - begun < 5


def test_a_host_that_takes_no_tls_is_an_error_of_that_phase(tmp_path):
    (tmp_path / "x").mkdir()
    with (
        winrm.running(tmp_path / "x", lambda script: ()) as service,
        socket.create_server(("127.0.0.1", 0)) as silent,
    ):
        target = host(service)
        told = refused(
            Host(
                target.address,
                silent.getsockname()[1],
                os=target.os,
                transport=target.transport,
                **service.login,
            )
        )
    assert (told.phase, told.reason) == (Phase.TLS, Reason.TIMEOUT)


def test_a_port_where_nobody_listens_is_told_apart(says):
    with says("x") as service:
        target = host(service)
    assert (refused(target).phase, refused(target).code) == (Phase.TCP, "connect_refused")


@pytest.fixture(scope="module")
def hostile(tmp_path_factory):
    """A service whose answers each example sets anew."""
    with winrm.running(tmp_path_factory.mktemp("hostile"), lambda script: ()) as service:
        yield service


@settings(max_examples=60, deadline=None)
@given(body=st.one_of(st.binary(max_size=200), st.text(alphabet="<>/&;:s rEnvelopBdy\"='", max_size=80).map(str.encode)), status=st.sampled_from([200, 401, 500, 503]))  # fmt: skip
def test_whatever_a_host_answers_it_is_unreachable_and_nothing_else(hostile, body, status):
    hostile.refuse = lambda action: (status, body)
    assert isinstance(refused(host(hostile)), Unreachable)


def test_a_key_with_a_passphrase_is_refused_without_asking_the_terminal(says, tmp_path):
    with says("x") as service:
        locked = tmp_path / "locked.key"
        key = service.login["key_file"]
        subprocess.run(["openssl", "ec", "-aes256", "-passout", "pass:abcd", "-in", key, "-out", locked], check=True, capture_output=True)  # fmt: skip
        told = refused(host(service, key_file=str(locked)))
    assert (told.phase, told.code, told.reason) == (Phase.AUTH, "certificate_unreadable", Reason.DENIED)


def test_authorities_that_cannot_be_read_are_named(says):
    with says("x") as service:
        told = refused(host(service, ca_file="/nowhere/ca.pem"))
    assert (told.code, "/nowhere/ca.pem" in told.detail) == ("authorities_unreadable", True)


def test_the_script_for_windows_is_powershell():
    parser = tree_sitter.Parser(tree_sitter.Language(tree_sitter_powershell.language()))
    text = b"$piped = $true\n" + windows_script(WINDOWS, "c0ffee")
    assert not parser.parse(text).root_node.has_error
    assert parser.parse(text.replace(b"foreach (", b"foreach ((")).root_node.has_error, "it can tell"
