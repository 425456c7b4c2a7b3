from __future__ import annotations

import contextlib
import uuid

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collectors.directory import decode
from collectors.directory.decode import Undecodable

DECODERS = (decode.integer, decode.boolean, decode.generalized_time, decode.entry_uuid, decode.guid)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (b"20260102030405Z", "2026-01-02T03:04:05Z"),
        (b"20260102030405.678901Z", "2026-01-02T03:04:05Z"),
        (b"202601020304Z", "2026-01-02T03:04:00Z"),
        (b"2026010203Z", "2026-01-02T03:00:00Z"),
        (b"20260102030405+0230", "2026-01-02T00:34:05Z"),
        (b"20251231230000-02", "2026-01-01T01:00:00Z"),
        (b"16010101000000.0Z", "1601-01-01T00:00:00Z"),
        (b"00010101000000Z", "0001-01-01T00:00:00Z"),
    ],
)
def test_generalized_time_becomes_utc(value, expected):
    assert decode.generalized_time(value) == expected


@pytest.mark.parametrize(
    "value", [b"", b"20260230000000Z", b"20260102030405", b"0000Z", b"00010101000000+0100"]
)
def test_what_is_no_time_is_refused(value):
    with pytest.raises(Undecodable):
        decode.generalized_time(value)


@pytest.mark.parametrize("value", [b"true", b"1", b"", b"TRUE "])
def test_only_true_and_false_are_booleans(value):
    with pytest.raises(Undecodable):
        decode.boolean(value)


def test_a_guid_has_its_first_fields_little_endian():
    value = bytes.fromhex("00112233445566778899aabbccddeeff")
    assert decode.guid(value) == "33221100-5544-7766-8899-aabbccddeeff"


@given(st.uuids())
def test_an_entry_uuid_has_one_form(value: uuid.UUID):
    assert decode.entry_uuid(str(value).upper().encode()) == str(value)


@given(st.binary(max_size=40), st.sampled_from(DECODERS))
def test_hostile_values_give_a_value_or_undecodable_never_another_error(value, decoder):
    with contextlib.suppress(Undecodable):
        decoder(value)


def test_an_undecodable_value_is_not_repeated_in_the_message():
    with pytest.raises(Undecodable) as refusal:
        decode.integer(b"my mother's maiden name")
    assert "mother" not in str(refusal.value)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("CN=Ada, OU=People, DC=Example", "cn=ada,ou=people,dc=example"),
        ("cn=Ada  B", "CN= ada b "),
        (r"cn=a\2cb,dc=x", r"cn=a\,b,dc=x"),
        (r"cn=caf\c3\a9,dc=x", "cn=café,dc=x"),
        ("ou=b+cn=a,dc=x", "cn=A+ou=B,dc=x"),
    ],
)
def test_names_that_are_equal_have_one_form(one, other):
    assert decode.normal_dn(one) == decode.normal_dn(other)


def test_names_that_differ_only_in_where_a_comma_belongs_stay_apart():
    assert decode.normal_dn(r"cn=a\,ou=b,dc=x") != decode.normal_dn("cn=a,ou=b,dc=x")


@given(st.text(max_size=60))
def test_a_normal_name_is_its_own_normal_form(name):
    once = decode.normal_dn(name)
    assert decode.normal_dn(once) == once


@given(st.binary(max_size=60))
def test_every_value_has_a_text(value):
    decode.text(value).encode("utf-8")
