from __future__ import annotations

import json

import pytest

from checks.access.aws_desktops import desktops_open_from_known_networks
from tests.collectors.aws.family import assert_empty, assert_refused, assert_true
from tests.servers.moto_clients import ACCOUNT

pytestmark = pytest.mark.server("moto")

PASS, FAIL, NONE, UNKNOWN = "pass", "fail", "not_applicable", "unknown"
ON, OFF = "us-east-1", "eu-west-1"
SHELL = ("aws-ssm-session-idle", "aws-ssm-session-longest", "aws-ssm-session-log")
POOL, CLIENT = "aws-cognito-user-pool-mfa", "aws-cognito-client-login"
STOPS, VOLUMES, DEVICES, STREAM = (
    "aws-workspaces-workspace-stops",
    "aws-workspaces-workspace-encryption",
    "aws-workspaces-directory-devices",
    "aws-appstream-fleet-idle",
)
NETWORKS = "aws-workspaces-directory-networks"
KINDS = ("Windows", "Osx", "Web", "Ios", "Android", "ChromeOs", "ZeroClient", "Linux", "WorkSpacesThinClient")


def prefer(cloud, **inputs):
    content = {"schemaVersion": "1.0", "sessionType": "Standard_Stream", "inputs": inputs}
    cloud.client("ssm").create_document(
        Name="SSM-SessionManagerRunShell",
        Content=json.dumps(content),
        DocumentType="Session",
        DocumentFormat="JSON",
    )


@pytest.fixture
def shells(cloud):
    managed = {"InstanceInformationList": [{"InstanceId": "i-1", "PingStatus": "Online"}]}
    cloud.front.canned["ssm.describe_instance_information"] = managed
    return cloud


def test_preferences_are_judged_by_their_times_and_logs(shells):
    prefer(
        shells,
        idleSessionTimeout="15",
        maxSessionDuration="60",
        s3BucketName="shells",
        shellProfile={"linux": "echo not kept"},
    )
    assert_true(shells, {(check, ON): PASS for check in SHELL})


@pytest.mark.parametrize("inputs", [{}, {"idleSessionTimeout": "", "maxSessionDuration": ""}])
def test_where_no_times_are_set_the_documented_default_is_judged(shells, inputs):
    prefer(shells, **inputs)
    assert_true(shells, {(check, ON): FAIL for check in SHELL})


def test_where_there_are_no_preferences_the_documented_default_is_judged(shells):
    assert_true(shells, {(check, OFF): FAIL for check in SHELL})
    (finding,) = [f for f in shells.judge([SHELL[0]]) if f.subject.name == OFF]
    assert "AWS's default after 20 minutes" in finding.sentence


def test_where_no_machine_is_managed_no_session_can_be_started(cloud):
    assert_true(cloud, {(check, region): NONE for check in SHELL for region in (ON, OFF)})


def test_the_profile_that_a_session_starts_with_is_never_kept(shells):
    prefer(shells, idleSessionTimeout="15", shellProfile={"linux": "echo secret"})
    result = shells.poll(checks=[SHELL[0]])[f"aws/{ACCOUNT}", "aws.ssm.session_manager"]
    assert result.objects
    assert not [raw for raw in result.objects.values() if b"secret" in raw]


@pytest.fixture
def permission_sets(cloud):
    cloud.front.canned["sso.list_instances"] = lambda region: {
        "Instances": [{"InstanceArn": "arn:aws:sso:::instance/ssoins-1", "OwnerAccountId": ACCOUNT}]
        if region == ON
        else []
    }
    sso = cloud.client("sso-admin")
    cloud.ids = {}
    for name, duration in (("nurse", "PT4H"), ("night", "PT12H"), ("odd", "P1D")):
        made = sso.create_permission_set(
            Name=name, InstanceArn="arn:aws:sso:::instance/ssoins-1", SessionDuration=duration
        )
        cloud.ids[name] = made["PermissionSet"]["PermissionSetArn"].rpartition("/")[2]
    cloud.front.counts.clear()
    return cloud


def test_permission_sets_are_judged_by_how_long_their_sessions_last(permission_sets):
    wanted = {"nurse": PASS, "night": FAIL, "odd": UNKNOWN}
    truth = {("aws-sso-permission-set-session", permission_sets.ids[n]): want for n, want in wanted.items()}
    assert_true(permission_sets, truth)


@pytest.mark.parametrize(
    ("written", "minutes"), [("PT43200S", 720), ("PT1H30M1S", 91), ("PT240M", 240), ("PT4H", 240)]
)
def test_a_permission_sets_duration_counts_hours_minutes_and_seconds(permission_sets, written, minutes):
    row = {"Name": "night", "SessionDuration": written}
    permission_sets.front.canned["sso.describe_permission_set"] = {"PermissionSet": row}
    (finding, *_) = permission_sets.judge(["aws-sso-permission-set-session"])
    assert finding.sentence.startswith(f"a session under night lasts {minutes} minutes")
    assert finding.status.value == (PASS if minutes <= 240 else FAIL)


def test_a_permission_set_without_a_duration_has_the_documented_one_hour(permission_sets):
    permission_sets.front.canned["sso.describe_permission_set"] = {"PermissionSet": {"Name": "plain"}}
    (finding, *_) = permission_sets.judge(["aws-sso-permission-set-session"])
    assert finding.sentence == "a session under plain lasts 60 minutes"


def client(cognito, pool, name, **tokens):
    cognito.create_user_pool_client(UserPoolId=pool, ClientName=name, **tokens)


@pytest.fixture
def pools(cloud):
    cognito = cloud.client("cognito-idp")
    for name, mode in (("asked", "ON"), ("invited", "OPTIONAL"), ("open", "OFF")):
        pool = cognito.create_user_pool(PoolName=name)["UserPool"]["Id"]
        if mode != "OFF":
            cognito.set_user_pool_mfa_config(
                UserPoolId=pool, SoftwareTokenMfaConfiguration={"Enabled": True}, MfaConfiguration=mode
            )
    client(cognito, pool, "default", GenerateSecret=True)
    client(
        cognito,
        pool,
        "short",
        AccessTokenValidity=15,
        RefreshTokenValidity=8,
        TokenValidityUnits={"AccessToken": "minutes", "RefreshToken": "hours"},
    )
    client(cognito, pool, "week", RefreshTokenValidity=7)
    return cloud


def test_user_pools_and_their_applications_are_judged(pools):
    truth = {(POOL, "asked"): PASS, (POOL, "invited"): FAIL, (POOL, "open"): FAIL}
    truth |= {(CLIENT, "open/short"): PASS, (CLIENT, "open/default"): FAIL, (CLIENT, "open/week"): FAIL}
    assert_true(pools, truth)


def test_an_applications_secret_is_never_kept(pools):
    result = pools.poll(checks=[CLIENT])[f"aws/{ACCOUNT}", "aws.cognito.client"]
    assert not [raw for raw in result.objects.values() if b"ClientSecret" in raw]


def desktop(name, *, mode="AUTO_STOP", **volumes):
    running = {"RunningMode": mode, "RunningModeAutoStopTimeoutInMinutes": 60}
    return {"WorkspaceId": name, "State": "AVAILABLE", "WorkspaceProperties": running, **volumes}


@pytest.fixture
def desktops(cloud):
    both = {"RootVolumeEncryptionEnabled": True, "UserVolumeEncryptionEnabled": True}
    cloud.front.canned |= {
        "workspaces.describe_workspaces": {
            "Workspaces": [
                desktop("ws-good", **both),
                desktop("ws-half", mode="ALWAYS_ON", UserVolumeEncryptionEnabled=True),
                {**desktop("ws-gone"), "State": "TERMINATED"},
            ]
        },
        "workspaces.describe_workspace_directories": {
            "Directories": [
                {"DirectoryId": name, "State": "REGISTERED", "WorkspaceAccessProperties": access}
                for name, access in (
                    ("d-known", {f"DeviceType{kind}": "TRUST" for kind in KINDS}),
                    ("d-open", {**{f"DeviceType{kind}": "DENY" for kind in KINDS}, "DeviceTypeWeb": "ALLOW"}),
                    ("d-shut", {f"DeviceType{kind}": "DENY" for kind in KINDS}),
                    ("d-silent", {}),
                )
            ]
        },
        "appstream.describe_fleets": {
            "Fleets": [
                {
                    "Arn": f"arn:aws:appstream:us-east-1:{ACCOUNT}:fleet/{name}",
                    "Name": name,
                    "CreatedTime": 1767225600,
                    "IdleDisconnectTimeoutInSeconds": idle,
                    "DisconnectTimeoutInSeconds": resumable,
                    "MaxUserDurationInSeconds": 57600,
                }
                for name, idle, resumable in (
                    ("good", 900, 900),
                    ("never", 0, 900),
                    ("slow", 3600, 900),
                    ("lingering", 900, 360000),
                )
            ]
        },
    }
    return cloud


def test_desktops_are_judged(desktops):
    truth = {
        (VOLUMES, "ws-good"): PASS,
        (VOLUMES, "ws-half"): FAIL,
        (STOPS, "ws-good"): PASS,
        (STOPS, "ws-half"): FAIL,
        (DEVICES, "d-known"): PASS,
        (DEVICES, "d-open"): FAIL,
        (DEVICES, "d-shut"): PASS,
        (DEVICES, "d-silent"): UNKNOWN,
        (STREAM, "good"): PASS,
        (STREAM, "never"): FAIL,
        (STREAM, "slow"): FAIL,
        (STREAM, "lingering"): FAIL,
    }
    assert_true(desktops, truth)
    assert not [place for place in desktops.verdicts(VOLUMES) if place[1] == "ws-gone"]


@pytest.mark.parametrize(
    ("operation", "permission", "checks"),
    [
        ("ssm.get_document", "ssm:GetDocument", " ".join(SHELL)),
        ("ssm.describe_instance_information", "ssm:DescribeInstanceInformation", " ".join(SHELL)),
    ],
)
def test_refused_preferences_give_unknown_that_names_the_permission(shells, operation, permission, checks):
    assert_refused(shells, operation, permission, checks)


@pytest.mark.parametrize(
    ("operation", "permission"),
    [
        ("sso.list_instances", "sso:ListInstances"),
        ("sso.list_permission_sets", "sso:ListPermissionSets"),
        ("sso.describe_permission_set", "sso:DescribePermissionSet"),
    ],
)
def test_refused_permission_sets_give_unknown_that_names_the_permission(
    permission_sets, operation, permission
):
    assert_refused(permission_sets, operation, permission, "aws-sso-permission-set-session")


@pytest.mark.parametrize(
    ("operation", "permission", "checks"),
    [
        ("cognito-idp.list_user_pools", "cognito-idp:ListUserPools", f"{POOL} {CLIENT}"),
        ("cognito-idp.list_user_pool_clients", "cognito-idp:ListUserPoolClients", CLIENT),
        ("cognito-idp.describe_user_pool_client", "cognito-idp:DescribeUserPoolClient", CLIENT),
        ("cognito-idp.get_user_pool_mfa_config", "cognito-idp:GetUserPoolMfaConfig", POOL),
    ],
)
def test_refused_pools_give_unknown_that_names_the_permission(pools, operation, permission, checks):
    assert_refused(pools, operation, permission, checks)


@pytest.mark.parametrize(
    ("operation", "permission", "checks"),
    [
        ("workspaces.describe_workspaces", "workspaces:DescribeWorkspaces", f"{VOLUMES} {STOPS}"),
        (
            "workspaces.describe_workspace_directories",
            "workspaces:DescribeWorkspaceDirectories",
            f"{DEVICES} {NETWORKS}",
        ),
        ("appstream.describe_fleets", "appstream:DescribeFleets", STREAM),
    ],
)
def test_refused_desktops_give_unknown_that_names_the_permission(desktops, operation, permission, checks):
    assert_refused(desktops, operation, permission, checks)


def test_an_account_without_sessions_to_speak_of_has_nothing_to_judge(cloud):
    cloud.front.canned["appstream.describe_fleets"] = {"Fleets": []}
    cloud.front.canned["sso.list_instances"] = {"Instances": []}
    assert_empty(
        cloud,
        f"{POOL} {CLIENT} {STOPS} {VOLUMES} {DEVICES} {NETWORKS} {STREAM} aws-sso-permission-set-session",
    )


@pytest.mark.parametrize(
    ("rules", "admin", "maintenance"),
    [
        ({"UserEnabledAsLocalAdministrator": False, "EnableMaintenanceMode": True}, PASS, PASS),
        ({"UserEnabledAsLocalAdministrator": True, "EnableMaintenanceMode": False}, FAIL, FAIL),
        ({}, UNKNOWN, UNKNOWN),
    ],
)
def test_what_holds_for_desktops_made_in_a_directory_is_judged(cloud, rules, admin, maintenance):
    row = {"DirectoryId": "d-1", "State": "REGISTERED", "WorkspaceCreationProperties": rules}
    cloud.front.canned["workspaces.describe_workspace_directories"] = {"Directories": [row]}
    truth = {
        ("aws-workspaces-directory-local-admin", "d-1"): admin,
        ("aws-workspaces-directory-maintenance", "d-1"): maintenance,
    }
    assert_true(cloud, truth)


@pytest.mark.parametrize(
    ("told", "asked", "required"),
    [
        ({"ipGroupIds": ["wsipg-2", "wsipg-1"]}, PASS, PASS),
        ({"ipGroupIds": []}, NONE, FAIL),
        ({}, NONE, UNKNOWN),
    ],
)
def test_the_networks_that_desktops_open_from_are_judged_where_they_are_to_be_known(
    cloud, told, asked, required
):
    row = {"DirectoryId": "d-1", "State": "REGISTERED", **told}
    cloud.front.canned["workspaces.describe_workspace_directories"] = {"Directories": [row]}
    assert_true(cloud, {(NETWORKS, "d-1"): asked})
    results = cloud.poll(checks=[NETWORKS])
    seen, *_ = results[f"aws/{ACCOUNT}", "aws.workspaces.directory"].observations
    facts, resource = seen.facts["networks"], seen.resource
    judged = desktops_open_from_known_networks.judge(facts, resource=resource, required=("d-*",))
    assert judged.status == required


RISKS = "cognito-idp.describe_risk_configuration"


def acting(high, medium, low):
    held = {"High": high, "Medium": medium, "Low": low}
    actions = {
        f"{risk}Action": {"Notify": True, "EventAction": action} for risk, action in held.items() if action
    }
    return {"RiskConfiguration": {"AccountTakeoverRiskConfiguration": {"Actions": actions}}}


POOL_RULES = "aws-cognito-user-pool-password aws-cognito-user-pool-risk"


def test_a_user_pool_is_judged_by_its_passwords_and_what_it_does_about_risky_logins(cloud):
    cognito = cloud.client("cognito-idp")
    for name, length, mode in (("good", 14, "ENFORCED"), ("bad", 6, "OFF"), ("watching", 12, "AUDIT")):
        cognito.create_user_pool(
            PoolName=name,
            Policies={"PasswordPolicy": {"MinimumLength": length}},
            UserPoolAddOns={"AdvancedSecurityMode": mode},
        )
    cloud.front.clear()
    cloud.front.canned[RISKS] = acting("BLOCK", "MFA_REQUIRED", "NO_ACTION")
    password, risk = POOL_RULES.split()
    truth = {(check, "good"): PASS for check in (password, risk)}
    truth |= {(check, "bad"): FAIL for check in (password, risk)}
    assert_true(cloud, truth | {(password, "watching"): PASS, (risk, "watching"): FAIL})
    assert cloud.front.counts[RISKS] == 1, "only a pool that acts on risks is asked how"
    assert_refused(cloud, "cognito-idp.describe_user_pool", "cognito-idp:DescribeUserPool", POOL_RULES)
    cloud.front.refused = {}
    assert_refused(cloud, RISKS, "cognito-idp:DescribeRiskConfiguration", risk)


@pytest.mark.parametrize(
    ("told", "want", "said"),
    [
        (
            acting("BLOCK", "MFA_IF_CONFIGURED", ""),
            PASS,
            "high blocked, medium asked for a second factor where",
        ),
        (
            acting("MFA_REQUIRED", "NO_ACTION", "NO_ACTION"),
            PASS,
            "high asked for a second factor, medium let in",
        ),
        (
            acting("MFA_IF_CONFIGURED", "BLOCK", "BLOCK"),
            FAIL,
            "logins of high risk are let in by a password alone",
        ),
        (
            acting("NO_ACTION", "NO_ACTION", "NO_ACTION"),
            FAIL,
            "logins of high risk are let in by a password alone",
        ),
        (acting("", "BLOCK", "BLOCK"), UNKNOWN, "no action is set for the pool"),
        (acting("SOMETHING_NEW", "BLOCK", "BLOCK"), UNKNOWN, "SOMETHING_NEW"),
        ({"RiskConfiguration": {"UserPoolId": "p"}}, UNKNOWN, "no action is set for the pool"),
        (None, UNKNOWN, "no action is set for the pool"),
    ],
)
def test_a_pool_that_acts_on_risks_is_judged_by_what_it_does(cloud, told, want, said):
    cloud.client("cognito-idp").create_user_pool(
        PoolName="ward", UserPoolAddOns={"AdvancedSecurityMode": "ENFORCED"}
    )
    if told:
        cloud.front.canned[RISKS] = told
    else:
        cloud.front.refused[RISKS] = "ResourceNotFoundException"
    (finding,) = [one for one in cloud.judge([POOL_RULES.split()[1]]) if hasattr(one.subject, "name")]
    assert finding.status == want
    assert said in finding.sentence
