"""The client an author's method gets: each answer passes the keep-list and is recorded before anyone sees it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from collectors.aws.credentials import Binding, WrongCredentials, account_of, bound
from collectors.aws.errors import NotOffered, code_of, note, unresolved
from collectors.aws.paging import paginator_of
from collectors.keep import Keep
from collectors.kind import KindError, Recorder


@dataclass(frozen=True, slots=True)
class Access:
    """How one account is looked at: its id, its keys call by call, what may be kept of each operation.

    `enabled` says whether a region is switched on, None where that could not be found out; it may ask AWS.
    `shared` gives the process's client of a service in a region, `offered` whether AWS has that service there.
    """

    account: str
    bind: Callable[[], Binding]
    keeps: Mapping[tuple[str, str], Keep]
    enabled: Callable[[str], bool | None]
    shared: Callable[[str, str], Any]
    offered: Callable[[str, str], bool]


class AwsClient:
    """One service of one account and region: `s3.get_bucket_encryption(Bucket=...)` returns the kept answer.

    Errors are botocore's own, with the operation and region noted in their response metadata.
    """

    def __init__(self, service: str, region: str, access: Access, recorder: Recorder) -> None:
        self.service = service
        self.region = region
        self.account = access.account
        self._shared = access.shared(service.replace("_", "-"), region)
        self.partition = str(self._shared.meta.partition)
        self._access = access
        self._recorder = recorder

    def __getattr__(self, operation: str) -> Callable[..., Any]:
        if operation.startswith("_"):
            raise AttributeError(operation)
        return partial(self._call, operation)

    def at(self, region: str) -> AwsClient:
        """The same service and account in another region, where one resource's home must be asked."""
        return (
            self if region == self.region else AwsClient(self.service, region, self._access, self._recorder)
        )

    def pages(self, operation: str, **params: Any) -> Iterator[dict[str, Any]]:
        """The kept part of each page of a list, in order; raises as soon as one page cannot be read."""
        paginator = paginator_of(self._shared, operation)
        if paginator is None:
            yield self._call(operation, **params)
            return
        pages = iter(paginator.paginate(**params))
        number = 0
        while True:
            number += 1
            page = self._ask(operation, {**params, "page": number}, partial(next, pages, None))
            if page is None:
                return
            yield page

    def _call(self, operation: str, **params: Any) -> dict[str, Any]:
        method = getattr(self._shared, operation)
        kept = self._ask(operation, params, partial(method, **params))
        return kept if kept is not None else {}

    def _ask(
        self, operation: str, asked: Mapping[str, Any], send: Callable[[], Any]
    ) -> dict[str, Any] | None:
        keep = self._keep(operation)
        name = f"{self.service}.{operation}"
        binding = self._access.bind()
        try:
            with bound(binding):
                answer = send()
        except Exception as error:
            note(error, operation, self.region, self._access.enabled)
            self._recorder.failed(name, asked, code_of(error), request_id=_request_id(error))
            if unresolved(error) and not self._access.offered(
                self._shared.meta.service_model.service_name, self.region
            ):
                raise NotOffered(self.service, self.region) from error
            raise
        if answer is None:
            return None
        where = answer.pop("ResponseMetadata", {})
        kept = keep.project(answer, partial(self._dropped, name))
        self._recorder.answered(name, asked, kept, request_id=str(where.get("RequestId", "")))
        return kept

    def _keep(self, operation: str) -> Keep:
        try:
            return self._access.keeps[self.service, operation]
        except KeyError:
            raise KindError(
                f"{self.service}.{operation} has no keep-list",
                hint="name it in the `keep` of the kind that calls it",
            ) from None

    def _dropped(self, name: str, path: str) -> None:
        self._recorder.dropped(f"{name}:{path}")


def own_arn(client: AwsClient, arn: str) -> str:
    """The ARN, which must be of the client's account; raises WrongCredentials for another account's."""
    owner = account_of(arn)
    if owner not in {"", client.account}:
        raise WrongCredentials(f"an answer for account {client.account} speaks of account {owner}")
    return arn


def _request_id(error: Exception) -> str:
    response = getattr(error, "response", None) or {}
    return str(response.get("ResponseMetadata", {}).get("RequestId", ""))
