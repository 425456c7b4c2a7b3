"""Paths that data take on AWS: endpoints inside a VPC, tunnels between sites."""

from __future__ import annotations

from checks.check import Verdict, check, failed, not_applicable, passed, undecided
from checks.named import named
from checks.transmission.links import SITES_LINKED_BY_VPN, STAYS_INSIDE, TUNNEL_KEYS_STRONG
from evidence.facts.aws_paths import TunnelGroups, VpcEndpoint, VpnTunnel
from evidence.model import Resource

_BY_ITSELF = "has only names of its own, and whether programs use them was not read"


@check("aws-ec2-vpc-s3-endpoint", on="aws.ec2.vpc", severity="low", links=[STAYS_INSIDE])
def vpc_reaches_s3_inside(endpoints: list[VpcEndpoint]) -> Verdict:
    """Does the VPC reach S3 without crossing the internet?"""
    if _reaches(endpoints, ".s3"):
        return passed("an endpoint for S3 is available in the VPC")
    if _reaches(endpoints, ".s3", "unnamed"):
        return undecided(f"the VPC's endpoint for S3 {_BY_ITSELF}")
    return failed("the VPC has no available endpoint for S3")


@check("aws-ec2-vpc-dynamodb-endpoint", on="aws.ec2.vpc", severity="low", links=[STAYS_INSIDE])
def vpc_reaches_dynamodb_inside(
    endpoints: list[VpcEndpoint], resource: Resource, *, users: tuple[str, ...] = ()
) -> Verdict:
    """Does the VPC reach DynamoDB without crossing the internet, where its programs use it?"""
    if _reaches(endpoints, ".dynamodb"):
        return passed("an endpoint for DynamoDB is available in the VPC")
    if named(resource, users) and _reaches(endpoints, ".dynamodb", "unnamed"):
        return undecided(f"the VPC's endpoint for DynamoDB {_BY_ITSELF}")
    if named(resource, users):
        return failed("the VPC has no available endpoint for DynamoDB")
    return not_applicable("not among the VPCs whose programs use DynamoDB")


@check("aws-ec2-vpn-tunnels", on="aws.ec2.vpn_connection", severity="low", links=[SITES_LINKED_BY_VPN])
def vpn_tunnels_are_up(tunnels: list[VpnTunnel]) -> Verdict:
    """Are all tunnels of the VPN connection up?"""
    if not tunnels:
        return not_applicable("AWS names no tunnel of the connection")
    up = sum(tunnel["status"] == "UP" for tunnel in tunnels)
    if up == len(tunnels):
        return passed(f"all {up} tunnels are up")
    return failed(f"{up} of {len(tunnels)} tunnels are up")


@check("aws-ec2-vpn-key-exchange", on="aws.ec2.vpn_connection", severity="medium", links=[TUNNEL_KEYS_STRONG])
def tunnels_refuse_weak_key_exchange(
    key_exchange: list[TunnelGroups], *, weak_groups: tuple[int, ...] = (1, 2, 5)
) -> Verdict:
    """Do the tunnels of the VPN connection refuse groups too small to agree on a key safely?"""
    if not key_exchange:
        return undecided("AWS did not say which groups the tunnels accept")
    if not all(tunnel["chosen"] for tunnel in key_exchange):
        return undecided(
            "no groups were chosen for a tunnel, and which ones AWS accepts by default was not read"
        )
    weak = {int(group) for group in weak_groups} & {
        one for tunnel in key_exchange for one in tunnel["groups"]
    }
    if weak:
        return failed(f"a tunnel accepts group {', '.join(map(str, sorted(weak)))}, too small to be safe")
    return passed("the tunnels accept none of the groups that are too small")


def _reaches(endpoints: list[VpcEndpoint], service: str, state: str = "available") -> bool:
    return any(one["service"].endswith(service) and one["state"] == state for one in endpoints)
