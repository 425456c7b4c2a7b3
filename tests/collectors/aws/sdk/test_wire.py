from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from botocore.exceptions import SSLError

from collectors.aws.clients import Clients
from collectors.aws.credentials import Binding, bound
from collectors.aws.platform import AwsPlatform
from collectors.aws.sdk.wire import AuthoritiesUnreadable
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
