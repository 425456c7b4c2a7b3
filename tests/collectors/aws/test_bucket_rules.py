from __future__ import annotations

import pytest

from checks.judge import Policy
from tests.servers.moto_clients import ACCOUNT

pytestmark = pytest.mark.server("moto")

COPIED, DISPOSED, LISTLESS = (
    "aws-s3-bucket-replication",
    "aws-s3-bucket-disposal-rule",
    "aws-s3-bucket-acls-off",
)
ASKED = {
    COPIED: "get_bucket_replication",
    DISPOSED: "get_bucket_lifecycle_configuration",
    LISTLESS: "get_bucket_ownership_controls",
}
ROLE = f"arn:aws:iam::{ACCOUNT}:role/copier"
KMS = {"SseKmsEncryptedObjects": {"Status": "Enabled"}}
DAYS = {"Days": 2190}


@pytest.fixture
def ward(cloud):
    s3 = cloud.client("s3")
    for name in ("ward", "ward-copy", "web"):
        s3.create_bucket(Bucket=name)
        s3.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Enabled"})
    cloud.front.clear()
    return cloud


def replicate(cloud, *, status="Enabled", to="ward-copy", scope=None, criteria=None):
    rule = {
        "ID": "r",
        "Priority": 1,
        "Status": status,
        "Filter": scope or {"Prefix": ""},
        "Destination": {"Bucket": f"arn:aws:s3:::{to}"},
        "DeleteMarkerReplication": {"Status": "Disabled"},
    }
    answer = {
        "Role": ROLE,
        "Rules": [{**rule, **({"SourceSelectionCriteria": criteria} if criteria else {})}],
    }
    cloud.front.canned["s3.get_bucket_replication"] = xml("ReplicationConfiguration", replication_xml(answer))


def replication_xml(answer):
    return element("Role", answer["Role"]) + "".join(element("Rule", below(rule)) for rule in answer["Rules"])


def below(value):
    if not isinstance(value, dict):
        return str(value)
    return "".join(element(name, below(inner)) for name, inner in value.items())


def element(name, text):
    return f"<{name}>{text}</{name}>"


def xml(root, text):
    return f'<{root} xmlns="http://s3.amazonaws.com/doc/2006-03-01/">{text}</{root}>'


def dispose(cloud, *rules):
    text = "".join(element("Rule", below({"Status": "Enabled", **rule})) for rule in rules)
    cloud.front.canned["s3.get_bucket_lifecycle_configuration"] = xml("LifecycleConfiguration", text)


def said(cloud, check, *required):
    policy = Policy({check: {"required": required}})
    return {f.subject.name: f for f in cloud.judge([check], policy=policy)}


def status(cloud, check):
    return said(cloud, check, "ward")["ward"].status.value


def test_by_default_no_bucket_is_asked_and_none_is_judged(ward):
    findings = ward.judge(list(ASKED))
    assert {finding.status.value for finding in findings} == {"not_applicable"}
    assert len(findings) == 9
    assert {name: ward.front.counts[f"s3.{name}"] for name in ASKED.values()} == dict.fromkeys(
        ASKED.values(), 0
    )


@pytest.mark.parametrize("check", sorted(ASKED))
def test_only_the_buckets_that_the_organisation_names_are_asked(ward, check):
    findings = said(ward, check, "ward*")
    assert {name: finding.status.value for name, finding in findings.items()} == {
        "ward": "fail",
        "ward-copy": "fail",
        "web": "not_applicable",
    }
    assert "not among the buckets" in findings["web"].sentence
    assert ward.front.counts[f"s3.{ASKED[check]}"] == 2


@pytest.mark.parametrize(
    ("check", "permission"),
    [
        (COPIED, "s3:GetReplicationConfiguration"),
        (DISPOSED, "s3:GetLifecycleConfiguration"),
        (LISTLESS, "s3:GetBucketOwnershipControls"),
    ],
)
def test_a_refused_answer_is_unknown_and_names_the_permission(ward, check, permission):
    ward.front.refused = {f"s3.{ASKED[check]}": "AccessDenied"}
    finding = said(ward, check, "ward")["ward"]
    assert finding.status.value == "unknown"
    assert permission in finding.sentence


def test_the_rules_of_a_real_server_are_read(ward):
    s3 = ward.client("s3")
    rule = {"ID": "r", "Priority": 1, "Status": "Enabled", "Filter": {"Prefix": ""}}
    copier = {
        **rule,
        "Destination": {"Bucket": "arn:aws:s3:::ward-copy"},
        "DeleteMarkerReplication": {"Status": "Disabled"},
    }
    s3.put_bucket_replication(Bucket="ward", ReplicationConfiguration={"Role": ROLE, "Rules": [copier]})
    ends = {"Expiration": DAYS, "NoncurrentVersionExpiration": {"NoncurrentDays": 30}}
    broom = {"ID": "d", "Status": "Enabled", "Filter": {"Prefix": ""}, **ends}
    s3.put_bucket_lifecycle_configuration(Bucket="ward", LifecycleConfiguration={"Rules": [broom]})
    assert {check: status(ward, check) for check in (COPIED, DISPOSED)} == {COPIED: "pass", DISPOSED: "pass"}


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ({}, "pass"),
        ({"status": "Disabled"}, "fail"),
        ({"to": "ward"}, "fail"),
        ({"scope": {"Prefix": "notes/"}}, "unknown"),
        ({"scope": {"Tag": {"Key": "phi", "Value": "yes"}}}, "unknown"),
        ({"scope": {"And": {"Prefix": "notes/", "Tag": {"Key": "phi", "Value": "yes"}}}}, "unknown"),
    ],
)
def test_a_bucket_is_replicated_only_by_an_enabled_rule_for_all_of_it(ward, rule, expected):
    replicate(ward, **rule)
    assert status(ward, COPIED) == expected


@pytest.mark.parametrize(("criteria", "expected"), [(None, "fail"), (KMS, "pass")])
def test_a_rule_must_take_what_kms_encrypts_where_the_bucket_has_it_encrypted(ward, criteria, expected):
    by_default = {"SSEAlgorithm": "aws:kms"}
    ward.client("s3").put_bucket_encryption(
        Bucket="ward",
        ServerSideEncryptionConfiguration={
            "Rules": [{"ApplyServerSideEncryptionByDefault": by_default}],
        },
    )
    replicate(ward, criteria=criteria)
    assert status(ward, COPIED) == expected


ENDS = {"Expiration": DAYS}
EARLIER = {"NoncurrentVersionExpiration": {"NoncurrentDays": 30}}
SPARES = {"NoncurrentVersionExpiration": {"NoncurrentDays": 30, "NewerNoncurrentVersions": 3}}


@pytest.mark.parametrize(
    ("rules", "expected"),
    [
        ([{**ENDS, **EARLIER}], "pass"),
        ([ENDS, EARLIER], "pass"),
        ([{"Expiration": {"Date": "2027-01-01T00:00:00Z"}, **EARLIER}], "pass"),
        ([{**ENDS, **EARLIER, "Filter": {"Prefix": ""}}], "pass"),
        ([{**ENDS, **EARLIER, "Status": "Disabled"}], "fail"),
        ([ENDS], "fail"),
        ([{**ENDS, **SPARES}], "fail"),
        ([{"Expiration": {"ExpiredObjectDeleteMarker": "true"}, **EARLIER}], "fail"),
        ([{**ENDS, **EARLIER, "Filter": {"Prefix": "tmp/"}}], "unknown"),
        ([{**ENDS, **EARLIER, "Prefix": "tmp/"}], "unknown"),
        ([{**ENDS, **EARLIER, "Filter": {"ObjectSizeGreaterThan": 10}}], "unknown"),
        ([{**ENDS, **EARLIER, "Filter": {"And": {"Prefix": "a", "ObjectSizeLessThan": 10}}}], "unknown"),
        ([ENDS, {**EARLIER, "Filter": {"Prefix": "tmp/"}}], "unknown"),
    ],
)
def test_objects_are_disposed_of_only_by_an_enabled_rule_for_all_of_them(ward, rules, expected):
    dispose(ward, *rules)
    assert status(ward, DISPOSED) == expected


def test_a_bucket_that_never_kept_versions_needs_no_rule_for_earlier_ones(cloud):
    cloud.client("s3").create_bucket(Bucket="ward")
    dispose(cloud, ENDS)
    assert status(cloud, DISPOSED) == "pass"


@pytest.mark.parametrize(
    ("ownership", "expected"),
    [
        ("BucketOwnerEnforced", "pass"),
        ("BucketOwnerPreferred", "fail"),
        ("ObjectWriter", "fail"),
        (None, "fail"),
    ],
)
def test_lists_are_off_only_where_the_owner_is_enforced(ward, ownership, expected):
    s3 = ward.client("s3")
    s3.delete_bucket_ownership_controls(Bucket="ward")
    if ownership is not None:
        controls = {"Rules": [{"ObjectOwnership": ownership}]}
        s3.put_bucket_ownership_controls(Bucket="ward", OwnershipControls=controls)
    assert status(ward, LISTLESS) == expected
