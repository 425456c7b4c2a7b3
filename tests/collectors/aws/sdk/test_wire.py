from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any

import pytest
from botocore.exceptions import SSLError

from collectors.aws.clients import Clients
from collectors.aws.credentials import Binding, bound
from collectors.aws.platform import AwsPlatform
from collectors.aws.sdk import wire
from collectors.aws.sdk.wire import AnswerTooLong, AuthoritiesUnreadable
from tests.collectors.aws.test_clients import KEYS
from tests.servers.tunnel import Running, running

ANSWER = b"<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>"

REGIONS = (
    *(f"eu-{place}-{number}" for place in ("west", "central", "south") for number in (1, 2)),
    *(f"ap-{place}-{number}" for place in ("south", "southeast", "northeast") for number in (1, 2)),
)


@pytest.fixture
def tunnel(tmp_path, monkeypatch) -> Iterator[Running]:
    with running(tmp_path, ANSWER) as found:
        through(found, monkeypatch)
        yield found


def through(tunnel: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", tunnel.url)
    monkeypatch.setenv("AWS_CA_BUNDLE", str(tunnel.bundle))


@pytest.fixture
def client() -> Iterator[Callable[..., Any]]:
    clients = Clients()
    AwsPlatform(clients)
    yield clients.get
    clients.close()


def ask(s3: Any, bucket: str = "ward") -> str:
    with bound(Binding("123456789012", KEYS)):
        return str(s3.get_bucket_versioning(Bucket=bucket)["Status"])


def test_all_buckets_of_a_region_are_asked_over_one_connection(tunnel, client):
    s3 = client("s3", "eu-west-1")
    assert {ask(s3, f"ward-{number}") for number in range(30)} == {"Enabled"}
    assert tunnel.hosts == ["s3.eu-west-1.amazonaws.com"]
    assert tunnel.requests[29] == "GET /ward-29?versioning HTTP/1.1"


def test_connections_to_more_than_ten_hosts_are_kept(tmp_path, client, monkeypatch):
    hosts = [f"s3.{region}.amazonaws.com" for region in REGIONS]
    with running(tmp_path, ANSWER, tuple(hosts)) as tunnel:
        through(tunnel, monkeypatch)
        for _ in range(3):
            assert [ask(client("s3", region)) for region in REGIONS] == ["Enabled"] * 12
        assert tunnel.hosts == hosts


def test_the_authorities_are_read_once_however_many_connections_follow(tunnel, client):
    assert ask(client("s3", "eu-west-1")) == "Enabled"
    tunnel.bundle.unlink()
    assert ask(client("s3", "us-east-1")) == "Enabled"
    assert len(tunnel.hosts) == 2


def test_many_connections_made_at_once_are_all_good(tunnel, client):
    s3, together = client("s3", "eu-west-1"), threading.Barrier(24)

    def one(number: int) -> str:
        together.wait()
        return ask(s3, f"ward-{number}")

    with ThreadPoolExecutor(24) as pool:
        assert set(pool.map(one, range(24))) == {"Enabled"}


def test_a_certificate_of_an_authority_that_is_not_trusted_is_refused(tunnel, client, monkeypatch):
    monkeypatch.delenv("AWS_CA_BUNDLE")
    with pytest.raises(SSLError, match=r"self.signed|local issuer"):
        ask(client("s3", "eu-west-1"))
    assert tunnel.requests == []


def test_a_certificate_for_another_name_is_refused(tmp_path, client, monkeypatch):
    with running(tmp_path, ANSWER, ("*.example.org",)) as tunnel:
        through(tunnel, monkeypatch)
        with pytest.raises(SSLError, match=r"not valid for 's3\.eu-west-1\.amazonaws\.com'"):
            ask(client("s3", "eu-west-1"))
        assert tunnel.requests == []


def test_the_next_scan_reads_the_authorities_anew(tunnel):
    clients = Clients()
    AwsPlatform(clients)
    assert ask(clients.get("s3", "eu-west-1")) == "Enabled"
    clients.close()
    tunnel.bundle.write_bytes(b"")
    with pytest.raises(AuthoritiesUnreadable, match=r"bundle\.pem cannot be read"):
        clients.get("s3", "eu-west-1")
    clients.close()


def test_a_bundle_that_is_not_there_is_named(client, monkeypatch):
    monkeypatch.setenv("AWS_CA_BUNDLE", "/nonexistent/ca.pem")
    with pytest.raises(AuthoritiesUnreadable, match=r"/nonexistent/ca\.pem cannot be read"):
        client("s3", "eu-west-1")


MIB = 2**20


@dataclass(slots=True)
class Flood:
    """What a server that never stops talking got rid of, over how many connections."""

    url: str
    connections: int = 0
    sent: int = 0


@contextmanager
def flooding(head: bytes, part: bytes, most: int = 256 * MIB) -> Iterator[Flood]:
    """A server that answers `head` and then `part` over and over, until nobody listens or `most` bytes are sent."""

    def serve() -> None:
        with suppress(OSError):
            while True:
                connected, _ = listening.accept()
                flood.connections += 1
                with connected, suppress(OSError):
                    connected.recv(65_536)
                    connected.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\n" + head + b"\r\n\r\n")
                    while flood.sent < most:
                        flood.sent += connected.send(part)

    with socket.create_server(("127.0.0.1", 0)) as listening:
        flood = Flood(f"http://127.0.0.1:{listening.getsockname()[1]}")
        thread = threading.Thread(target=serve)
        thread.start()
        try:
            yield flood
        finally:
            listening.shutdown(socket.SHUT_RDWR)
            thread.join(10)


def test_an_answer_said_to_be_too_long_is_not_read_at_all(client):
    with flooding(b"Content-Length: 209715200", b" " * MIB) as flood:
        with pytest.raises(AnswerTooLong, match="longer than 64 MiB"):
            ask(client("s3", "eu-west-1", flood.url))
        assert flood.connections == 1
    assert flood.sent < 16 * MIB


@pytest.mark.parametrize(
    ("head", "part"),
    [
        (b"Transfer-Encoding: chunked", b"100000\r\n" + b" " * MIB + b"\r\n"),
        (b"Transfer-Encoding: chunked", b"fffffffff\r\n" + b" " * MIB),
        (b"Connection: close", b" " * MIB),
        (b"Content-Length: 5, 5", b" " * MIB),
        (b"Content-Length: -1", b" " * MIB),
    ],
    ids=["chunks", "one chunk", "no length", "two lengths", "less than nothing"],
)
def test_an_answer_that_goes_on_is_left_at_the_bound_and_not_asked_for_again(head, part, client, monkeypatch):
    monkeypatch.setattr(wire, "LONGEST", 4 * MIB)
    with flooding(head, part) as flood:
        with pytest.raises(AnswerTooLong, match="longer than 4 MiB"):
            ask(client("s3", "eu-west-1", flood.url))
        assert flood.connections == 1
    assert flood.sent < 32 * MIB


def test_an_answer_as_long_as_the_bound_is_read_and_a_longer_one_spoils_nothing(tunnel, client, monkeypatch):
    s3 = client("s3", "eu-west-1")
    monkeypatch.setattr(wire, "LONGEST", len(ANSWER) - 1)
    with pytest.raises(AnswerTooLong):
        ask(s3)
    monkeypatch.setattr(wire, "LONGEST", len(ANSWER))
    assert {ask(s3) for _ in range(3)} == {"Enabled"}
    assert len(tunnel.hosts) == 2
