from __future__ import annotations

import pytest

from checks.integrity import aws
from evidence.facts.aws import BucketVersioning
from tests.checks.strict import Strict


@pytest.mark.parametrize(("status", "verdict"), [("Enabled", "pass"), ("Suspended", "fail")])
def test_a_bucket_passes_while_versioning_is_on(status, verdict):
    fact = Strict(BucketVersioning, status=status, mfa_delete=False)
    assert aws.bucket_keeps_versions.judge(fact).status == verdict


def test_a_bucket_that_never_had_versioning_fails():
    assert aws.bucket_keeps_versions.judge(None).status == "fail"
