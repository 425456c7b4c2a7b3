"""What an AWS error means: which code is a refusal, which a wrong credential, which a region that is switched off."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from collectors.extras import not_installed
from collectors.kind import Failure, Reach
from evidence.model import NightledgerError, Reason

THROTTLED = frozenset(
    [
        "BandwidthLimitExceeded",
        "EC2ThrottledException",
        "LimitExceededException",
        "PriorRequestNotComplete",
        "ProvisionedThroughputExceededException",
        "RequestLimitExceeded",
        "RequestThrottled",
        "RequestThrottledException",
        "SlowDown",
        "ThrottledException",
        "Throttling",
        "ThrottlingException",
        "TooManyRequestsException",
        "TransactionInProgressException",
    ]
)
_DENIED = frozenset(
    [
        "AccessDenied",
        "AccessDeniedException",
        "AllAccessDisabled",
        "AuthorizationError",
        "AuthorizationErrorException",
        "NotAuthorized",
        "UnauthorizedAccess",
        "UnauthorizedException",
        "UnauthorizedOperation",
    ]
)
_WRONG_CREDENTIALS = frozenset(
    [
        "ExpiredToken",
        "ExpiredTokenException",
        "IncompleteSignature",
        "InvalidAccessKeyId",
        "InvalidClientTokenId",
        "InvalidToken",
        "MissingAuthenticationToken",
        "RequestExpired",
        "SignatureDoesNotMatch",
        "UnrecognizedClientException",
        "AuthFailure",
        "NoCredentialsError",
        "TokenRefreshRequired",
        "UnauthorizedSSOTokenError",
        "SSOTokenLoadError",
        "CredentialRetrievalError",
    ]
)
_NOT_ENABLED = frozenset(["OptInRequired", "RegionDisabledException", "InvalidRegion"])
_ALSO_NOT_ENABLED = frozenset(
    ["AuthFailure", "InvalidClientTokenId", "UnrecognizedClientException", "InvalidToken"]
)
_UNRESOLVED = frozenset(["NameResolutionError", "gaierror"])
_BY_ORGANISATION = re.compile(
    r"(?:explicit deny in an?|because no) (?:service|resource) control policy", re.IGNORECASE
)


class NotOffered(NightledgerError):
    """A service has no endpoint in a region: its name does not resolve, and the SDK lists no such endpoint."""

    def __init__(self, service: str, region: str) -> None:
        super().__init__(f"{service} is not offered in region {region}")


class NotEnabled(NightledgerError):
    """A region that the account has not switched on is left alone: asking it would only be refused."""

    def __init__(self, region: str) -> None:
        super().__init__(f"region {region} is not enabled in this account")
        self.response = {"Error": {"Code": "OptInRequired"}, "ResponseMetadata": {"Region": region}}


def code_of(error: Exception) -> str:
    """The provider's error code, else the exception's class name."""
    response = getattr(error, "response", None) or {}
    return str(response.get("Error", {}).get("Code") or type(error).__name__)


def note(error: Exception, operation: str, region: str, enabled: Callable[[str], bool | None]) -> None:
    """Write into an error's response metadata where it came from, and whether that region is switched on.

    `enabled` may ask AWS, so this belongs to the thread that made the call; reading the note does not.
    """
    response = getattr(error, "response", None)
    if not isinstance(response, dict):
        return
    where = response.setdefault("ResponseMetadata", {})
    where["Operation"], where["Region"] = operation, region
    if code_of(error) in _ALSO_NOT_ENABLED:
        where["RegionEnabled"] = enabled(region)


def unresolved(error: Exception) -> bool:
    """Whether the endpoint's very name is unknown, not merely unreachable."""
    inner = getattr(error, "kwargs", {}).get("error")
    return type(error).__name__ == "EndpointConnectionError" and type(inner).__name__ in _UNRESOLVED


def classify(error: Exception) -> Failure:
    """Read one exception of our clients, with what `note` wrote into it; asks nobody."""
    if (gone := not_installed(error)) is not None:
        return gone
    if isinstance(error, NotOffered):
        return Failure("NotOffered", Reason.NOT_AVAILABLE, str(error), reach=Reach.SCOPE_NOT_APPLICABLE)
    where = _metadata(error)
    operation, region = str(where.get("Operation", "")), str(where.get("Region", ""))
    code = code_of(error)
    switched_on = where.get("RegionEnabled", True)
    if code in _NOT_ENABLED or switched_on is False:
        detail = (
            f"region {region} is not enabled in this account" if region else "not enabled in this account"
        )
        return Failure(code, Reason.NOT_AVAILABLE, detail, operation, Reach.SCOPE_NOT_APPLICABLE)
    if switched_on is None:
        detail = f"{code}: region {region} refuses these credentials; it may not be enabled"
        return Failure(code, Reason.ERROR, detail, operation)
    if code in _WRONG_CREDENTIALS:
        return Failure(code, Reason.ERROR, f"{code}: the credentials are not valid", operation, Reach.UNIT)
    return Failure(code, *_meaning(error, code), operation)


def _meaning(error: Exception, code: str) -> tuple[Reason, str]:
    if code in _DENIED:
        return Reason.DENIED, _refusal(error, code)
    if code in THROTTLED:
        return Reason.THROTTLED, f"{code}: still throttled after retries"
    if _timed_out(error, code):
        return Reason.TIMEOUT, code
    if isinstance(error, NightledgerError):
        return Reason.ERROR, str(error)
    if isinstance(error, KeyError):
        return Reason.ERROR, f"the answer has no {str(error)[:60]}"
    status = _metadata(error).get("HTTPStatusCode")
    return Reason.ERROR, f"{code} (HTTP {status})" if status else code


def _refusal(error: Exception, code: str) -> str:
    if _BY_ORGANISATION.search(str(error)):
        return f"{code}: refused by an organisation policy, which no role can grant"
    return code


def _timed_out(error: Exception, code: str) -> bool:
    names = {base.__name__ for base in type(error).__mro__}
    return code in {"RequestTimeout", "RequestTimeoutException"} or bool(
        names & {"ConnectTimeoutError", "ReadTimeoutError", "TimeoutError"}
    )


def _metadata(error: Exception) -> dict[str, Any]:
    response = getattr(error, "response", None) or {}
    found: dict[str, Any] = response.get("ResponseMetadata", {})
    return found
