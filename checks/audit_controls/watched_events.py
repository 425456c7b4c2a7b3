"""Events worth being told of, as CloudTrail writes them: what a metric filter must match, and what it must not."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

Event = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Watch:
    """What somebody should be told of: an example of each event by the words that name it in a sentence.

    `at_once` says that a single event must raise the alarm; else a number of them may.
    """

    about: str
    events: Mapping[str, Event]
    at_once: bool = True


def _call(source: str, name: str, **other: Any) -> Event:
    event = {
        "eventSource": f"{source}.amazonaws.com",
        "eventName": name,
        "eventType": "AwsApiCall",
        "eventCategory": "Management",
        "awsRegion": "us-east-1",
        "recipientAccountId": "111122223333",
        "sourceIPAddress": "203.0.113.7",
        "userAgent": "console.amazonaws.com",
        "userIdentity": {
            "type": "AssumedRole",
            "arn": "arn:aws:sts::111122223333:assumed-role/Staff/someone",
            "accountId": "111122223333",
        },
        "managementEvent": True,
        "readOnly": False,
    }
    return {**event, **other}


def _login(identity: str, *, mfa: str, success: bool) -> Event:
    failure = {} if success else {"errorMessage": "Failed authentication"}
    return _call(
        "signin",
        "ConsoleLogin",
        eventType="AwsConsoleSignIn",
        userIdentity={
            "type": identity,
            "arn": "arn:aws:iam::111122223333:someone",
            "accountId": "111122223333",
        },
        additionalEventData={"MFAUsed": mfa, "MobileVersion": "No"},
        responseElements={"ConsoleLogin": "Success" if success else "Failure"},
        **failure,
    )


def _calls(source: str, names: str, **other: Any) -> dict[str, Event]:
    return {name: _call(source, name, **other) for name in names.split()}


ORDINARY: Iterable[Event] = (
    _call("ec2", "DescribeInstances", readOnly=True),
    _call("sts", "AssumeRole", readOnly=True),
    _login("IAMUser", mfa="Yes", success=True),
)
"""Events of any day: a filter that matches one of them raises an alarm that says nothing."""

ROOT_USE = Watch(
    "the root user being used",
    {
        "a login of the root user": _login("Root", mfa="Yes", success=True),
        "a call of the root user": _call(
            "iam", "CreateAccessKey", userIdentity={"type": "Root", "arn": "arn:aws:iam::111122223333:root"}
        ),
    },
)
LOGIN_WITHOUT_MFA = Watch(
    "logins without a second factor",
    {"a user's login without a second factor": _login("IAMUser", mfa="No", success=True)},
)
FAILED_LOGIN = Watch(
    "failed logins",
    {"a failed login": _login("IAMUser", mfa="No", success=False)},
    at_once=False,
)
REFUSED_CALL = Watch(
    "refused calls",
    {
        "a refused call (AccessDenied)": _call("s3", "ListBuckets", errorCode="AccessDenied", readOnly=True),
        "a refused call (UnauthorizedOperation)": _call(
            "ec2", "RunInstances", errorCode="Client.UnauthorizedOperation"
        ),
    },
    at_once=False,
)
IDENTITY_POLICY = Watch(
    "changes of identity policies",
    _calls(
        "iam",
        "CreatePolicy DeletePolicy CreatePolicyVersion DeletePolicyVersion PutRolePolicy PutUserPolicy "
        "PutGroupPolicy DeleteRolePolicy DeleteUserPolicy DeleteGroupPolicy AttachRolePolicy AttachUserPolicy "
        "AttachGroupPolicy DetachRolePolicy DetachUserPolicy DetachGroupPolicy",
    ),
)
TRAIL_CHANGE = Watch(
    "changes of trails",
    _calls("cloudtrail", "CreateTrail UpdateTrail DeleteTrail StartLogging StopLogging"),
)
KEY_LOSS = Watch(
    "keys being disabled or deleted",
    _calls("kms", "DisableKey ScheduleKeyDeletion"),
)
BUCKET_POLICY = Watch(
    "changes of bucket policies",
    _calls(
        "s3",
        "PutBucketAcl PutBucketPolicy PutBucketCors PutBucketLifecycle PutBucketReplication "
        "DeleteBucketPolicy DeleteBucketCors DeleteBucketLifecycle DeleteBucketReplication",
    ),
)
CONFIG_CHANGE = Watch(
    "changes of AWS Config",
    _calls(
        "config",
        "StopConfigurationRecorder DeleteDeliveryChannel PutDeliveryChannel PutConfigurationRecorder",
    ),
)
SECURITY_GROUP = Watch(
    "changes of security groups",
    _calls(
        "ec2",
        "AuthorizeSecurityGroupIngress AuthorizeSecurityGroupEgress RevokeSecurityGroupIngress "
        "RevokeSecurityGroupEgress CreateSecurityGroup DeleteSecurityGroup",
    ),
)
NETWORK_PATH = Watch(
    "changes of network ACLs, gateways, routes and VPCs",
    _calls(
        "ec2",
        "CreateNetworkAcl CreateNetworkAclEntry DeleteNetworkAcl DeleteNetworkAclEntry ReplaceNetworkAclEntry "
        "ReplaceNetworkAclAssociation CreateCustomerGateway DeleteCustomerGateway AttachInternetGateway "
        "CreateInternetGateway DeleteInternetGateway DetachInternetGateway CreateRoute CreateRouteTable "
        "ReplaceRoute ReplaceRouteTableAssociation DeleteRouteTable DeleteRoute DisassociateRouteTable "
        "CreateVpc DeleteVpc ModifyVpcAttribute AcceptVpcPeeringConnection CreateVpcPeeringConnection "
        "DeleteVpcPeeringConnection RejectVpcPeeringConnection",
    ),
)
