"""Whether a trust policy lets in whomever a web identity provider knows. Pure, no AWS call."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from checks.policy_conditions import demands_of
from checks.policy_elements import statements, values
from evidence.facts.aws import PolicyDocument

_NAMING = re.compile(r"(?:for(?:anyvalue|allvalues):)?string(?:equals|like|equalsignorecase)(?:ifexists)?")
_SUBJECTS = (
    ":sub",
    ":id",
    ":user_id",
    ":job_workflow_ref",
    ":repository",
    ":repository_id",
    ":repository_owner",
    ":repository_owner_id",
)
_ALWAYS_TOLD = (":sub", ":aud", ":amr")
"""What every token says; who need not say it (…IfExists, ForAllValues:…) is not asked for it."""
_APPLICATIONS = (":aud", ":oaud", ":azp", ":app_id")
_SHARED = (
    "agent.buildkite.com",
    "app.terraform.io",
    "gitlab.com",
    "oidc-configuration.audit-log.githubusercontent.com",
    "oidc.codefresh.io",
    "proidc.upbound.io",
    "scalr.io",
    "token.actions.githubusercontent.com",
    "tokens.cloud.shisho.dev",
    "vstoken.actions.githubusercontent.com",
)
"""Providers that serve every customer from one address, where whoever asks for a token chooses whom it is meant for."""
_POOLS = "cognito-identity"
"""Cognito's identity pools, which give guests a token for the same audience where a pool allows them."""
_NOBODYS_APPLICATION = "sts.amazonaws.com"
"""Tokens for AWS itself have this audience, whoever asks for them."""
_SOMEBODY = re.compile(r"(?:repo:|project_path:|organization:|org:|system:serviceaccount:)?+[^*?]")


def open_to_a_provider(document: PolicyDocument) -> bool:
    """Whether anyone whom some web identity provider knows is allowed in, with no word about whom or for which app."""
    return any(
        s.get("Effect") == "Allow" and _web_identity(s) and (_admits_guests(s) or not _names_a_subject(s))
        for s in statements(document)
    )


def may_admit_guests(document: PolicyDocument) -> bool:
    """Whether some statement names an identity pool but not whether its users have signed in: the pool decides."""
    return any(
        s.get("Effect") == "Allow" and _web_identity(s) and _names_a_pool(s) and not _says_who_signed_in(s)
        for s in statements(document)
    )


def _names_a_pool(statement: Mapping[str, Any]) -> bool:
    return any(key.startswith(_POOLS) and key.endswith(":aud") for key, _ in _conditions(statement))


def _says_who_signed_in(statement: Mapping[str, Any]) -> bool:
    return any(
        bool(wanted)
        and (
            key.endswith(":amr") or (key.endswith(_SUBJECTS) and all(_SOMEBODY.match(one) for one in wanted))
        )
        for key, wanted in _conditions(statement)
    )


def _web_identity(statement: Mapping[str, Any]) -> bool:
    principal = statement.get("Principal")
    providers = values(principal.get("Federated")) if isinstance(principal, Mapping) else ()
    return any(":saml-provider/" not in provider for provider in providers)


def _names_a_subject(statement: Mapping[str, Any]) -> bool:
    return any(
        bool(wanted) and all(_names_somebody(key, value) for value in wanted)
        for key, wanted in _conditions(statement)
    )


def _names_somebody(key: str, value: str) -> bool:
    if key.endswith(_SUBJECTS):
        return _SOMEBODY.match(value) is not None
    return key.endswith(_APPLICATIONS) and value not in {"*", _NOBODYS_APPLICATION} and not _is_shared(key)


def _is_shared(key: str) -> bool:
    return key.startswith(_SHARED)


def _admits_guests(statement: Mapping[str, Any]) -> bool:
    return any(key.endswith(":amr") and "unauthenticated" in wanted for key, wanted in _conditions(statement))


def _conditions(statement: Mapping[str, Any]) -> Iterator[tuple[str, tuple[str, ...]]]:
    for demand in demands_of(statement):
        lacking = demand.operator.startswith("forallvalues:") or demand.operator.endswith("ifexists")
        if _NAMING.fullmatch(demand.operator) and (not lacking or demand.key.endswith(_ALWAYS_TOLD)):
            yield demand.key, demand.wanted
