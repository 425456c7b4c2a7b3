"""VPNs: endpoints that people dial in to, and connections between sites."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar

from collectors.aws.client import AwsClient
from collectors.aws.kind import REGIONS, TAGS, AwsKind
from collectors.aws.vpcs import tagged
from collectors.kind import Found, lists
from evidence.facts.aws_paths import ClientVpnSettings, TunnelGroups, VpnTunnel

_DEFAULT_HOURS = 24
"""How long a session may last where AWS names no limit (its documented default)."""


class ClientVpn(AwsKind):
    """A Client VPN endpoint, through which people reach a VPC."""

    kind = "aws.ec2.client_vpn"
    service = "ec2"
    part = "region"
    keep: ClassVar = {
        "describe_client_vpn_endpoints": (
            "ClientVpnEndpoints[]{ClientVpnEndpointId, Status{Code}, SessionTimeoutHours, "
            f"DisconnectOnSessionTimeout, ConnectionLogOptions{{Enabled}}, AuthenticationOptions[]{{Type}}, {TAGS}}}"
        )
    }
    settings: ClientVpnSettings
    authentication: list[str]

    @lists(
        needs={"describe_client_vpn_endpoints": "ec2:DescribeClientVpnEndpoints", **REGIONS},
        gives="settings authentication",
    )
    def every(self, ec2: AwsClient) -> Iterator[Found]:
        """DescribeClientVpnEndpoints, without those being deleted."""
        for page in ec2.pages("describe_client_vpn_endpoints", MaxResults=1000):
            for row in page["ClientVpnEndpoints"]:
                if row["Status"]["Code"] in {"deleting", "deleted"}:
                    continue
                ways = sorted(option["Type"] for option in row.get("AuthenticationOptions", []))
                gives = {"settings": _settings(row), "authentication": ways}
                yield tagged(ec2, row, "client-vpn-endpoint", row["ClientVpnEndpointId"], gives)


class VpnConnection(AwsKind):
    """A site-to-site VPN connection; AWS offers two tunnels for each."""

    kind = "aws.ec2.vpn_connection"
    service = "ec2"
    part = "region"
    keep: ClassVar = {
        "describe_vpn_connections": (
            "VpnConnections[]{VpnConnectionId, State, VgwTelemetry[]{Status}, "
            "Options{TunnelOptions[]{Phase1DHGroupNumbers[]{Value}, Phase2DHGroupNumbers[]{Value}}}, "
            f"{TAGS}}}"
        )
    }
    tunnels: list[VpnTunnel]
    key_exchange: list[TunnelGroups]

    @lists(
        needs={"describe_vpn_connections": "ec2:DescribeVpnConnections", **REGIONS},
        gives="tunnels key_exchange",
    )
    def every(self, ec2: AwsClient) -> Iterator[Found]:
        """DescribeVpnConnections, which has no pages; the tunnels' keys and configuration are never kept."""
        for row in ec2.describe_vpn_connections()["VpnConnections"]:
            if row["State"] in {"deleting", "deleted"}:
                continue
            tunnels = [{"status": tunnel["Status"]} for tunnel in row.get("VgwTelemetry", [])]
            options = row.get("Options", {}).get("TunnelOptions", [])
            gives = {"tunnels": tunnels, "key_exchange": [_groups(tunnel) for tunnel in options]}
            yield tagged(ec2, row, "vpn-connection", row["VpnConnectionId"], gives)


def _groups(tunnel: Mapping[str, Any]) -> TunnelGroups:
    phases = [tunnel.get(f"Phase{phase}DHGroupNumbers") for phase in (1, 2)]
    return {
        "groups": sorted({one["Value"] for held in phases if held for one in held}),
        "chosen": all(phases),
    }


def _settings(row: Mapping[str, Any]) -> ClientVpnSettings:
    return {
        "hours": row.get("SessionTimeoutHours", _DEFAULT_HOURS),
        "ends": row.get("DisconnectOnSessionTimeout"),
        "connection_log": row["ConnectionLogOptions"]["Enabled"],
    }
