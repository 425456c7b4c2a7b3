from __future__ import annotations

import pytest

from checks.backup_selection import chosen

DB = "arn:aws:rds:us-east-1:111122223333:db:ward"
EQUALS = "StringEquals"


def tag(key, value, how=EQUALS):
    return {"how": how, "key": key, "value": value}


def selection(resources=(), not_resources=(), any_tags=(), all_tags=()):
    return {
        "plan": "nightly",
        "resources": list(resources),
        "not_resources": list(not_resources),
        "any_tags": list(any_tags),
        "all_tags": list(all_tags),
    }


def choice(*selections, tags=None, opted_in=("RDS",), opted_out=()):
    held = {"assignments": list(selections), "opted_in": list(opted_in), "opted_out": list(opted_out)}
    found = chosen(DB, tags or {}, "RDS", held)
    return True if found.by else None if found.in_doubt else False


PHI = {"data": "phi"}


@pytest.mark.parametrize(
    ("made", "tags", "answer"),
    [
        (selection([DB]), {}, True),
        (selection(["*"]), {}, True),
        (selection(["arn:aws:rds:*:*:db:*"]), {}, True),
        (selection(["arn:aws:rds:*:*:db:war?"]), {}, False),
        (selection(["arn:aws:ec2:*:*:volume/*"]), {}, False),
        (selection(["*"], [DB]), {}, False),
        (selection([DB], ["arn:aws:rds:*"]), {}, False),
        (selection(any_tags=[tag("data", "phi")]), PHI, True),
        (selection(any_tags=[tag("data", "phi"), tag("tier", "1")]), {"tier": "1"}, True),
        (selection(any_tags=[tag("data", "phi")]), {"data": "none"}, False),
        (selection(["*"], all_tags=[tag("data", "phi")]), PHI, True),
        (selection(["*"], all_tags=[tag("data", "phi"), tag("tier", "1")]), PHI, False),
        (selection(["*"], all_tags=[tag("data", "ph*", "StringLike")]), PHI, True),
        (selection(["*"], all_tags=[tag("data", "phi", "StringNotEquals")]), PHI, False),
        (selection(["*"], all_tags=[tag("data", "phi", "StringNotEquals")]), {}, None),
        (selection(["*"], all_tags=[tag("data", "p*", "StringNotLike")]), {"data": "open"}, True),
        (selection(["*"], any_tags=[tag("data", "phi")]), PHI, True),
        (selection(["*"], any_tags=[tag("data", "phi")]), {}, None),
        (selection(["arn:aws:ec2:*"], any_tags=[tag("data", "phi")]), {}, False),
        (selection(any_tags=[tag("aws:cloudformation:stack-name", "x")]), {}, None),
        (selection(), {}, None),
    ],
)
def test_a_selection_chooses_by_arn_and_tags_or_leaves_it_in_doubt(made, tags, answer):
    assert choice(made, tags=tags) is answer


@pytest.mark.parametrize(
    ("opted_in", "opted_out", "answer"), [(["RDS"], [], True), ([], ["RDS"], False), ([], [], None)]
)
def test_wildcards_reach_only_the_types_that_the_region_lets_them(opted_in, opted_out, answer):
    assert choice(selection(["*"]), opted_in=opted_in, opted_out=opted_out) is answer


def test_what_is_named_in_full_is_chosen_whatever_the_region_lets_wildcards_reach():
    assert choice(selection([DB]), opted_in=[], opted_out=["RDS"]) is True


def test_one_plan_that_chooses_is_enough():
    assert choice(selection(["arn:aws:ec2:*"]), selection([DB]), selection()) is True
