from __future__ import annotations

import ast
import re
from pathlib import Path

import botocore.session
import pytest
from botocore import xform_name

from collectors.aws import platform
from collectors.aws.kind import keeps_of
from collectors.aws.paging import token_of
from tests.servers.moto_clients import ACCOUNT

KEEPS = keeps_of(platform.AwsPlatform().kinds())
SERVICES = {service for service, _ in KEEPS}
SOURCES = sorted(Path(platform.__file__).parent.glob("*.py"))
BY_NAME = {
    ("organizations", "list_policies"),
    ("organizations", "list_policies_for_target"),
    ("rds", "describe_db_cluster_parameters"),
    ("rds", "describe_db_parameters"),
}
"""Paged under a name that is put together where it is called."""


def asked(method):
    """The client's service and the name, of each call of a method that `method` picks."""
    for path in SOURCES:
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                name = method(node)
                if name:
                    service = client_of(node.func.value).rstrip("_")
                    # A client of another region has another name: it may be any service's that knows the operation.
                    some = {service} if service in SERVICES else SERVICES
                    yield from ((one, name) for one in some if (one, name) in KEEPS)


def client_of(node):
    if isinstance(node, ast.Call):
        behind = [node.func.value] if isinstance(node.func, ast.Attribute) else node.args
        return client_of(behind[0]) if behind else ""
    return node.id if isinstance(node, ast.Name) else ""


def paged_name(call):
    first = call.args[0] if call.args else None
    return first.value if call.func.attr == "pages" and isinstance(first, ast.Constant) else ""


SINGLE = set(asked(lambda call: call.func.attr))
PAGED = set(asked(paged_name)) | BY_NAME


def model(service, operation):
    service = botocore.session.Session().get_service_model(service.replace("_", "-"))
    return next(
        service.operation_model(name) for name in service.operation_names if xform_name(name) == operation
    )


def tokens(shape, depth=2):
    for name, member in shape.members.items():
        if re.search(r"^((next|page)\w*)?(token|marker|position)$|truncated$", name, re.IGNORECASE):
            yield name
        elif depth > 1 and member.type_name == "structure":
            yield from tokens(member, depth - 1)


def test_every_operation_that_is_kept_is_known_to_be_asked_once_or_page_by_page():
    assert set(KEEPS) - SINGLE - PAGED == set()


@pytest.mark.parametrize(("service", "operation"), sorted(SINGLE))
def test_an_operation_that_is_asked_once_has_no_further_page(service, operation):
    assert list(tokens(model(service, operation).output_shape)) == []


@pytest.mark.parametrize(("service", "operation"), sorted(PAGED))
def test_an_operation_whose_answers_carry_a_token_can_be_paged(service, operation):
    told = model(service, operation)
    loader = botocore.session.Session().get_component("data_loader")
    known = loader.load_service_model(service.replace("_", "-"), "paginators-1")["pagination"]
    assert told.name in known or token_of(told) or not list(tokens(told.output_shape))


@pytest.mark.server("moto")
def test_a_list_that_the_sdk_cannot_page_is_read_to_the_end(cloud):
    def page(name, **more):
        arn = f"arn:aws:healthlake:us-east-1:{ACCOUNT}:datastore/fhir/{name}"
        return {
            "DatastorePropertiesList": [
                {"DatastoreArn": arn, "DatastoreId": name, "DatastoreStatus": "ACTIVE"}
            ],
            **more,
        }

    answers = iter([page("first", NextToken="more"), page("second")])
    cloud.front.canned["healthlake.list_fhir_datastores"] = lambda _region: next(answers)
    found = cloud.judge(["aws-healthlake-datastore-key"], cloud.source(regions=("us-east-1",)))
    assert sorted(getattr(finding.subject, "name", finding.sentence) for finding in found) == [
        "first",
        "second",
    ]
