from __future__ import annotations

from functools import cache

import botocore.session
import pytest
from botocore import xform_name

from collectors.aws.kind import AwsKind, keeps_of
from collectors.aws.platform import AwsPlatform
from collectors.keep import parse
from collectors.kind import KindError, describe

KEEPS = keeps_of(AwsPlatform().kinds())


@cache
def model(service):
    return botocore.session.Session().get_service_model(service.replace("_", "-"))


def output_of(service, operation):
    return next(
        model(service).operation_model(name).output_shape
        for name in model(service).operation_names
        if xform_name(name) == operation
    )


def below(shape):
    return shape.member if shape.type_name == "list" else shape


def unknown_names(keep, shape):
    for field in keep.fields:
        if shape.type_name == "map":
            if shape.key.enum and field.name not in shape.key.enum:
                yield field.name
            continue
        if shape.type_name != "structure" or field.name not in shape.members:
            yield field.name
            continue
        member = shape.members[field.name]
        if field.decode:
            assert member.type_name in {"string", "blob"}
        elif field.inner is not None and not field.inner.everything:
            assert field.listed == (member.type_name == "list"), field.name
            yield from unknown_names(field.inner, below(member))
        elif field.inner is None:
            assert below(member).type_name not in {"structure", "map"}, f"{field.name} would never be kept"


@pytest.mark.parametrize(("service", "operation"), sorted(KEEPS))
def test_every_kept_name_exists_in_the_service_model(service, operation):
    assert list(unknown_names(KEEPS[service, operation], output_of(service, operation))) == []


def test_a_misspelt_name_would_be_noticed():
    wrong = parse("Buckets[]{Nmae}")
    assert list(unknown_names(wrong, output_of("s3", "list_buckets"))) == ["Nmae"]


def test_every_kind_keeps_only_operations_that_read():
    verbs = {operation.removeprefix("batch_").split("_")[0] for _, operation in KEEPS}
    assert verbs == {"describe", "generate", "get", "list"}
    assert [op for _, op in KEEPS if op.startswith("generate")] == ["generate_credential_report"]


@pytest.mark.parametrize("cls", AwsPlatform().kinds(), ids=lambda cls: cls.kind)
def test_every_need_names_an_operation_the_kind_keeps_or_the_regions(cls):
    spec = describe(cls)
    kept = {operation.rpartition(".")[2] for operation in cls.keep} | {"describe_regions", ""}
    for step in (spec.lists, *spec.lookups.values(), *spec.facts.values()):
        assert set(step.needs) <= kept
        assert all(need.count(":") == 1 for need in step.needs.values())


def test_two_kinds_that_keep_one_operation_differently_are_refused():
    kinds = [
        type(
            "One", (AwsKind,), {"kind": "x.one", "service": "s3", "keep": {"list_buckets": "Buckets[]{Name}"}}
        ),
        type("Two", (AwsKind,), {"kind": "x.two", "keep": {"s3.list_buckets": "Owner{ID}"}}),
    ]
    with pytest.raises(KindError, match=r"x\.two and x\.one"):
        keeps_of(kinds)
