"""The least privilege each platform needs, generated from what its kinds declare, so that it cannot go stale."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from checks.check import Check
from collectors.kind import Platform
from collectors.plan import KindPlan, plan_kind, specs, wanted_facts
from evidence.model import NightledgerError
from nightledger.aws_role import cloudformation, terraform_module
from nightledger.host_permissions import three_ways

FORMS = ("text", "json", "terraform", "cloudformation", "terraform-module")

ACCOUNT = "nightledger"
"""The account on each host that the sudo rules are written for."""


class NoSuchForm(NightledgerError):
    """A platform's permissions have no such form."""

    exit_code = 2


@dataclass(frozen=True, slots=True)
class Permission:
    """One permission and what would be unknown without it ("aws.s3.bucket: encryption")."""

    name: str
    reads: tuple[str, ...]


def permissions(platform: Platform, checks: Iterable[Check]) -> tuple[Permission, ...]:
    """What the facts that these checks read need on one platform, sorted by name."""
    known = specs([platform])
    reads = [(kind, (*check.facts, *check.first_facts)) for check in checks for kind in check.on]
    reads += [
        (place.partition(":")[0], (place.partition(":")[2],))
        for check in checks
        for place in check.also.values()
    ]
    found: dict[str, set[str]] = {}
    for kind, facts in sorted(wanted_facts(reads, known).items()):
        for name, read in _needed(plan_kind(known[kind], facts)):
            found.setdefault(name, set()).add(f"{kind}: {read}")
    return tuple(Permission(name, tuple(sorted(reads))) for name, reads in sorted(found.items()))


def text(platform: Platform, needed: Iterable[Permission], form: str) -> str:
    """The permissions in a form that can be pasted where they are granted; raises NoSuchForm."""
    match platform.grants, form:
        case "iam", "json":
            return json.dumps(_iam_policy(needed), indent=2) + "\n"
        case "iam", "terraform":
            return "\n".join(_terraform(needed)) + "\n"
        case "iam", "cloudformation":
            return cloudformation((one.name for one in needed), extras(platform))
        case "iam", "terraform-module":
            return terraform_module((one.name for one in needed), extras(platform))
        case _, "json":
            rows = [{"needs": permission.name, "reads": list(permission.reads)} for permission in needed]
            return json.dumps({"platform": platform.name, "permissions": rows}, indent=2) + "\n"
        case "sudo", "text":
            return "\n".join(three_ways(_explained("sudo", needed), ACCOUNT)) + "\n"
        case _, "text":
            return "\n".join((*_HEADS.get(platform.grants, ()), *_explained(platform.grants, needed))) + "\n"
    raise NoSuchForm(f"{platform.name} has no {form} form", hint="use --format text or json")


def extras(platform: Platform) -> tuple[str, ...]:
    """What no fact needs but some command can use, sorted; the platform says which."""
    return tuple(sorted(getattr(platform, "extras", ())))


_HEADS = {
    "iam": (
        "# IAM actions, all of them read-only; `--format json` or `terraform` gives the policy;",
        "# `cloudformation` and `terraform-module` give the whole role, to roll out in every account.",
        "# Whoever looks into several accounts also needs sts:AssumeRole on the role in each of them, and",
        "# organizations:ListAccounts to look into every account of an organization.",
    ),
    "ldap": (
        "# For the account that the scan binds as: these rights and no others; it never needs to write.",
        "# Attributes that hold secrets are never asked for.",
    ),
}


def _needed(plan: KindPlan) -> Iterator[tuple[str, str]]:
    for step in (plan.spec.lists, *plan.lookups, *plan.facts):
        role = "the listing" if step is plan.spec.lists else step.name.replace("_", " ")
        for need in step.needs.values():
            yield need, role


def _iam_policy(needed: Iterable[Permission]) -> dict[str, object]:
    statement = {
        "Sid": "NightledgerRead",
        "Effect": "Allow",
        "Action": [permission.name for permission in needed],
        "Resource": "*",
    }
    return {"Version": "2012-10-17", "Statement": [statement]}


def _terraform(needed: Iterable[Permission]) -> Iterator[str]:
    yield 'data "aws_iam_policy_document" "nightledger" {'
    yield "  statement {"
    yield '    sid       = "NightledgerRead"'
    yield '    effect    = "Allow"'
    yield '    resources = ["*"]'
    yield "    actions = ["
    yield from (f'      "{permission.name}",' for permission in needed)
    yield "    ]"
    yield "  }"
    yield "}"
    yield ""
    yield 'resource "aws_iam_policy" "nightledger" {'
    yield '  name   = "NightledgerRead"'
    yield "  policy = data.aws_iam_policy_document.nightledger.json"
    yield "}"


def _explained(grants: str, needed: Iterable[Permission]) -> Iterator[str]:
    rule = f"{ACCOUNT} ALL=(root) NOPASSWD: " if grants == "sudo" else ""
    for permission in needed:
        yield ""
        yield from (f"# {read}" for read in permission.reads)
        yield f"{rule}{permission.name}"
