from __future__ import annotations

import re
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from collectors.aws.client import own_arn
from collectors.aws.clients import Clients
from collectors.aws.credentials import (
    Binding,
    BoundCredentials,
    WrongCredentials,
    assert_signed_by,
    bound,
    current,
)
from collectors.aws.identity import Identity
from collectors.aws.source import Source
from collectors.limits import Limits, Rate


@dataclass(frozen=True)
class Keys:
    access_key: str
    secret_key: str = "not-a-secret"
    token: str | None = None

    def get_frozen_credentials(self):
        return self


def keys_of(number):
    return Keys(f"AKIAACCOUNT{number:09}")


class Echo(BaseHTTPRequestHandler):
    """Answers GetCallerIdentity with the number inside the key that signed: who asks is all it can tell."""

    protocol_version = "HTTP/1.1"

    def do_POST(self):
        self.rfile.read(int(self.headers["Content-Length"]))
        key = re.search(r"Credential=([^/]+)/", self.headers["Authorization"])[1]
        account = key[-9:].rjust(12, "0")
        body = (
            "<GetCallerIdentityResponse><GetCallerIdentityResult>"
            f"<Arn>{key}</Arn><Account>{account}</Account></GetCallerIdentityResult></GetCallerIdentityResponse>"
        ).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


@pytest.fixture(scope="module")
def echo():
    server = ThreadingHTTPServer(("127.0.0.1", 0), Echo)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture(scope="module")
def clients():
    made = Clients(Limits({"": Rate(1e6, 10**6)}))
    yield made
    made.close()


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(order=st.lists(st.integers(0, 9), min_size=20, max_size=120), workers=st.integers(2, 16))
def test_each_request_is_signed_by_its_own_account_however_they_interleave(echo, clients, order, workers):
    sts = clients.get("sts", "us-east-1", echo)

    def ask(number):
        with bound(Binding(f"aws/{number}", keys_of(number))):
            return number, sts.get_caller_identity()

    with ThreadPoolExecutor(workers) as pool:
        for number, answer in pool.map(ask, order):
            assert answer["Arn"] == keys_of(number).access_key
            assert answer["Account"] == f"{number:012}"


def test_a_call_with_no_account_bound_is_refused_before_anything_is_sent(echo, clients):
    sts = clients.get("sts", "us-east-1", echo)
    with pytest.raises(WrongCredentials):
        sts.get_caller_identity()


def test_a_binding_ends_with_its_block_even_when_the_call_fails():
    with pytest.raises(ZeroDivisionError), bound(Binding("aws/1", keys_of(1))):
        raise ZeroDivisionError
    with pytest.raises(WrongCredentials):
        current()


def test_a_binding_does_not_reach_into_another_thread():
    seen: list[type] = []

    def look():
        try:
            current()
        except WrongCredentials as error:
            seen.append(type(error))

    with bound(Binding("aws/1", keys_of(1))):
        thread = threading.Thread(target=look)
        thread.start()
        thread.join()
    assert seen == [WrongCredentials]


def test_one_client_serves_every_account_of_a_region(echo, clients):
    assert clients.get("sts", "us-east-1", echo) is clients.get("sts", "us-east-1", echo)
    assert clients.get("sts", "eu-west-1", echo) is not clients.get("sts", "us-east-1", echo)


@pytest.mark.parametrize(
    "header", ["", "AWS4-HMAC-SHA256 Credential=AKIAOTHER/2026/x", b"Credential=AKIAACCOUNT0000000011/"]
)
def test_a_request_signed_by_another_key_is_never_sent(header):
    request = type("Request", (), {"headers": {"Authorization": header}})
    with pytest.raises(WrongCredentials):
        assert_signed_by(request, Binding("aws/1", keys_of(1)))


def test_keys_of_another_account_than_the_expected_one_are_refused(echo, clients):
    source = Source("s", endpoint_url=echo)
    identity = Identity(clients, source, keys_of(7), account="000000000008")
    with pytest.raises(WrongCredentials, match="000000000008"):
        identity.binding()


def test_renewed_keys_are_confirmed_again_and_must_be_of_the_same_account(echo, clients):
    class Renewing:
        held = keys_of(7)

        def get_frozen_credentials(self):
            return self.held

    keys = Renewing()
    identity = Identity(clients, Source("s", endpoint_url=echo), keys)
    assert identity.binding().target == "aws/000000000007"
    keys.held = keys_of(8)
    with pytest.raises(WrongCredentials):
        identity.binding()


def test_neither_binding_nor_shared_credentials_show_a_secret():
    binding = Binding("aws/1", Keys("AKIAX", "hush"))
    assert "hush" not in repr(binding)
    with pytest.raises(AttributeError):
        BoundCredentials().secret_key  # noqa: B018 - reading it is the case


@pytest.mark.parametrize(
    ("arn", "fits"),
    [
        ("arn:aws:iam::123456789012:user/a", True),
        ("arn:aws:s3:::bucket", True),
        ("arn:aws:iam::210987654321:user/a", False),
    ],
)
def test_an_answer_that_speaks_of_another_account_is_refused(arn, fits):
    client = type("Client", (), {"account": "123456789012"})
    if fits:
        assert own_arn(client, arn) == arn
    else:
        with pytest.raises(WrongCredentials):
            own_arn(client, arn)
