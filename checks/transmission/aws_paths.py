"""Paths that data take on AWS: endpoints inside a VPC, tunnels between sites."""

from __future__ import annotations

from checks.check import Verdict, check, failed, not_applicable, passed
from checks.transmission.links import SITES_LINKED_BY_VPN, STAYS_INSIDE
from evidence.facts.aws_paths import VpcEndpoint, VpnTunnel


@check("aws-ec2-vpc-s3-endpoint", on="aws.ec2.vpc", severity="low", links=[STAYS_INSIDE])
def vpc_reaches_s3_inside(endpoints: list[VpcEndpoint]) -> Verdict:
    """Does the VPC reach S3 without crossing the internet?"""
    s3 = [one for one in endpoints if one["service"].endswith(".s3") and one["state"] == "available"]
    if s3:
        return passed("an endpoint for S3 is available in the VPC")
    return failed("the VPC has no available endpoint for S3")


@check("aws-ec2-vpn-tunnels", on="aws.ec2.vpn_connection", severity="low", links=[SITES_LINKED_BY_VPN])
def vpn_tunnels_are_up(tunnels: list[VpnTunnel]) -> Verdict:
    """Are all tunnels of the VPN connection up?"""
    if not tunnels:
        return not_applicable("AWS names no tunnel of the connection")
    up = sum(tunnel["status"] == "UP" for tunnel in tunnels)
    if up == len(tunnels):
        return passed(f"all {up} tunnels are up")
    return failed(f"{up} of {len(tunnels)} tunnels are up")
