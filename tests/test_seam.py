from __future__ import annotations

import ast
import importlib
import re
import types
import typing
from collections import Counter
from pathlib import Path

import pytest

from checks.load import all_checks
from collectors.kind import describe
from evidence.model import Missing
from nightledger.platforms import platforms

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


KINDS = {cls.kind: cls for platform in platforms().values() for cls in platform.kinds()}
CHECKS = {name: held for name, held in all_checks().checks.items() if KINDS.keys() & set(held.on)}
MODULES = sorted(path.relative_to(ROOT).with_suffix("") for path in (ROOT / "checks").rglob("*.py"))


def there(hint):
    """A type without "could not look", which never reaches a check."""
    parts = [part for part in typing.get_args(hint) if part is not Missing]
    return typing.Union[tuple(parts)] if isinstance(hint, types.UnionType) else hint  # noqa: UP007 - of parts


def given_by(kind, fact):
    cls, spec = KINDS[kind], describe(KINDS[kind])
    if fact in spec.lists.gives:
        return there(typing.get_type_hints(cls)[fact])
    hint = typing.get_type_hints(spec.facts[fact].method)["return"]
    return there(typing.get_args(hint)[1] if spec.facts[fact].batch else hint)


def read_by(held):
    """Each parameter that a check or its `first` reads a fact by, with every kind's fact that it may be given."""
    for function, names in ((held.judge, (*held.facts, *held.also)), (held.first, held.first_facts)):
        for name in names:
            own = [(kind, name) for kind in held.on if kind in KINDS]
            places = [tuple(held.also[name].split(":"))] if name in held.also else own
            yield from ((typing.get_type_hints(function)[name], *place) for place in places)


@pytest.mark.parametrize("name", sorted(CHECKS))
def test_what_a_check_reads_has_the_shape_that_every_kind_it_asks_gives(name):
    for hint, kind, fact in read_by(CHECKS[name]):
        assert there(hint) == given_by(kind, fact), (kind, fact)


def shapes(hint):
    inner = {shape for part in typing.get_args(hint) for shape in shapes(part)}
    return inner | ({hint} if typing.is_typeddict(hint) else set())


def test_the_shapes_of_facts_are_declared_where_both_sides_may_import_them():
    read = {(kind, fact) for held in CHECKS.values() for _, kind, fact in read_by(held)}
    given = {shape for kind, fact in read for shape in shapes(given_by(kind, fact))}
    assert {shape.__module__.rpartition(".")[0] for shape in given} == {"evidence.facts"}


@pytest.mark.parametrize("module", MODULES, ids=str)
def test_no_check_asks_a_fact_for_a_key_that_its_shape_does_not_declare(module):
    tree = ast.parse((ROOT / module).with_suffix(".py").read_text())
    functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]
    names = vars(importlib.import_module(".".join(module.parts)))
    for function in functions:
        shaped = {
            a.arg: names.get(ast.unparse(a.annotation).split(" |")[0])
            for a in function.args.args
            if a.annotation
        }
        for node in ast.walk(function):
            match node:
                case ast.Call(
                    func=ast.Attribute(value=ast.Name(id=name), attr="get"),
                    args=[ast.Constant(value=key), *_],
                ) if typing.is_typeddict(shaped.get(name)):
                    assert key in shaped[name].__annotations__, (function.name, name, key)
