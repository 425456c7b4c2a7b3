from __future__ import annotations

from types import SimpleNamespace

import pytest

from collectors.aws.clients import Clients
from collectors.aws.credentials import Binding, bound
from collectors.aws.platform import AwsPlatform

KEYS = SimpleNamespace(access_key="AKIAIOSFODNN7EXAMPLE", secret_key="not-a-secret", token=None)
ENDPOINT = "http://127.0.0.1:9"


class Unreadable:
    """What the SDK reads its data with, from a moment on."""

    def exists(self, path):
        raise AssertionError(f"looked for {path}")

    def load_file(self, path):
        raise AssertionError(f"read {path}")


@pytest.fixture
def client():
    made = Clients()
    AwsPlatform(made)
    yield made.get("iam", "us-east-1", ENDPOINT)
    made.close()


def test_whether_a_list_has_pages_is_known_without_another_look_at_the_sdks_data(client):
    client._loader.file_loader = Unreadable()
    assert client.can_paginate("list_users")


def test_every_request_says_who_asks_and_with_which_sdk(client):
    seen = []

    def answer(request, **_):
        seen.append(request.headers["User-Agent"].decode())
        raise ConnectionAbortedError

    client.meta.events.register_first("before-send.iam", answer)
    with bound(Binding("123456789012", KEYS)), pytest.raises(ConnectionAbortedError):
        client.list_users()
    assert seen[0].startswith("nightledger Botocore/")
