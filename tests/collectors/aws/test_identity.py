from __future__ import annotations

import base64
import json
from datetime import timedelta

import pytest

from checks.derive import Collection, Seen, derive
from checks.joins.aws_key_duties import key_duties
from checks.judge import judge
from collectors.aws.iam import User
from collectors.aws.target import TargetClosed
from collectors.recorder import TaskRecorder
from evidence.model import Observation, Resource, Scope
from tests.collectors.aws.family import assert_refused, assert_true
from tests.collectors.aws.look import AS_OF, aws_checks
from tests.servers.moto_clients import ACCOUNT

pytestmark = pytest.mark.server("moto")

PASS, FAIL, NONE, UNKNOWN = "pass", "fail", "not_applicable", "unknown"
VERSION = "2012-10-17"
FULL = {"Version": VERSION, "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}
READ = {"Version": VERSION, "Statement": [{"Effect": "Allow", "Action": "s3:Get*", "Resource": "*"}]}
DECRYPT = {"Version": VERSION, "Statement": [{"Effect": "Allow", "Action": "kms:Decrypt", "Resource": "*"}]}
MANAGE = {
    "Version": VERSION,
    "Statement": [{"Effect": "Allow", "Action": ["kms:Put*", "kms:Schedule*"], "Resource": "*"}],
}
OUTSIDER = "999988887777"


def trust(principal, **condition):
    statement = {"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"}
    if condition:
        statement["Condition"] = condition
    return {"Version": VERSION, "Statement": [statement]}


OWN = trust({"AWS": f"arn:aws:iam::{ACCOUNT}:root"})


def role(iam, name, policy=READ, trusted=OWN):
    iam.create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(trusted))
    iam.put_role_policy(RoleName=name, PolicyName="own", PolicyDocument=json.dumps(policy))


@pytest.fixture
def identities(cloud):
    iam = cloud.client("iam")
    role(iam, "reader")
    role(iam, "almighty", FULL)
    asked = {"StringEquals": {"sts:ExternalId": "agreed"}}
    role(iam, "biller", trusted=trust({"AWS": f"arn:aws:iam::{OUTSIDER}:root"}, **asked))
    role(iam, "careless", trusted=trust({"AWS": OUTSIDER}))
    role(iam, "lender", trusted=trust({"AWS": "*"}, StringEquals={"aws:PrincipalAccount": OUTSIDER}))
    role(iam, "family", trusted=trust({"AWS": "*"}, StringEquals={"aws:PrincipalOrgID": "o-1"}))
    role(iam, "anyone", trusted=trust({"AWS": "*"}))
    made = iam.create_policy(PolicyName="all", PolicyDocument=json.dumps(FULL))["Policy"]["Arn"]
    for name in ("readers", "masters"):
        iam.create_group(GroupName=name)
    iam.attach_group_policy(GroupName="masters", PolicyArn=made)
    for name in ("admin", "a.lovelace", "robot"):
        iam.create_user(UserName=name)
        if name != "robot":
            iam.create_login_profile(UserName=name, Password="not a secret 123")
    cloud.front.counts.clear()
    return cloud


def test_full_access_outsiders_and_shared_names_are_found(identities):
    full, outside, name = "aws-iam-no-full-access", "aws-iam-role-outside-trust", "aws-iam-user-personal-name"
    truth = {
        (full, "reader"): PASS,
        (full, "almighty"): FAIL,
        (full, "readers"): PASS,
        (full, "masters"): FAIL,
        (outside, "reader"): NONE,
        (outside, "biller"): PASS,
        (outside, "careless"): FAIL,
        (outside, "lender"): FAIL,
        (outside, "family"): UNKNOWN,
        (outside, "anyone"): FAIL,
        (name, "admin"): FAIL,
        (name, "a.lovelace"): PASS,
        (name, "robot"): NONE,
    }
    assert_true(identities, truth)


DETAILS = """<GetAccountAuthorizationDetailsResponse><GetAccountAuthorizationDetailsResult>
  <UserDetailList/><RoleDetailList/><Policies/><IsTruncated>false</IsTruncated><GroupDetailList><member>
    <GroupName>ward</GroupName><GroupId>AGPA1</GroupId><Arn>arn:aws:iam::{account}:group/ward</Arn><GroupPolicyList/>
    <AttachedManagedPolicies><member><PolicyName>p</PolicyName><PolicyArn>{policy}</PolicyArn></member>
    </AttachedManagedPolicies></member></GroupDetailList>
</GetAccountAuthorizationDetailsResult></GetAccountAuthorizationDetailsResponse>"""


@pytest.mark.parametrize(
    ("policy", "status"),
    [
        (f"arn:aws:iam::{ACCOUNT}:policy/new", UNKNOWN),
        ("arn:aws:iam::aws:policy/ReadOnlyAccess", PASS),
        ("arn:aws:iam::aws:policy/AdministratorAccess", FAIL),
    ],
)
def test_a_policy_of_the_accounts_own_that_the_listing_lacks_is_not_taken_for_a_narrow_one(
    cloud, policy, status
):
    text = DETAILS.format(account=ACCOUNT, policy=policy)
    cloud.front.canned["iam.get_account_authorization_details"] = text
    assert_true(cloud, {("aws-iam-no-full-access", "ward"): status})


REPORT = (
    "user,arn,user_creation_time,password_enabled,password_last_used,password_last_changed,mfa_active,"
    "access_key_1_active,access_key_1_last_rotated,access_key_1_last_used_date,"
    "access_key_2_active,access_key_2_last_rotated,access_key_2_last_used_date\n"
)


def day(days):
    return f"{AS_OF - timedelta(days=days)}T01:02:03+00:00"


def answer_report(cloud, rows):
    """Rows by user: (password enabled, used, changed, key active, made, used)."""
    iam = cloud.client("iam")
    text = REPORT
    for name, (password, used, changed, key, made, key_used) in rows.items():
        if name == "root":
            arn, created = f"arn:aws:iam::{ACCOUNT}:root", day(900)
        else:
            user = iam.create_user(UserName=name)["User"]
            arn, created = user["Arn"], user["CreateDate"].isoformat()
        text += f"{name},{arn},{created},{password},{used},{changed},false,{key},{made},{key_used},false,N/A,N/A\n"
    content = base64.b64encode(text.encode()).decode()
    cloud.front.canned["iam.get_credential_report"] = (
        "<GetCredentialReportResponse><GetCredentialReportResult>"
        f"<Content>{content}</Content></GetCredentialReportResult></GetCredentialReportResponse>"
    )


def test_credentials_that_nobody_uses_are_found(cloud):
    answer_report(
        cloud,
        {
            "busy": ("true", day(1), day(300), "true", day(300), day(2)),
            "idle": ("true", day(200), day(300), "true", day(300), day(100)),
            "never": ("true", "no_information", day(91), "true", day(91), "N/A"),
            "new": ("true", "no_information", day(3), "true", day(3), "N/A"),
            "none": ("false", "N/A", "N/A", "false", "N/A", "N/A"),
            "untold": ("true", "no_information", "N/A", "true", "N/A", "N/A"),
        },
    )
    wanted = {"busy": PASS, "idle": FAIL, "never": FAIL, "new": PASS, "none": NONE, "untold": UNKNOWN}
    checks = ("aws-iam-user-unused-key", "aws-iam-user-unused-password")
    assert_true(cloud, {(check, name): want for check in checks for name, want in wanted.items()})


@pytest.mark.parametrize(
    ("row", "want"),
    [
        (("not_supported", "no_information", "not_supported", "false", "N/A", "N/A"), PASS),
        (("not_supported", day(400), "not_supported", "false", "N/A", "N/A"), PASS),
        (("not_supported", day(3), "not_supported", "false", "N/A", "N/A"), FAIL),
        (("not_supported", day(400), "not_supported", "true", day(400), day(1)), FAIL),
    ],
)
def test_a_root_user_in_use_is_found(cloud, row, want):
    answer_report(cloud, {"root": row})
    assert_true(cloud, {("aws-iam-root-unused", f"root of {ACCOUNT}"): want})


def test_a_report_without_the_root_user_settles_nothing(identities):
    assert_true(identities, {("aws-iam-root-unused", f"root of {ACCOUNT}"): UNKNOWN})


@pytest.mark.parametrize(
    ("operation", "permission", "checks"),
    [
        (
            "iam.get_account_authorization_details",
            "iam:GetAccountAuthorizationDetails",
            "aws-iam-no-full-access",
        ),
        (
            "iam.get_credential_report",
            "iam:GetCredentialReport",
            "aws-iam-user-unused-key aws-iam-user-unused-password aws-iam-root-unused",
        ),
        ("iam.list_roles", "iam:ListRoles", "aws-iam-role-outside-trust aws-iam-no-full-access"),
    ],
)
def test_a_refused_call_gives_unknown_that_names_the_permission(identities, operation, permission, checks):
    assert_refused(identities, operation, permission, checks)


def key_policy(*statements):
    return json.dumps({"Version": VERSION, "Statement": list(statements)})


def allow(principal, *actions):
    return {"Effect": "Allow", "Principal": {"AWS": principal}, "Action": list(actions), "Resource": "*"}


def duties(cloud):
    kinds = ("aws-kms-key-not-public", "aws-iam-no-full-access", "aws-iam-user-no-own-policies")
    results = cloud.poll(checks=[*kinds, "aws-iam-role-trust"])
    (unit,) = derive(key_duties, results.values())
    check = aws_checks()["aws-kms-key-duties"]
    findings = judge(unit, [check], AS_OF)
    return {f.subject.name: f for f in findings if isinstance(f.subject, Resource)}


def arn(kind_and_name):
    return f"arn:aws:iam::{ACCOUNT}:{kind_and_name}"


@pytest.fixture
def keys(cloud):
    iam, kms = cloud.client("iam"), cloud.client("kms")
    role(iam, "decrypter", DECRYPT)
    role(iam, "keeper", MANAGE)
    policies = {
        "apart": (allow(arn("role/keeper"), "kms:Put*"), allow(arn("role/decrypter"), "kms:Decrypt")),
        "together": (allow(arn("role/keeper"), "kms:*"),),
        "delegated": (allow(arn("root"), "kms:*"),),
        "denied": (
            allow(arn("role/keeper"), "kms:*"),
            {**allow(arn("role/keeper"), "kms:Decrypt"), "Effect": "Deny"},
        ),
    }
    cloud.keys = {
        name: kms.create_key(Policy=key_policy(*statements))["KeyMetadata"]["KeyId"]
        for name, statements in policies.items()
    }
    return cloud


def statuses(cloud):
    found = duties(cloud)
    return {name: found[key].status.value for name, key in cloud.keys.items()}


def test_key_duties_are_judged_by_the_key_policy_and_by_identities_where_it_hands_over_to_them(keys):
    wanted = {"apart": PASS, "together": FAIL, "delegated": PASS, "denied": UNKNOWN}
    assert statuses(keys) == wanted
    role(keys.client("iam"), "almighty", FULL)
    assert statuses(keys) == {**wanted, "delegated": FAIL}
    assert "role almighty" in duties(keys)[keys.keys["delegated"]].sentence


def seen(kind, name, **facts):
    return Seen(Observation(Resource(kind, f"{KEY_ARN}{name}", name, Scope(f"aws/{ACCOUNT}")), facts))


KEY_ARN = f"arn:aws:kms:us-east-1:{ACCOUNT}:key/"
NOBODY = Collection((), None)


def test_policies_of_awss_own_leave_a_handed_over_key_undecided():
    own = {"manager": "CUSTOMER"}
    policy = {"Statement": [allow(arn("root"), "kms:*")]}
    held = [{"name": "arn:aws:iam::aws:policy/ReadOnlyAccess", "document": None}]
    keeper = seen("aws.iam.role", "keeper", policies=held, session={"service_linked": False})
    key = seen("aws.kms.key", "k", metadata=own, policy=policy)
    told = key_duties.function(key, Collection((keeper,), None), NOBODY, NOBODY)["duties"]
    assert told == {"administrators": [], "users": [], "denials": [], "unread": ["ReadOnlyAccess"]}
    assert aws_checks()["aws-kms-key-duties"].judge(told).status == UNKNOWN
    linked = seen("aws.iam.role", "aws", policies=held, session={"service_linked": True})
    told = key_duties.function(key, Collection((linked,), None), NOBODY, NOBODY)["duties"]
    assert aws_checks()["aws-kms-key-duties"].judge(told).status == PASS


def test_a_key_that_aws_manages_has_no_duties_to_separate():
    key = seen("aws.kms.key", "k", metadata={"manager": "AWS"}, policy=None)
    assert key_duties.function(key, NOBODY, NOBODY, NOBODY) is None


def test_key_duties_are_unknown_when_identities_could_not_be_read(keys):
    keys.front.refused = {"iam.list_users": "AccessDenied"}
    assert {finding.status.value for finding in duties(keys).values()} == {UNKNOWN}
    assert all("iam:ListUsers" in finding.sentence for finding in duties(keys).values())


def test_a_worker_whose_account_is_done_asks_no_more(cloud):
    (target,) = cloud.platform().targets(cloud.source())
    target.parts(User)
    iam = target.client("iam", "global", TaskRecorder("global"))
    assert iam.list_users()["Users"] == []
    target.close()
    with pytest.raises(TargetClosed):
        iam.list_users()
    assert cloud.front.counts["iam.list_users"] == 1


def test_without_users_the_credential_report_is_not_asked_for(cloud):
    (result,) = cloud.poll(checks=["aws-iam-user-console-mfa"]).values()
    assert not result.observations
    assert "iam.generate_credential_report" not in cloud.front.counts
