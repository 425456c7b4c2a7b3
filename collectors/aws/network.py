"""Security groups: what they let in, and whether anything has them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar

from collectors.aws.client import AwsClient
from collectors.aws.kind import REGIONS, TAGS, AwsKind, labels
from collectors.kind import Found, fact, lists, lookup
from evidence.facts.aws import IngressRule
from evidence.facts.aws_machines import GroupUse


class SecurityGroup(AwsKind):
    """A security group of one account."""

    kind = "aws.ec2.security_group"
    service = "ec2"
    part = "region"
    keep: ClassVar = {
        "describe_security_groups": (
            "SecurityGroups[]{GroupId, GroupName, IpPermissions[]{IpProtocol, FromPort, ToPort, "
            "IpRanges[]{CidrIp}, Ipv6Ranges[]{CidrIpv6}, PrefixListIds[]{PrefixListId}, "
            f"UserIdGroupPairs[]{{GroupId}}}}, {TAGS}}}"
        ),
        "describe_network_interfaces": "NetworkInterfaces[]{Groups[]{GroupId}}",
    }
    ingress: list[IngressRule]

    @lists(needs={"describe_security_groups": "ec2:DescribeSecurityGroups", **REGIONS}, gives="ingress")
    def every(self, ec2: AwsClient) -> Iterator[Found]:
        """DescribeSecurityGroups, 1000 at a time."""
        for page in ec2.pages("describe_security_groups", MaxResults=1000):
            for row in page["SecurityGroups"]:
                rules = [_rule(permission) for permission in row["IpPermissions"]]
                yield Found(
                    f"arn:{ec2.partition}:ec2:{ec2.region}:{ec2.account}:security-group/{row['GroupId']}",
                    row["GroupName"],
                    labels=labels(row.get("Tags", [])),
                    gives={"ingress": rules},
                    handle=row["GroupId"],
                )

    @lookup(needs="ec2:DescribeNetworkInterfaces")
    def groups_in_use(self, ec2: AwsClient) -> frozenset[str]:
        """DescribeNetworkInterfaces, 1000 at a time: every security group that some interface of the region has."""
        pages = ec2.pages("describe_network_interfaces", MaxResults=1000)
        rows = (row for page in pages for row in page["NetworkInterfaces"])
        return frozenset(group["GroupId"] for row in rows for group in row["Groups"])

    @fact(volatile=True)
    def use(self, security_group: Found, groups_in_use: frozenset[str]) -> GroupUse:
        """Whether some network interface has the group; interfaces of tasks come and go with them."""
        return {"used": security_group.handle in groups_in_use}


def _rule(permission: Mapping[str, Any]) -> IngressRule:
    everything = permission["IpProtocol"] == "-1"
    networks = [row["CidrIp"] for row in permission.get("IpRanges", [])]
    networks += [row["CidrIpv6"] for row in permission.get("Ipv6Ranges", [])]
    return {
        "protocol": permission["IpProtocol"],
        "from_port": None if everything else permission.get("FromPort"),
        "to_port": None if everything else permission.get("ToPort"),
        "cidrs": sorted(networks),
        "prefix_lists": sorted(row["PrefixListId"] for row in permission.get("PrefixListIds", [])),
        "groups": sorted(row["GroupId"] for row in permission.get("UserIdGroupPairs", [])),
    }
