"""Exposure to networks on AWS: security groups and public addresses."""

from __future__ import annotations

from collections.abc import Iterable
from ipaddress import IPv4Network, IPv6Network, ip_network

from checks.check import Verdict, check, failed, not_applicable, passed, undecided
from checks.exposure.links import NOT_FOR_EVERYONE, PATH_NARROWED, REACHABLE
from evidence.facts.aws import IngressRule, InstanceAddresses, InstanceState
from evidence.facts.aws_machines import GroupUse
from evidence.model import Resource, Status

_LOCAL_IPV6 = IPv6Network("fc00::/7")
_ADMIN = (22, 3389, 5985, 5986)
_DATABASES = (1433, 1521, 3306, 5432, 6379, 27017)


def closed_for_administration(
    ingress: list[IngressRule], *, ports: tuple[int, ...] = _ADMIN
) -> Verdict | None:
    """A group that lets nobody in here needs no look at who has it."""
    return _if_passed(_closed(ingress, ports))


def closed_for_databases(
    ingress: list[IngressRule], *, ports: tuple[int, ...] = _DATABASES
) -> Verdict | None:
    """A group that lets nobody in here needs no look at who has it."""
    return _if_passed(_closed(ingress, ports))


@check(
    "aws-ec2-security-group-admin-ports",
    on="aws.ec2.security_group",
    severity="high",
    links=[NOT_FOR_EVERYONE, PATH_NARROWED],
    first=closed_for_administration,
)
def admin_ports_are_closed(
    ingress: list[IngressRule], use: GroupUse, *, ports: tuple[int, ...] = _ADMIN
) -> Verdict:
    """Are the ports for administration closed to the internet?"""
    return _where_used(_closed(ingress, ports), use)


@check(
    "aws-ec2-security-group-database-ports",
    on="aws.ec2.security_group",
    severity="high",
    links=[NOT_FOR_EVERYONE, PATH_NARROWED],
    first=closed_for_databases,
)
def database_ports_are_closed(
    ingress: list[IngressRule], use: GroupUse, *, ports: tuple[int, ...] = _DATABASES
) -> Verdict:
    """Are the ports of databases closed to the internet?"""
    return _where_used(_closed(ingress, ports), use)


@check(
    "aws-ec2-security-group-default-closed",
    on="aws.ec2.security_group",
    severity="low",
    links=[PATH_NARROWED],
)
def default_group_is_empty(ingress: list[IngressRule], resource: Resource) -> Verdict:
    """Does the default security group let nothing in, so that it cannot be used by oversight?"""
    if resource.name != "default":
        return not_applicable("this is not a default security group")
    if ingress:
        return failed(f"the default security group lets in {len(ingress)} kinds of traffic")
    return passed("the default security group lets nothing in")


def closed_in_part(ingress: list[IngressRule]) -> Verdict | None:
    """A group that does not open every port needs no look at who has it."""
    return _if_passed(_not_everything(ingress))


@check(
    "aws-ec2-security-group-all-ports",
    on="aws.ec2.security_group",
    severity="high",
    links=[NOT_FOR_EVERYONE, PATH_NARROWED],
    first=closed_in_part,
)
def not_everything_is_open(ingress: list[IngressRule], use: GroupUse) -> Verdict:
    """Does the group keep at least some ports closed to the internet?"""
    return _where_used(_not_everything(ingress), use)


@check("aws-ec2-instance-public-address", on="aws.ec2.instance", severity="low", links=[REACHABLE])
def instance_has_no_public_address(state: InstanceState, addresses: InstanceAddresses) -> Verdict:
    """Is the instance without a public address?"""
    if addresses["public_ipv4"]:
        return failed("a public IPv4 address leads to the instance")
    if state["name"] != "running":
        return not_applicable(f"the instance is {state['name']}, so it has no address yet")
    return passed("no public IPv4 address leads to the instance; IPv6 was not judged")


def _closed(ingress: Iterable[IngressRule], asked: Iterable[int | str]) -> Verdict:
    # An organisation's own ports arrive as text, as every value of its settings does.
    ports = tuple(int(port) for port in asked)
    rules = [(rule, reached) for rule in ingress if (reached := _reached(rule, ports))]
    opened = sorted({port for rule, reached in rules if _from_internet(rule) for port in reached})
    if opened:
        return failed(f"open to the internet: {_ports(opened)}")
    unread = sorted({name for rule, _ in rules for name in rule["prefix_lists"]})
    if unread:
        return undecided(f"depends on prefix lists whose networks were not read: {', '.join(unread)}")
    return passed(f"closed to the internet: {_ports(ports)}")


def _if_passed(verdict: Verdict) -> Verdict | None:
    return verdict if verdict.status is Status.PASS else None


def _where_used(verdict: Verdict, use: GroupUse) -> Verdict:
    if use["used"] or verdict.status is Status.PASS:
        return verdict
    return not_applicable(f"{verdict.sentence}; but no network interface has the group")


def _not_everything(ingress: Iterable[IngressRule]) -> Verdict:
    rules = [rule for rule in ingress if _is_everything(rule)]
    if any(_from_internet(rule) for rule in rules):
        return failed("open to the internet: every port")
    unread = sorted({name for rule in rules for name in rule["prefix_lists"]})
    if unread:
        return undecided(f"depends on prefix lists whose networks were not read: {', '.join(unread)}")
    return passed("no rule opens every port to the internet; single ports were not considered")


def _is_everything(rule: IngressRule) -> bool:
    low, high = rule["from_port"], rule["to_port"]
    unlimited = low is None or high is None or low == -1 or (low <= 1 and high == 65535)
    return rule["protocol"] in {"-1", "tcp", "udp", "6", "17"} and unlimited


def _reached(rule: IngressRule, ports: tuple[int, ...]) -> list[int]:
    if rule["protocol"] not in {"-1", "tcp", "udp", "6", "17"}:
        return []
    low, high = rule["from_port"], rule["to_port"]
    if low is None or high is None or low == -1:
        return list(ports)
    return [port for port in ports if low <= port <= high]


def _from_internet(rule: IngressRule) -> bool:
    # Two halves of the internet are the internet: any very wide network that is not a local one counts.
    return any(_is_wide(ip_network(cidr, strict=False)) for cidr in rule["cidrs"])


def _is_wide(network: IPv4Network | IPv6Network) -> bool:
    match network:
        case IPv4Network():
            return network.prefixlen < 8
        case IPv6Network():
            return network.prefixlen < 16 and not network.subnet_of(_LOCAL_IPV6)


def _ports(ports: Iterable[int]) -> str:
    return "ports " + ", ".join(str(port) for port in ports)
