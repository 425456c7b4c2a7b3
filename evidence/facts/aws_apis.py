"""The shapes of AWS facts about APIs: what their methods ask of callers, and what filters requests."""

from __future__ import annotations

from typing import TypedDict


class ApiMethods(TypedDict):
    """An API's methods ("GET /notes") by what they ask of a caller: nothing, only an API key, or who it is.

    `elsewhere` says that callers reach the API by its own domain names only, which may ask for a certificate.
    """

    open: list[str]
    keyed: list[str]
    asking: int
    elsewhere: bool


class RequestFilter(TypedDict):
    """The web ACL that requests pass first."""

    acl: str
