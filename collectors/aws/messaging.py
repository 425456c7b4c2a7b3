"""SNS topics and SQS queues: encryption, and who may use them over what."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from collectors.aws.client import AwsClient, own_arn
from collectors.aws.kind import REGIONS, AwsKind
from collectors.kind import Found, fact, lists
from evidence.facts.aws_stores import Messages


class Topic(AwsKind):
    """An SNS topic; a topic made again under one name is the same here."""

    kind = "aws.sns.topic"
    service = "sns"
    part = "region"
    gone = frozenset({"NotFound", "NotFoundException"})
    keep: ClassVar = {
        "list_topics": "Topics[]{TopicArn}",
        "get_topic_attributes": "Attributes{KmsMasterKeyId, Policy:json{*}}",
    }

    @lists(needs={"list_topics": "sns:ListTopics", **REGIONS})
    def every(self, sns: AwsClient) -> Iterator[Found]:
        """ListTopics, 100 at a time."""
        for page in sns.pages("list_topics"):
            for row in page.get("Topics", []):
                yield Found(own_arn(sns, row["TopicArn"]), row["TopicArn"].rpartition(":")[2])

    @fact(needs="sns:GetTopicAttributes")
    def messages(self, sns: AwsClient, topic: Found) -> Messages:
        """GetTopicAttributes; every topic has a policy."""
        held = sns.get_topic_attributes(TopicArn=topic.uid)["Attributes"]
        return {
            "kms_key": held.get("KmsMasterKeyId") or None,
            "service_key": False,
            "policy": held["Policy"],
        }


class Queue(AwsKind):
    """An SQS queue; a queue made again under one name is the same here."""

    kind = "aws.sqs.queue"
    service = "sqs"
    part = "region"
    gone = frozenset({"AWS.SimpleQueueService.NonExistentQueue", "QueueDoesNotExist"})
    keep: ClassVar = {
        "list_queues": "QueueUrls",
        "get_queue_attributes": "Attributes{KmsMasterKeyId, SqsManagedSseEnabled, Policy:json{*}}",
    }

    @lists(needs={"list_queues": "sqs:ListQueues", **REGIONS})
    def every(self, sqs: AwsClient) -> Iterator[Found]:
        """ListQueues, 1000 at a time; without queues the answer is empty."""
        for page in sqs.pages("list_queues", MaxResults=1000):
            for url in page.get("QueueUrls", []):
                name = url.rpartition("/")[2]
                yield Found(f"arn:{sqs.partition}:sqs:{sqs.region}:{sqs.account}:{name}", name, handle=url)

    @fact(needs="sqs:GetQueueAttributes")
    def messages(self, sqs: AwsClient, queue: Found) -> Messages:
        """GetQueueAttributes; a queue without a policy is its account's alone."""
        wanted = ["KmsMasterKeyId", "SqsManagedSseEnabled", "Policy"]
        answer = sqs.get_queue_attributes(QueueUrl=queue.handle, AttributeNames=wanted)
        held = answer.get("Attributes", {})
        return {
            "kms_key": held.get("KmsMasterKeyId") or None,
            "service_key": held.get("SqsManagedSseEnabled") == "true",
            "policy": held.get("Policy"),
        }
