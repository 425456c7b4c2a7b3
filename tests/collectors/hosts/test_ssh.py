from __future__ import annotations

import os
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import replace

import pytest

from collectors.hosts.platform import HostsPlatform
from collectors.hosts.record import parse
from collectors.hosts.sections import SECTIONS, script
from collectors.hosts.source import Host, HostsSource
from collectors.hosts.ssh import SshTransport
from collectors.hosts.transport import Ending, Phase, Unreachable
from collectors.hosts.wire import Steps
from collectors.plan import plan_kind, specs
from collectors.poll import Errand, poll
from evidence.model import Reason
from tests.servers import sshd


@pytest.fixture(scope="module")
def server(tmp_path_factory) -> Iterator[sshd.Sshd]:
    why = sshd.why_not()
    if why and os.environ.get("CI") == "true":
        pytest.fail(why)
    if why:
        pytest.skip(why)
    with sshd.running(tmp_path_factory.mktemp("sshd")) as running:
        yield running


@pytest.fixture
def host(server) -> Host:
    server.pin()
    return server.host


def failure(host: Host, deadline: float = 10) -> Unreachable:
    with pytest.raises(Unreachable) as caught:
        SshTransport(host).run(b"echo reached\n", deadline)
    return caught.value


def test_output_status_and_the_host_key_s_fingerprint_come_back(host):
    result = SshTransport(host).run(b"echo out; echo err >&2; exit 3\n", 20)
    assert (result.stdout, result.status) == (b"out\n", 3)
    # What the login shell's own start-up files say comes first.
    assert result.stderr.endswith(b"err\n")
    assert result.fingerprint.startswith("SHA256:")


def test_the_facts_script_gives_a_whole_record_in_one_command(host):
    text = script(SECTIONS - {"apt_pending"}, nonce="c0ffee", deadline=40, sudo=False)
    record = parse(SshTransport(host).run(text, 50).stdout, "c0ffee")
    assert record.complete
    assert b"over_ssh=yes" in record.section("machine").stdout
    assert b"permitrootlogin" in record.section("sshd").stdout


def test_a_silent_command_ends_at_the_deadline(host):
    assert SshTransport(host).run(b"sleep 30\n", 1.5).ending is Ending.TIMEOUT


def test_a_dripping_command_ends_at_the_deadline_too(host):
    result = SshTransport(host).run(b"while :; do echo x; sleep 0.1; done\n", 2)
    assert result.ending is Ending.TIMEOUT
    assert set(result.stdout.split()) == {b"x"}


def test_a_flood_is_cut_at_the_limit(host):
    result = SshTransport(host).run(b"yes\n", 20, 100_000)
    assert (result.ending, len(result.stdout)) == (Ending.TRUNCATED, 100_000)


def test_a_flood_on_standard_error_does_not_stall_the_output(host):
    assert SshTransport(host).run(b"head -c 5000000 /dev/zero >&2; echo done\n", 30).stdout == b"done\n"


def test_bytes_that_are_no_text_come_back_as_they_are(host):
    assert SshTransport(host).run(rb"printf '\377\376\000\033[31m'", 20).stdout == b"\xff\xfe\x00\x1b[31m"


def test_an_unknown_host_key_is_refused_before_anybody_logs_in(server, host):
    server.pin("host_key", "[elsewhere]:22")
    log = server.directory / "sshd.log"
    before = log.read_text().count("Accepted")
    error = failure(host)
    assert (error.phase, error.code) == (Phase.HOST_KEY, "host_key_unknown")
    assert "SHA256:" in error.detail
    assert log.read_text().count("Accepted") == before


def test_a_bad_line_in_known_hosts_is_named_where_it_may_be_the_reason(server, host):
    (server.directory / "known_hosts").write_text("[127.0.0.1]:1 ssh-ed25519\n")
    assert "known_hosts line 1: it has fewer than three fields" in failure(host).detail


def test_a_changed_host_key_has_a_code_of_its_own(server, host):
    server.pin("other_key")
    assert failure(host).code == "host_key_changed"


def test_without_a_known_hosts_file_every_key_is_unknown(host):
    assert failure(replace(host, known_hosts="/nonexistent/known_hosts")).code == "host_key_unknown"


def test_another_key_is_denied_and_names_the_file(server, host):
    error = failure(replace(host, key_file=str(server.directory / "other_key")))
    assert (error.phase, error.code, error.reason) == (Phase.AUTH, "auth_denied", Reason.DENIED)
    assert "other_key" in error.detail


def test_a_key_file_that_is_none_is_said_to_be(host):
    assert failure(replace(host, key_file="/etc/hostname")).code == "key_unreadable"


def test_no_other_key_is_tried_when_none_is_named(host):
    assert failure(replace(host, key_file="")).code == "key_unreadable"


def test_a_name_without_an_address_fails_in_dns(host):
    error = failure(replace(host, address="no-such-host.invalid"))
    assert (error.phase, error.code) == (Phase.DNS, "name_not_found")


def test_a_closed_port_fails_in_tcp(host):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        error = failure(replace(host, port=taken.getsockname()[1]))
    assert (error.phase, error.code) == (Phase.TCP, "connect_refused")


def test_a_server_with_weak_algorithms_only_is_refused_in_the_key_exchange(server, tmp_path):
    with sshd.running(tmp_path, "Ciphers aes128-cbc,aes256-cbc", "MACs hmac-sha1") as weak:
        error = failure(weak.host)
    assert (error.phase, error.code) == (Phase.KEX, "protocol_error")


def test_a_host_is_asked_for_the_type_of_key_that_is_pinned(server, tmp_path):
    sshd.keygen(tmp_path / "rsa_key", "rsa")
    with sshd.running(tmp_path, f"HostKey {tmp_path / 'rsa_key'}") as both:
        both.pin("rsa_key")
        by_rsa = SshTransport(both.host).run(b"echo reached\n", 20)
        both.pin("host_key")
        by_ed25519 = SshTransport(both.host).run(b"echo reached\n", 20)
    assert by_rsa.stdout == by_ed25519.stdout == b"reached\n"
    assert by_rsa.fingerprint != by_ed25519.fingerprint


@contextmanager
def hostile(behave: Callable[[socket.socket], None]) -> Iterator[int]:
    """A server on loopback that does `behave` with its one connection and then hangs up."""
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def serve() -> None:
            with suppress(OSError):
                connection, _ = listening.accept()
                with connection, suppress(OSError):
                    connection.settimeout(20)
                    behave(connection)

        thread = threading.Thread(target=serve)
        thread.start()
        try:
            yield listening.getsockname()[1]
        finally:
            with suppress(OSError):
                listening.shutdown(socket.SHUT_RDWR)
            thread.join(30)


def meet(behave: Callable[[socket.socket], None], deadline: float = 2) -> Unreachable:
    with hostile(behave) as port:
        return failure(Host("127.0.0.1", port, key_file="/nonexistent", known_hosts="/nonexistent"), deadline)


def test_a_cipher_that_proves_each_packet_itself_is_asked_for_first_but_not_required(tmp_path):
    offered = bytearray()

    def listen(connection: socket.socket) -> None:
        connection.sendall(b"SSH-2.0-listener\r\n")
        while b"hmac-" not in offered and (heard := connection.recv(4096)):
            offered.extend(heard)

    meet(listen)
    assert offered.index(b"aes128-gcm@openssh.com") < offered.index(b"aes128-ctr")
    with sshd.running(tmp_path, "Ciphers aes128-ctr") as old:
        old.pin()
        assert SshTransport(old.host).run(b"echo reached\n", 20).stdout == b"reached\n"


def until_closed(connection: socket.socket) -> None:
    while connection.recv(4096):
        pass


def drip(connection: socket.socket) -> None:
    while True:
        connection.sendall(b"x")
        threading.Event().wait(0.05)


def flood(connection: socket.socket) -> None:
    while True:
        connection.sendall(b"x" * 65536)


def lines_without_end(connection: socket.socket) -> None:
    while True:
        connection.sendall(b"not yet\r\n")


def a_banner_and_silence(connection: socket.socket) -> None:
    connection.sendall(b"SSH-2.0-hostile\r\n")
    until_closed(connection)


def a_banner_and_noise(connection: socket.socket) -> None:
    connection.sendall(b"SSH-2.0-hostile\r\n" + bytes(range(256)) * 200)
    until_closed(connection)


def bytes_that_are_no_text(connection: socket.socket) -> None:
    connection.sendall(b"\xff\xfe\x00\x1b[31m\r\n" * 3)


@pytest.mark.parametrize(
    ("behave", "code"),
    [(until_closed, "banner_timeout"), (drip, "banner_timeout"), (a_banner_and_silence, "kex_timeout")],
)
def test_a_silent_server_does_not_get_the_whole_deadline(behave, code):
    with hostile(behave) as port:
        host = Host("127.0.0.1", port, key_file="/nonexistent", known_hosts="/nonexistent")
        with pytest.raises(Unreachable) as caught:
            SshTransport(host, steps=Steps(handshake=0.5)).run(b"", 3600)
    assert (caught.value.code, caught.value.reason) == (code, Reason.TIMEOUT)


@contextmanager
def dead_end() -> Iterator[int]:
    """A port that takes no connection: the queue of a listener that accepts nobody is full."""
    with ExitStack() as held:
        listening = held.enter_context(socket.socket())
        listening.bind(("127.0.0.1", 0))
        listening.listen(0)
        for _ in range(3):
            waiting = held.enter_context(socket.socket())
            waiting.setblocking(False)
            waiting.connect_ex(listening.getsockname())
        yield listening.getsockname()[1]


def test_hosts_that_never_answer_hold_up_no_live_one(host):
    class OneWorker(HostsPlatform):
        workers = 1
        steps = Steps(connect=6, patience=0.1)

    platform = OneWorker()
    plan = plan_kind(specs([platform])["host.linux"], ["machine"])
    with dead_end() as one, dead_end() as other:
        source = HostsSource("s", hosts=(replace(host, port=one), replace(host, port=other), host))
        results = list(poll([Errand(platform, "s", source, {"host.linux": plan})]))
    # The live host comes last in the settings, and is the first to be done with.
    assert [bool(result.observations) for result in results] == [True, False, False]
    assert {result.coverage[0].why.detail for result in results[1:]} == {"connect_timeout: nothing answered"}


@pytest.mark.parametrize(
    ("behave", "phase"),
    [
        (until_closed, Phase.BANNER),
        (drip, Phase.BANNER),
        (flood, Phase.BANNER),
        (lines_without_end, Phase.BANNER),
        (bytes_that_are_no_text, Phase.BANNER),
        (lambda connection: None, Phase.BANNER),
        (a_banner_and_silence, Phase.KEX),
        (a_banner_and_noise, Phase.KEX),
    ],
)
def test_a_hostile_server_fails_in_its_phase_with_a_code_of_ours(behave, phase):
    error = meet(behave)
    assert error.phase is phase
    assert error.code in {"protocol_error", f"{phase}_timeout"}
    assert error.detail.isprintable()


def test_a_server_that_never_answers_the_command_ends_at_the_deadline(tmp_path):
    paramiko = pytest.importorskip("paramiko")
    for name in ("host_key", "user_key"):
        sshd.keygen(tmp_path / name)
    key = paramiko.PKey.from_path(tmp_path / "host_key")
    gate = threading.Event()

    class Deaf(paramiko.ServerInterface):
        def check_auth_publickey(self, username, key):
            return paramiko.AUTH_SUCCESSFUL

        def get_allowed_auths(self, username):
            return "publickey"

        def check_channel_request(self, kind, chanid):
            return paramiko.OPEN_SUCCEEDED

        def check_channel_exec_request(self, channel, command):
            gate.wait(15)
            return True

    def serve(connection: socket.socket) -> None:
        session = paramiko.Transport(connection)
        session.add_server_key(key)
        session.start_server(server=Deaf())
        gate.wait(15)
        session.close()

    with hostile(serve) as port:
        public = " ".join((tmp_path / "host_key.pub").read_text().split()[:2])
        (tmp_path / "known_hosts").write_text(f"[127.0.0.1]:{port} {public}\n")
        host = Host("127.0.0.1", port, "u", str(tmp_path / "user_key"), str(tmp_path / "known_hosts"))
        try:
            error = failure(host, 2)
        finally:
            gate.set()
    assert (error.phase, error.code) == (Phase.EXEC, "exec_timeout")
