"""The shapes of AWS facts about networks: VPCs, subnets, network ACLs, images and VPNs. Times are UTC ISO-8601 text."""

from __future__ import annotations

from typing import TypedDict


class FlowLog(TypedDict):
    """One flow log of a VPC: `status` is ACTIVE while it exists, `delivery` SUCCESS or FAILED ("" = not told).

    `traffic` is ACCEPT, REJECT or ALL.
    """

    id: str
    status: str
    delivery: str
    traffic: str


class VpcEndpoint(TypedDict):
    """A path from a VPC to a service that does not leave AWS's network; `service` as in com.amazonaws.REGION.s3."""

    service: str
    state: str


class SubnetAddresses(TypedDict):
    """Whether a new network interface in the subnet gets a public IPv4 address without being asked."""

    public_on_launch: bool


class AclEntry(TypedDict):
    """One inbound rule of a network ACL; the lowest `number` that matches decides. Ports None = all."""

    number: int
    allow: bool
    protocol: str
    cidr: str
    from_port: int | None
    to_port: int | None


class ImageSharing(TypedDict):
    """Whether every AWS account may launch the image."""

    public: bool


class ClientVpnSettings(TypedDict):
    """A Client VPN endpoint: `hours` is the longest session, `connection_log` whether connections are logged.

    `ends` says whether a session that reached its limit is ended rather than renewed, None = not told.
    """

    hours: int
    ends: bool | None
    connection_log: bool


class VpnTunnel(TypedDict):
    """One tunnel of a site-to-site VPN connection; `status` is UP or DOWN."""

    status: str


class TunnelGroups(TypedDict):
    """The Diffie-Hellman groups one tunnel accepts; where the customer has not `chosen`, AWS's default is all it knows."""

    groups: list[int]
    chosen: bool
