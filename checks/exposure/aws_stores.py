"""Exposure of messages, search domains and warehouses on AWS."""

from __future__ import annotations

from checks.check import Verdict, check, failed, passed
from checks.exposure.links import NOT_FOR_EVERYONE, PATH_NARROWED
from checks.policy_addresses import open_networks, opening_by_address
from checks.policy_verdicts import of_opening
from evidence.facts.aws import PolicyDocument
from evidence.facts.aws_stores import Messages, SearchDomain, WarehouseAccess
from evidence.model import Status


@check(
    "aws-messages-not-public",
    on=("aws.sns.topic", "aws.sqs.queue"),
    severity="critical",
    links=[NOT_FOR_EVERYONE],
)
def messages_are_not_public(messages: Messages) -> Verdict:
    """Is the topic or queue closed to the public?"""
    if messages["policy"] is None:
        return passed("there is no policy, so only identities of its own account may use it")
    told = _of_policy(messages["policy"], "the policy lets anyone with an AWS account in", "the policy")
    if told:
        return told
    return passed("the policy allows only principals it names or ties to an account")


@check(
    "aws-opensearch-domain-not-public",
    on="aws.opensearch.domain",
    severity="high",
    links=[NOT_FOR_EVERYONE, PATH_NARROWED],
)
def search_domain_is_not_public(settings: SearchDomain) -> Verdict:
    """Is the search domain closed to the public?"""
    if settings["in_vpc"]:
        return passed("the domain can be reached from its own network only")
    opened = "the domain has a public address and its policy lets anyone in"
    told = _of_policy(settings["policy"] or {}, opened, "the domain has a public address, and")
    if told:
        return told
    return passed("the domain has a public address, but its policy allows only principals it names")


@check(
    "aws-redshift-cluster-not-public",
    on=("aws.redshift.cluster", "aws.redshift_serverless.workgroup"),
    severity="high",
    links=[PATH_NARROWED],
)
def warehouse_is_not_public(access: WarehouseAccess) -> Verdict:
    """Is the warehouse without a public address?"""
    if access["public"]:
        return failed("the warehouse has a public address; security groups may still close its port")
    return passed("the warehouse has no public address")


def _of_policy(policy: PolicyDocument, opened: str, what: str) -> Verdict | None:
    """What is said of a policy that lets in anyone at all, from everywhere or from some networks; None else."""
    told, networks = of_opening(opening_by_address(policy), opened), open_networks(policy)
    if not networks or (told and told.status is not Status.PASS):
        return told
    sentence = f"{what} lets in whoever comes from {', '.join(networks)}, and nobody else at large"
    return passed(f"{sentence}: {told.sentence}" if told else sentence)
