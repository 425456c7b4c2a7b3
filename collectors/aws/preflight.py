"""iam:SimulatePrincipalPolicy: what the policies of our principal allow, asked without making the calls.

A simulation knows the principal's policies, its boundary and the organisation's; it knows no resource policy,
no session policy and no condition on what only a real call brings.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from collectors.aws.client import AwsClient
from collectors.aws.errors import classify
from collectors.aws.source import Source
from collectors.aws.target import AwsTarget
from collectors.preflight import Preflight
from evidence.model import Missing, Reason

KEEP = {
    "simulate_principal_policy": (
        "EvaluationResults[]{EvalActionName, EvalDecision, OrganizationsDecisionDetail{AllowedByOrganizations}, "
        "PermissionsBoundaryDecisionDetail{AllowedByPermissionsBoundary}}"
    )
}
_AT_ONCE = 100
_PERMISSION = "iam:SimulatePrincipalPolicy"


def simulated(source: Source, target: AwsTarget, permissions: Iterable[str]) -> Preflight:
    """What the policies of the target's principal would refuse of these actions; raises nothing."""
    wanted = sorted(set(permissions))
    principal = policy_holder(target.principal, source)
    if not principal:
        why = Missing(Reason.NOT_AVAILABLE, detail=f"the policies of {target.principal} cannot be simulated")
        return Preflight(target.name, 0, missing=why)
    try:
        answers = dict(_decisions(target.ask("iam", KEEP), principal, wanted))
    except Exception as error:  # noqa: BLE001 - a preflight that cannot be made is an answer, not an end
        failure = classify(error)
        need = _PERMISSION if failure.reason is Reason.DENIED else ""
        return Preflight(
            target.name, 0, missing=Missing(failure.reason, need, failure.detail or failure.code)
        )
    refused = tuple((name, answers[name]) for name in wanted if answers.get(name))
    return Preflight(target.name, len(answers), refused, _silence(set(wanted) - set(answers)))


def policy_holder(principal: str, source: Source) -> str:
    """The ARN of the user or role whose policies decide for a caller's ARN, "" where there are none.

    A session's ARN lacks the path of its role: the configured role's is taken, else the role is taken to have none.
    """
    partition, account, rest = _parts(principal)
    sort, _, name = rest.partition("/")
    if sort == "user":
        return principal
    if sort != "assumed-role":
        return ""
    role = name.partition("/")[0]
    known = [*source.roles(), *([source.role_in(account)] if source.role_name else [])]
    fitting = (arn for arn in known if arn.split(":")[4] == account and arn.rpartition("/")[2] == role)
    return next(fitting, f"arn:{partition}:iam::{account}:role/{role}")


def _parts(arn: str) -> tuple[str, str, str]:
    parts = arn.split(":", 5)
    return (parts[1], parts[4], parts[5]) if len(parts) == 6 else ("", "", "")


def _decisions(iam: AwsClient, principal: str, wanted: list[str]) -> Iterator[tuple[str, str]]:
    for first in range(0, len(wanted), _AT_ONCE):
        some = wanted[first : first + _AT_ONCE]
        for page in iam.pages("simulate_principal_policy", PolicySourceArn=principal, ActionNames=some):
            yield from ((row["EvalActionName"], _refusal(row)) for row in page["EvaluationResults"])


def _silence(names: set[str]) -> Missing | None:
    return Missing(Reason.TRUNCATED, detail=f"no answer about {', '.join(sorted(names))}") if names else None


def _refusal(row: Mapping[str, Any]) -> str:
    """Why the action would be refused, "" when it is allowed."""
    if row["EvalDecision"] == "allowed":
        return ""
    if row.get("OrganizationsDecisionDetail", {}).get("AllowedByOrganizations") is False:
        return "refused by an organisation policy, which no role can grant"
    if row.get("PermissionsBoundaryDecisionDetail", {}).get("AllowedByPermissionsBoundary") is False:
        return "outside the permissions boundary"
    return "denied by a policy" if row["EvalDecision"] == "explicitDeny" else "not allowed by any policy"
