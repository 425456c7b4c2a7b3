from __future__ import annotations

from datetime import timedelta

import pytest

from tests.collectors.aws.family import assert_only_reads, assert_refused, assert_steady, assert_true
from tests.collectors.aws.look import AS_OF

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
    assert_only_reads(machines)
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


INVENTORY = "aws-ec2-instance-inventory"
HARDWARE = "AWS:InstanceDetailedInformation"


def stock(machine, captured):
    item = {"TypeName": HARDWARE, "SchemaVersion": "1.0", "Content": [{"CPUModel": "x"}], **captured}
    return {"Id": machine, "Data": {HARDWARE: item}}


@pytest.fixture
def stocked(cloud):
    ec2 = cloud.client("ec2")
    names = ("fresh", "old", "untold", "none", "bare", "unmanaged", "stopped")
    ids = {name: start(ec2, name, ImageId="ami-12345678") for name in names}
    ec2.stop_instances(InstanceIds=[ids["stopped"]])
    managed = [
        {"InstanceId": made, "PingStatus": "Online"} for name, made in ids.items() if name != "unmanaged"
    ]
    held = [
        stock(ids["fresh"], {"CaptureTime": f"{AS_OF - timedelta(days=31)}T01:02:03Z"}),
        stock(ids["old"], {"CaptureTime": f"{AS_OF - timedelta(days=32)}T01:02:03Z"}),
        stock(ids["untold"], {}),
        {"Id": ids["bare"], "Data": {}},
    ]
    cloud.front.canned |= {
        "ssm.describe_instance_information": lambda region: {
            "InstanceInformationList": managed if region == "us-east-1" else []
        },
        "ssm.get_inventory": {"Entities": held},
    }
    cloud.front.counts.clear()
    return cloud


def test_a_managed_machine_needs_a_recent_inventory_which_is_asked_for_once_a_region_that_has_any(stocked):
    truth = {"fresh": PASS, "old": FAIL, "untold": UNKNOWN, "none": FAIL, "bare": FAIL}
    truth |= {"unmanaged": NONE, "stopped": NONE}
    assert_true(stocked, {(INVENTORY, name): want for name, want in truth.items()})
    assert stocked.front.counts["ssm.get_inventory"] == 1


@pytest.mark.parametrize(
    ("operation", "permission"),
    [
        ("ssm.get_inventory", "ssm:GetInventory"),
        ("ssm.describe_instance_information", "ssm:DescribeInstanceInformation"),
    ],
)
def test_a_refused_inventory_gives_unknown_that_names_the_permission(stocked, operation, permission):
    assert_refused(stocked, operation, permission, INVENTORY)


def test_where_no_machine_is_managed_no_inventory_is_asked_for(machines):
    assert set(machines.verdicts(INVENTORY).values()) == {NONE}
    assert machines.front.counts["ssm.get_inventory"] == 0


ADDRESS = "aws-ec2-instance-public-address"
SECOND_ADDRESS = """<DescribeInstancesResponse><reservationSet><item><instancesSet><item>
  <instanceId>i-1</instanceId><imageId>ami-1</imageId><launchTime>2026-01-02T03:04:05Z</launchTime>
  <instanceState><name>running</name></instanceState>
  <metadataOptions><httpTokens>required</httpTokens><httpEndpoint>enabled</httpEndpoint></metadataOptions>
  <networkInterfaceSet>
    <item><privateIpAddressesSet><item><privateIpAddress>10.0.0.4</privateIpAddress></item></privateIpAddressesSet></item>
    <item><privateIpAddressesSet>
      <item><privateIpAddress>10.0.1.4</privateIpAddress></item>
      <item><privateIpAddress>10.0.1.5</privateIpAddress>{association}</item>
    </privateIpAddressesSet></item>
  </networkInterfaceSet>
</item></instancesSet></item></reservationSet></DescribeInstancesResponse>"""


@pytest.mark.parametrize(
    ("association", "status"),
    [
        ("<association><publicIp>198.51.100.7</publicIp></association>", FAIL),
        ("<association><carrierIp>198.51.100.7</carrierIp></association>", PASS),
        ("", PASS),
    ],
)
def test_a_public_address_of_any_interface_of_a_machine_leads_to_it(cloud, association, status):
    cloud.front.canned["ec2.describe_instances"] = SECOND_ADDRESS.format(association=association)
    assert_true(cloud, {(ADDRESS, "i-1"): status})
