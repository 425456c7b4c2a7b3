from __future__ import annotations

from types import SimpleNamespace

import pytest

from collectors.aws.platform import AwsPlatform
from tests.collectors.aws.look import aws_checks, fingerprint
from tests.servers.moto_clients import ACCOUNT

pytestmark = pytest.mark.server("moto")


@pytest.fixture(scope="module")
def looked(everything):
    """What a calm look says of everything."""
    results = everything.poll(workers=32)
    return SimpleNamespace(cloud=everything, front=everything.front, results=results, said=said(everything))


@pytest.fixture
def calm(looked):
    looked.front.clear()
    yield looked
    looked.front.clear()


def said(cloud):
    return {
        (
            finding.check,
            getattr(finding.subject, "uid", str(finding.subject)),
            finding.status,
            finding.sentence,
        )
        for finding in cloud.judge()
    }


@pytest.mark.parametrize("share", [0.05, 0.3])
def test_throttling_changes_no_finding_of_any_kind(calm, share):
    calm.front.throttle_share = share
    assert said(calm.cloud) == calm.said
    assert calm.front.throttled > calm.front.requests * share / 2


def test_however_small_the_pages_the_facts_are_the_same(calm):
    calm.front.page_size = 2
    requests = calm.front.requests
    results = calm.cloud.poll(workers=32)
    assert calm.front.requests > requests
    for place, result in results.items():
        same = {place: calm.results[place]}
        assert fingerprint({place: result}) == fingerprint(same), place


def listed(results, kind):
    return sum(reached.listed for reached in results[f"aws/{ACCOUNT}", kind].coverage)


def test_resources_deleted_between_listing_and_reading_are_counted_and_not_judged(calm):
    tried = set()
    for cls in AwsPlatform().kinds():
        before = calm.results.get((f"aws/{ACCOUNT}", cls.kind))
        asked = {call.operation for call in before.calls if call.about} if before and cls.gone else None
        if not asked:
            continue
        checks = [name for name, check in aws_checks().items() if cls.kind in check.on]
        calm.front.refused = dict.fromkeys(asked, min(cls.gone))
        results = calm.cloud.poll(checks=checks)
        result = results[f"aws/{ACCOUNT}", cls.kind]
        assert not result.observations, cls.kind
        assert {reached.status.value for reached in result.coverage} == {"complete"}, cls.kind
        assert sum(reached.gone for reached in result.coverage) == listed(calm.results, cls.kind) > 0
        tried.add(cls.kind)
    assert tried >= {"aws.dynamodb.table", "aws.kms.key", "aws.s3.bucket", "aws.sns.topic", "aws.sqs.queue"}
