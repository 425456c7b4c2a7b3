"""Who we are in an account: keys are used only after AWS itself has said which account they belong to."""

from __future__ import annotations

import threading
from typing import Any

from collectors.aws.clients import Clients
from collectors.aws.credentials import (
    Binding,
    Frozen,
    Refreshing,
    WrongCredentials,
    account_of,
    bound,
)
from collectors.aws.source import Source

SESSION_NAME = "nightledger"

OPERATIONS = ("assume_role", "get_caller_identity")
"""What is asked of STS; neither needs a keep-list, for nothing of their answers is kept."""


class Identity:
    """One principal of one account; every new set of keys is confirmed with sts:GetCallerIdentity before use."""

    def __init__(self, clients: Clients, source: Source, keys: Refreshing, account: str = "") -> None:
        self.account = account
        self.principal = ""
        self._clients = clients
        self._source = source
        self._keys = keys
        self._confirmed: set[str] = set()
        self._lock = threading.Lock()

    def binding(self) -> Binding:
        """The keys that are valid now, bound to this account; raises WrongCredentials if they are another's."""
        keys = self._keys.get_frozen_credentials()
        if keys.access_key not in self._confirmed:
            with self._lock:
                self._confirm(keys)
        return Binding(self.target, keys)

    @property
    def target(self) -> str:
        """The name of this account in scopes."""
        return f"aws/{self.account}" if self.account else f"aws/{self._source.name}"

    def _confirm(self, keys: Frozen) -> None:
        sts = self._clients.get("sts", self._source.home, self._source.endpoint_url)
        with bound(Binding(self.target, keys)):
            answer = sts.get_caller_identity()
        if self.account and answer["Account"] != self.account:
            raise WrongCredentials(f"keys meant for account {self.account} belong to {answer['Account']}")
        self.account = answer["Account"]
        self.principal = self.principal or answer["Arn"]
        self._confirmed.add(keys.access_key)


def assume(clients: Clients, source: Source, base: Identity, role_arn: str) -> Identity:
    """The identity of a role in its account, its keys renewed before they expire; raises botocore's errors."""
    from botocore.credentials import RefreshableCredentials  # noqa: PLC0415 - SDK only when AWS is looked at

    def renew() -> dict[str, Any]:
        sts = clients.get("sts", source.home, source.endpoint_url)
        with bound(base.binding()):
            keys = sts.assume_role(RoleArn=role_arn, **_session(source))["Credentials"]
        return {
            "access_key": keys["AccessKeyId"],
            "secret_key": keys["SecretAccessKey"],
            "token": keys["SessionToken"],
            "expiry_time": keys["Expiration"].isoformat(),
        }

    keys = RefreshableCredentials.create_from_metadata(renew(), refresh_using=renew, method="assume-role")
    identity = Identity(clients, source, keys, account=account_of(role_arn))
    identity.binding()
    return identity


def _session(source: Source) -> dict[str, Any]:
    asked: dict[str, Any] = {"RoleSessionName": SESSION_NAME}
    if source.external_id:
        asked["ExternalId"] = source.external_id
    if source.session_tags:
        asked["Tags"] = [{"Key": key, "Value": value} for key, value in source.session_tags]
    return asked
