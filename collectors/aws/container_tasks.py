"""ECS: what containers are defined to do, and the services that run them. Values of their settings are never kept."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar

from collectors.aws.client import AwsClient, own_arn
from collectors.aws.kind import REGIONS, AwsKind
from collectors.kind import Found, fact, lists
from evidence.facts.aws_ecs import CommandLog, ServiceSettings, TaskContainer, TaskSettings

_CLUSTERS = "clusterArns[ordered]"
_AT_ONCE = 10
"""As many services as AWS describes in one call, all of one cluster."""
_UNSET: CommandLog = {"mode": "DEFAULT", "log_group": "", "bucket": ""}


class TaskFamily(AwsKind):
    """A family of task definitions, read in its newest revision; a service may still run an older one."""

    kind = "aws.ecs.task_family"
    service = "ecs"
    part = "region"
    keep: ClassVar = {
        "list_task_definition_families": "families[ordered]",
        "describe_task_definition": (
            "taskDefinition{pidMode, "
            "containerDefinitions[]{name, privileged, environment[]{name}, logConfiguration{logDriver}}, "
            "volumes[]{name, efsVolumeConfiguration{fileSystemId, transitEncryption}}}"
        ),
    }

    @lists(needs={"list_task_definition_families": "ecs:ListTaskDefinitionFamilies", **REGIONS})
    def every(self, ecs: AwsClient) -> Iterator[Found]:
        """ListTaskDefinitionFamilies that have an active revision, 100 at a time."""
        place = f"arn:{ecs.partition}:ecs:{ecs.region}:{ecs.account}:task-definition"
        for page in ecs.pages("list_task_definition_families", status="ACTIVE", maxResults=100):
            for name in page["families"]:
                yield Found(f"{place}/{name}", name)

    @fact(needs="ecs:DescribeTaskDefinition")
    def settings(self, ecs: AwsClient, task_family: Found) -> TaskSettings:
        """DescribeTaskDefinition by family, which answers with the newest active revision."""
        row = ecs.describe_task_definition(taskDefinition=task_family.name)["taskDefinition"]
        volumes = [volume for volume in row.get("volumes", []) if "efsVolumeConfiguration" in volume]
        return {
            "containers": [_container(one) for one in row["containerDefinitions"]],
            "volumes": [
                {
                    "name": volume["name"],
                    "tls": volume["efsVolumeConfiguration"].get("transitEncryption") == "ENABLED",
                }
                for volume in volumes
            ],
            "host_processes": row.get("pidMode") == "host",
        }


class ContainerService(AwsKind):
    """A service that keeps tasks running in a cluster; one made again under the same name is the same here."""

    kind = "aws.ecs.service"
    service = "ecs"
    part = "region"
    keep: ClassVar = {
        "list_clusters": _CLUSTERS,
        "list_services": "serviceArns[ordered]",
        "describe_services": (
            "services[]{serviceArn, status, enableExecuteCommand, "
            "networkConfiguration{awsvpcConfiguration{assignPublicIp}}}"
        ),
        "describe_clusters": (
            "clusters[]{clusterArn, configuration{executeCommandConfiguration{logging, "
            "logConfiguration{cloudWatchLogGroupName, s3BucketName}}}}"
        ),
    }

    @lists(needs={"list_clusters": "ecs:ListClusters", "list_services": "ecs:ListServices", **REGIONS})
    def every(self, ecs: AwsClient) -> Iterator[Found]:
        """ListClusters, then ListServices of each, 100 at a time."""
        for cluster in _clusters(ecs):
            for page in ecs.pages("list_services", cluster=cluster, maxResults=100):
                for arn in page["serviceArns"]:
                    yield Found(own_arn(ecs, arn), arn.rpartition("/")[2], handle=cluster)

    @fact(needs="ecs:DescribeServices", batch=100)
    def settings(self, ecs: AwsClient, container_services: list[Found]) -> dict[str, ServiceSettings]:
        """DescribeServices, ten of one cluster at a time."""
        answers: dict[str, ServiceSettings] = {}
        for cluster in sorted({service.handle for service in container_services}):
            arns = sorted(service.uid for service in container_services if service.handle == cluster)
            for start in range(0, len(arns), _AT_ONCE):
                answer = ecs.describe_services(cluster=cluster, services=arns[start : start + _AT_ONCE])
                answers |= {row["serviceArn"]: _settings(row) for row in answer["services"]}
        return answers

    @fact(needs="ecs:DescribeClusters", batch=500)
    def command_log(self, ecs: AwsClient, container_services: list[Found]) -> dict[str, CommandLog]:
        """DescribeClusters, 100 at a time: what the services' clusters do with what is run through ECS Exec."""
        arns = sorted({service.handle for service in container_services})
        found: dict[str, CommandLog] = {}
        for start in range(0, len(arns), 100):
            answer = ecs.describe_clusters(clusters=arns[start : start + 100], include=["CONFIGURATIONS"])
            found |= {row["clusterArn"]: _command_log(row) for row in answer["clusters"]}
        return {one.uid: found[one.handle] for one in container_services if one.handle in found}


def _clusters(ecs: AwsClient) -> Iterator[str]:
    for page in ecs.pages("list_clusters", maxResults=100):
        yield from page["clusterArns"]


def _container(row: Mapping[str, Any]) -> TaskContainer:
    return {
        "name": row["name"],
        "privileged": row.get("privileged", False),
        "written_in": sorted(one["name"] for one in row.get("environment", [])),
        "log_driver": row.get("logConfiguration", {}).get("logDriver", ""),
    }


def _settings(row: Mapping[str, Any]) -> ServiceSettings:
    network = row.get("networkConfiguration", {}).get("awsvpcConfiguration")
    return {
        "commands": row.get("enableExecuteCommand", False),
        "public": None if network is None else network.get("assignPublicIp", "DISABLED") == "ENABLED",
    }


def _command_log(row: Mapping[str, Any]) -> CommandLog:
    told = row.get("configuration", {}).get("executeCommandConfiguration")
    if told is None:
        return _UNSET
    kept = told.get("logConfiguration", {})
    return {
        "mode": told.get("logging", "DEFAULT"),
        "log_group": kept.get("cloudWatchLogGroupName", ""),
        "bucket": kept.get("s3BucketName", ""),
    }
