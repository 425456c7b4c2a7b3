from __future__ import annotations

import socket
import threading
from contextlib import contextmanager, suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collectors.directory import answers
from collectors.directory.answers import EACH, Answer, AnswerRefused
from collectors.directory.client import DirectoryClient, Query
from collectors.directory.errors import DirectoryError
from collectors.directory.session import SessionPool
from collectors.directory.source import DirectorySource
from collectors.directory.wire import _element, _take, bind_request
from collectors.recorder import TaskRecorder
from evidence.model import Missing, Reason
from tests.servers.look import poll_directory
from tests.servers.slapd import BASE

MIB = 2**20
ENTRY = _element(0x64, _element(0x04, b"cn=a") + _element(0x30, b""))
DONE = _element(0x65, b"\x0a\x01\x00\x04\x00\x04\x00")


def answering(request, operations):
    """Messages with the id of the request that they answer; bytes are said as they are."""
    if isinstance(operations, bytes):
        return operations
    _, content, _ = _take(request)
    number = _element(0x02, _take(content)[1])
    return b"".join(_element(0x30, number + operation) for operation in operations)


class Flood:
    """What a server that never stops talking got rid of."""

    def __init__(self, port):
        self.sent = 0
        self.source = DirectorySource(
            "d", f"ldap://127.0.0.1:{port}", BASE, start_tls=False, answer_seconds=5
        )

    def serve(self, listening, heads, part, most):
        connected, _ = listening.accept()
        with connected, suppress(OSError):
            for head in heads:
                request = connected.recv(65_536)
                connected.sendall(answering(request, head))
            said = answering(request, part)
            while said and self.sent < most:
                self.sent += connected.send(said)
            connected.recv(65_536)


@contextmanager
def flooding(*heads, part=b"", most=256 * MIB):
    """A server that answers so, then says `part` over and over until nobody listens or `most` bytes are sent."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.settimeout(10)
        flood = Flood(listening.getsockname()[1])
        thread = threading.Thread(target=flood.serve, args=(listening, heads, part, most))
        thread.start()
        yield flood
        thread.join(10)
        assert not thread.is_alive()


def search(source, times=1):
    sessions = SessionPool(source)
    client = DirectoryClient(source, sessions, TaskRecorder("global"))
    query = Query(BASE, "(objectClass=*)", ("cn",), paged=False)
    try:
        return [row.dn for _ in range(times) for row in client.search(query)]
    finally:
        sessions.close()


def refusal_of(source):
    with pytest.raises(DirectoryError) as refusal:
        search(source)
    return refusal.value


@pytest.mark.parametrize(
    "head",
    [b"\x30\x84\x0c\x80\x00\x00", b"\x30\x84\xff\xff\xff\xff", b"\x30\xff" + b"\xff" * 127],
    ids=["200 MiB", "4 GiB", "more than there is"],
)
def test_a_message_that_claims_too_much_is_refused_by_its_header_and_the_connection_closed(head):
    with flooding(head, part=b" " * MIB) as flood:
        refusal = refusal_of(flood.source)
    assert (refusal.code, refusal.reason) == ("answerRefused", Reason.ERROR)
    assert str(refusal).endswith("the answer is longer than 64 MiB and was not read")
    assert flood.sent < 16 * MIB


def test_messages_without_end_are_left_at_the_bound(monkeypatch):
    monkeypatch.setattr(answers, "LONGEST", MIB)
    with flooding(b"", part=(ENTRY,) * 1000) as flood:
        assert "longer than 1 MiB" in str(refusal_of(flood.source))
    assert flood.sent < 16 * MIB


@pytest.mark.parametrize("head", [b"HTTP/1.1 400 Bad Request\r\n\r\n", b"\x30\x80\x02\x01\x01"])
def test_what_is_no_ldap_is_said_to_be_none(head):
    with flooding(head) as flood:
        assert str(refusal_of(flood.source)).endswith("what answered does not speak LDAP")


def test_an_answer_is_bounded_by_all_its_messages_and_the_next_one_has_the_bound_to_itself(monkeypatch):
    monkeypatch.setattr(answers, "LONGEST", 3 * EACH)
    with flooding((ENTRY, ENTRY, DONE), (ENTRY, ENTRY, DONE)) as flood:
        assert search(flood.source, times=2) == ["cn=a"] * 4
    with flooding((ENTRY, ENTRY, ENTRY, DONE)) as flood:
        assert "was not read" in str(refusal_of(flood.source))


def test_a_fact_that_is_answered_too_long_is_missing_and_names_the_bound():
    with flooding(b"\x30\x84\x0c\x80\x00\x00", part=b" " * MIB) as flood:
        results = poll_directory(flood.source, {"directory.server": {"anonymous_read"}})
    fact = results["directory.server"].observations[0].facts["anonymous_read"]
    assert isinstance(fact, Missing)
    assert (fact.reason, "longer than 64 MiB" in fact.detail) == (Reason.ERROR, True)


@given(st.lists(st.binary(max_size=600), max_size=8), st.lists(st.integers(1, 400), min_size=1))
def test_messages_come_out_as_they_went_in_however_they_are_cut(contents, cuts):
    sent = [_element(0x30, content) for content in contents]
    stream, answer, seen, at = b"".join(sent), Answer(), [], 0
    while at < len(stream):
        size = cuts[at % len(cuts)]
        seen += answer.add(stream[at : at + size])
        at += size
    assert seen == sent
    assert not answer.unfinished


def test_a_message_as_long_as_the_bound_is_read_and_one_byte_more_refused(monkeypatch):
    message = bind_request("x" * 5000, "")
    monkeypatch.setattr(answers, "LONGEST", len(message))
    assert Answer().add(message) == [message]
    monkeypatch.setattr(answers, "LONGEST", len(message) - 1)
    with pytest.raises(AnswerRefused):
        Answer().add(message)
