from __future__ import annotations

import botocore.session
import pytest
from botocore import xform_name

from collectors.aws.asked import asked
from collectors.aws.clients import Clients
from collectors.aws.models import LeanFiles
from collectors.aws.platform import AwsPlatform

ASKED = asked(AwsPlatform().kinds())


@pytest.fixture(scope="module")
def clients():
    made = Clients()
    AwsPlatform(made)
    yield made
    made.close()


@pytest.mark.parametrize("service", sorted(ASKED))
def test_a_client_has_the_operations_that_are_asked_and_no_other(clients, service):
    client = clients.get(service, "us-east-1")
    assert set(client.meta.method_to_api_mapping) == ASKED[service]


@pytest.mark.parametrize("service", sorted(ASKED))
def test_every_shape_that_is_left_is_whole(clients, service):
    model = clients.get(service, "us-east-1").meta.service_model
    full = botocore.session.Session().get_service_model(service)
    for name in model.shape_names:
        left, there = model.shape_for(name), full.shape_for(name)
        assert (left.type_name, left.serialization) == (there.type_name, there.serialization)
        assert set(getattr(left, "members", ())) == set(getattr(there, "members", ()))
    assert {shape.name for shape in model.error_shapes} <= {shape.name for shape in full.error_shapes}


@pytest.mark.parametrize("service", sorted(ASKED))
def test_an_operation_is_described_as_the_sdk_describes_it(clients, service):
    model = clients.get(service, "us-east-1").meta.service_model
    full = botocore.session.Session().get_service_model(service)
    for name in model.operation_names:
        left, there = model.operation_model(name), full.operation_model(name)
        assert xform_name(name) in ASKED[service]
        assert left.http == there.http
        assert {shape.name for shape in left.error_shapes} == {shape.name for shape in there.error_shapes}
        for side in ("input_shape", "output_shape"):
            assert getattr(getattr(left, side), "name", "") == getattr(getattr(there, side), "name", "")


def test_no_client_has_an_operation_that_writes():
    names = {name.removeprefix("batch_") for operations in ASKED.values() for name in operations}
    assert {name.split("_")[0] for name in names} <= {
        "assume",
        "describe",
        "generate",
        "get",
        "list",
        "simulate",
    }


def test_of_a_service_that_is_not_asked_everything_is_kept():
    session = botocore.session.Session()
    session.get_component("data_loader").file_loader = LeanFiles({})
    assert session.get_service_model("batch").operation_names


def test_clients_that_nobody_limits_have_every_operation():
    made = Clients()
    assert made.get("sts", "us-east-1").meta.method_to_api_mapping["get_session_token"]
    made.close()


def test_clients_are_made_anew_after_they_were_closed(clients):
    before = clients.get("sqs", "us-east-1")
    clients.close()
    assert clients.get("sqs", "us-east-1") is not before


@pytest.mark.server("moto")
def test_a_web_identity_is_still_taken_by_the_sdks_own_chain(cloud, monkeypatch, tmp_path):
    token = tmp_path / "token"
    token.write_text("header.claims.signature")
    monkeypatch.setenv("AWS_WEB_IDENTITY_TOKEN_FILE", str(token))
    monkeypatch.setenv("AWS_ROLE_ARN", "arn:aws:iam::123456789012:role/night")
    monkeypatch.setenv("AWS_ENDPOINT_URL_STS", cloud.url)
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    clients = Clients()
    AwsPlatform(clients)
    keys = clients.own_credentials("").get_frozen_credentials()
    clients.close()
    assert keys.token
    assert (
        cloud.front.counts["sts.assume_role_with_web_identity"]
        + cloud.front.counts["unsigned.assume_role_with_web_identity"]
    )
