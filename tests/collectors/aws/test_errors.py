from __future__ import annotations

import pytest
from botocore.exceptions import ClientError, ConnectTimeoutError, EndpointConnectionError, ReadTimeoutError

from collectors.aws.errors import classify, note
from collectors.kind import Reach
from evidence.model import Reason


def error(code, message="", *, enabled=True):
    response = {"Error": {"Code": code, "Message": message}, "ResponseMetadata": {"HTTPStatusCode": 403}}
    made = ClientError(response, "GetX")
    note(made, "get_x", "eu-west-1", lambda _region: enabled)
    return made


@pytest.mark.parametrize(
    ("code", "enabled", "reason", "reach"),
    [
        ("AccessDenied", True, Reason.DENIED, Reach.FACT),
        ("AccessDeniedException", True, Reason.DENIED, Reach.FACT),
        ("UnauthorizedOperation", True, Reason.DENIED, Reach.FACT),
        ("ExpiredToken", True, Reason.ERROR, Reach.UNIT),
        ("ExpiredTokenException", None, Reason.ERROR, Reach.UNIT),
        ("InvalidClientTokenId", True, Reason.ERROR, Reach.UNIT),
        ("InvalidClientTokenId", False, Reason.NOT_AVAILABLE, Reach.SCOPE_NOT_APPLICABLE),
        ("InvalidClientTokenId", None, Reason.ERROR, Reach.FACT),
        ("AuthFailure", False, Reason.NOT_AVAILABLE, Reach.SCOPE_NOT_APPLICABLE),
        ("OptInRequired", True, Reason.NOT_AVAILABLE, Reach.SCOPE_NOT_APPLICABLE),
        ("ThrottlingException", True, Reason.THROTTLED, Reach.FACT),
        ("RequestLimitExceeded", True, Reason.THROTTLED, Reach.FACT),
        ("SlowDown", True, Reason.THROTTLED, Reach.FACT),
        ("InternalError", True, Reason.ERROR, Reach.FACT),
    ],
)
def test_each_code_has_its_meaning_and_reach(code, enabled, reason, reach):
    failure = classify(error(code, enabled=enabled))
    assert (failure.code, failure.reason, failure.reach, failure.operation) == (code, reason, reach, "get_x")


@pytest.mark.parametrize(
    "message",
    [
        "User: arn:aws:iam::1:user/x is not authorized to perform: s3:GetX with an explicit deny in a service control policy",
        "not authorized because no resource control policy allows the s3:GetX action",
    ],
)
def test_an_organisations_refusal_is_denied_and_says_that_no_role_can_grant_it(message):
    failure = classify(error("AccessDenied", message))
    assert failure.reason is Reason.DENIED
    assert "organisation" in failure.detail
    assert "arn:aws" not in failure.detail


@pytest.mark.parametrize(
    "timeout", [ConnectTimeoutError(endpoint_url="x"), ReadTimeoutError(endpoint_url="x"), TimeoutError()]
)
def test_timeouts_are_timeouts(timeout):
    assert classify(timeout).reason is Reason.TIMEOUT


def test_an_endpoint_that_cannot_be_reached_is_an_error_of_this_fact():
    failure = classify(EndpointConnectionError(endpoint_url="x"))
    assert (failure.reason, failure.reach) == (Reason.ERROR, Reach.FACT)


def test_a_field_the_answer_lacks_is_named():
    failure = classify(KeyError("Policy"))
    assert (failure.reason, failure.detail) == (Reason.ERROR, "the answer has no 'Policy'")
