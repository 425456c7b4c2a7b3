"""Whose credentials sign a request: bound per call through a ContextVar, so one client serves every account.

Fails closed: a request with nothing bound cannot be signed, and one signed by another key is never sent.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any, NoReturn, Protocol

from evidence.model import NightledgerError


class Frozen(Protocol):
    """One immutable set of keys, as botocore's ReadOnlyCredentials."""

    access_key: str
    secret_key: str
    token: str | None


class Refreshing(Protocol):
    """Anything that can say which keys are valid now (botocore's Credentials and their refreshable kin)."""

    def get_frozen_credentials(self) -> Frozen:
        """The keys to sign with now; may ask a token service."""


class WrongCredentials(NightledgerError):
    """A request was about to leave with another account's key, or with none: a bug, never sent."""


@dataclass(frozen=True, slots=True)
class Binding:
    """What one call is bound to: the target's name and the keys it must be signed with."""

    target: str
    keys: Frozen

    def __repr__(self) -> str:
        return f"Binding({self.target!r})"


_bound: ContextVar[Binding] = ContextVar("aws_binding")


@contextmanager
def bound(binding: Binding) -> Iterator[None]:
    """Sign every request of this block, in this thread, with `binding`'s keys."""
    mark = _bound.set(binding)
    try:
        yield
    finally:
        _bound.reset(mark)


def current() -> Binding:
    """The binding of this thread's call; raises WrongCredentials outside `bound`."""
    try:
        return _bound.get()
    except LookupError:
        raise WrongCredentials("an AWS request was made with no account bound") from None


class BoundCredentials:
    """The credentials every shared client is built with: they answer with whatever is bound to the caller."""

    method = "nightledger"

    def get_frozen_credentials(self) -> Frozen:
        """The keys bound to this call; raises WrongCredentials when there are none."""
        return current().keys

    def get_deferred_property(self, name: str) -> Callable[[], None]:
        """Nothing is known ahead of a call; endpoints must not depend on whose call it is."""
        del name
        return lambda: None

    def __getattr__(self, name: str) -> NoReturn:
        raise AttributeError(f"{name}: shared credentials have no keys of their own")


def assert_signed_by(request: Any, binding: Binding) -> None:
    """Raise WrongCredentials unless the request about to be sent carries the bound access key id."""
    signature = request.headers.get("Authorization", b"")
    text = signature.decode("ascii", "replace") if isinstance(signature, bytes) else str(signature)
    if f"Credential={binding.keys.access_key}/" not in text:
        raise WrongCredentials(f"a request for {binding.target} was signed with another key; it was not sent")


def account_of(arn: str) -> str:
    """The account id in an ARN, "" where it has none."""
    parts = arn.split(":", 5)
    return parts[4] if len(parts) == 6 else ""
