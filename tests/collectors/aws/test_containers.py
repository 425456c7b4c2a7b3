from __future__ import annotations

import pytest

from tests.collectors.aws.family import (
    assert_empty,
    assert_only_reads,
    assert_refused,
    assert_steady,
    assert_true,
)
from tests.servers.moto_clients import ACCOUNT

pytestmark = pytest.mark.server("moto")

PASS, FAIL, NONE, UNKNOWN = "pass", "fail", "not_applicable", "unknown"
CONFINED, SECRETS, LOGS, EFS = (
    "aws-ecs-task-confined",
    "aws-ecs-task-secrets",
    "aws-ecs-task-logs",
    "aws-ecs-task-efs-tls",
)
COMMANDS, PUBLIC = "aws-ecs-service-commands-log", "aws-ecs-service-public-address"
TASKS = f"{CONFINED} {SECRETS} {LOGS} {EFS}"
SERVICES = f"{COMMANDS} {PUBLIC}"
LOGGED = {"logConfiguration": {"logDriver": "awslogs", "options": {"awslogs-group": "g"}}}


def container(name="app", **other):
    return {"name": name, "image": "app:1", "memory": 64, **other}


def efs(encryption):
    held = {"fileSystemId": "fs-1", **({"transitEncryption": encryption} if encryption else {})}
    return [{"name": "records", "efsVolumeConfiguration": held}]


def service(arn, commands):
    network = {"subnets": ["subnet-1"], "assignPublicIp": "ENABLED" if commands else "DISABLED"}
    return {
        "serviceArn": arn,
        "status": "ACTIVE",
        "enableExecuteCommand": commands,
        "networkConfiguration": {"awsvpcConfiguration": network},
    }


@pytest.fixture
def containers(cloud):
    ecs = cloud.client("ecs")
    plain = [{"name": "DB_PASSWORD", "value": "hunter2"}, {"name": "DB_PASSWORD_FILE", "value": "/x"}]
    by_reference = [{"name": "DB_PASSWORD", "valueFrom": "arn:aws:ssm:us-east-1:1:parameter/p"}]
    wanted = {
        "good": ([container(secrets=by_reference, environment=plain[1:], **LOGGED)], efs("ENABLED"), {}),
        "bad": ([container(environment=plain, privileged=True)], efs(None), {}),
        "host": ([container(**LOGGED)], [], {"pidMode": "host"}),
    }
    for family, (definitions, volumes, other) in wanted.items():
        ecs.register_task_definition(
            family=family, containerDefinitions=definitions, volumes=volumes, **other
        )
    described = []
    for cluster, logging in (("kept", "OVERRIDE"), ("lost", "NONE"), ("plain", None)):
        told = {"logging": logging, "logConfiguration": {"cloudWatchLogGroupName": "commands"}}
        configuration = {"configuration": {"executeCommandConfiguration": told}} if logging else {}
        ecs.create_cluster(clusterName=cluster, **configuration)
        for name, commands in (("open", True), ("shut", False)):
            made = ecs.create_service(
                cluster=cluster, serviceName=f"{cluster}-{name}", taskDefinition="good", desiredCount=0
            )
            described.append(service(made["service"]["serviceArn"], commands))
    cloud.front.clear()
    # moto does not remember enableExecuteCommand.
    cloud.front.canned["ecs.describe_services"] = {"services": described, "failures": []}
    return cloud


TRUTH = {
    (CONFINED, "good"): PASS,
    (CONFINED, "bad"): FAIL,
    (CONFINED, "host"): FAIL,
    (SECRETS, "good"): PASS,
    (SECRETS, "bad"): FAIL,
    (SECRETS, "host"): PASS,
    (LOGS, "good"): PASS,
    (LOGS, "bad"): FAIL,
    (LOGS, "host"): PASS,
    (EFS, "good"): PASS,
    (EFS, "bad"): FAIL,
    (EFS, "host"): NONE,
    (COMMANDS, "kept-open"): PASS,
    (COMMANDS, "lost-open"): FAIL,
    (COMMANDS, "plain-open"): UNKNOWN,
    **{(COMMANDS, f"{cluster}-shut"): NONE for cluster in ("kept", "lost", "plain")},
    **{(PUBLIC, f"{cluster}-shut"): PASS for cluster in ("kept", "lost", "plain")},
    **{(PUBLIC, f"{cluster}-open"): FAIL for cluster in ("kept", "lost", "plain")},
}


def test_every_verdict_about_seeded_containers_is_the_true_one(containers):
    assert_true(containers, TRUTH)
    assert_only_reads(containers)


def test_the_value_of_a_setting_is_never_kept_and_its_name_is_named(containers):
    result = containers.poll(checks=[SECRETS])[f"aws/{ACCOUNT}", "aws.ecs.task_family"]
    assert not [raw for raw in result.objects.values() if b"hunter2" in raw]
    (finding,) = [f for f in containers.judge([SECRETS]) if f.status.value == FAIL]
    assert finding.sentence.endswith(": DB_PASSWORD of app")


def test_the_newest_revision_of_a_family_is_the_one_that_is_judged(containers):
    containers.client("ecs").register_task_definition(
        family="bad", containerDefinitions=[container(**LOGGED)]
    )
    assert_true(containers, {(CONFINED, "bad"): PASS, (LOGS, "bad"): PASS})


def test_many_services_are_described_ten_at_a_time_and_all_answered(containers):
    ecs = containers.client("ecs")
    for number in range(21):
        ecs.create_service(cluster="plain", serviceName=f"s{number}", taskDefinition="good", desiredCount=0)
    containers.front.clear()
    verdicts = containers.verdicts(PUBLIC)
    assert {verdicts[PUBLIC, f"s{number}"] for number in range(21)} == {NONE}
    assert containers.front.counts["ecs.describe_services"] == 3 + 2


@pytest.mark.parametrize(
    ("operation", "permission", "checks"),
    [
        ("ecs.list_task_definition_families", "ecs:ListTaskDefinitionFamilies", TASKS),
        ("ecs.describe_task_definition", "ecs:DescribeTaskDefinition", TASKS),
        ("ecs.list_clusters", "ecs:ListClusters", SERVICES),
        ("ecs.list_services", "ecs:ListServices", SERVICES),
        ("ecs.describe_services", "ecs:DescribeServices", SERVICES),
        ("ecs.describe_clusters", "ecs:DescribeClusters", COMMANDS),
    ],
)
def test_a_refused_call_gives_unknown_that_names_the_permission(containers, operation, permission, checks):
    assert_refused(containers, operation, permission, checks)


def test_an_account_without_containers_has_nothing_to_judge(cloud):
    assert_empty(cloud, f"{TASKS} {SERVICES}")


def test_containers_are_the_same_however_many_look(containers):
    assert_steady(containers, f"{TASKS} {SERVICES}")
