from __future__ import annotations

import json

import pytest

from checks.derive import derive
from checks.joins.aws_emergency import emergency_access
from checks.judge import judge
from tests.collectors.aws.family import assert_empty, assert_refused, assert_steady, assert_true
from tests.collectors.aws.look import AS_OF, aws_checks
from tests.servers.moto_clients import ACCOUNT

pytestmark = pytest.mark.server("moto")

PASS, FAIL, NONE, UNKNOWN = "pass", "fail", "not_applicable", "unknown"
MFA, LDAPS, LOG = "aws-ds-directory-mfa", "aws-ds-directory-ldaps", "aws-ds-directory-log"
PERSON = "aws-identitystore-user-personal-name"
EMERGENCY = "aws-account-emergency-access"
DIRECTORIES = f"{MFA} {LDAPS} {LOG}"


def directory(identifier, name, type_="MicrosoftAD", **other):
    return {"DirectoryId": identifier, "Name": name, "Type": type_, **other}


@pytest.fixture
def directories(cloud):
    rows = [
        directory(
            "d-1",
            "good",
            RadiusStatus="Completed",
            RadiusSettings={"SharedSecret": "hunter2", "RadiusPort": 1812},
        ),
        directory("d-2", "bad", RadiusStatus="Failed"),
        directory("d-3", "making", "ADConnector", RadiusStatus="Creating"),
        directory("d-4", "simple", "SimpleAD"),
        directory("d-5", "lent", "SharedMicrosoftAD"),
    ]

    def here(region):
        return {"DirectoryDescriptions": rows if region == "us-east-1" else []}

    cloud.front.canned |= {
        "ds.describe_directories": here,
        "ds.describe_ldaps_settings": {"LDAPSSettingsInfo": [{"LDAPSStatus": "Enabled"}]},
        "ds.list_log_subscriptions": {"LogSubscriptions": [{"DirectoryId": "d-1", "LogGroupName": "/ad"}]},
    }
    return cloud


def test_directories_are_judged_by_second_factor_tls_and_log(directories):
    truth = {
        (MFA, "good"): PASS,
        (MFA, "bad"): FAIL,
        (MFA, "making"): UNKNOWN,
        (MFA, "simple"): FAIL,
        (LDAPS, "good"): PASS,
        (LDAPS, "making"): PASS,
        (LDAPS, "simple"): NONE,
        (LOG, "good"): PASS,
        (LOG, "bad"): FAIL,
        (LOG, "making"): NONE,
    }
    assert_true(directories, truth)
    assert "lent" not in {name for _, name in directories.verdicts(MFA)}


@pytest.mark.parametrize(
    ("answer", "status"), [("Disabled", FAIL), ("Enabling", UNKNOWN), ("EnableFailed", FAIL)]
)
def test_ldap_without_tls_fails(directories, answer, status):
    directories.front.canned["ds.describe_ldaps_settings"] = {"LDAPSSettingsInfo": [{"LDAPSStatus": answer}]}
    assert_true(directories, {(LDAPS, "good"): status})


def test_a_directory_that_was_never_told_to_speak_tls_fails(directories):
    directories.front.canned["ds.describe_ldaps_settings"] = {"LDAPSSettingsInfo": []}
    assert_true(directories, {(LDAPS, "good"): FAIL})


def test_the_secret_of_the_second_factor_is_never_kept(directories):
    result = directories.poll(checks=[MFA])[f"aws/{ACCOUNT}", "aws.ds.directory"]
    assert not [raw for raw in result.objects.values() if b"hunter2" in raw]


@pytest.mark.parametrize(
    ("operation", "permission", "checks"),
    [
        ("ds.describe_directories", "ds:DescribeDirectories", DIRECTORIES),
        ("ds.describe_ldaps_settings", "ds:DescribeLDAPSSettings", LDAPS),
        ("ds.list_log_subscriptions", "ds:ListLogSubscriptions", LOG),
    ],
)
def test_a_refused_directory_call_gives_unknown_that_names_the_permission(
    directories, operation, permission, checks
):
    assert_refused(directories, operation, permission, checks)


def test_an_account_without_directories_has_nothing_to_judge(cloud):
    assert_empty(cloud, DIRECTORIES)


@pytest.fixture
def people(cloud):
    store = cloud.client("sso-admin").list_instances()["Instances"][0]["IdentityStoreId"]
    identities = cloud.client("identitystore")
    for name in ("anna.berg@clinic.example", "Admin@clinic.example", "nurse"):
        identities.create_user(
            IdentityStoreId=store,
            UserName=name,
            DisplayName="Kept Nowhere",
            Name={"GivenName": "Kept", "FamilyName": "Nowhere"},
        )
    cloud.front.clear()
    return cloud


def test_people_in_identity_center_should_have_names_of_their_own(people):
    truth = {"anna.berg@clinic.example": PASS, "Admin@clinic.example": FAIL, "nurse": FAIL}
    assert_true(people, {(PERSON, name): status for name, status in truth.items()})


def test_of_a_person_only_the_login_name_is_kept(people):
    result = people.poll(checks=[PERSON])[f"aws/{ACCOUNT}", "aws.identitystore.user"]
    assert not [raw for raw in result.objects.values() if b"Nowhere" in raw]


def test_a_disabled_person_is_not_judged(people):
    row = {"UserId": "u-1", "UserName": "admin", "UserStatus": "DISABLED"}
    people.front.canned["identitystore.list_users"] = {"Users": [row]}
    assert_true(people, {(PERSON, "admin"): NONE})


@pytest.mark.parametrize(
    ("operation", "permission"),
    [("sso.list_instances", "sso:ListInstances"), ("identitystore.list_users", "identitystore:ListUsers")],
)
def test_a_refused_call_about_people_gives_unknown_that_names_the_permission(people, operation, permission):
    assert_refused(people, operation, permission, PERSON)


def test_directories_and_people_are_the_same_however_many_look(people):
    assert_steady(people, f"{DIRECTORIES} {PERSON}")


def trusting(principal):
    statement = {"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


ROOT = {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}
SERVICE = {"Service": "ec2.amazonaws.com"}
EVERYTHING = json.dumps(
    {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}
)


def emergency(cloud, **policy):
    results = cloud.poll(checks=["aws-account-root-mfa", "aws-iam-role-trust", "aws-iam-no-full-access",
                                 "aws-iam-user-console-mfa", "aws-iam-user-single-key", "aws-iam-user-no-own-policies"])  # fmt: skip
    (unit,) = derive(emergency_access, results.values())
    (row,) = unit.observations
    ways = row.facts["ways"]
    (finding,) = judge(unit, [aws_checks()[EMERGENCY]], AS_OF)
    if policy:
        return aws_checks()[EMERGENCY].judge(ways, **policy)
    return finding


def test_a_role_named_for_emergencies_that_people_may_assume_passes(cloud):
    iam = cloud.client("iam")
    assert emergency(cloud).status.value == UNKNOWN
    iam.create_role(RoleName="BreakGlass", AssumeRolePolicyDocument=trusting(SERVICE))
    assert emergency(cloud).status.value == FAIL
    iam.create_role(RoleName="emergency-access", AssumeRolePolicyDocument=trusting(ROOT))
    found = emergency(cloud)
    assert found.status.value == PASS
    assert found.sentence == "kept for emergencies: role BreakGlass, role emergency-access"


def test_a_name_of_the_ward_for_emergencies_tells_of_no_way_in(cloud):
    iam = cloud.client("iam")
    iam.create_role(RoleName="EmergencyDepartmentScheduler", AssumeRolePolicyDocument=trusting(ROOT))
    iam.create_user(UserName="emergency-printer")
    assert emergency(cloud).status.value == UNKNOWN
    assert emergency(cloud, emergency=("EmergencyDepartmentScheduler",)).status.value == PASS


def test_an_organisation_may_name_its_own_among_those_with_full_access(cloud):
    iam = cloud.client("iam")
    iam.create_user(UserName="glass-box")
    iam.put_user_policy(UserName="glass-box", PolicyName="all", PolicyDocument=EVERYTHING)
    assert emergency(cloud, emergency=("glass-box",)).status.value == FAIL
    iam.create_login_profile(UserName="glass-box", Password="not a secret 123")
    assert emergency(cloud, emergency=("glass-box",)).status.value == PASS
    assert emergency(cloud).status.value == UNKNOWN
    assert emergency(cloud, emergency=("nobody",)).status.value == UNKNOWN


def test_identities_that_could_not_be_read_leave_the_emergency_way_unknown(cloud):
    cloud.client("iam").create_role(RoleName="BreakGlass", AssumeRolePolicyDocument=trusting(ROOT))
    cloud.front.refused = {"iam.list_users": "AccessDenied"}
    found = emergency(cloud)
    assert found.status.value == UNKNOWN
    assert "iam:ListUsers" in found.sentence
