"""Whether the selections of AWS Backup's plans choose a resource, by its ARN and tags.

Where the documented rules leave room (a selection by ARN and by tag of which only one holds; a tag that AWS itself
manages and that is not kept), the answer is "in doubt", never yes or no.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fnmatch import translate
from functools import lru_cache

from evidence.facts.aws_backup import BackupAssignment, BackupAssignments, TagCondition


@dataclass(frozen=True, slots=True)
class Chosen:
    """The plans that choose a resource, and those of which it cannot be told; sorted names."""

    by: tuple[str, ...]
    in_doubt: tuple[str, ...]


def chosen(arn: str, tags: Mapping[str, str], type_: str, selections: BackupAssignments) -> Chosen:
    """The plans that choose the resource; `type_` is AWS Backup's word for what it is ("RDS", "EBS")."""
    by, in_doubt = set(), set()
    for one in selections["assignments"]:
        match _reached(one, arn, tags, type_, selections):
            case True:
                by.add(one["plan"])
            case None:
                in_doubt.add(one["plan"])
    return Chosen(tuple(sorted(by)), tuple(sorted(in_doubt - by)))


def _reached(
    one: BackupAssignment, arn: str, tags: Mapping[str, str], type_: str, selections: BackupAssignments
) -> bool | None:
    if arn in one["resources"] and not one["any_tags"] and not one["all_tags"]:
        return not _some_match(one["not_resources"], arn)
    selects = _selects(one, arn, tags)
    if not selects or type_ in selections["opted_in"]:
        return selects
    return False if type_ in selections["opted_out"] else None


def _selects(one: BackupAssignment, arn: str, tags: Mapping[str, str]) -> bool | None:
    if _some_match(one["not_resources"], arn):
        return False
    named = _some_match(one["resources"], arn) if one["resources"] else None
    tagged = _any([_holds(condition, tags) for condition in one["any_tags"]]) if one["any_tags"] else None
    if one["resources"] and one["any_tags"]:
        # Whether both must hold or one is enough has changed over the years.
        base = named if named == tagged else None
    else:
        base = named if one["resources"] else tagged
    return _all([base, *(_holds(condition, tags) for condition in one["all_tags"])])


def _holds(condition: TagCondition, tags: Mapping[str, str]) -> bool | None:
    if condition["key"].startswith("aws:"):
        return None
    value = tags.get(condition["key"])
    match condition["how"]:
        case "StringEquals":
            return value == condition["value"]
        case "StringLike":
            return value is not None and _matches(condition["value"], value)
        case "StringNotEquals" if value is not None:
            return value != condition["value"]
        case "StringNotLike" if value is not None:
            return not _matches(condition["value"], value)
        case _:
            return None


def _some_match(patterns: Iterable[str], arn: str) -> bool:
    return any(_matches(pattern, arn) for pattern in patterns)


def _matches(pattern: str, text: str) -> bool:
    return _compiled(pattern).match(text) is not None


@lru_cache(maxsize=1024)
def _compiled(pattern: str) -> re.Pattern[str]:
    # Only the star is a wildcard there; to fnmatch, brackets and question marks are too.
    return re.compile(translate(re.sub(r"[\[?]", lambda sign: f"[{sign[0]}]", pattern)))


def _any(answers: list[bool | None]) -> bool | None:
    return True if True in answers else None if None in answers else False


def _all(answers: list[bool | None]) -> bool | None:
    return False if False in answers else None if None in answers else True
