"""The role that each AWS account hands to the collector, as a CloudFormation template and as a Terraform module.

Both hold the same actions, read-only ones, split over policies that stay below IAM's 6,144 characters each.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from importlib.resources import files
from typing import Any

_LARGEST = 5_500
_EXTRAS = "ReadExtras"


def cloudformation(actions: Iterable[str], extras: Iterable[str]) -> str:
    """A template for a stack or a StackSet: the role, its trust in one principal, its policies."""
    policies = {f"Read{number}": _managed(some) for number, some in enumerate(_split(actions), 1)}
    template = _template("aws_role.json")
    template["Resources"] |= policies | {_EXTRAS: {"Condition": "WithExtras", **_managed(list(extras))}}
    template["Resources"]["Role"]["Properties"]["ManagedPolicyArns"] = [
        *({"Ref": name} for name in policies),
        {"Fn::If": ["WithExtras", {"Ref": _EXTRAS}, {"Ref": "AWS::NoValue"}]},
    ]
    return json.dumps(template, indent=2) + "\n"


def terraform_module(actions: Iterable[str], extras: Iterable[str]) -> str:
    """A module in one file: the same role, with variables `collector_arn`, `role_name`, `external_id`, `extras`."""
    lines = ["locals {", "  read = ["]
    for some in _split(actions):
        lines += ["    [", *_quoted(some, 6), "    ],"]
    lines += ["  ]", "  extras = [", *_quoted(extras, 4), "  ]", "}", ""]
    return "\n".join(lines) + "\n" + files("nightledger").joinpath("aws_role.tf").read_text(encoding="utf-8")


def _template(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(files("nightledger").joinpath(name).read_text(encoding="utf-8"))
    return found


def _managed(actions: list[str]) -> Mapping[str, Any]:
    statement = {"Effect": "Allow", "Action": actions, "Resource": "*"}
    return {
        "Type": "AWS::IAM::ManagedPolicy",
        "Properties": {"PolicyDocument": {"Version": "2012-10-17", "Statement": [statement]}},
    }


def _split(actions: Iterable[str]) -> Iterator[list[str]]:
    """The actions in order, in parts that fit a managed policy."""
    part: list[str] = []
    for action in actions:
        if part and len(json.dumps([*part, action])) > _LARGEST:
            yield part
            part = []
        part.append(action)
    if part:
        yield part


def _quoted(actions: Iterable[str], indent: int) -> Iterator[str]:
    return (f'{" " * indent}"{action}",' for action in actions)
