"""VPCs with their flow logs and endpoints, subnets, and network ACLs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar

from collectors.aws.client import AwsClient
from collectors.aws.kind import REGIONS, TAGS, AwsKind, labels, name_of
from collectors.kind import Found, fact, lists, lookup
from evidence.facts.aws_paths import AclEntry, FlowLog, SubnetAddresses, VpcEndpoint


class Vpc(AwsKind):
    """A virtual network of one account; one shared into the account belongs to its owner and is not listed."""

    kind = "aws.ec2.vpc"
    service = "ec2"
    part = "region"
    keep: ClassVar = {
        "describe_vpcs": f"Vpcs[]{{VpcId, OwnerId, {TAGS}}}",
        "describe_flow_logs": "FlowLogs[]{FlowLogId, ResourceId, FlowLogStatus, DeliverLogsStatus, TrafficType}",
        "describe_vpc_endpoints": (
            "VpcEndpoints[]{VpcId, ServiceName, State, VpcEndpointType, RouteTableIds, PrivateDnsEnabled}"
        ),
    }

    @lists(needs={"describe_vpcs": "ec2:DescribeVpcs", **REGIONS})
    def every(self, ec2: AwsClient) -> Iterator[Found]:
        """DescribeVpcs, 1000 at a time."""
        for page in ec2.pages("describe_vpcs", MaxResults=1000):
            for row in page["Vpcs"]:
                if row.get("OwnerId", ec2.account) == ec2.account:
                    yield tagged(ec2, row, "vpc", row["VpcId"])

    @lookup(needs="ec2:DescribeFlowLogs")
    def flow_logs_by_resource(self, ec2: AwsClient) -> Mapping[str, list[FlowLog]]:
        """DescribeFlowLogs: every flow log of the region by what it watches (a VPC, a subnet, an interface)."""
        found: dict[str, list[FlowLog]] = {}
        for page in ec2.pages("describe_flow_logs", MaxResults=1000):
            for row in page["FlowLogs"]:
                found.setdefault(row["ResourceId"], []).append(_flow_log(row))
        return found

    @lookup(needs="ec2:DescribeVpcEndpoints")
    def endpoints_by_vpc(self, ec2: AwsClient) -> Mapping[str, list[VpcEndpoint]]:
        """DescribeVpcEndpoints: every endpoint of the region by its VPC."""
        found: dict[str, list[VpcEndpoint]] = {}
        for page in ec2.pages("describe_vpc_endpoints", MaxResults=1000):
            for row in page["VpcEndpoints"]:
                found.setdefault(row["VpcId"], []).append(_endpoint(row))
        return found

    @fact()
    def flow_logs(self, vpc: Found, flow_logs_by_resource: Mapping[str, list[FlowLog]]) -> list[FlowLog]:
        """The flow logs of the VPC as a whole; those of single subnets and interfaces are left out."""
        return sorted(flow_logs_by_resource.get(vpc.handle, []), key=lambda log: log["id"])

    @fact()
    def endpoints(self, vpc: Found, endpoints_by_vpc: Mapping[str, list[VpcEndpoint]]) -> list[VpcEndpoint]:
        """The VPC's endpoints."""
        return sorted(endpoints_by_vpc.get(vpc.handle, []), key=lambda one: (one["service"], one["state"]))


class Subnet(AwsKind):
    """A subnet of one account's VPC."""

    kind = "aws.ec2.subnet"
    service = "ec2"
    part = "region"
    keep: ClassVar = {"describe_subnets": f"Subnets[]{{SubnetId, OwnerId, MapPublicIpOnLaunch, {TAGS}}}"}
    addresses: SubnetAddresses

    @lists(needs={"describe_subnets": "ec2:DescribeSubnets", **REGIONS}, gives="addresses")
    def every(self, ec2: AwsClient) -> Iterator[Found]:
        """DescribeSubnets, 1000 at a time."""
        for page in ec2.pages("describe_subnets", MaxResults=1000):
            for row in page["Subnets"]:
                if row.get("OwnerId", ec2.account) == ec2.account:
                    gives = {"addresses": {"public_on_launch": row["MapPublicIpOnLaunch"]}}
                    yield tagged(ec2, row, "subnet", row["SubnetId"], gives)


class NetworkAcl(AwsKind):
    """A network ACL; whether a subnet uses it is not asked."""

    kind = "aws.ec2.network_acl"
    service = "ec2"
    part = "region"
    keep: ClassVar = {
        "describe_network_acls": (
            "NetworkAcls[]{NetworkAclId, OwnerId, Entries[]{RuleNumber, RuleAction, Egress, Protocol, CidrBlock, "
            f"Ipv6CidrBlock, PortRange{{From, To}}}}, {TAGS}}}"
        )
    }
    inbound: list[AclEntry]

    @lists(needs={"describe_network_acls": "ec2:DescribeNetworkAcls", **REGIONS}, gives="inbound")
    def every(self, ec2: AwsClient) -> Iterator[Found]:
        """DescribeNetworkAcls, 1000 at a time."""
        for page in ec2.pages("describe_network_acls", MaxResults=1000):
            for row in page["NetworkAcls"]:
                if row.get("OwnerId", ec2.account) == ec2.account:
                    entries = [_entry(entry) for entry in row["Entries"] if not entry["Egress"]]
                    inbound = sorted(entries, key=lambda entry: (entry["number"], entry["cidr"]))
                    yield tagged(ec2, row, "network-acl", row["NetworkAclId"], {"inbound": inbound})


def tagged(
    ec2: AwsClient,
    row: Mapping[str, Any],
    type_: str,
    identifier: str,
    gives: Mapping[str, Any] | None = None,
) -> Found:
    """A row of an EC2 listing as Found: its ARN, its Name tag or id, its tags."""
    tags = row.get("Tags", [])
    arn = f"arn:{ec2.partition}:ec2:{ec2.region}:{ec2.account}:{type_}/{identifier}"
    return Found(arn, name_of(tags, identifier), labels=labels(tags), gives=gives or {}, handle=identifier)


def _flow_log(row: Mapping[str, Any]) -> FlowLog:
    return {
        "id": row["FlowLogId"],
        "status": row["FlowLogStatus"],
        "delivery": row.get("DeliverLogsStatus", ""),
        "traffic": row.get("TrafficType", "ALL"),
    }


def _endpoint(row: Mapping[str, Any]) -> VpcEndpoint:
    state = row["State"].lower()
    return {"service": row["ServiceName"], "state": _reach(row) if state == "available" else state}


def _reach(row: Mapping[str, Any]) -> str:
    # A gateway is reached by routes, an interface by the service's own name only with private DNS.
    match row["VpcEndpointType"]:
        case "Gateway":
            return "available" if row.get("RouteTableIds") else "unrouted"
        case "Interface" if not row.get("PrivateDnsEnabled", False):
            return "unnamed"
    return "available"


def _entry(row: Mapping[str, Any]) -> AclEntry:
    ports = row.get("PortRange") or {}
    return {
        "number": row["RuleNumber"],
        "allow": row["RuleAction"] == "allow",
        "protocol": str(row["Protocol"]),
        "cidr": row.get("CidrBlock") or row["Ipv6CidrBlock"],
        "from_port": ports.get("From"),
        "to_port": ports.get("To"),
    }
