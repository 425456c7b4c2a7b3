from __future__ import annotations

import json
from datetime import date

import botocore.session
import pytest

from checks.load import all_checks
from collectors.aws.preflight import KEEP, policy_holder
from collectors.aws.source import Source
from collectors.keep import parse
from collectors.preflight import CanPreflight
from nightledger.preflight import preflights
from nightledger.run import PollSource, make_plan

pytestmark = pytest.mark.server("moto")

CHECKS = ("aws-s3-bucket-encryption", "aws-ec2-volume-encryption", "aws-s3-bucket-versioning")
LIST = "s3:ListAllMyBuckets"
VERSIONS = "s3:GetBucketVersioning"


def answered(*rows):
    inner = "".join(f"<member>{row}</member>" for row in rows)
    return (
        "<SimulatePrincipalPolicyResponse><SimulatePrincipalPolicyResult><IsTruncated>false</IsTruncated>"
        f"<EvaluationResults>{inner}</EvaluationResults>"
        "</SimulatePrincipalPolicyResult></SimulatePrincipalPolicyResponse>"
    )


def decided(action, decision, more=""):
    return f"<EvalActionName>{action}</EvalActionName><EvalDecision>{decision}</EvalDecision>{more}"


def plan_of(cloud, **source):
    platform = cloud.platform()
    given = cloud.source(**source)
    catalogue = all_checks()
    chosen = [catalogue.checks[name] for name in CHECKS]
    return make_plan(
        [PollSource("aws", "test", given)], {"aws": platform}, catalogue, chosen, date(2026, 11, 22)
    )


def answering(cloud, decisions):
    needed = sorted(plan_of(cloud).permissions)
    rows = [decided(need, *decisions.get(need, ("allowed",))) for need in needed if decisions.get(need) != ()]
    cloud.front.canned["iam.simulate_principal_policy"] = answered(*rows)


def as_user(cloud):
    iam = cloud.client("iam")
    iam.create_user(UserName="collector")
    keys = iam.create_access_key(UserName="collector")["AccessKey"]
    return {"AWS_ACCESS_KEY_ID": keys["AccessKeyId"], "AWS_SECRET_ACCESS_KEY": keys["SecretAccessKey"]}


@pytest.fixture
def user(cloud, monkeypatch):
    for name, value in as_user(cloud).items():
        monkeypatch.setenv(name, value)
    return cloud


def test_a_refused_permission_is_named_with_the_checks_it_blinds(user):
    answering(user, {VERSIONS: ("implicitDeny",), LIST: ("explicitDeny",)})
    rows = {row[1]: row for row in preflights(plan_of(user))}
    assert set(rows) == {LIST, VERSIONS}
    assert rows[VERSIONS][0] == "aws/123456789012"
    assert rows[VERSIONS][2] == "gap"
    assert rows[VERSIONS][3] == "not allowed by any policy (simulated); blinds aws-s3-bucket-versioning"
    assert rows[LIST][3] == (
        "denied by a policy (simulated); blinds aws-s3-bucket-encryption, aws-s3-bucket-versioning"
    )


def test_what_an_organisation_policy_or_a_boundary_refuses_is_said_to_be_that(user):
    by_organisation = "<OrganizationsDecisionDetail><AllowedByOrganizations>false</AllowedByOrganizations></OrganizationsDecisionDetail>"
    by_boundary = (
        "<PermissionsBoundaryDecisionDetail><AllowedByPermissionsBoundary>false</AllowedByPermissionsBoundary>"
        "</PermissionsBoundaryDecisionDetail>"
    )
    answering(user, {LIST: ("implicitDeny", by_organisation), VERSIONS: ("implicitDeny", by_boundary)})
    rows = {row[1]: row[3] for row in preflights(plan_of(user))}
    assert rows[LIST].startswith("refused by an organisation policy, which no role can grant")
    assert rows[VERSIONS].startswith("outside the permissions boundary")


def test_nothing_refused_is_one_good_answer_and_uses_no_permission_it_asks_about(user):
    answering(user, {})
    plan = plan_of(user)
    (row,) = preflights(plan)
    assert row == (
        "aws/123456789012",
        "preflight",
        "ok",
        f"{len(plan.permissions)} permissions are allowed (simulated)",
    )
    assert set(user.front.counts) <= {
        "iam.simulate_principal_policy",
        "sts.get_caller_identity",
        "iam.create_user",
        "iam.create_access_key",
    }


def test_a_preflight_that_is_refused_says_so_and_calls_nothing_allowed(user):
    user.front.refused = {"iam.simulate_principal_policy": "AccessDenied"}
    (row,) = preflights(plan_of(user))
    assert row[1:3] == ("preflight", "untried")
    assert "needs iam:SimulatePrincipalPolicy" in row[3]


def test_a_permission_without_an_answer_is_not_taken_for_allowed(user):
    answering(user, {VERSIONS: ()})
    rows = {row[2]: row for row in preflights(plan_of(user))}
    assert VERSIONS in rows["untried"][3]


def test_the_root_user_has_no_policies_to_simulate(cloud):
    cloud.front.canned["sts.get_caller_identity"] = (
        "<GetCallerIdentityResponse><GetCallerIdentityResult><Arn>arn:aws:iam::123456789012:root</Arn>"
        "<Account>123456789012</Account></GetCallerIdentityResult></GetCallerIdentityResponse>"
    )
    (row,) = preflights(plan_of(cloud))
    assert row[2] == "untried"
    assert "cannot be simulated" in row[3]
    assert cloud.front.counts["iam.simulate_principal_policy"] == 0


def test_every_account_is_asked_about_its_own_role(cloud):
    asked = []
    answering(cloud, {})
    cloud.front.before["iam.simulate_principal_policy"] = lambda: asked.append(1)
    accounts = ("111111111111", "222222222222")
    rows = list(preflights(plan_of(cloud, role_name="audit", accounts=accounts)))
    assert [row[0] for row in rows] == [f"aws/{account}" for account in accounts]
    assert cloud.front.counts["iam.simulate_principal_policy"] == 2


@pytest.mark.parametrize(
    ("principal", "source", "holder"),
    [
        ("arn:aws:iam::1:user/team/ann", {}, "arn:aws:iam::1:user/team/ann"),
        ("arn:aws:sts::1:assumed-role/audit/nightledger", {}, "arn:aws:iam::1:role/audit"),
        (
            "arn:aws:sts::1:assumed-role/audit/nightledger",
            {"role_name": "sec/audit", "accounts": ("1",)},
            "arn:aws:iam::1:role/sec/audit",
        ),
        (
            "arn:aws-cn:sts::2:assumed-role/audit/nightledger",
            {"role_name": "sec/audit", "organization": True, "partition": "aws-cn"},
            "arn:aws-cn:iam::2:role/sec/audit",
        ),
        ("arn:aws:iam::1:root", {}, ""),
        ("arn:aws:sts::1:federated-user/x", {}, ""),
        ("", {}, ""),
    ],
)
def test_the_policies_are_those_of_the_role_behind_a_session(principal, source, holder):
    assert policy_holder(principal, Source("s", **source)) == holder


def test_every_field_kept_is_one_that_aws_sends():
    model = botocore.session.Session().get_service_model("iam")
    for path, _ in parse(KEEP["simulate_principal_policy"]).paths():
        shape = model.operation_model("SimulatePrincipalPolicy").output_shape
        for name in path:
            shape = shape.members[name]
            shape = shape.member if shape.type_name == "list" else shape


def test_the_platform_offers_a_preflight(cloud):
    assert isinstance(cloud.platform(), CanPreflight)
    assert (
        json.dumps(sorted(cloud.platform().extras))
        == '["cloudtrail:LookupEvents", "iam:SimulatePrincipalPolicy"]'
    )
