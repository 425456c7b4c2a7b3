from __future__ import annotations

import json

import pytest

from tests.collectors.aws.joined import assert_unseen, findings, statuses

pytestmark = pytest.mark.server("moto")

PASS, FAIL, NONE, UNKNOWN = "pass", "fail", "not_applicable", "unknown"
TRAIL, GUARDED = "aws-organization-trail", "aws-organization-trails-guarded"
BOTH = f"{TRAIL} {GUARDED}"
STOP = ["cloudtrail:StopLogging", "cloudtrail:DeleteTrail", "cloudtrail:UpdateTrail"]
EXEMPT = {"ArnNotLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/breakglass"}}


def deny(actions, resource="*", **condition):
    statement = {"Effect": "Deny", "Action": actions, "Resource": resource}
    if condition:
        statement["Condition"] = condition
    return {"Version": "2012-10-17", "Statement": [statement]}


def control(cloud, document, *, at=None, name="guard"):
    organizations = cloud.client("organizations")
    made = organizations.create_policy(
        Content=json.dumps(document), Description="d", Name=name, Type="SERVICE_CONTROL_POLICY"
    )["Policy"]["PolicySummary"]["Id"]
    if at:
        organizations.attach_policy(PolicyId=made, TargetId=at)


@pytest.fixture
def organised(cloud):
    organizations = cloud.client("organizations")
    organizations.create_organization(FeatureSet="ALL")
    cloud.root = organizations.list_roots()["Roots"][0]["Id"]
    organizations.enable_policy_type(RootId=cloud.root, PolicyType="SERVICE_CONTROL_POLICY")
    cloud.client("s3").create_bucket(Bucket="trail")
    cloudtrail = cloud.client("cloudtrail")
    cloudtrail.create_trail(
        Name="all", S3BucketName="trail", IsMultiRegionTrail=True, IsOrganizationTrail=True
    )
    cloudtrail.start_logging(Name="all")
    cloudtrail.put_event_selectors(
        TrailName="all", EventSelectors=[{"ReadWriteType": "All", "IncludeManagementEvents": True}]
    )
    cloud.front.clear()
    return cloud


def said(cloud, check):
    (finding,) = findings(cloud, check)
    return finding.status.value


@pytest.mark.parametrize(
    ("document", "at_root", "want"),
    [
        (deny(STOP), True, PASS),
        (deny(["cloudtrail:*"]), True, PASS),
        (deny(STOP, "arn:aws:cloudtrail:*:*:trail/*"), True, PASS),
        (deny(STOP, **EXEMPT), True, PASS),
        (deny(STOP[:2]), True, FAIL),
        (deny(["s3:*"]), True, FAIL),
        (deny(STOP), False, UNKNOWN),
        (deny(STOP, "arn:aws:cloudtrail:*:*:trail/one"), True, UNKNOWN),
        (deny(STOP, StringEquals={"aws:RequestedRegion": "us-east-1"}), True, UNKNOWN),
        (deny(STOP, ArnNotLike={"aws:PrincipalArn": "*"}), True, UNKNOWN),
        (deny(STOP, ArnNotLike={"aws:PrincipalArn": "arn:aws:iam::*:role/*"}), True, UNKNOWN),
        (deny(STOP, ArnNotLike={"aws:PrincipalArn": ["arn:*:iam::*:*"]}), True, UNKNOWN),
        (deny(STOP, StringNotLike={"aws:PrincipalAccount": "????????????"}), True, UNKNOWN),
        (deny(STOP, StringNotEquals={"aws:PrincipalAccount": "111122223333"}), True, PASS),
    ],
)
def test_trails_are_guarded_by_what_policies_at_the_root_forbid(organised, document, at_root, want):
    control(organised, document, at=organised.root if at_root else None)
    assert said(organised, GUARDED) == want


def test_without_policies_nothing_guards_the_trails(organised):
    assert said(organised, GUARDED) == FAIL
    organised.client("organizations").disable_policy_type(
        RootId=organised.root, PolicyType="SERVICE_CONTROL_POLICY"
    )
    assert said(organised, GUARDED) == FAIL


def test_an_organisations_running_trail_records_every_account(organised):
    assert said(organised, TRAIL) == PASS
    organised.client("cloudtrail").stop_logging(Name="all")
    assert said(organised, TRAIL) == FAIL


def test_trails_of_single_accounts_do_not_record_the_organisation(organised):
    organised.client("cloudtrail").update_trail(Name="all", IsOrganizationTrail=False)
    assert said(organised, TRAIL) == FAIL


def test_an_account_of_no_organisation_has_nothing_to_judge(cloud):
    assert set(statuses(cloud, BOTH).values()) == {NONE}


def test_from_a_member_account_alone_the_organisation_is_not_seen(organised):
    organised.front.canned["organizations.describe_organization"] = {
        "Organization": {
            "Id": "o-1",
            "Arn": "arn:aws:organizations::999999999999:organization/o-1",
            "MasterAccountId": "999999999999",
            "MasterAccountEmail": "someone@example.org",
        }
    }
    found = findings(organised, BOTH)
    assert {finding.status.value for finding in found} == {UNKNOWN}
    assert all("999999999999" in finding.sentence for finding in found)
    assert organised.front.counts["organizations.list_roots"] == 0


@pytest.mark.parametrize(
    ("operation", "permission", "checks"),
    [
        ("organizations.describe_organization", "organizations:DescribeOrganization", BOTH),
        ("organizations.list_roots", "organizations:ListRoots", GUARDED),
        ("organizations.list_policies_for_target", "organizations:ListPoliciesForTarget", GUARDED),
        ("organizations.list_policies", "organizations:ListPolicies", GUARDED),
        ("organizations.describe_policy", "organizations:DescribePolicy", GUARDED),
        ("cloudtrail.describe_trails", "cloudtrail:DescribeTrails", TRAIL),
    ],
)
def test_a_refused_call_gives_unknown_that_names_the_permission(organised, operation, permission, checks):
    control(organised, deny(STOP), at=organised.root)
    assert_unseen(organised, operation, permission, checks)
