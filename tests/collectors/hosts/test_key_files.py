from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

import collectors.hosts
from collectors.hosts.parsers.account_rights import authorized_keys
from collectors.hosts.record import State, parse
from collectors.hosts.sections import script
from evidence.model import Missing
from tests.servers import sshd

ACCOUNTS = Path(collectors.hosts.__file__).with_name("scripts") / "accounts.sh"
OWN_PATH = b"PATH=/usr/local/sbin:"
SHELLS = [shell for shell in ("sh", "bash --posix", "busybox sh") if shutil.which(shell.split()[0])]


def call(line: str, text: str = "", shell: str = "sh") -> subprocess.CompletedProcess[str]:
    command = [*shell.split(), "-c", f". {ACCOUNTS}; {line}"]
    return subprocess.run(command, input=text, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("shell", SHELLS)
@pytest.mark.parametrize(
    ("pattern", "file"),
    [
        (".ssh/authorized_keys", "/home/bob/.ssh/authorized_keys"),
        ("/etc/ssh/keys/%u", "/etc/ssh/keys/bob"),
        ("%h/keys", "/home/bob/keys"),
        ("/k/%U/100%%/%u%u", "/k/1001/100%/bobbob"),
    ],
)
def test_tokens_of_the_pattern_are_told_as_sshd_tells_them(shell, pattern, file):
    bob = "bob:x:1001:1001::/home/bob:/bin/bash\n"
    assert call(f"key_files '{pattern}'", bob, shell).stdout == f"bob {file}\n"


def test_none_is_no_file_and_two_patterns_are_two():
    bob = "bob:x:1001:1001::/home/bob:/bin/bash\n"
    assert call("key_files none", bob).stdout == ""
    assert call("key_files '/a/%u /b/%u'", bob).stdout == "bob /a/bob\nbob /b/bob\n"


@pytest.mark.parametrize(
    ("lines", "differs"),
    [
        ("AuthorizedKeysFile /k/%u\nMatch User bob\n  X11Forwarding no\n", False),
        ("Match User bob\n  AuthorizedKeysFile /elsewhere/%u\n", True),
        ("match group a\n authorizedkeyscommand=/bin/x\n", True),
        ("#Match User bob\nAuthorizedKeysFile /k\n", False),
    ],
)
def test_a_match_block_that_looks_elsewhere_is_seen(tmp_path, lines, differs):
    (tmp_path / "config").write_text(lines)
    assert bool(call(f"key_exceptions {tmp_path}/config").stdout) is differs


def looked(tmp_path: Path, *settings: str):
    """Section ssh_keys where the host's sshd has these settings."""
    why = sshd.why_not()
    if why and os.environ.get("CI") == "true":
        pytest.fail(why)
    if why:
        pytest.skip(why)
    sshd.keygen(tmp_path / "host_key")
    (tmp_path / "config").write_text("\n".join([f"HostKey {tmp_path}/host_key", *settings]) + "\n")
    (tmp_path / "sshd").write_text(f'#!/bin/sh\nexec /usr/sbin/sshd -f {tmp_path}/config "$@"\n')
    (tmp_path / "sshd").chmod(0o755)
    text = script(["ssh_keys"], nonce="c0ffee", deadline=30, sudo=False)
    assert text.count(OWN_PATH) == 1
    there = text.replace(OWN_PATH, b"PATH=%s:/usr/local/sbin:" % str(tmp_path).encode())
    done = subprocess.run(["sh", "-s"], input=there, capture_output=True, check=True)
    section = parse(done.stdout, "c0ffee").section("ssh_keys")
    assert section.state is State.OK, section
    return authorized_keys(section.stdout)


def test_keys_in_a_place_of_the_administrator_s_are_found_with_their_account(tmp_path):
    sshd.keygen(tmp_path / "key")
    (tmp_path / "keys").mkdir()
    shutil.copy(tmp_path / "key.pub", tmp_path / "keys" / "root")
    found = looked(tmp_path, f"AuthorizedKeysFile {tmp_path}/keys/%u")
    (key,) = found["keys"]
    assert (key["file"], key["accounts"], key["type"]) == (f"{tmp_path}/keys/root", ["root"], "ED25519")


def test_a_host_without_files_of_keys_has_none(tmp_path):
    assert looked(tmp_path, "AuthorizedKeysFile none") == {"keys": [], "unread": []}


def test_where_a_command_answers_for_keys_they_are_not_said_to_be_none(tmp_path):
    asked = ("AuthorizedKeysCommand /usr/bin/true", "AuthorizedKeysCommandUser nobody")
    found = looked(tmp_path, "AuthorizedKeysFile none", *asked)
    assert isinstance(found, Missing)
    assert found.need == "AuthorizedKeysCommand"


def test_a_stranger_may_not_claim_that_there_are_no_keys():
    if os.geteuid() != 0:
        pytest.skip("only root can become somebody else")
    text = script(["ssh_keys"], nonce="c0ffee", deadline=30, sudo=False)
    line = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "sh", "-s"]
    done = subprocess.run(line, input=text, capture_output=True, check=True)
    assert parse(done.stdout, "c0ffee").section("ssh_keys").state is State.NO_PRIVILEGE
