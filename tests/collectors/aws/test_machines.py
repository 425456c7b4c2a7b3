from __future__ import annotations

import pytest

from tests.collectors.aws.family import assert_refused, assert_steady, assert_true, only_reads

pytestmark = pytest.mark.server("moto")

PASS, FAIL, NONE, UNKNOWN = "pass", "fail", "not_applicable", "unknown"
AGE, IMAGE_AGE, ROLE = "aws-ec2-instance-age", "aws-ec2-instance-image-age", "aws-ec2-instance-role"
ATTACHED = "aws-ec2-volume-attached"
ADMIN, DATABASES = "aws-ec2-security-group-admin-ports", "aws-ec2-security-group-database-ports"


def start(ec2, name, **other):
    tags = [{"ResourceType": "instance", "Tags": [{"Key": "Name", "Value": name}]}]
    made = ec2.run_instances(MinCount=1, MaxCount=1, TagSpecifications=tags, **other)
    return made["Instances"][0]["InstanceId"]


@pytest.fixture
def machines(cloud):
    ec2, iam = cloud.client("ec2"), cloud.client("iam")
    iam.create_instance_profile(InstanceProfileName="ward")
    first = start(ec2, "first", ImageId="ami-12345678", IamInstanceProfile={"Name": "ward"})
    image = ec2.create_image(InstanceId=first, Name="golden")["ImageId"]
    start(ec2, "second", ImageId=image)
    ec2.stop_instances(InstanceIds=[start(ec2, "stopped", ImageId=image)])
    group = ec2.create_security_group(GroupName="spare", Description="x")["GroupId"]
    opened = {"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}
    ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=[opened])
    cloud.volume = ec2.create_volume(AvailabilityZone="us-east-1a", Size=1)["VolumeId"]
    cloud.group = group
    cloud.front.clear()
    return cloud


TRUTH = {
    (AGE, "first"): PASS,
    (AGE, "second"): PASS,
    (AGE, "stopped"): NONE,
    (IMAGE_AGE, "first"): UNKNOWN,
    (IMAGE_AGE, "second"): PASS,
    (ROLE, "first"): PASS,
    (ROLE, "second"): FAIL,
    (ADMIN, "spare"): NONE,
    (DATABASES, "spare"): PASS,
}


def test_every_verdict_about_seeded_machines_is_the_true_one(machines):
    assert_true(machines, TRUTH | {(ATTACHED, machines.volume): FAIL})
    assert only_reads(machines)
    assert machines.front.counts["ec2.describe_images"] == 1


def test_a_machines_own_disk_is_in_use(machines):
    verdicts = machines.verdicts(ATTACHED)
    assert [name for (_, name), status in verdicts.items() if status == FAIL] == [machines.volume]
    assert list(verdicts.values()).count(PASS) == 3


def test_an_open_group_is_a_way_in_as_soon_as_something_has_it(machines):
    ec2 = machines.client("ec2")
    subnet = ec2.describe_subnets()["Subnets"][0]["SubnetId"]
    ec2.create_network_interface(SubnetId=subnet, Groups=[machines.group])
    assert_true(machines, {(ADMIN, "spare"): FAIL, (DATABASES, "spare"): PASS})


@pytest.mark.parametrize(
    ("operation", "permission", "checks"),
    [
        ("ec2.describe_instances", "ec2:DescribeInstances", f"{AGE} {IMAGE_AGE} {ROLE}"),
        ("ec2.describe_images", "ec2:DescribeImages", IMAGE_AGE),
        ("ec2.describe_volumes", "ec2:DescribeVolumes", ATTACHED),
        ("ec2.describe_network_interfaces", "ec2:DescribeNetworkInterfaces", ADMIN),
    ],
)
def test_a_refused_call_gives_unknown_that_names_the_permission(machines, operation, permission, checks):
    assert_refused(machines, operation, permission, checks)


def test_a_group_that_is_closed_passes_without_a_look_at_who_has_it(machines):
    machines.front.refused = {"ec2.describe_network_interfaces": "UnauthorizedOperation"}
    assert_true(machines, {(DATABASES, "spare"): PASS, (ADMIN, "spare"): UNKNOWN})


def test_machines_are_the_same_however_many_look(machines):
    assert_steady(machines, f"{AGE} {IMAGE_AGE} {ROLE} {ATTACHED} {ADMIN} {DATABASES}")
