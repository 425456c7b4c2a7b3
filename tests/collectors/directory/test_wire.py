from __future__ import annotations

import contextlib
import socket

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collectors.directory.errors import DirectoryError
from collectors.directory.wire import bind_request, read_result, result_code, starttls_request


def answer(data: bytes) -> int:
    here, there = socket.socketpair()
    with here, there:
        there.sendall(data)
        there.shutdown(socket.SHUT_WR)
        return read_result(here)


def test_starttls_is_the_extended_request_of_rfc_4511():
    assert starttls_request() == b"\x30\x1d\x02\x01\x01\x77\x18\x80\x16" + b"1.3.6.1.4.1.1466.20037"


def test_a_bind_carries_version_three_a_name_and_a_password():
    assert bind_request("cn=x", "pw") == b"\x30\x12\x02\x01\x01\x60\x0d\x02\x01\x03\x04\x04cn=x\x80\x02pw"


def test_a_long_name_has_a_long_length():
    request = bind_request("x" * 300, "")
    assert request.startswith(b"\x30\x82\x01\x3c\x02\x01\x01\x60\x82\x01\x35")


@pytest.mark.parametrize("code", [0, 8, 13, 49])
def test_the_result_code_is_read(code):
    assert answer(bytes((0x30, 0x0C, 2, 1, 1, 0x61, 7, 10, 1, code, 4, 0, 4, 0))) == code


def test_a_long_form_length_is_understood():
    assert answer(bytes((0x30, 0x81, 0x0C, 2, 1, 1, 0x61, 7, 10, 1, 13, 4, 0, 4, 0))) == 13


@pytest.mark.parametrize(
    "data", [b"HTTP/1.1 400", b"\x30\x84\x7f\xff\xff\xff", b"\x30\x03\x02\x01\x01", b"\x30\x00"]
)
def test_what_is_no_ldap_is_said_to_be_none(data):
    with pytest.raises(DirectoryError):
        answer(data)


def test_a_notice_of_disconnection_is_no_answer_to_what_was_asked():
    with pytest.raises(DirectoryError, match="ended the connection with result code 2 "):
        answer(bytes((0x30, 0x0C, 2, 1, 0, 0x78, 7, 10, 1, 2, 4, 0, 4, 0)))


@pytest.mark.parametrize("data", [b"", b"\x30", b"\x30\x0c\x02\x01"])
def test_an_answer_cut_short_is_a_lost_connection(data):
    with pytest.raises(ConnectionResetError):
        answer(data)


@given(st.binary(max_size=64))
def test_hostile_messages_give_a_code_or_a_directory_error(message):
    with contextlib.suppress(DirectoryError):
        assert 0 <= result_code(message) < 2**32
