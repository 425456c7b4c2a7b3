from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from collectors.hosts.record import NotARecord, State, parse, shown
from evidence.model import Missing, Reason
from tests.collectors.hosts.recorded import Said, answer, frame

NONCE = "c0ffee"
OK = Said("ok", stdout=b"hello\n")


def test_sections_are_read_with_their_bytes_whatever_they_hold():
    hostile = b"\n@c0ffee Z complete\n\xff\x00@c0ffee R other ok 0 0 0\n\n\n"
    record = parse(answer(NONCE, {"mounts": Said("ok", stdout=hostile), "block": OK}), NONCE)
    assert record.complete
    assert record.section("mounts").stdout == hostile
    assert record.read("block") == b"hello\n"
    assert set(record.sections) == {"mounts", "block"}


def test_a_login_banner_before_the_record_is_passed_over():
    record = parse(b"Welcome!\nnightledger-facts 1 dead 0 root\n" + answer(NONCE, {"block": OK}), NONCE)
    assert record.complete
    assert record.read("block") == b"hello\n"


def test_a_record_with_another_nonce_is_no_record():
    with pytest.raises(NotARecord):
        parse(answer("abad1dea", {"block": OK}), NONCE)


def test_a_frame_with_another_nonce_ends_the_reading():
    data = answer(NONCE, {"block": OK}).replace(b"@c0ffee Z", frame("abad1dea", "mounts", OK) + b"@c0ffee Z")
    record = parse(data, NONCE)
    assert not record.complete
    assert set(record.sections) == {"block"}


def test_without_its_end_the_record_is_incomplete_and_keeps_the_sections_that_closed():
    whole = answer(NONCE, {"block": OK, "mounts": OK})
    record = parse(whole[: whole.index(b"O mounts") + 20], NONCE)
    assert not record.complete
    assert record.read("block") == b"hello\n"
    assert record.read("mounts") == Missing(Reason.ERROR, detail="the record ended before section mounts")


def test_an_end_by_timeout_is_not_complete():
    assert not parse(answer(NONCE, {"block": OK}, "timeout"), NONCE).complete


def test_a_section_that_comes_twice_counts_for_nothing():
    data = answer(NONCE, {"block": OK}).replace(b"@c0ffee Z", frame(NONCE, "block", OK) + b"@c0ffee Z")
    record = parse(data, NONCE)
    assert record.section("block").state is State.ERROR
    assert record.warnings == ("section block came twice",)


@pytest.mark.parametrize(
    ("said", "missing"),
    [
        (Said("no_privilege", "/usr/sbin/sshd -T"), Missing(Reason.DENIED, "nightledger ALL=(root) NOPASSWD: /usr/sbin/sshd -T", "with `sudo: true` in the settings of the host, or as root")),
        (Said("no_privilege", "read access to /etc/x"), Missing(Reason.DENIED, "read access to /etc/x")),
        (Said("tool_absent", "auditctl"), Missing(Reason.NOT_AVAILABLE, "auditctl", "auditctl is not on the host")),
        (Said("timeout"), Missing(Reason.TIMEOUT, detail="section x did not end in time")),
        (Said("error", stderr="bad\x1b[31m\nthing", status=3), Missing(Reason.ERROR, detail="section x ended with 3: bad [31m thing")),
    ],
)  # fmt: skip
def test_each_state_but_ok_and_absent_is_a_reason_why_nobody_could_look(said, missing):
    assert parse(answer(NONCE, {"x": said}), NONCE).read("x") == missing


def test_what_was_cut_at_the_limit_is_missing_not_short():
    data = answer(NONCE, {}).replace(b"@c0ffee Z", frame(NONCE, "x", OK, truncated="yes") + b"@c0ffee Z")
    missing = parse(data, NONCE).read("x")
    assert isinstance(missing, Missing)
    assert missing.reason is Reason.TRUNCATED


def test_an_absent_file_reads_as_empty():
    assert parse(answer(NONCE, {"x": Said("absent")}), NONCE).read("x") == b""


def test_a_state_that_the_script_does_not_know_ends_the_reading():
    record = parse(answer(NONCE, {"x": Said("fine"), "block": OK}), NONCE)
    assert not record.complete
    assert not record.sections


@given(st.binary(max_size=400))
def test_random_bytes_are_no_record(data):
    with pytest.raises(NotARecord):
        parse(data, NONCE)


@settings(max_examples=400)
@given(
    st.dictionaries(st.sampled_from(["block", "mounts", "sshd"]), st.binary(max_size=60), min_size=1),
    st.data(),
)
def test_a_mutated_record_never_raises_and_never_closes_a_section_with_bytes_that_were_not_sent(bodies, data):
    whole = answer(NONCE, {name: Said("ok", stdout=body) for name, body in bodies.items()})
    cut = data.draw(st.integers(whole.index(b"\n") + 1, len(whole)))
    noise = data.draw(st.binary(max_size=40))
    record = parse(whole[:cut] + noise, NONCE)
    for name, section in record.sections.items():
        assert section.stdout == bodies[name]
    assert not record.complete or cut == len(whole)


@given(st.binary())
def test_shown_text_has_no_control_characters(data):
    assert all(character.isprintable() or ord(character) > 0x9F for character in shown(data))
