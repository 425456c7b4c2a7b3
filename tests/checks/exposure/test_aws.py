from __future__ import annotations

import pytest

from checks.exposure import aws, aws_compute, aws_network
from evidence.facts.aws import (
    AclGrant,
    BucketPolicyStatus,
    IngressRule,
    InstanceAddresses,
    InstanceState,
    KeyMetadata,
    PublicAccessBlock,
    SnapshotBlock,
    SnapshotSharing,
)
from evidence.facts.aws_machines import GroupUse
from evidence.model import Resource, Scope
from tests.checks.strict import Strict

SWITCHES = ("block_public_acls", "ignore_public_acls", "block_public_policy", "restrict_public_buckets")


def block(*on):
    return Strict(PublicAccessBlock, **{name: name in on for name in SWITCHES})


def bucket(own=None, account=None, *, public=None, groups=(), document=None):
    status = None if public is None else Strict(BucketPolicyStatus, public=public)
    grants = [Strict(AclGrant, group=group, permission="READ") for group in groups]
    return aws.bucket_is_not_public.judge(own, document, status, grants, account).status


def test_an_account_passes_with_all_four_switches_and_names_those_that_are_off():
    assert aws.account_blocks_public_access.judge(block(*SWITCHES)).status == "pass"
    verdict = aws.account_blocks_public_access.judge(block(*SWITCHES[:3]))
    assert verdict.status == "fail"
    assert "restrict_public_buckets" in verdict.sentence
    assert aws.account_blocks_public_access.judge(None).status == "fail"


def test_a_plain_bucket_is_not_public():
    assert bucket() == "pass"
    assert bucket(public=False, groups=["LogDelivery"]) == "pass"


def test_a_bucket_that_heeds_acls_passes_with_a_word_on_those_of_its_objects():
    said = {
        blocked: aws.bucket_is_not_public.judge(block(*blocked), None, None, [], None).sentence
        for blocked in ((), ("ignore_public_acls",))
    }
    assert [
        blocked for blocked, sentence in said.items() if "objects' own ACLs were not looked at" in sentence
    ] == [()]


@pytest.mark.parametrize("group", ["AllUsers", "AuthenticatedUsers"])
def test_an_acl_for_everyone_fails_unless_some_block_ignores_it(group):
    assert bucket(groups=[group]) == "fail"
    assert bucket(block("block_public_acls"), groups=[group]) == "fail"
    assert bucket(block("ignore_public_acls"), groups=[group]) == "pass"
    assert bucket(None, block("ignore_public_acls"), groups=[group]) == "pass"


def test_a_public_policy_fails_unless_some_block_restricts_it():
    assert bucket(public=True) == "fail"
    assert bucket(block("block_public_policy"), public=True) == "fail"
    assert bucket(block("restrict_public_buckets"), public=True) == "pass"
    assert bucket(None, block("restrict_public_buckets"), public=True) == "pass"


OPEN = {"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::ward/*"}
DENIAL = {"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "arn:aws:s3:::ward/*"}
OUTSIDE = {"Condition": {"StringNotEquals": {"aws:PrincipalOrgID": "o-1"}}}
ODD = {"Condition": {"StringNotEquals": {"aws:PrincipalTag/team": "ward"}}}


@pytest.mark.parametrize(
    ("held", "status"),
    [
        ([OPEN], "fail"),
        ([OPEN, DENIAL | OUTSIDE], "pass"),
        ([OPEN, DENIAL | ODD], "unknown"),
        ([OPEN, DENIAL | {"Condition": {"Bool": {"aws:SecureTransport": "false"}}}], "fail"),
        # What AWS calls public for a reason that is not seen here stays so.
        ([OPEN | {"Principal": {"AWS": "arn:aws:iam::1:root"}}, DENIAL | OUTSIDE], "fail"),
        ([OPEN | {"Condition": {"StringEquals": {"aws:PrincipalOrgID": "o-2"}}}, DENIAL | OUTSIDE], "pass"),
        ([OPEN | {"Condition": {"StringEquals": {"aws:PrincipalOrgID": "o-2"}}}], "fail"),
    ],
)
def test_a_public_policy_counts_with_its_denials_which_aws_leaves_out(held, status):
    assert bucket(public=True, document={"Statement": held}) == status
    assert bucket(block("restrict_public_buckets"), public=True, document={"Statement": held}) == "pass"
    assert bucket(public=True, document={"Statement": held}, groups=["AllUsers"]) == "fail"


OF_OURS = {"StringEquals": {"s3:DataAccessPointAccount": "111122223333"}}


@pytest.mark.parametrize(
    ("held", "status"),
    [
        ([OPEN | {"Condition": OF_OURS}], "unknown"),
        ([OPEN | {"Condition": OF_OURS}, DENIAL | OUTSIDE], "pass"),
        (
            [
                OPEN
                | {"Condition": {"StringEquals": {**OF_OURS["StringEquals"], "aws:PrincipalOrgID": "o-1"}}}
            ],
            "pass",
        ),
        ([OPEN | {"Condition": OF_OURS, "Principal": {"AWS": "arn:aws:iam::111122223333:root"}}], "pass"),
    ],
)
def test_a_policy_that_leaves_it_to_access_points_is_not_known_to_be_closed(held, status):
    assert bucket(public=False, document={"Statement": held}) == status
    assert (
        bucket(None, block("restrict_public_buckets"), public=False, document={"Statement": held}) == "pass"
    )


def test_a_denial_that_closes_a_public_policy_is_named():
    document = {"Statement": [OPEN, DENIAL | OUTSIDE]}
    args = Strict(BucketPolicyStatus, public=True), [], None
    sentence = aws.bucket_is_not_public.judge(None, document, *args).sentence
    assert "denies everyone whose aws:PrincipalOrgID is not o-1; its objects' own ACLs" in sentence


def test_a_block_against_policies_does_not_help_against_acls():
    assert bucket(block("restrict_public_buckets"), groups=["AllUsers"]) == "fail"


@pytest.mark.parametrize(
    ("own", "answers"),
    [
        (None, False),
        (block(*SWITCHES[:3]), False),
        (block("ignore_public_acls", "restrict_public_buckets"), True),
    ],
)
def test_only_a_block_that_overrides_policies_and_acls_answers_alone(own, answers):
    assert (aws.blocked_by_itself(own) is not None) == answers


@pytest.mark.parametrize(
    ("own", "account", "status"),
    [
        (None, None, "fail"),
        (block(*SWITCHES[:3]), None, "fail"),
        (block(*SWITCHES[:3]), block("block_public_acls"), "fail"),
        (block(*SWITCHES[:3]), block(SWITCHES[3]), "pass"),
        (None, block(*SWITCHES), "pass"),
    ],
)
def test_a_buckets_block_is_complete_when_each_way_is_on_at_the_bucket_or_the_account(own, account, status):
    assert aws.blocked_in_every_way(own) is None
    assert aws.bucket_blocks_public_access.judge(own, account).status == status


def test_a_bucket_that_blocks_every_way_itself_needs_no_look_at_the_account():
    assert aws.blocked_in_every_way(block(*SWITCHES)).status == "pass"


def test_a_bucket_names_the_ways_that_neither_block_has_on():
    verdict = aws.bucket_blocks_public_access.judge(block(*SWITCHES[:2]), block(SWITCHES[2]))
    assert "restrict_public_buckets" in verdict.sentence
    assert "block_public_policy" not in verdict.sentence


@pytest.mark.parametrize(("public", "status"), [(True, "fail"), (False, "pass")])
def test_a_snapshot_fails_when_everyone_may_restore_it(public, status):
    assert aws.snapshot_is_not_public.judge(Strict(SnapshotSharing, public=public)).status == status


@pytest.mark.parametrize(
    ("state", "status"), [("block-all-sharing", "pass"), ("block-new-sharing", "pass"), ("unblocked", "fail")]
)
def test_a_region_passes_while_no_snapshot_can_become_public(state, status):
    assert aws.region_blocks_public_snapshots.judge(Strict(SnapshotBlock, state=state)).status == status


def key(manager="CUSTOMER"):
    return Strict(
        KeyMetadata, manager=manager, state="Enabled", origin="AWS_KMS", spec="x", deletion_date=None
    )


def policy(principal, condition=None):
    statement = {"Effect": "Allow", "Principal": principal, "Action": "kms:*", "Resource": "*"}
    return {"Statement": [statement | ({"Condition": condition} if condition else {})]}


@pytest.mark.parametrize(
    ("document", "status"),
    [
        (policy({"AWS": "arn:aws:iam::1:root"}), "pass"),
        (policy({"AWS": "*"}), "fail"),
        (policy("*"), "fail"),
        (policy({"AWS": "*"}, {"StringEquals": {"kms:CallerAccount": "1"}}), "pass"),
        (policy({"AWS": "*"}, {"StringEquals": {"aws:PrincipalOrgID": "o-1"}}), "pass"),
        (policy({"AWS": "*"}, {"StringLike": {"aws:PrincipalArn": "*"}}), "fail"),
        (policy({"AWS": "*"}, {"StringNotEquals": {"kms:CallerAccount": "1"}}), "fail"),
        (policy({"AWS": "*"}, {"Bool": {"aws:SecureTransport": "true"}}), "fail"),
    ],
)
def test_a_key_fails_when_its_policy_ties_nobody_down(document, status):
    assert aws.key_is_not_public.judge(key(), document).status == status


@pytest.mark.parametrize(
    ("condition", "status"),
    [
        ({"StringEquals": {"aws:PrincipalAccount": "${aws:PrincipalAccount}"}}, "fail"),
        ({"StringEquals": {"aws:PrincipalOrgID": "${aws:ResourceOrgID}"}}, "pass"),
        ({"StringEqualsIfExists": {"aws:PrincipalOrgID": "o-1"}}, "fail"),
        ({"ForAllValues:StringEquals": {"aws:PrincipalOrgID": "o-1"}}, "fail"),
        ({"Null": {"aws:PrincipalOrgID": "false"}}, "fail"),
        ({"StringLike": {"kms:CallerAccount": "*"}}, "fail"),
        ({"StringLike": {"aws:PrincipalOrgID": "o-*"}}, "fail"),
        ({"ForAnyValue:StringLike": {"aws:PrincipalOrgPaths": "o-1/r-1/*"}}, "pass"),
        ({"ForAnyValue:StringLike": {"aws:PrincipalOrgPaths": "o-*/r-1/*"}}, "fail"),
        ({"StringLike": {"aws:userid": "AROAEXAMPLEID:*"}}, "pass"),
        ({"StringLike": {"aws:userid": "*:nurse"}}, "fail"),
        ({"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}}, "fail"),
        ({"StringEquals": {"kms:CallerAccount": []}}, "fail"),
    ],
)
def test_a_condition_that_strangers_meet_ties_nobody_down(condition, status):
    assert aws.key_is_not_public.judge(key(), policy({"AWS": "*"}, condition)).status == status


@pytest.mark.parametrize(
    ("denied", "status"), [(OUTSIDE, "pass"), (ODD, "unknown"), ({"Action": "kms:Put*"} | OUTSIDE, "fail")]
)
def test_a_key_policys_denials_count(denied, status):
    statement = policy("*")["Statement"][0]
    denial = {"Effect": "Deny", "Principal": "*", "Action": "kms:*", "Resource": "*"} | denied
    verdict = aws.key_is_not_public.judge(key(), {"Statement": [statement, denial]})
    assert verdict.status == status
    assert status != "pass" or verdict.sentence.endswith(
        "allows anyone with an AWS account, but denies everyone whose aws:PrincipalOrgID is not o-1"
    )


@pytest.mark.parametrize(
    ("denied", "status"), [(OUTSIDE, "pass"), (ODD, "unknown"), ({"Action": "s3:*"}, "fail")]
)
def test_a_functions_denials_count_for_it_and_its_aliases(denied, status):
    call = {"Effect": "Allow", "Principal": "*", "Action": "lambda:InvokeFunction", "Resource": "arn:f"}
    held = {
        "Statement": [
            call,
            {"Effect": "Deny", "Principal": "*", "Action": "lambda:*", "Resource": "arn:f"} | denied,
        ]
    }
    judge = aws_compute.function_is_not_public.judge
    assert judge(held, None).status == status
    assert judge(None, [held]).status == status
    assert judge({"Statement": [call]}, [held]).status == "fail"
    assert "single versions were not looked at" in judge(None, None).sentence
    assert status != "pass" or "single versions were not looked at" in judge(held, None).sentence


def test_a_key_for_everyone_but_a_few_is_for_everyone():
    statement = {
        "Effect": "Allow",
        "NotPrincipal": {"AWS": "arn:aws:iam::1:root"},
        "Action": "*",
        "Resource": "*",
    }
    assert aws.key_is_not_public.judge(key(), {"Statement": [statement]}).status == "fail"


def test_a_key_that_aws_manages_does_not_apply():
    assert aws.key_is_not_public.judge(key("AWS"), None).status == "not_applicable"


USED, UNUSED = Strict(GroupUse, used=True), Strict(GroupUse, used=False)


def rule(cidrs=(), low=22, high=22, protocol="tcp", lists=()):
    return Strict(
        IngressRule,
        protocol=protocol,
        from_port=low,
        to_port=high,
        cidrs=list(cidrs),
        prefix_lists=list(lists),
        groups=[],
    )


@pytest.mark.parametrize(
    ("rules", "status"),
    [
        ([], "pass"),
        ([rule(["0.0.0.0/0"])], "fail"),
        ([rule(["::/0"])], "fail"),
        ([rule(["2000::/3"])], "fail"),
        ([rule(["10.0.0.0/7"])], "fail"),
        ([rule(["fd00::/8"])], "pass"),
        ([rule(["0.0.0.0/1"]), rule(["128.0.0.0/1"])], "fail"),
        ([rule(["10.0.0.0/8", "fc00::/7", "198.51.100.7/32"])], "pass"),
        ([rule(["0.0.0.0/0"], 443, 443)], "pass"),
        ([rule(["0.0.0.0/0"], 0, 65535)], "fail"),
        ([rule(["0.0.0.0/0"], None, None, "-1")], "fail"),
        ([rule(["0.0.0.0/0"], -1, -1, "icmp")], "pass"),
        ([rule(["0.0.0.0/0"], 3389, 3389, "udp")], "fail"),
        ([rule(lists=["pl-1"])], "unknown"),
        ([rule(lists=["pl-1"], low=443, high=443)], "pass"),
        ([rule(lists=["pl-1"]), rule(["0.0.0.0/0"])], "fail"),
    ],
)
def test_admin_ports_pass_only_when_no_wide_network_reaches_them(rules, status):
    assert aws_network.admin_ports_are_closed.judge(rules, USED).status == status


def test_an_open_group_that_nothing_has_is_no_way_in_and_says_what_it_would_open():
    verdict = aws_network.admin_ports_are_closed.judge([rule(["0.0.0.0/0"])], UNUSED)
    assert verdict.status == "not_applicable"
    assert "open to the internet: ports 22" in verdict.sentence


def test_a_closed_group_is_judged_without_a_look_at_who_has_it():
    closed, opened = [rule(["10.0.0.0/8"])], [rule(["0.0.0.0/0"])]
    assert aws_network.closed_for_administration(closed).status == "pass"
    assert aws_network.closed_for_administration(opened) is None
    assert aws_network.closed_for_databases(opened).status == "pass"
    assert aws_network.admin_ports_are_closed.judge(closed, UNUSED).status == "pass"


def test_database_ports_are_asked_about_apart():
    opened = [rule(["0.0.0.0/0"], 5432, 5432)]
    assert aws_network.database_ports_are_closed.judge(opened, USED).status == "fail"
    assert aws_network.admin_ports_are_closed.judge(opened, USED).status == "pass"
    assert aws_network.admin_ports_are_closed.judge(opened, USED, ports=(5432,)).status == "fail"
    assert aws_network.admin_ports_are_closed.judge(opened, USED, ports=("5432",)).status == "fail"


def group(name):
    return Resource("aws.ec2.security_group", "arn", name, Scope("aws/1", "eu-west-1"))


def test_only_default_groups_must_be_empty():
    judge = aws_network.default_group_is_empty.judge
    assert judge([], resource=group("default")).status == "pass"
    assert judge([rule(["10.0.0.0/8"])], resource=group("default")).status == "fail"
    assert judge([rule(["10.0.0.0/8"])], resource=group("web")).status == "not_applicable"


@pytest.mark.parametrize(
    ("public", "state", "status"),
    [
        (True, "running", "fail"),
        (False, "running", "pass"),
        (False, "stopped", "not_applicable"),
    ],
)
def test_an_instance_fails_with_a_public_address(public, state, status):
    facts = Strict(InstanceState, name=state), Strict(InstanceAddresses, public_ipv4=public)
    assert aws_network.instance_has_no_public_address.judge(*facts).status == status
