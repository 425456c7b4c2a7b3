from __future__ import annotations

import pytest

from checks.transmission.aws_paths import vpc_reaches_dynamodb_inside
from evidence.model import Resource, Scope
from tests.collectors.aws.family import assert_empty, assert_refused, assert_true
from tests.servers.moto_clients import ACCOUNT

pytestmark = pytest.mark.server("moto")

PASS, FAIL, NONE, UNKNOWN = "pass", "fail", "not_applicable", "unknown"


def flow_log(ec2, vpc, traffic):
    made = ec2.create_flow_logs(
        ResourceType="VPC",
        ResourceIds=[vpc],
        TrafficType=traffic,
        LogDestinationType="s3",
        LogDestination="arn:aws:s3:::flows",
    )
    assert made["Unsuccessful"] == []


def gateway(ec2, vpc, service):
    table = ec2.create_route_table(VpcId=vpc)["RouteTable"]["RouteTableId"]
    name = f"com.amazonaws.us-east-1.{service}"
    ec2.create_vpc_endpoint(VpcId=vpc, ServiceName=name, VpcEndpointType="Gateway", RouteTableIds=[table])


@pytest.fixture
def networks(cloud):
    cloud.client("s3").create_bucket(Bucket="flows")
    ec2 = cloud.client("ec2")
    cloud.made_here = {
        name: ec2.create_vpc(CidrBlock=f"10.{number}.0.0/16")["Vpc"]["VpcId"]
        for number, name in enumerate(("seen", "half", "unseen"), start=1)
    }
    flow_log(ec2, cloud.made_here["seen"], "ALL")
    flow_log(ec2, cloud.made_here["half"], "REJECT")
    gateway(ec2, cloud.made_here["seen"], "s3")
    cloud.front.counts.clear()
    return cloud


def test_every_verdict_about_seeded_vpcs_is_the_true_one(networks):
    made = networks.made_here
    check, endpoint = "aws-ec2-vpc-flow-logs", "aws-ec2-vpc-s3-endpoint"
    truth = {(check, made["seen"]): PASS, (check, made["half"]): FAIL, (check, made["unseen"]): FAIL}
    truth |= {(endpoint, made["seen"]): PASS, (endpoint, made["half"]): FAIL}
    assert_true(networks, truth)


DYNAMODB = "aws-ec2-vpc-dynamodb-endpoint"


def test_a_vpc_needs_a_path_to_dynamodb_only_where_its_programs_are_said_to_use_it(networks):
    made = networks.made_here
    gateway(networks.client("ec2"), made["half"], "dynamodb")
    networks.front.counts.clear()
    assert_true(networks, {(DYNAMODB, made["half"]): PASS, (DYNAMODB, made["unseen"]): NONE})
    assert networks.front.counts["ec2.describe_vpc_endpoints"] == 2


@pytest.mark.parametrize(
    ("service", "state", "users", "want"),
    [
        ("dynamodb", "available", (), PASS),
        ("dynamodb", "pending", ("vpc-*",), FAIL),
        ("s3", "available", ("vpc-*",), FAIL),
        ("dynamodb-streams", "available", ("vpc-1",), FAIL),
        ("s3", "available", ("VPC-1", "vpc"), NONE),
    ],
)
def test_only_an_available_endpoint_for_dynamodb_itself_counts(service, state, users, want):
    endpoints = [{"service": f"com.amazonaws.eu-west-1.{service}", "state": state}]
    scope = Scope("aws/111122223333", "eu-west-1")
    resource = Resource("aws.ec2.vpc", "arn:aws:ec2:eu-west-1:111122223333:vpc/vpc-1", "vpc-1", scope)
    assert vpc_reaches_dynamodb_inside.judge(endpoints, resource=resource, users=users).status == want


def s3_endpoint(vpc, type_, more):
    return (
        "<DescribeVpcEndpointsResponse><vpcEndpointSet><item>"
        f"<vpcId>{vpc}</vpcId><serviceName>com.amazonaws.us-east-1.s3</serviceName><state>available</state>"
        f"<vpcEndpointType>{type_}</vpcEndpointType>{more}"
        "</item></vpcEndpointSet></DescribeVpcEndpointsResponse>"
    )


@pytest.mark.parametrize(
    ("type_", "more", "want"),
    [
        ("Gateway", "<routeTableIdSet><item>rtb-1</item></routeTableIdSet>", PASS),
        ("Gateway", "<routeTableIdSet/>", FAIL),
        ("Interface", "<privateDnsEnabled>true</privateDnsEnabled>", PASS),
        ("Interface", "<privateDnsEnabled>false</privateDnsEnabled>", UNKNOWN),
    ],
)
def test_an_endpoint_counts_where_routes_or_the_services_own_name_lead_to_it(networks, type_, more, want):
    vpc = networks.made_here["half"]
    networks.front.canned["ec2.describe_vpc_endpoints"] = s3_endpoint(vpc, type_, more)
    assert_true(networks, {("aws-ec2-vpc-s3-endpoint", vpc): want})


def test_all_flow_logs_of_a_region_are_read_in_one_call(networks):
    networks.poll(checks=["aws-ec2-vpc-flow-logs"])
    assert networks.front.counts["ec2.describe_vpcs"] == 2
    assert networks.front.counts["ec2.describe_flow_logs"] == 2


def test_a_flow_log_that_cannot_deliver_records_nothing(networks):
    vpc = networks.made_here["seen"]
    row = (
        f"<item><flowLogId>fl-1</flowLogId><resourceId>{vpc}</resourceId><flowLogStatus>ACTIVE</flowLogStatus>"
        "<deliverLogsStatus>FAILED</deliverLogsStatus><trafficType>ALL</trafficType></item>"
    )
    answer = f"<DescribeFlowLogsResponse><flowLogSet>{row}</flowLogSet></DescribeFlowLogsResponse>"
    networks.front.canned["ec2.describe_flow_logs"] = answer
    assert_true(networks, {("aws-ec2-vpc-flow-logs", vpc): FAIL})


def test_subnets_network_acls_and_images_are_judged(cloud):
    ec2 = cloud.client("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.9.0.0/16")["Vpc"]["VpcId"]
    quiet, loud = (
        ec2.create_subnet(VpcId=vpc, CidrBlock=f"10.9.{n}.0/24")["Subnet"]["SubnetId"] for n in (1, 2)
    )
    ec2.modify_subnet_attribute(SubnetId=loud, MapPublicIpOnLaunch={"Value": True})
    shut = ec2.create_network_acl(VpcId=vpc)["NetworkAcl"]["NetworkAclId"]
    wide = ec2.create_network_acl(VpcId=vpc)["NetworkAcl"]["NetworkAclId"]
    for acl, cidr in ((shut, "10.0.0.0/8"), (wide, "0.0.0.0/0")):
        ec2.create_network_acl_entry(
            NetworkAclId=acl,
            RuleNumber=100,
            Protocol="6",
            RuleAction="allow",
            Egress=False,
            CidrBlock=cidr,
            PortRange={"From": 20, "To": 30},
        )
    made = ec2.run_instances(ImageId="ami-12345678", MinCount=1, MaxCount=1)["Instances"][0]["InstanceId"]
    kept, given = (ec2.create_image(InstanceId=made, Name=name)["ImageId"] for name in ("kept", "given"))
    ec2.modify_image_attribute(ImageId=given, LaunchPermission={"Add": [{"Group": "all"}]})
    truth = {
        ("aws-ec2-subnet-no-public-addresses", quiet): PASS,
        ("aws-ec2-subnet-no-public-addresses", loud): FAIL,
        ("aws-ec2-network-acl-admin-ports", shut): PASS,
        ("aws-ec2-network-acl-admin-ports", wide): FAIL,
        ("aws-ec2-image-not-public", kept): PASS,
        ("aws-ec2-image-not-public", given): FAIL,
    }
    assert_true(cloud, truth)


@pytest.mark.parametrize(
    ("operation", "permission", "checks"),
    [
        ("ec2.describe_vpcs", "ec2:DescribeVpcs", "aws-ec2-vpc-flow-logs aws-ec2-vpc-s3-endpoint"),
        ("ec2.describe_flow_logs", "ec2:DescribeFlowLogs", "aws-ec2-vpc-flow-logs"),
        ("ec2.describe_vpc_endpoints", "ec2:DescribeVpcEndpoints", f"aws-ec2-vpc-s3-endpoint {DYNAMODB}"),
        ("ec2.describe_subnets", "ec2:DescribeSubnets", "aws-ec2-subnet-no-public-addresses"),
        ("ec2.describe_network_acls", "ec2:DescribeNetworkAcls", "aws-ec2-network-acl-admin-ports"),
    ],
)
def test_a_refused_call_gives_unknown_that_names_the_permission(networks, operation, permission, checks):
    assert_refused(networks, operation, permission, checks)


def test_an_account_without_images_or_vpns_has_nothing_to_judge(cloud):
    cloud.front.canned["ec2.describe_client_vpn_endpoints"] = vpn_endpoints()
    assert_empty(
        cloud,
        "aws-ec2-image-not-public aws-ec2-vpn-tunnels aws-ec2-vpn-key-exchange aws-ec2-client-vpn-session aws-ec2-client-vpn-log",
    )


def vpn_endpoints(*rows):
    items = "".join(
        f"<item><clientVpnEndpointId>{name}</clientVpnEndpointId><status><code>available</code></status>"
        f"{limits}<connectionLogOptions><Enabled>{logs}</Enabled></connectionLogOptions></item>"
        for name, limits, logs in rows
    )
    return (
        "<DescribeClientVpnEndpointsResponse>"
        f"<clientVpnEndpoint>{items}</clientVpnEndpoint></DescribeClientVpnEndpointsResponse>"
    )


def limits(hours, ends):
    return f"<sessionTimeoutHours>{hours}</sessionTimeoutHours><disconnectOnSessionTimeout>{ends}</disconnectOnSessionTimeout>"


def test_a_client_vpn_endpoint_passes_when_its_sessions_end_and_are_logged(cloud):
    endpoints = vpn_endpoints(
        ("cvpn-good", limits(8, "true"), "true"),
        ("cvpn-long", "", "false"),
        ("cvpn-renewing", limits(8, "false"), "true"),
        ("cvpn-silent", "<sessionTimeoutHours>8</sessionTimeoutHours>", "true"),
    )
    cloud.front.canned["ec2.describe_client_vpn_endpoints"] = endpoints
    session, log = "aws-ec2-client-vpn-session", "aws-ec2-client-vpn-log"
    truth = {
        (session, f"cvpn-{name}"): want
        for name, want in {"good": PASS, "long": FAIL, "renewing": FAIL, "silent": UNKNOWN}.items()
    }
    assert_true(cloud, truth | {(log, "cvpn-good"): PASS, (log, "cvpn-long"): FAIL})
    cloud.front.canned.pop("ec2.describe_client_vpn_endpoints")
    cloud.front.refused = {"ec2.describe_client_vpn_endpoints": "UnauthorizedOperation"}
    findings = cloud.judge([session, log])
    assert {finding.status.value for finding in findings} == {"unknown"}
    assert all("ec2:DescribeClientVpnEndpoints" in finding.sentence for finding in findings)


def vpn_connections(*statuses):
    tunnels = "".join(f"<item><status>{status}</status></item>" for status in statuses)
    return (
        "<DescribeVpnConnectionsResponse><vpnConnectionSet><item><vpnConnectionId>vpn-1</vpnConnectionId>"
        f"<state>available</state><vgwTelemetry>{tunnels}</vgwTelemetry></item></vpnConnectionSet>"
        "</DescribeVpnConnectionsResponse>"
    )


@pytest.mark.parametrize(
    ("ways", "want"),
    [
        (["certificate-authentication"], FAIL),
        (["certificate-authentication", "federated-authentication"], PASS),
        (["directory-service-authentication"], PASS),
        ([], UNKNOWN),
    ],
)
def test_a_certificate_file_alone_does_not_tell_who_comes_in(cloud, ways, want):
    options = "".join(f"<item><type>{way}</type></item>" for way in ways)
    told = f"<authenticationOptions>{options}</authenticationOptions>"
    cloud.front.canned["ec2.describe_client_vpn_endpoints"] = vpn_endpoints(("cvpn", told, "true"))
    assert_true(cloud, {("aws-ec2-client-vpn-authentication", "cvpn"): want})


def tunnel(first, second):
    phases = "".join(
        f"<phase{number}DHGroupNumberSet>{''.join(f'<item><value>{one}</value></item>' for one in groups)}"
        f"</phase{number}DHGroupNumberSet>"
        for number, groups in ((1, first), (2, second))
        if groups
    )
    return f"<item><preSharedKey>hunter2</preSharedKey>{phases}</item>"


@pytest.mark.parametrize(
    ("tunnels", "want"),
    [
        ([((14, 20), (20,)), ((20,), (20,))], PASS),
        ([((2, 14), (14,)), ((20,), (20,))], FAIL),
        ([((14,), (5,))], FAIL),
        ([((14,), ())], UNKNOWN),
        ([((), ())], UNKNOWN),
        ([], UNKNOWN),
    ],
)
def test_tunnels_that_accept_a_small_group_fail_and_their_keys_are_never_kept(cloud, tunnels, want):
    options = "".join(tunnel(*held) for held in tunnels)
    answer = vpn_connections("UP").replace(
        "</state>", f"</state><options><tunnelOptionSet>{options}</tunnelOptionSet></options>"
    )
    cloud.front.canned["ec2.describe_vpn_connections"] = answer
    assert_true(cloud, {("aws-ec2-vpn-key-exchange", "vpn-1"): want})
    result = cloud.poll(checks=["aws-ec2-vpn-key-exchange"])[f"aws/{ACCOUNT}", "aws.ec2.vpn_connection"]
    assert not [raw for raw in result.objects.values() if b"hunter2" in raw]


@pytest.mark.parametrize(("statuses", "want"), [(("UP", "UP"), PASS), (("UP", "DOWN"), FAIL), ((), NONE)])
def test_a_vpn_connection_passes_when_all_its_tunnels_are_up(cloud, statuses, want):
    cloud.front.canned["ec2.describe_vpn_connections"] = vpn_connections(*statuses)
    assert_true(cloud, {("aws-ec2-vpn-tunnels", "vpn-1"): want})
