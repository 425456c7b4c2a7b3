from __future__ import annotations

import ast
import re
from collections import Counter
from pathlib import Path

import pytest

from checks.load import all_checks

ROOT = Path(__file__).parent.parent
ROW = re.compile(r"^\| (\d+) \| .* \| `(.+)::(.+)` \|$", re.MULTILINE)
RULES = ROW.findall((ROOT / "docs/architecture.md").read_text())


def test_there_are_twenty_four_rules():
    assert [int(number) for number, _, _ in RULES] == list(range(1, 25))


@pytest.mark.parametrize(("number", "path", "test"), RULES)
def test_every_rule_of_the_seam_has_its_test(number, path, test):
    tree = ast.parse((ROOT / path).read_text())
    assert test in {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}, f"rule {number}"


def test_no_two_links_say_the_same():
    links = {id(link): link for check in all_checks().checks.values() for link in check.links}
    said = Counter((link.provision, link.proves, link.does_not_prove) for link in links.values())
    assert [words for words, times in said.items() if times > 1] == []
