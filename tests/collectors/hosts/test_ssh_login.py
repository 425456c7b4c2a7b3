from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Iterator
from dataclasses import replace

import pytest

from collectors.hosts.source import Host
from collectors.hosts.ssh import SshTransport
from collectors.hosts.transport import Phase, Unreachable
from tests.servers import sshd


@pytest.fixture(scope="module")
def server(tmp_path_factory) -> Iterator[sshd.Sshd]:
    why = sshd.why_not()
    if why and os.environ.get("CI") == "true":
        pytest.fail(why)
    if why:
        pytest.skip(why)
    directory = tmp_path_factory.mktemp("sshd")
    sshd.keygen(directory / "authority")
    with sshd.running(directory, f"TrustedUserCAKeys {directory}/authority.pub") as running:
        yield running


@pytest.fixture
def certified(server, tmp_path):
    """A key that only a certificate lets in, and a way to sign one."""
    sshd.keygen(tmp_path / "key")

    def sign(*how: str, key: str = "key") -> Host:
        line = ["ssh-keygen", "-q", "-s", server.directory / "authority", "-I", "scan", "-n", "root", *how]
        subprocess.run([*line, tmp_path / f"{key}.pub"], check=True, capture_output=True)
        (tmp_path / f"{key}-cert.pub").replace(tmp_path / "certificate")
        return replace(
            server.host, key_file=str(tmp_path / "key"), certificate_file=str(tmp_path / "certificate")
        )

    return sign


def echoed(host: Host) -> bytes:
    return SshTransport(host).run(b"echo reached\n", 20).stdout


def failure(host: Host) -> Unreachable:
    with pytest.raises(Unreachable) as caught:
        SshTransport(host).run(b"echo reached\n", 20)
    assert caught.value.phase is Phase.AUTH
    return caught.value


def test_a_certificate_lets_in_a_key_that_is_not_listed(certified):
    host = certified("-V", "-5m:+1h")
    assert echoed(host) == b"reached\n"
    assert failure(replace(host, certificate_file="")).code == "auth_denied"


@pytest.mark.parametrize("kind", ["rsa", "ecdsa"])
def test_certificates_of_other_keys_work_too(certified, tmp_path, kind):
    for name in ("key", "key.pub"):
        (tmp_path / name).unlink()
    sshd.keygen(tmp_path / "key", kind)
    assert echoed(certified()) == b"reached\n"


def test_a_certificate_out_of_its_time_is_said_to_be_before_anybody_is_asked(certified):
    error = failure(certified("-V", "20200101000000Z:20200102000000Z"))
    assert (error.code, error.detail) == (
        "certificate_expired",
        "the user certificate was valid before 2020-01-02T00:00:00Z",
    )
    assert failure(certified("-V", "+1h:+2h")).code == "certificate_not_yet_valid"


def test_a_certificate_that_is_none_or_not_there_is_said_to_be(certified, tmp_path):
    host = certified()
    (tmp_path / "certificate").write_text("nothing\n")
    assert failure(host).code == "certificate_unreadable"
    (tmp_path / "certificate").unlink()
    assert failure(host).code == "certificate_unreadable"


@pytest.fixture
def agent(monkeypatch):
    """An ssh-agent of our own, and a way to give it keys."""
    said = subprocess.run(["ssh-agent", "-s"], capture_output=True, text=True, check=True).stdout
    found = dict(re.findall(r"(SSH_\w+)=([^;]+);", said))
    for name, value in found.items():
        monkeypatch.setenv(name, value)
    yield lambda *keys: subprocess.run(["ssh-add", "-q", *keys], check=True, capture_output=True)
    subprocess.run(["ssh-agent", "-k"], check=True, capture_output=True)


def test_an_agent_signs_only_when_it_was_asked_for(server, agent):
    agent(server.directory / "user_key")
    assert echoed(replace(server.host, key_file="", agent=True)) == b"reached\n"
    assert failure(replace(server.host, key_file="")).code == "key_unreadable"


def test_of_many_keys_the_agent_uses_the_one_that_is_named(server, agent):
    agent(server.directory / "other_key", server.directory / "user_key")
    assert echoed(replace(server.host, agent=True)) == b"reached\n"
    assert failure(replace(server.host, key_file="", agent=True)).code == "agent_key_unclear"


def test_a_key_the_agent_does_not_hold_is_said_to_be(server, agent):
    agent(server.directory / "other_key")
    assert failure(replace(server.host, agent=True)).code == "agent_key_absent"


def test_without_an_agent_there_is_no_key(server, monkeypatch):
    monkeypatch.delenv("SSH_AUTH_SOCK", raising=False)
    assert failure(replace(server.host, agent=True)).code == "agent_key_absent"


def test_an_agent_signs_with_a_certificate(certified, agent, tmp_path):
    host = certified()
    agent(tmp_path / "key")
    (tmp_path / "key").unlink()
    assert echoed(replace(host, agent=True)) == b"reached\n"
