from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from tests.collectors.aws.family import (
    assert_empty,
    assert_only_reads,
    assert_refused,
    assert_steady,
    assert_true,
)
from tests.collectors.aws.look import AS_OF
from tests.servers.moto_clients import ACCOUNT

pytestmark = pytest.mark.server("moto")

PASS, FAIL, NONE, UNKNOWN = "pass", "fail", "not_applicable", "unknown"
UNDELETED = "aws-elbv2-load-balancer-deletion-protection"
BALANCERS = (
    "aws-elbv2-load-balancer-tls-only aws-elbv2-load-balancer-tls-version aws-elbv2-load-balancer-headers "
    "aws-elbv2-load-balancer-logs aws-elbv2-load-balancer-session "
    f"{UNDELETED}"
)
CLASSIC = "aws-elb-load-balancer-tls-only aws-elb-load-balancer-logs"
CERTIFICATES = "aws-acm-certificate-valid aws-acm-certificate-key"
OIDC = {
    "Issuer": "https://id.example",
    "AuthorizationEndpoint": "https://id.example/a",
    "TokenEndpoint": "https://id.example/t",
    "UserInfoEndpoint": "https://id.example/u",
    "ClientId": "c",
    "ClientSecret": "hush",
}


def network(cloud):
    ec2 = cloud.client("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    subnets = [
        ec2.create_subnet(VpcId=vpc, CidrBlock=f"10.0.{n}.0/24", AvailabilityZone=f"us-east-1{zone}")[
            "Subnet"
        ]["SubnetId"]
        for n, zone in enumerate("ab")
    ]
    return vpc, subnets


def forward(group):
    return {"Type": "forward", "TargetGroupArn": group}


def redirect(protocol):
    return {"Type": "redirect", "RedirectConfig": {"Protocol": protocol, "StatusCode": "HTTP_301"}}


def sign_in(**session):
    return {"Type": "authenticate-oidc", "Order": 1, "AuthenticateOidcConfig": OIDC | session}


@pytest.fixture
def balancers(cloud):
    elbv2 = cloud.client("elbv2")
    vpc, subnets = network(cloud)
    group = elbv2.create_target_group(Name="g", Protocol="HTTP", Port=80, VpcId=vpc)["TargetGroups"][0][
        "TargetGroupArn"
    ]
    arns = {
        name: elbv2.create_load_balancer(Name=name, Subnets=subnets, Type=kind)["LoadBalancers"][0][
            "LoadBalancerArn"
        ]
        for name, kind in (
            ("good", "application"),
            ("bad", "application"),
            ("leaky", "application"),
            ("idle", "application"),
            ("pipe", "network"),
        )
    }
    certificate = cloud.client("acm").request_certificate(DomainName="a.example")["CertificateArn"]

    def listen(name, protocol, port, *actions, **other):
        if protocol in {"HTTPS", "TLS"}:
            other = {"Certificates": [{"CertificateArn": certificate}], **other}
        ordered = [{**action, "Order": n + 1} for n, action in enumerate(actions)]
        made = elbv2.create_listener(
            LoadBalancerArn=arns[name], Protocol=protocol, Port=port, DefaultActions=ordered, **other
        )
        return made["Listeners"][0]["ListenerArn"]

    new, old = (
        {"SslPolicy": "ELBSecurityPolicy-TLS13-1-2-2021-06"},
        {"SslPolicy": "ELBSecurityPolicy-2016-08"},
    )
    listen("good", "HTTPS", 443, sign_in(SessionTimeout=3600), forward(group), **new)
    listen("good", "HTTP", 80, redirect("HTTPS"))
    listen("bad", "HTTPS", 443, sign_in(), forward(group), **old)
    listen("bad", "HTTP", 80, forward(group))
    leaking = listen("leaky", "HTTP", 80, redirect("HTTPS"))
    elbv2.create_rule(
        ListenerArn=leaking,
        Priority=1,
        Conditions=[{"Field": "path-pattern", "Values": ["/old"]}],
        Actions=[forward(group)],
    )
    pipe = elbv2.create_target_group(Name="p", Protocol="TCP", Port=443, VpcId=vpc)["TargetGroups"][0]
    listen("pipe", "TCP", 443, forward(pipe["TargetGroupArn"]))
    switches = (
        "access_logs.s3.enabled",
        "routing.http.drop_invalid_header_fields.enabled",
        "deletion_protection.enabled",
    )
    on = dict.fromkeys(switches, "true")
    for name in ("good", "bad", "leaky", "idle"):
        wanted = on if name == "good" else dict.fromkeys(on, "false")
        elbv2.modify_load_balancer_attributes(
            LoadBalancerArn=arns[name],
            Attributes=[{"Key": key, "Value": value} for key, value in wanted.items()],
        )
    cloud.front.clear()
    return cloud


BALANCER_TRUTH = {
    **{(check, "good"): PASS for check in BALANCERS.split()},
    **{(check, "bad"): FAIL for check in BALANCERS.split()},
    ("aws-elbv2-load-balancer-tls-only", "leaky"): FAIL,
    ("aws-elbv2-load-balancer-tls-version", "leaky"): NONE,
    ("aws-elbv2-load-balancer-session", "leaky"): NONE,
    ("aws-elbv2-load-balancer-tls-only", "idle"): NONE,
    ("aws-elbv2-load-balancer-tls-only", "pipe"): UNKNOWN,
    ("aws-elbv2-load-balancer-headers", "pipe"): NONE,
    ("aws-elbv2-load-balancer-logs", "pipe"): NONE,
}


@pytest.fixture
def classic(cloud):
    elb = cloud.client("elb")
    wanted = {"good": ("HTTPS", 443), "bad": ("HTTP", 80), "pipe": ("TCP", 443)}
    for name, (protocol, port) in wanted.items():
        listener = {"Protocol": protocol, "LoadBalancerPort": port, "InstancePort": 80}
        elb.create_load_balancer(
            LoadBalancerName=name, Listeners=[listener], AvailabilityZones=["us-east-1a"]
        )
    log = {"Enabled": True, "S3BucketName": "logs", "EmitInterval": 5}
    elb.modify_load_balancer_attributes(LoadBalancerName="good", LoadBalancerAttributes={"AccessLog": log})
    cloud.front.clear()
    return cloud


CLASSIC_TRUTH = {
    **{(check, "good"): PASS for check in CLASSIC.split()},
    **{(check, "bad"): FAIL for check in CLASSIC.split()},
    ("aws-elb-load-balancer-tls-only", "pipe"): UNKNOWN,
}


def certificate(name, days, **other):
    last = datetime.combine(AS_OF, datetime.min.time(), UTC) + timedelta(days=days)
    given = {
        "CertificateArn": f"arn:aws:acm:us-east-1:{ACCOUNT}:certificate/{name}",
        "DomainName": name,
        "Status": "ISSUED",
        "KeyAlgorithm": "RSA_2048",
        "InUse": True,
        "NotAfter": int(last.timestamp()),
    }
    return given | other


@pytest.fixture
def certificates(cloud):
    rows = [
        certificate("good", 200),
        certificate("soon", 10),
        certificate("bad", -5, Status="EXPIRED", KeyAlgorithm="RSA_1024"),
        certificate("spare", -5, Status="EXPIRED", InUse=False),
    ]
    cloud.front.canned["acm.list_certificates"] = lambda region: {
        "CertificateSummaryList": rows if region == "us-east-1" else []
    }
    return cloud


CERTIFICATE_TRUTH = {
    **{(check, "good"): PASS for check in CERTIFICATES.split()},
    **{(check, "bad"): FAIL for check in CERTIFICATES.split()},
    **{(check, "spare"): NONE for check in CERTIFICATES.split()},
    ("aws-acm-certificate-valid", "soon"): FAIL,
}
TRUTH = {"balancers": BALANCER_TRUTH, "classic": CLASSIC_TRUTH, "certificates": CERTIFICATE_TRUTH}


@pytest.mark.parametrize("family", sorted(TRUTH))
def test_every_verdict_about_a_seeded_endpoint_is_the_true_one(request, family):
    cloud = request.getfixturevalue(family)
    assert_true(cloud, TRUTH[family])
    assert_only_reads(cloud)


def test_a_certificate_that_was_exported_may_be_used_where_acm_does_not_see_it(cloud):
    rows = [certificate("taken", 200, InUse=False, Exported=True), certificate("both", 200, Exported=True)]
    cloud.front.canned["acm.list_certificates"] = {"CertificateSummaryList": rows}
    truth = {(check, "taken"): UNKNOWN for check in CERTIFICATES.split()}
    assert_true(cloud, truth | {(check, "both"): PASS for check in CERTIFICATES.split()})


def test_certificates_of_every_key_are_asked_for(cloud):
    for algorithm in ("RSA_2048", "EC_secp384r1"):
        cloud.client("acm").request_certificate(DomainName=f"{algorithm[:2]}.example", KeyAlgorithm=algorithm)
    verdicts = cloud.verdicts("aws-acm-certificate-valid")
    assert {name for _, name in verdicts} >= {"RS.example", "EC.example"}


def test_nothing_of_a_sign_in_but_its_duration_is_kept(balancers):
    results = balancers.poll(checks=["aws-elbv2-load-balancer-session"])
    kept = b"".join(data for result in results.values() for data in result.objects.values())
    assert b"3600" in kept
    assert b"id.example" not in kept
    assert b"hush" not in kept


def test_only_application_load_balancers_are_asked_for_rules(balancers):
    balancers.poll(checks=["aws-elbv2-load-balancer-tls-only"])
    assert balancers.front.counts["elbv2.describe_listeners"] == 5
    assert balancers.front.counts["elbv2.describe_rules"] == 5


ELB = "elasticloadbalancing"


@pytest.mark.parametrize(
    ("family", "operation", "permission", "checks"),
    [
        ("balancers", "elbv2.describe_load_balancers", f"{ELB}:DescribeLoadBalancers", BALANCERS),
        (
            "balancers",
            "elbv2.describe_listeners",
            f"{ELB}:DescribeListeners",
            "aws-elbv2-load-balancer-tls-only aws-elbv2-load-balancer-tls-version aws-elbv2-load-balancer-session",
        ),
        (
            "balancers",
            "elbv2.describe_rules",
            f"{ELB}:DescribeRules",
            "aws-elbv2-load-balancer-tls-only aws-elbv2-load-balancer-session",
        ),
        (
            "balancers",
            "elbv2.describe_ssl_policies",
            f"{ELB}:DescribeSSLPolicies",
            "aws-elbv2-load-balancer-tls-version",
        ),
        (
            "balancers",
            "elbv2.describe_load_balancer_attributes",
            f"{ELB}:DescribeLoadBalancerAttributes",
            f"aws-elbv2-load-balancer-headers aws-elbv2-load-balancer-logs {UNDELETED}",
        ),
        ("classic", "elb.describe_load_balancers", f"{ELB}:DescribeLoadBalancers", CLASSIC),
        (
            "classic",
            "elb.describe_load_balancer_attributes",
            f"{ELB}:DescribeLoadBalancerAttributes",
            "aws-elb-load-balancer-logs",
        ),
        ("certificates", "acm.list_certificates", "acm:ListCertificates", CERTIFICATES),
    ],
)
def test_a_refused_call_gives_unknown_that_names_the_permission(
    request, family, operation, permission, checks
):
    assert_refused(request.getfixturevalue(family), operation, permission, checks)


def test_an_account_without_endpoints_has_nothing_to_judge(cloud):
    assert_empty(cloud, f"{BALANCERS} {CLASSIC} {CERTIFICATES}")


@pytest.mark.parametrize("family", sorted(TRUTH))
def test_endpoints_are_the_same_however_many_look_and_however_often(request, family):
    assert_steady(request.getfixturevalue(family), " ".join(sorted({check for check, _ in TRUTH[family]})))


def test_load_balancers_on_more_than_one_page_are_all_read(balancers):
    balancers.front.page_size = 2
    results = balancers.poll(balancers.source(regions=("us-east-1",)), ["aws-elbv2-load-balancer-tls-only"])
    (coverage,) = results[f"aws/{ACCOUNT}", "aws.elbv2.load_balancer"].coverage
    assert (coverage.status.value, coverage.listed) == ("complete", 5)
    assert balancers.front.counts["elbv2.describe_load_balancers"] == 3
