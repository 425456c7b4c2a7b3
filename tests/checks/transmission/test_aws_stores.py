from __future__ import annotations

import pytest

from checks.transmission import aws_stores
from evidence.facts.aws_stores import CacheSecurity, Messages, SearchDomain, WarehouseTls
from evidence.model import Resource, Scope
from tests.checks.strict import Strict

ARN = "arn:aws:sqs:us-east-1:123456789012:ward"
QUEUE = Resource("aws.sqs.queue", ARN, "ward", Scope("aws/123456789012", "us-east-1"))
FILES = Resource("aws.efs.file_system", "arn:aws:efs:x:1:file-system/fs-1", "fs", Scope("aws/1", "x"))


def denial(**other):
    given = {
        "Effect": "Deny",
        "Principal": "*",
        "Action": "sqs:*",
        "Resource": ARN,
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }
    return {"Statement": [given | other]}


@pytest.mark.parametrize(
    ("policy", "status"),
    [
        (None, "fail"),
        (denial(), "pass"),
        (denial(Action=["SQS:SendMessage", "SQS:ReceiveMessage"]), "pass"),
        (denial(Action="sqs:SendMessage"), "fail"),
        (denial(Resource=f"{ARN}-other"), "fail"),
        (denial(Principal={"AWS": "arn:aws:iam::1:root"}), "fail"),
        (denial(NotResource="*", Resource=None), "fail"),
    ],
)
def test_a_queue_must_deny_both_sending_and_receiving_without_tls(policy, status):
    messages = Strict(Messages, kms_key=None, service_key=True, policy=policy)
    assert aws_stores.messages_need_tls.judge(messages, resource=QUEUE).status == status


def without_resource(**other):
    statement = {"Effect": "Deny", "Principal": {"AWS": "*"}, "Action": "*", **other}
    return {"Statement": [statement]}


@pytest.mark.parametrize(
    ("policy", "status"),
    [
        (None, "fail"),
        (without_resource(Condition={"Bool": {"aws:SecureTransport": "false"}}), "pass"),
        (without_resource(Condition={"Bool": {"elasticfilesystem:AccessedViaMountTarget": "false"}}), "fail"),
        (without_resource(Effect="Allow", Condition={"Bool": {"aws:SecureTransport": "true"}}), "unknown"),
    ],
)
def test_a_file_system_must_deny_mounts_without_tls(policy, status):
    assert aws_stores.file_system_needs_tls.judge(policy, resource=FILES).status == status


@pytest.mark.parametrize(
    ("in_transit", "required", "status"),
    [(True, True, "pass"), (True, False, "fail"), (False, False, "fail")],
)
def test_a_cache_that_still_takes_plain_connections_fails(in_transit, required, status):
    facts = Strict(
        CacheSecurity, at_rest=True, in_transit=in_transit, transit_required=required, asks_who=True
    )
    assert aws_stores.cache_needs_tls.judge(facts).status == status


@pytest.mark.parametrize(
    ("policy", "status"),
    [
        ("Policy-Min-TLS-1-2-2019-07", "pass"),
        ("Policy-Min-TLS-1-2-PFS-2023-10", "pass"),
        ("Policy-Min-TLS-1-0-2019-07", "fail"),
        (None, "unknown"),
    ],
)
def test_the_search_domains_policy_names_its_lowest_version(policy, status):
    given = {
        "at_rest": True,
        "node_to_node": True,
        "https_only": True,
        "in_vpc": True,
        "logs": [],
        "policy": None,
    }
    facts = Strict(SearchDomain, tls_policy=policy, **given)
    assert aws_stores.search_domain_refuses_old_tls.judge(facts).status == status


@pytest.mark.parametrize(
    ("required", "applied", "status"),
    [(True, True, "pass"), (False, True, "fail"), (None, True, "unknown"), (True, False, "unknown")],
)
def test_a_warehouse_passes_only_once_the_parameter_is_in_effect(required, applied, status):
    tls = Strict(WarehouseTls, required=required, applied=applied, group="g")
    assert aws_stores.warehouse_needs_tls.judge(tls).status == status


def test_a_warehouse_without_a_group_is_not_asked():
    assert aws_stores.warehouse_needs_tls.judge(None).status == "not_applicable"
