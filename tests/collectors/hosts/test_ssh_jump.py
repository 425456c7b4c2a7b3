from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import replace

import pytest

from collectors.hosts.source import Host
from collectors.hosts.ssh import SshTransport
from collectors.hosts.ssh_jump import AT_ONCE, Doors
from collectors.hosts.transport import Clock, Phase, Unreachable
from evidence.model import Reason
from tests.servers import sshd

TARGETS = int(os.environ.get("NIGHTLEDGER_TEST_JUMP_TARGETS", "40"))
WORKERS = 32


@pytest.fixture(scope="module")
def bastion(tmp_path_factory) -> Iterator[sshd.Sshd]:
    why = sshd.why_not()
    if why and os.environ.get("CI") == "true":
        pytest.fail(why)
    if why:
        pytest.skip(why)
    with sshd.running(tmp_path_factory.mktemp("bastion")) as running:
        yield running


@pytest.fixture(scope="module")
def behind(bastion, tmp_path_factory) -> Iterator[sshd.Sshd]:
    with sshd.running(tmp_path_factory.mktemp("target"), "MaxStartups 1000") as running:
        yield running


@pytest.fixture
def host(bastion, behind) -> Host:
    bastion.pin()
    behind.pin()
    return replace(behind.host, jump=bastion.host)


def failure(host: Host, deadline: float = 15) -> Unreachable:
    with pytest.raises(Unreachable) as caught:
        SshTransport(host).run(b"echo reached\n", deadline)
    return caught.value


def test_many_hosts_at_once_are_all_reached_through_one_jump_host(host):
    doors = Doors()

    def reach(number: int) -> bytes:
        return SshTransport(host, doors).run(f"echo {number}\n".encode(), 120).stdout

    with ThreadPoolExecutor(WORKERS) as pool:
        assert list(pool.map(reach, range(TARGETS))) == [f"{n}\n".encode() for n in range(TARGETS)]


def test_the_host_sees_the_jump_host_and_shows_its_own_key(host, behind):
    result = SshTransport(host).run(b"echo $SSH_CONNECTION\n", 20)
    assert result.stdout.split()[3] == str(behind.port).encode()
    assert result.fingerprint == SshTransport(behind.host).run(b"true\n", 20).fingerprint


def test_jump_hosts_follow_one_another(host, bastion):
    far = replace(host, jump=replace(bastion.host, jump=bastion.host))
    assert SshTransport(far).run(b"echo reached\n", 20).stdout == b"reached\n"


def test_a_jump_host_with_an_unknown_key_is_never_logged_in_to(host, bastion):
    bastion.pin("host_key", "[elsewhere]:22")
    error = failure(host)
    assert (error.phase, error.code) == (Phase.HOST_KEY, "jump_host_key_unknown")
    assert f"127.0.0.1:{bastion.port}" in error.detail


def test_an_unknown_key_behind_the_jump_host_is_the_host_s_own(host, behind):
    behind.pin("host_key", "[elsewhere]:22")
    assert failure(host).code == "host_key_unknown"


def test_a_key_the_jump_host_does_not_accept_is_said_of_the_jump_host(host, bastion):
    other = replace(bastion.host, key_file=str(bastion.directory / "other_key"))
    error = failure(replace(host, jump=other))
    assert (error.code, error.reason) == ("jump_auth_denied", Reason.DENIED)


def test_a_host_that_the_jump_host_cannot_connect_to_fails_in_tcp(host):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        error = failure(replace(host, port=taken.getsockname()[1]))
    assert (error.phase, error.code) == (Phase.TCP, "connect_refused")


def test_a_jump_host_that_does_not_forward_says_so(host, tmp_path):
    with sshd.running(tmp_path, "AllowTcpForwarding no") as closed:
        error = failure(replace(host, jump=closed.host))
    assert (error.phase, error.code, error.reason) == (Phase.TCP, "forwarding_denied", Reason.DENIED)


def test_a_host_that_is_silent_behind_the_jump_host_ends_at_the_deadline(host):
    with socket.create_server(("127.0.0.1", 0)) as silent:
        error = failure(replace(host, port=silent.getsockname()[1]), 2)
    assert (error.phase, error.reason) == (Phase.BANNER, Reason.TIMEOUT)


def test_who_waits_longer_than_the_deadline_for_a_turn_is_told(bastion):
    doors = Doors()
    with ExitStack() as held:
        for _ in range(AT_ONCE):
            held.enter_context(doors.held(bastion.host, Clock(5)))
        with pytest.raises(Unreachable, match="busy"), doors.held(bastion.host, Clock(0.1)):
            pass
