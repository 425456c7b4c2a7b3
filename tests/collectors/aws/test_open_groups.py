from __future__ import annotations

import pytest

from tests.collectors.aws.family import assert_refused, assert_true

pytestmark = pytest.mark.server("moto")

PASS, FAIL, NONE, UNKNOWN = "pass", "fail", "not_applicable", "unknown"
OPEN = "aws-ec2-security-group-all-ports"
MALWARE = "aws-region-guardduty-malware"
HERE = "us-east-1"


@pytest.fixture
def network(cloud):
    ec2 = cloud.client("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.9.0.0/16")["Vpc"]["VpcId"]
    subnet = ec2.create_subnet(VpcId=vpc, CidrBlock="10.9.1.0/24")["Subnet"]["SubnetId"]
    groups = {
        name: ec2.create_security_group(GroupName=name, Description="d", VpcId=vpc)["GroupId"]
        for name in ("carried", "idle", "web")
    }
    ec2.create_network_interface(SubnetId=subnet, Groups=[groups["carried"]])
    everything = {"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}
    web = {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}
    for name in ("carried", "idle"):
        ec2.authorize_security_group_ingress(GroupId=groups[name], IpPermissions=[everything])
    ec2.authorize_security_group_ingress(GroupId=groups["web"], IpPermissions=[web])
    cloud.front.clear()
    return cloud


def test_a_group_that_something_has_fails_when_it_opens_everything(network):
    truth = {"carried": FAIL, "idle": NONE, "web": PASS, "default": PASS}
    assert_true(network, {(OPEN, name): status for name, status in truth.items()})


def test_refused_interfaces_leave_open_groups_unknown(network):
    assert_refused(network, "ec2.describe_network_interfaces", "ec2:DescribeNetworkInterfaces", OPEN)


def test_refused_groups_are_unknown(network):
    assert_refused(network, "ec2.describe_security_groups", "ec2:DescribeSecurityGroups", OPEN)


@pytest.mark.parametrize(
    ("features", "want"),
    [
        ([{"name": "EBS_MALWARE_PROTECTION", "status": "ENABLED"}], PASS),
        ([{"name": "EBS_MALWARE_PROTECTION", "status": "DISABLED"}], UNKNOWN),
        ([{"name": "S3_DATA_EVENTS", "status": "ENABLED"}], FAIL),
    ],
)
def test_disks_are_scanned_only_while_the_feature_is_on(cloud, features, want):
    cloud.front.canned["guardduty.list_detectors"] = {"detectorIds": ["d1"]}
    cloud.front.canned["guardduty.get_detector"] = {"status": "ENABLED", "features": features}
    assert_true(cloud, {(MALWARE, HERE): want})


def test_where_guardduty_was_never_set_up_no_disk_is_scanned(cloud):
    assert_true(cloud, {(MALWARE, HERE): FAIL})
    assert_refused(cloud, "guardduty.list_detectors", "guardduty:ListDetectors", MALWARE)
