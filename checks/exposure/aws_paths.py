"""Exposure of networks on AWS: subnets, network ACLs, images."""

from __future__ import annotations

from collections.abc import Iterable
from ipaddress import ip_network

from checks.check import Verdict, check, failed, passed
from checks.exposure.links import NOT_FOR_EVERYONE, PATH_NARROWED, REACHABLE
from evidence.facts.aws_paths import AclEntry, ImageSharing, SubnetAddresses

_PROTOCOLS = (frozenset({"6", "tcp", "-1"}), frozenset({"17", "udp", "-1"}))
"""TCP and UDP, each with what stands for it in an entry."""


@check("aws-ec2-subnet-no-public-addresses", on="aws.ec2.subnet", severity="low", links=[REACHABLE])
def subnet_gives_no_public_addresses(addresses: SubnetAddresses) -> Verdict:
    """Does the subnet give out public addresses only to those who ask for one?"""
    if addresses["public_on_launch"]:
        return failed("whatever starts in the subnet gets a public IPv4 address without asking")
    return passed("what starts in the subnet gets no public IPv4 address unless it asks for one")


@check("aws-ec2-network-acl-admin-ports", on="aws.ec2.network_acl", severity="low", links=[PATH_NARROWED])
def acl_closes_admin_ports(inbound: list[AclEntry], *, ports: tuple[int, ...] = (22, 3389)) -> Verdict:
    """Does the network ACL close the ports for administration to the internet?"""
    asked = sorted(int(port) for port in ports)
    opened = [port for port in asked if _opens(inbound, port)]
    if opened:
        return failed(f"open to the internet: {_ports(opened)}; security groups decide what is left")
    return passed(f"closed to the internet: {_ports(asked)}")


@check("aws-ec2-image-not-public", on="aws.ec2.image", severity="critical", links=[NOT_FOR_EVERYONE])
def image_is_not_public(sharing: ImageSharing) -> Verdict:
    """Is the machine image closed to other AWS accounts at large?"""
    if sharing["public"]:
        return failed("every AWS account may launch the image and read what is on its disk")
    return passed("the image is not shared with everyone; sharing with single accounts was not looked at")


def _opens(inbound: Iterable[AclEntry], port: int) -> bool:
    entries = sorted(inbound, key=lambda one: one["number"])
    told = ([entry for entry in entries if _speaks_of(entry, names, port)] for names in _PROTOCOLS)
    return any(_lets_in(entries, version) for entries in told for version in (4, 6))


def _lets_in(entries: Iterable[AclEntry], version: int) -> bool:
    # Rules are tried in order of their number; only one about every address settles it for the internet.
    for entry in entries:
        network = ip_network(entry["cidr"], strict=False)
        if network.version != version:
            continue
        if entry["allow"] and network.prefixlen < (8 if version == 4 else 16):
            return True
        if not entry["allow"] and network.prefixlen == 0:
            return False
    return False


def _speaks_of(entry: AclEntry, protocol: frozenset[str], port: int) -> bool:
    if entry["protocol"] not in protocol:
        return False
    low, high = entry["from_port"], entry["to_port"]
    if low is None or high is None or entry["protocol"] == "-1":
        return True
    return low <= port <= high


def _ports(ports: Iterable[int]) -> str:
    return "ports " + ", ".join(str(port) for port in ports)
