from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace

import botocore.session
import pytest
from botocore.exceptions import EndpointConnectionError

from collectors.aws.asking import ask
from collectors.aws.clients import Clients
from collectors.aws.credentials import Binding
from collectors.aws.errors import NotEnabled, NotOffered, classify
from collectors.aws.kind import REGIONS, AwsKind
from collectors.aws.organization import KEEP, members
from collectors.aws.source import HOMES, Source
from collectors.aws.target import AwsTarget
from collectors.kind import Found, Reach, Unreached, lists
from collectors.plan import plan_kind, specs
from collectors.poll import Errand, poll
from evidence.model import Reason

CHECK = "aws-s3-bucket-encryption"
in_the_cloud = pytest.mark.server("moto")


def organization_of(cloud, *names):
    client = cloud.client("organizations")
    client.create_organization(FeatureSet="ALL")
    return {
        name: client.create_account(AccountName=name, Email=f"{name}@example.org")["CreateAccountStatus"][
            "AccountId"
        ]
        for name in names
    }


def statuses(results):
    return {
        target: (result.coverage[0].status.value, result.coverage[0].why)
        for (target, _), result in results.items()
    }


@in_the_cloud
def test_every_active_account_of_the_organisation_is_entered_but_those_left_out(cloud):
    accounts = organization_of(cloud, "ward", "lab", "sandbox")
    source = cloud.source(organization=True, role_name="audit", exclude_accounts=(accounts["sandbox"],))
    results = cloud.poll(source, [CHECK])
    assert {target: status for target, (status, _) in statuses(results).items()} == {
        "aws/123456789012": "complete",
        f"aws/{accounts['ward']}": "complete",
        f"aws/{accounts['lab']}": "complete",
    }
    assert {result.principal.split(":")[4] for result in results.values()} == {
        target.removeprefix("aws/") for target, _ in results
    }


@in_the_cloud
def test_a_suspended_account_is_a_failed_row_and_nobody_tries_to_enter_it(cloud):
    accounts = organization_of(cloud, "ward", "closed")
    cloud.client("organizations").close_account(AccountId=accounts["closed"])
    found = statuses(cloud.poll(cloud.source(organization=True, role_name="audit"), [CHECK]))
    status, why = found[f"aws/{accounts['closed']}"]
    assert status == "failed"
    assert "SUSPENDED" in why.detail
    assert found[f"aws/{accounts['ward']}"] == ("complete", None)
    assert cloud.front.counts["sts.assume_role"] == 2


@in_the_cloud
def test_an_organisation_that_may_not_be_listed_is_one_failed_row_that_names_the_permission(cloud):
    organization_of(cloud, "ward")
    cloud.front.refused = {"organizations.list_accounts": "AccessDeniedException"}
    results = cloud.poll(cloud.source(organization=True, role_name="audit"), [CHECK])
    ((target, result),) = [(target, result) for (target, _), result in results.items()]
    assert target == "aws/test"
    assert result.coverage[0].status.value == "failed"
    assert result.coverage[0].permissions_missing == ("organizations:ListAccounts",)


@in_the_cloud
def test_an_organisation_without_accounts_is_a_failed_row_and_not_silence(cloud):
    # Outside any organisation this server answers with no accounts.
    found = statuses(cloud.poll(cloud.source(organization=True, role_name="audit"), [CHECK]))
    assert found["aws/test"][0] == "failed"
    assert "names no account" in found["aws/test"][1].detail


@in_the_cloud
def test_an_account_outside_any_organisation_says_so(cloud):
    cloud.front.refused = {"organizations.list_accounts": "AWSOrganizationsNotInUseException"}
    found = statuses(cloud.poll(cloud.source(organization=True, role_name="audit"), [CHECK]))
    assert found["aws/test"][0] == "failed"
    assert "AWSOrganizationsNotInUseException" in found["aws/test"][1].detail


@in_the_cloud
def test_a_refused_role_is_a_failed_row_of_its_account(cloud):
    accounts = organization_of(cloud, "ward")
    cloud.front.refused = {"sts.assume_role": "AccessDenied"}
    results = cloud.poll(cloud.source(organization=True, role_name="audit"), [CHECK])
    assert set(statuses(results)) == {"aws/123456789012", f"aws/{accounts['ward']}"}
    assert {result.coverage[0].permissions_missing for result in results.values()} == {("sts:AssumeRole",)}


class Pages:
    def __init__(self, pages):
        self._pages = pages

    def pages(self, _operation):
        for page in self._pages:
            if isinstance(page, Exception):
                raise page
            yield {"Accounts": page}


def test_accounts_on_the_pages_before_a_failure_are_still_known():
    broken = ConnectionError("reset")
    found, broke = members(
        Pages([[{"Id": "1", "State": "ACTIVE"}], [{"Id": "2", "Status": "SUSPENDED"}], broken])
    )
    assert [(member.account, member.active) for member in found] == [("1", True), ("2", False)]
    assert broke is broken


def test_an_account_in_an_unknown_state_is_not_taken_for_active():
    ((member,), _) = members(Pages([[{"Id": "1"}]]))
    assert not member.active
    assert "unknown state" in member.unreached("me").failure.detail


def test_every_field_kept_of_the_accounts_is_one_that_aws_sends():
    model = botocore.session.Session().get_service_model("organizations")
    row = model.operation_model("ListAccounts").output_shape.members["Accounts"].member
    assert {"Id", "State", "Status"} <= set(row.members)
    assert KEEP == {"list_accounts": "Accounts[]{Id, State, Status}"}


@in_the_cloud
def test_external_id_and_session_tags_go_with_the_role(cloud):
    asked = {}
    clients = Clients()
    clients.get("sts", "us-east-1", cloud.url).meta.events.register(
        "provide-client-params.sts.AssumeRole", lambda params, **_: asked.update(params)
    )
    from collectors.aws.platform import AwsPlatform  # noqa: PLC0415 - beside the clients it is given

    platform = AwsPlatform(clients)
    source = cloud.source(
        role_name="path/audit",
        accounts=("111111111111",),
        external_id="an id",
        session_tags=(("purpose", "evidence"),),
    )
    list(platform.targets(source))
    platform.close()
    assert asked["RoleArn"] == "arn:aws:iam::111111111111:role/path/audit"
    assert asked["ExternalId"] == "an id"
    assert asked["Tags"] == [{"Key": "purpose", "Value": "evidence"}]


@in_the_cloud
def test_without_a_list_every_enabled_region_is_listed_and_no_other_is_asked(cloud):
    rows = {
        row["RegionName"]: row["OptInStatus"]
        for row in cloud.client("ec2").describe_regions(AllRegions=True)["Regions"]
    }
    on = {name for name, state in rows.items() if state != "not-opted-in"}
    assert on
    assert on < set(rows)
    results = cloud.poll(
        cloud.source(regions=()), ["aws-ec2-volume-encryption", "aws-ec2-region-ebs-encryption"]
    )
    volumes = results["aws/123456789012", "aws.ec2.volume"]
    assert {reached.scope.part for reached in volumes.coverage} == on
    asked = {seen.partition("/")[0] for seen in cloud.front.seen if "/ec2." in seen}
    assert asked == on


@in_the_cloud
def test_a_region_that_is_not_enabled_is_a_row_of_its_own(cloud):
    results = cloud.poll(cloud.source(regions=()), ["aws-ec2-region-ebs-encryption"])
    regions = results["aws/123456789012", "aws.ec2.region"]
    rows = {reached.scope.part: reached for reached in regions.coverage}
    answer = cloud.client("ec2").describe_regions(AllRegions=True)["Regions"]
    assert set(rows) == {row["RegionName"] for row in answer}
    off = {row["RegionName"] for row in answer if row["OptInStatus"] == "not-opted-in"}
    assert {part for part, reached in rows.items() if reached.status.value == "not_applicable"} == off
    assert all("is not enabled" in rows[part].why.detail for part in off)


def test_a_region_switched_off_makes_its_scope_not_applicable():
    failure = classify(NotEnabled("ap-east-1"))
    assert failure.reach is Reach.SCOPE_NOT_APPLICABLE
    assert "ap-east-1" in failure.detail


@pytest.mark.parametrize("partition", sorted(HOMES))
def test_what_is_global_is_asked_in_the_home_of_its_partition(partition):
    suffix = {"aws": "amazonaws.com", "aws-us-gov": "amazonaws.com", "aws-cn": "amazonaws.com.cn"}[partition]
    source = Source("s", partition=partition)
    clients = Clients()
    for service in ("iam", "sts", "organizations", "ec2", "s3", "cloudtrail"):
        client = clients.get(service, source.home)
        assert client.meta.partition == partition
        assert client.meta.endpoint_url.endswith(f".{suffix}")
        if partition != "aws":
            assert partition.removeprefix("aws-").replace("us-gov", "gov") in client.meta.endpoint_url
    clients.close()


@in_the_cloud
@pytest.mark.parametrize(("partition", "region"), [("aws-us-gov", "us-gov-west-1"), ("aws-cn", "cn-north-1")])
def test_another_partition_is_looked_at_whole(cloud, partition, region):
    cloud.client("ec2", region).create_volume(AvailabilityZone=f"{region}a", Size=1)
    cloud.client("iam", region).create_role(RoleName="porter", AssumeRolePolicyDocument="{}")
    source = cloud.source(
        regions=(region,), partition=partition, role_name="audit", accounts=("123456789012",)
    )
    results = cloud.poll(source, ["aws-ec2-volume-encryption", "aws-iam-role-trust"])
    uids = {kind: [o.resource.uid for o in result.observations] for (_, kind), result in results.items()}
    assert {uid.split(":")[1] for found in uids.values() for uid in found} == {partition}
    (principal,) = {result.principal for result in results.values()}
    assert principal.startswith(f"arn:{partition}:sts::")


class Topic(AwsKind):
    kind = "aws.test.topic"
    service = "sns"
    part = "region"
    keep = {"list_topics": "Topics[]{TopicArn}"}

    @lists(needs=REGIONS)
    def every(self, sns):
        for page in sns.pages("list_topics"):
            yield from (Found(row["TopicArn"], row["TopicArn"]) for row in page["Topics"])


@in_the_cloud
def test_a_region_refused_by_policy_is_a_failed_row_and_the_others_are_seen(cloud):
    cloud.front.refused = {"eu-west-1/sns.list_topics": "AuthorizationError"}
    platform = cloud.platform()
    platform.kinds = lambda: (Topic,)
    (spec,) = specs([platform]).values()
    errand = Errand(platform, "test", cloud.source(), {"aws.test.topic": plan_kind(spec, [])})
    (result,) = poll([errand])
    assert {reached.scope.part: reached.status.value for reached in result.coverage} == {
        "eu-west-1": "failed",
        "us-east-1": "complete",
    }


@in_the_cloud
def test_a_role_is_assumed_once_however_often_its_account_is_opened(cloud):
    platform = cloud.platform()
    source = cloud.source(role_name="audit", accounts=("111111111111", "222222222222"))
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda _: [target.name for target in platform.targets(source)], range(8)))
    assert found == [["aws/111111111111", "aws/222222222222"]] * 8
    assert cloud.front.counts["sts.assume_role"] == 2


@in_the_cloud
def test_a_role_that_was_refused_is_tried_again(cloud):
    platform = cloud.platform()
    source = cloud.source(role_name="audit", accounts=("111111111111",))
    cloud.front.refused = {"sts.assume_role": "AccessDenied"}
    assert [type(target) for target in platform.targets(source)] == [Unreached]
    cloud.front.refused = {}
    assert [type(target) for target in platform.targets(source)] == [AwsTarget]


class NoSuchName(Exception):
    """Stands for the address that the resolver does not know."""


def unknown_name():
    return EndpointConnectionError(
        endpoint_url="https://x", error=type("NameResolutionError", (NoSuchName,), {})()
    )


def asked_where(service, region, error, monkeypatch):
    clients = Clients()
    keys = Binding("aws/1", SimpleNamespace(access_key="AKIA", secret_key="x", token=None))
    identity = SimpleNamespace(account="1", binding=lambda: keys)
    client = ask(clients, Source("s"), identity, (service, region), {"describe_fleets": "Fleets[]{Name}"})

    def refuse(**_):
        raise error

    monkeypatch.setattr(clients.get(service, region), "describe_fleets", refuse)
    try:
        client.describe_fleets()
    except (EndpointConnectionError, NotOffered) as seen:
        return classify(seen)
    finally:
        clients.close()


def test_a_service_that_aws_does_not_offer_in_a_region_is_not_applicable_there(monkeypatch):
    failure = asked_where("appstream", "eu-north-1", unknown_name(), monkeypatch)
    assert failure.reach is Reach.SCOPE_NOT_APPLICABLE
    assert failure.detail == "appstream is not offered in region eu-north-1"


def test_a_name_that_does_not_resolve_where_the_service_is_offered_is_an_error(monkeypatch):
    failure = asked_where("appstream", "us-east-1", unknown_name(), monkeypatch)
    assert (failure.reason, failure.reach) == (Reason.ERROR, Reach.FACT)


def test_an_endpoint_that_does_not_answer_is_an_error_wherever_it_is(monkeypatch):
    unreachable = EndpointConnectionError(endpoint_url="https://x", error=ConnectionRefusedError())
    failure = asked_where("appstream", "eu-north-1", unreachable, monkeypatch)
    assert (failure.reason, failure.reach) == (Reason.ERROR, Reach.FACT)


def test_a_service_whose_regions_the_sdk_does_not_list_is_taken_to_be_offered():
    clients = Clients()
    assert clients.offered("iam", "eu-north-1")
    assert clients.offered("ec2", "us-gov-west-1")
    assert not clients.offered("appstream", "eu-north-1")
    clients.close()
