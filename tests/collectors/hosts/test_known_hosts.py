from __future__ import annotations

import base64
import hashlib
import hmac
import subprocess

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collectors.hosts.known_hosts import Trust, fingerprint, read

TYPE = "ssh-ed25519"


def key(seed: str, kind: str = TYPE) -> bytes:
    body = hashlib.sha256(seed.encode()).digest()
    return len(kind).to_bytes(4, "big") + kind.encode() + len(body).to_bytes(4, "big") + body


def line(hosts: str, raw: bytes, marker: str = "", kind: str = TYPE) -> bytes:
    return f"{marker} {hosts} {kind} {base64.b64encode(raw).decode()} comment\n".lstrip().encode()


GOOD, OTHER = key("good"), key("other")


@pytest.mark.parametrize(
    ("hosts", "address", "port", "trust"),
    [
        ("db1", "db1", 22, Trust.KNOWN),
        ("db1", "DB1", 22, Trust.KNOWN),
        ("db1", "db2", 22, Trust.UNKNOWN),
        ("db1", "db1", 2222, Trust.UNKNOWN),
        ("[db1]:2222", "db1", 2222, Trust.KNOWN),
        ("web,db1,10.0.0.1", "10.0.0.1", 22, Trust.KNOWN),
        ("*.example.org", "db1.example.org", 22, Trust.KNOWN),
        ("db?.example.org", "db12.example.org", 22, Trust.UNKNOWN),
        ("*.example.org,!db1.example.org", "db1.example.org", 22, Trust.UNKNOWN),
        ("*.example.org,!db1.example.org", "db2.example.org", 22, Trust.KNOWN),
        ("db[12]", "db1", 22, Trust.UNKNOWN),
        ("d.1", "db1", 22, Trust.UNKNOWN),
    ],
)
def test_a_line_speaks_of_the_hosts_it_names(hosts, address, port, trust):
    assert read(line(hosts, GOOD)).judge(address, port, GOOD) is trust


def test_another_key_for_a_known_host_is_a_changed_key():
    assert read(line("db1", GOOD)).judge("db1", 22, OTHER) is Trust.CHANGED


def test_another_type_of_key_than_the_pinned_one_is_a_changed_key_too():
    known = read(line("db1", key("good", "ssh-rsa"), kind="ssh-rsa"))
    assert known.judge("db1", 22, GOOD) is Trust.CHANGED
    assert known.key_types("db1", 22) == ("ssh-rsa",)


def test_a_revoked_key_is_revoked_even_where_another_line_trusts_it():
    known = read(line("db1", GOOD) + line("*", GOOD, "@revoked"))
    assert known.judge("db1", 22, GOOD) is Trust.REVOKED
    assert known.judge("db2", 22, OTHER) is Trust.UNKNOWN


def test_a_line_that_makes_no_sense_is_a_warning_with_its_number_and_the_rest_is_read():
    known = read(
        b"# comment\n\n"
        + line("ca.example.org", GOOD, "@cert-authority")
        + b"db1 ssh-ed25519\n"
        + b"db1 ssh-ed25519 !!!\n"
        + b"\xff\xfe ssh-ed25519 AAAA\n"
        + line("db1", GOOD, kind="ssh-rsa")
        + line("db1", GOOD, "@new-marker")
        + line("db1", GOOD)
    )
    assert [warning.split(":")[0] for warning in known.warnings] == [
        f"known_hosts line {number}" for number in (3, 4, 5, 6, 7, 8)
    ]
    assert known.judge("db1", 22, GOOD) is Trust.KNOWN
    assert known.judge("ca.example.org", 22, GOOD) is Trust.UNKNOWN


def test_a_hashed_name_is_found():
    salt = bytes(range(20))
    mark = hmac.new(salt, b"[db1]:2222", "sha1").digest()
    hashed = f"|1|{base64.b64encode(salt).decode()}|{base64.b64encode(mark).decode()}"
    known = read(line(hashed, GOOD))
    assert known.judge("db1", 2222, GOOD) is Trust.KNOWN
    assert known.judge("db1", 22, GOOD) is Trust.UNKNOWN


def test_what_ssh_keygen_hashes_and_fingerprints_is_read_alike(tmp_path):
    file = tmp_path / "known_hosts"
    try:
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", tmp_path / "k"], check=True)
    except FileNotFoundError:
        pytest.skip("ssh-keygen is not installed")
    public = (tmp_path / "k.pub").read_text().split()[1]
    file.write_bytes(f"db1.example.org ssh-ed25519 {public}\n".encode())
    subprocess.run(["ssh-keygen", "-q", "-H", "-f", file], check=True, capture_output=True)
    assert b"db1" not in file.read_bytes()
    raw = base64.b64decode(public)
    assert read(file.read_bytes()).judge("db1.example.org", 22, raw) is Trust.KNOWN
    printed = subprocess.run(["ssh-keygen", "-l", "-f", tmp_path / "k.pub"], check=True, capture_output=True)
    assert fingerprint(raw) in printed.stdout.decode()


def test_of_many_lines_the_first_that_speaks_of_a_host_is_asked_for_first_whatever_its_form():
    rsa, pattern = key("rsa", "ssh-rsa"), key("ec", "ecdsa-sha2-nistp256")
    known = read(
        b"".join(line(f"host{number}", OTHER) for number in range(500))
        + line("db*", pattern, kind="ecdsa-sha2-nistp256")
        + line("db1,db1,10.0.0.1", GOOD)
        + line("db1", rsa, kind="ssh-rsa")
        + line("web1,!db1", OTHER)
    )
    assert known.key_types("db1", 22) == ("ecdsa-sha2-nistp256", TYPE, "ssh-rsa")
    assert [known.judge("db1", 22, one) for one in (GOOD, rsa, pattern, OTHER)] == [Trust.KNOWN] * 3 + [
        Trust.CHANGED
    ]
    assert known.judge("10.0.0.1", 22, GOOD) is Trust.KNOWN
    assert known.judge("web1", 22, OTHER) is Trust.KNOWN


@given(st.binary(max_size=200))
def test_random_bytes_trust_nobody(data):
    assert read(data).judge("db1", 22, GOOD) is Trust.UNKNOWN


@given(st.text(alphabet="abc*?.![]|", max_size=12), st.text(alphabet="abc.", min_size=1, max_size=8))
def test_any_pattern_gives_an_answer(pattern, address):
    assert read(line(pattern or "x", GOOD)).judge(address, 22, GOOD) in {Trust.KNOWN, Trust.UNKNOWN}
