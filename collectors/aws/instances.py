"""EC2 instances: metadata service, public address, and what Systems Manager knows of their patches."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar

from collectors.aws.client import AwsClient
from collectors.aws.images import IMAGES
from collectors.aws.kind import REGIONS, TAGS, AwsKind, labels, name_of
from collectors.kind import Found, fact, lists, lookup
from evidence.facts.aws import (
    InstanceAddresses,
    InstanceState,
    ManagedInstance,
    MetadataOptions,
    PatchScan,
    PatchState,
)
from evidence.facts.aws_machines import InstanceImage, InstanceInventory, InstanceLaunch, InstanceReach

MANAGED = "InstanceInformationList[]{InstanceId, PingStatus, PlatformType}"
_HARDWARE = "AWS:InstanceDetailedInformation"
"""The smallest of the types that Systems Manager holds only of machines whose inventory is gathered."""
_ENDED = frozenset({"shutting-down", "terminated"})


class Instance(AwsKind):
    """An EC2 instance that still exists; a terminated one lingers in listings for an hour."""

    kind = "aws.ec2.instance"
    service = "ec2"
    part = "region"
    gone = frozenset({"InvalidInstanceID.NotFound"})
    keep: ClassVar = {
        "describe_instances": (
            "Reservations[]{Instances[]{InstanceId, State{Name}, MetadataOptions{HttpTokens, HttpEndpoint}, "
            "PublicIpAddress, PrivateIpAddress, Platform, LaunchTime, ImageId, IamInstanceProfile{Arn}, "
            f"NetworkInterfaces[]{{PrivateIpAddresses[]{{Association{{PublicIp}}}}}}, {TAGS}}}}}"
        ),
        "describe_images": IMAGES,
        "ssm.describe_instance_information": MANAGED,
        "ssm.get_inventory": "Entities[]{Id, Data{*}}",
        "ssm.describe_instance_patch_states": (
            "InstancePatchStates[]{InstanceId, MissingCount, FailedCount, InstalledPendingRebootCount, "
            "CriticalNonCompliantCount, SecurityNonCompliantCount, OperationEndTime}"
        ),
    }
    state: InstanceState
    metadata_options: MetadataOptions
    addresses: InstanceAddresses
    launch: InstanceLaunch
    reach: InstanceReach

    @lists(
        needs={"describe_instances": "ec2:DescribeInstances", **REGIONS},
        gives="state metadata_options addresses launch reach",
    )
    def every(self, ec2: AwsClient) -> Iterator[Found]:
        """DescribeInstances, up to 1000 at a time."""
        for page in ec2.pages("describe_instances", MaxResults=1000):
            for reservation in page["Reservations"]:
                for row in reservation["Instances"]:
                    if row["State"]["Name"] not in _ENDED:
                        yield _found(ec2, row)

    @fact(needs="ec2:DescribeImages", batch=200)
    def image(self, ec2: AwsClient, instances: list[Found]) -> dict[str, InstanceImage | None]:
        """DescribeImages of all images in use at once; None for one that is gone or no longer shown to the account."""
        wanted = sorted({instance.gives["launch"]["image"] for instance in instances})
        pages = ec2.pages(
            "describe_images", Filters=[{"Name": "image-id", "Values": wanted}], IncludeDeprecated=True
        )
        made = {row["ImageId"]: row["CreationDate"] for page in pages for row in page["Images"]}
        return {instance.uid: _image(instance, made) for instance in instances}

    @lookup(needs="ssm:DescribeInstanceInformation")
    def managed_instances(self, ssm: AwsClient) -> Mapping[str, ManagedInstance]:
        """DescribeInstanceInformation: every instance Systems Manager manages in the region, by id."""
        pages = ssm.pages("describe_instance_information", MaxResults=50)
        return {
            row["InstanceId"]: {"ping": row["PingStatus"], "platform": row.get("PlatformType", "")}
            for page in pages
            for row in page["InstanceInformationList"]
        }

    @fact()
    def managed(
        self, instance: Found, managed_instances: Mapping[str, ManagedInstance]
    ) -> ManagedInstance | None:
        """Systems Manager's entry for the instance; None means it manages it not."""
        return managed_instances.get(instance.handle)

    @lookup(needs="ssm:GetInventory")
    def inventories(
        self, ssm: AwsClient, managed_instances: Mapping[str, ManagedInstance]
    ) -> Mapping[str, InstanceInventory]:
        """GetInventory of one type, 50 machines at a time, by id; not asked where no machine is managed."""
        if not managed_instances:
            return {}
        pages = ssm.pages("get_inventory", ResultAttributes=[{"TypeName": _HARDWARE}], MaxResults=50)
        rows = (row for page in pages for row in page["Entities"])
        return {row["Id"]: _inventory(row["Data"][_HARDWARE]) for row in rows if _HARDWARE in row["Data"]}

    @fact(volatile=True)
    def inventory(
        self, instance: Found, inventories: Mapping[str, InstanceInventory]
    ) -> InstanceInventory | None:
        """Systems Manager's inventory of the instance's hardware; None means it holds none."""
        return inventories.get(instance.handle)

    @fact(needs="ssm:DescribeInstancePatchStates", batch=50, volatile=True)
    def patch_scan(self, ssm: AwsClient, instances: list[Found]) -> dict[str, PatchScan | None]:
        """DescribeInstancePatchStates: AWS leaves out instances that no patch scan ever ran on, hence None."""
        by_id = {instance.handle: instance.uid for instance in instances}
        answered: dict[str, PatchScan | None] = dict.fromkeys(by_id.values())
        pages = ssm.pages("describe_instance_patch_states", InstanceIds=sorted(by_id), MaxResults=100)
        for page in pages:
            for row in page["InstancePatchStates"]:
                answered[by_id[row["InstanceId"]]] = _scan(row)
        return answered

    @fact()
    def patch_state(self, patch_scan: PatchScan | None) -> PatchState | None:
        """The counts of the last scan, which stay the same until patches appear or are installed."""
        if patch_scan is None:
            return None
        return {
            "missing": patch_scan["missing"],
            "failed": patch_scan["failed"],
            "pending_reboot": patch_scan["pending_reboot"],
            "critical": patch_scan["critical"],
            "security": patch_scan["security"],
        }


def _found(ec2: AwsClient, row: Mapping[str, Any]) -> Found:
    identifier, tags = row["InstanceId"], row.get("Tags", [])
    options = row["MetadataOptions"]
    return Found(
        f"arn:{ec2.partition}:ec2:{ec2.region}:{ec2.account}:instance/{identifier}",
        name_of(tags, identifier),
        labels=labels(tags),
        gives={
            "state": {"name": row["State"]["Name"]},
            "metadata_options": {"tokens": options["HttpTokens"], "endpoint": options["HttpEndpoint"]},
            "addresses": {"public_ipv4": _is_public(row)},
            "launch": {
                "started": row["LaunchTime"],
                "image": row["ImageId"],
                "role": "IamInstanceProfile" in row,
            },
            "reach": {
                "private_ipv4": row.get("PrivateIpAddress", ""),
                "windows": row.get("Platform", "").lower() == "windows",
            },
        },
        handle=identifier,
    )


def _is_public(row: Mapping[str, Any]) -> bool:
    # The instance's own field names the first interface's first address only.
    held = [one for card in row.get("NetworkInterfaces", []) for one in card.get("PrivateIpAddresses", [])]
    return bool(row.get("PublicIpAddress")) or any(one.get("Association", {}).get("PublicIp") for one in held)


def _image(instance: Found, made: Mapping[str, str]) -> InstanceImage | None:
    name = instance.gives["launch"]["image"]
    return {"made": made[name]} if name in made else None


def _inventory(item: Mapping[str, Any]) -> InstanceInventory:
    return {"captured": item.get("CaptureTime", "")}


def _scan(row: Mapping[str, Any]) -> PatchScan:
    return {
        "missing": row["MissingCount"],
        "failed": row["FailedCount"],
        "pending_reboot": row.get("InstalledPendingRebootCount", 0),
        "critical": row.get("CriticalNonCompliantCount", 0),
        "security": row.get("SecurityNonCompliantCount", 0),
        "ended": row.get("OperationEndTime", ""),
    }
