from __future__ import annotations

import os
import pty
import subprocess
import sys

import pytest

from collectors.hosts.installed import INSTALLED_AT, program
from collectors.hosts.known_hosts import Trust, fingerprint, read
from tests.servers import sshd


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    why = sshd.why_not()
    if why and os.environ.get("CI") == "true":
        pytest.fail(why)
    if why:
        pytest.skip(why)
    with sshd.running(tmp_path_factory.mktemp("sshd")) as running:
        yield running


@pytest.fixture
def known(desk):
    desk.settings("sources: [{type: hosts, name: here, local: true}]\n")
    return desk.path / "keys" / "known_hosts"


def printed(server) -> str:
    line = ["ssh-keygen", "-lf", server.directory / "host_key.pub"]
    return subprocess.run(line, capture_output=True, text=True, check=True).stdout.split()[1]


def enrol(run, server, known, *more):
    address = f"127.0.0.1:{server.port}"
    return run("hosts", "enrol", address, "--known-hosts", str(known), "--output", "json", *more)


def typed(desk, server, known, answer: str) -> int:
    """The exit code where a person at a terminal types `answer`."""
    master, slave = pty.openpty()
    words = ("hosts", "enrol", f"127.0.0.1:{server.port}", "--known-hosts", str(known))
    line = [sys.executable, "-m", "nightledger", *words]
    with os.fdopen(slave, "rb") as terminal, os.fdopen(master, "wb") as person:
        person.write(answer.encode() + b"\n")
        person.flush()
        done = subprocess.run(
            line, cwd=desk.path, env=desk.environ, stdin=terminal, capture_output=True, text=True, check=False
        )
    assert printed(server) in done.stderr
    assert printed(server) in done.stdout
    return done.returncode


def test_a_key_is_added_when_a_person_says_yes(desk, server, known):
    assert typed(desk, server, known, "yes") == 0
    (entry,) = read(known.read_bytes()).entries
    assert fingerprint(entry.key) == printed(server)
    assert known.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("answer", ["", "y", "YES", "no", "yes please"])
def test_anything_but_yes_adds_nothing(desk, server, known, answer):
    assert typed(desk, server, known, answer) == 3
    assert not known.exists()


def test_without_a_terminal_nobody_can_say_yes(run, server, known):
    ended = enrol(run, server, known)
    assert ended.code == 2
    assert "a person at a terminal" in ended.err
    assert not known.exists()


def test_a_fingerprint_from_the_host_itself_is_an_answer(run, server, known):
    known.parent.mkdir()
    known.write_text("other ssh-ed25519 AAAA")
    ended = enrol(run, server, known, "--fingerprint", printed(server))
    assert (ended.code, ended.rows[0]["state"]) == (0, "enrolled")
    assert known.read_bytes().count(b"\n") == 2
    assert enrol(run, server, known).rows[0]["state"] == "known"


def test_another_fingerprint_is_a_no(run, server, known):
    ended = enrol(run, server, known, "--fingerprint", "SHA256:" + "A" * 43)
    assert (ended.code, ended.rows[0]["state"]) == (3, "not accepted")
    assert not known.exists()


def test_a_changed_key_is_never_replaced(run, server, known):
    known.parent.mkdir()
    other = (server.directory / "other_key.pub").read_text()
    known.write_text(f"[127.0.0.1]:{server.port} {other}")
    before = known.read_bytes()
    ended = enrol(run, server, known, "--fingerprint", printed(server))
    assert (ended.code, ended.rows[0]["state"]) == (3, "refused")
    assert known.read_bytes() == before


def test_all_configured_hosts_are_asked_about_those_to_go_through_first(desk, run, server, known):
    known.parent.mkdir()
    key, public = server.directory / "user_key", (server.directory / "host_key.pub").read_text()
    known.write_text(f"[127.0.0.1]:{server.port} {public}")
    login = f"port: {server.port}, user: root, key_file: {key}, known_hosts: {known}"
    desk.settings(
        "sources: [{type: hosts, name: far, hosts: [{address: localhost, "
        f"{login}, jump: {{address: 127.0.0.1, {login}}}}}]}}]\n"
    )
    ended = run("hosts", "enrol", f"localhost:{server.port}", "--fingerprint", printed(server))
    assert ended.code == 0, ended.err
    rows = run("hosts", "enrol", "--output", "json").rows
    assert [(row["address"], row["state"]) for row in rows] == [
        (f"127.0.0.1:{server.port}", "known"),
        (f"localhost:{server.port}", "known"),
    ]


def test_hosts_over_psrp_have_no_key_to_enrol(desk, run):
    desk.settings(
        "sources: [{type: hosts, name: pcs, hosts: [{address: pc1, os: windows, transport: psrp}]}]\n"
    )
    ended = run("hosts", "enrol", "--output", "json")
    assert (ended.code, ended.rows) == (0, [])


def test_what_is_no_address_is_a_usage_error(run, known):
    assert run("hosts", "enrol", "-oProxyCommand=id").code == 2
    assert run("hosts", "enrol", "a/b").code == 2


def test_the_script_to_install_is_printed_as_it_is(run, known):
    assert run("hosts", "script").out.encode() == program()


def test_the_accepted_line_is_what_a_scan_looks_for(run, server, known):
    assert enrol(run, server, known, "--fingerprint", printed(server)).code == 0
    found = read(known.read_bytes())
    assert found.judge("127.0.0.1", server.port, found.entries[0].key) is Trust.KNOWN


def test_permissions_show_each_of_the_three_ways(run, known):
    text = run("permissions", "hosts").out
    for mode in ("mode: stdin", "mode: helper", "mode: forced"):
        assert mode in text
    assert f'# nightledger ALL=(root) NOPASSWD: {INSTALLED_AT} ""' in text
    assert f'restrict,command="{INSTALLED_AT}" KEY' in text
