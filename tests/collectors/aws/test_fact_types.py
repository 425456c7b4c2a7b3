from __future__ import annotations

import types
import typing

import pytest

from collectors.aws.platform import AwsPlatform
from collectors.kind import describe
from collectors.plan import specs
from evidence.model import Missing
from tests.collectors.aws.look import aws_checks

KINDS = {cls.kind: cls for cls in AwsPlatform().kinds()}


def without_missing(hint):
    if isinstance(hint, types.UnionType):
        left = [part for part in typing.get_args(hint) if part is not Missing]
        return typing.Union[tuple(left)]  # noqa: UP007 - built from parts
    return hint


def type_of(kind, fact):
    cls = KINDS[kind]
    spec = describe(cls)
    if fact in spec.lists.gives:
        return typing.get_type_hints(cls)[fact]
    return without_missing(typing.get_type_hints(spec.facts[fact].method)["return"])


def value_of_batch(hint):
    return typing.get_args(hint)[1]


LOOKED_AT = [name for name, check in aws_checks().items() if set(check.on) <= KINDS.keys()]


@pytest.mark.parametrize("name", sorted(LOOKED_AT))
def test_each_parameter_of_a_check_has_the_type_of_the_fact_it_names(name):
    check = aws_checks()[name]
    hints = typing.get_type_hints(check.judge)
    places = {fact: (kind, fact) for fact in check.facts for kind in check.on}
    places |= {parameter: tuple(place.split(":")) for parameter, place in check.also.items()}
    for parameter, (kind, fact) in places.items():
        given = type_of(kind, fact)
        if fact in describe(KINDS[kind]).facts and describe(KINDS[kind]).facts[fact].batch:
            given = value_of_batch(given)
        assert without_missing(hints[parameter]) == without_missing(given), (parameter, given)


def test_every_given_fact_has_a_declared_type():
    for cls in KINDS.values():
        assert set(describe(cls).lists.gives) <= set(cls.__annotations__)


def test_the_kinds_are_declared_soundly_and_every_name_they_ask_for_exists():
    assert set(specs([AwsPlatform()])) == set(KINDS)


def test_asking_what_is_a_client_imports_no_sdk():
    import subprocess  # noqa: PLC0415 - a process of its own
    import sys  # noqa: PLC0415 - see above

    script = (
        "import sys\n"
        "from collectors.aws.platform import AwsPlatform\n"
        "from collectors.plan import specs\n"
        "specs([AwsPlatform()])\n"
        "assert AwsPlatform().is_client('rds') and not AwsPlatform().is_client('bucket')\n"
        "print([name for name in sys.modules if name.split('.')[0] in ('boto3', 'botocore')])\n"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
