"""Data in transit to AWS services that store data."""

from __future__ import annotations

from checks.check import Verdict, check, failed, not_applicable, passed, undecided
from checks.policy_document import denies_without_tls
from checks.policy_elements import statements
from checks.transmission.links import (
    CHANGE_NOTICED,
    INSIDE_GUARDED,
    OLD_TLS_REFUSED,
    PLAINTEXT_REFUSED,
    TRANSFER_GUARDED,
)
from evidence.facts.aws import PolicyDocument
from evidence.facts.aws_stores import CacheSecurity, Messages, SearchDomain, WarehouseTls
from evidence.model import Resource

_CARRY = {
    "aws.sns.topic": ("sns:Publish",),
    "aws.sqs.queue": ("sqs:SendMessage", "sqs:ReceiveMessage"),
}
_MOUNTS = ("elasticfilesystem:ClientMount", "elasticfilesystem:ClientWrite")


@check(
    "aws-messages-tls-only",
    on=("aws.sns.topic", "aws.sqs.queue"),
    severity="medium",
    links=[PLAINTEXT_REFUSED, TRANSFER_GUARDED, CHANGE_NOTICED],
)
def messages_need_tls(messages: Messages, resource: Resource) -> Verdict:
    """Does the topic or queue refuse messages that come without TLS?"""
    actions = _CARRY[resource.kind]
    if messages["policy"] is None:
        return failed("there is no policy, so messages are taken and given over plain HTTP")
    if denies_without_tls(messages["policy"], resource.uid, actions):
        return passed(f"the policy denies {' and '.join(actions)} to everyone who comes without TLS")
    return failed(f"the policy does not deny {' and '.join(actions)} to everyone who comes without TLS")


@check(
    "aws-efs-file-system-tls-only",
    on="aws.efs.file_system",
    severity="high",
    links=[PLAINTEXT_REFUSED, TRANSFER_GUARDED, CHANGE_NOTICED],
)
def file_system_needs_tls(policy: PolicyDocument | None, resource: Resource) -> Verdict:
    """Does the file system refuse to be mounted without TLS?"""
    if policy is None:
        return failed("the file system has no policy, so it can be mounted without TLS")
    if denies_without_tls(policy, resource.uid, _MOUNTS):
        return passed("the policy denies everyone who comes without TLS")
    if "securetransport" in str(list(statements(policy))).lower():
        return undecided(
            "the policy speaks of TLS in another way than by denying everyone who comes without it"
        )
    return failed("the policy does not deny those who come without TLS")


@check(
    "aws-elasticache-tls-only",
    on=("aws.elasticache.replication_group", "aws.elasticache.cluster"),
    severity="high",
    links=[PLAINTEXT_REFUSED, TRANSFER_GUARDED, CHANGE_NOTICED],
)
def cache_needs_tls(security: CacheSecurity) -> Verdict:
    """Does the cache refuse connections that come without TLS?"""
    if not security["in_transit"]:
        return failed("the cache does not encrypt its connections")
    if not security["transit_required"]:
        return failed("the cache still takes connections without TLS beside those with it")
    return passed("the cache takes connections over TLS only")


@check(
    "aws-opensearch-domain-tls-only",
    on="aws.opensearch.domain",
    severity="high",
    links=[PLAINTEXT_REFUSED, TRANSFER_GUARDED, CHANGE_NOTICED],
)
def search_domain_needs_tls(settings: SearchDomain) -> Verdict:
    """Does the search domain refuse plain HTTP?"""
    if settings["https_only"]:
        return passed("plain HTTP is refused")
    return failed("plain HTTP is answered")


@check(
    "aws-opensearch-domain-tls-version",
    on="aws.opensearch.domain",
    severity="medium",
    links=[OLD_TLS_REFUSED],
)
def search_domain_refuses_old_tls(settings: SearchDomain) -> Verdict:
    """Does the search domain refuse versions of TLS before 1.2?"""
    policy = settings["tls_policy"]
    if policy is None:
        return undecided("AWS did not say which versions of TLS are accepted")
    if policy.startswith(("Policy-Min-TLS-1-2", "Policy-Min-TLS-1-3")):
        return passed(f"the policy {policy} accepts only TLS 1.2 and newer")
    return failed(f"the policy {policy} accepts versions of TLS before 1.2")


@check(
    "aws-opensearch-domain-node-to-node",
    on="aws.opensearch.domain",
    severity="medium",
    links=[INSIDE_GUARDED],
)
def search_nodes_speak_encrypted(settings: SearchDomain) -> Verdict:
    """Is what the domain's nodes tell one another encrypted?"""
    if settings["node_to_node"]:
        return passed("the nodes encrypt what they tell one another")
    return failed("the nodes do not encrypt what they tell one another")


@check(
    "aws-redshift-cluster-tls-only",
    on=("aws.redshift.cluster", "aws.redshift_serverless.workgroup"),
    severity="high",
    links=[PLAINTEXT_REFUSED, TRANSFER_GUARDED],
)
def warehouse_needs_tls(tls: WarehouseTls | None) -> Verdict:
    """Does the warehouse refuse connections that come without TLS?"""
    if tls is None:
        return not_applicable("the cluster has no parameter group of its own yet")
    if not tls["applied"]:
        return undecided(f"changes to the parameter group {tls['group']} are not yet in effect")
    if tls["required"] is None:
        return undecided(f"the parameter group {tls['group']} does not name require_ssl")
    if tls["required"]:
        return passed(f"require_ssl is on in {tls['group']}")
    return failed(f"require_ssl is off in {tls['group']}, so connections without TLS are accepted")
