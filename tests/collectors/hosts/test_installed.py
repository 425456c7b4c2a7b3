from __future__ import annotations

import hashlib
import os
import shutil
import stat
import subprocess
from dataclasses import replace
from pathlib import Path
from typing import NoReturn

import pytest

from collectors.hosts.installed import HELPED, INSTALLED_AT, digest, helped_script, program, request
from collectors.hosts.record import NotARecord, Record, State, parse
from collectors.hosts.sections import ROOT_COMMANDS, SECTIONS
from collectors.hosts.source import Mode
from collectors.hosts.ssh import SshTransport
from collectors.hosts.transport import Ending, LocalTransport, Unreachable
from evidence.model import Missing, Reason
from tests.collectors.hosts.recorded import facts_of
from tests.servers import sshd

NONCE = "c0ffee"
RULE = f'nobody ALL=(root) NOPASSWD: {INSTALLED_AT} ""'
SHELLS = (["dash"], ["bash", "--posix"], ["busybox", "sh"])
ALL = SECTIONS - {"apt_pending"}


def cannot(why: str) -> NoReturn:
    if os.environ.get("CI") == "true":
        pytest.fail(why)
    pytest.skip(why)


def on_a_host(directory: Path, *, rule: str = RULE, text: bytes | None = None) -> tuple[str, ...]:
    """A prefix for commands run as nobody where these alone are the sudo rules and the installed script."""
    if os.geteuid() != 0 or not all(map(shutil.which, ("sudo", "unshare", "setpriv"))):
        cannot("sudo, unshare and root are needed to be another user with a sudo rule")
    (directory / "rules").mkdir()
    (directory / "rules" / "nightledger").write_text(f"{rule}\n")
    (directory / "rules" / "nightledger").chmod(0o440)
    (directory / "program").write_bytes(program() if text is None else text)
    install = f"mkdir /usr/local/libexec && install -m 0755 {directory}/program {INSTALLED_AT}"
    mounts = (
        "mount -t tmpfs none /run && mkdir /run/sshd && mount -t tmpfs none /usr/local && "
        f"mount --bind {directory}/rules /etc/sudoers.d"
    )
    begin = f'{mounts} && {install if text != b"" else ":"} && exec "$@"'
    nobody = ("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups")
    return ("unshare", "-m", "sh", "-c", begin, "sh", *nobody)


def helped(where: tuple[str, ...], sections=ALL) -> Record:
    text = helped_script(sections, nonce=NONCE, deadline=60)
    result = LocalTransport(run_as=where).run(text, 90)
    assert result.ending is Ending.FINISHED
    return parse(result.stdout, NONCE)


def test_the_helper_answers_for_root_and_the_user_for_the_rest(tmp_path):
    record = helped(on_a_host(tmp_path))
    assert record.complete
    assert record.warnings == ()
    assert set(record.sections) == ALL
    assert b"root " in record.read("passwords")
    assert b"permitrootlogin" in record.read("sshd")
    assert record.uid == 65534


def test_the_host_says_which_script_is_installed(tmp_path):
    record = helped(on_a_host(tmp_path), {"machine", "helper"})
    assert record.read("helper").split()[0].decode() == digest() == hashlib.sha256(program()).hexdigest()


def test_its_digest_is_a_fact_of_the_host_and_says_whether_it_is_this_version_s():
    ours = facts_of({"helper": f"{digest()}  {INSTALLED_AT}\n"}, "installed_script")["installed_script"]
    other = facts_of({"helper": "0" * 64 + f"  {INSTALLED_AT}\n"}, "installed_script")["installed_script"]
    assert (ours, other["current"]) == ({"sha256": digest(), "current": True}, False)
    assert facts_of({}, "installed_script")["installed_script"] is None
    assert isinstance(facts_of({"helper": b"\xff"}, "installed_script")["installed_script"], Missing)


def test_without_its_one_rule_the_sections_of_root_are_denied_and_name_it(tmp_path):
    record = helped(on_a_host(tmp_path, rule="# none"))
    for name in HELPED:
        assert record.read(name) == Missing(Reason.DENIED, RULE, "its sudo rule is not there")
    assert record.read("mounts")
    assert record.complete


def test_where_nothing_is_installed_that_is_what_is_said(tmp_path):
    record = helped(on_a_host(tmp_path, text=b""))
    assert record.read("passwords") == Missing(Reason.DENIED, RULE, "it is not installed")
    assert record.read("helper") == b""


@pytest.mark.parametrize(
    "text", [b"#!/bin/sh\nexit 3\n", b"#!/bin/sh\necho; exit 70\n", b"#!/bin/sh\nkill $$\n"]
)
def test_an_installed_script_that_fails_is_an_error_not_an_answer(tmp_path, text):
    record = helped(on_a_host(tmp_path, text=text))
    assert {record.section(name).state for name in HELPED} == {State.ERROR}
    assert record.read("mounts")


def test_an_installed_script_that_says_nothing_leaves_its_sections_incomplete(tmp_path):
    record = helped(on_a_host(tmp_path, text=b"#!/bin/sh\nexit 0\n"))
    assert record.section("passwords").state is State.INCOMPLETE


def test_an_installed_script_that_takes_too_long_costs_only_its_own_sections(tmp_path):
    slow = program().replace(b"\nmain\n", b"\nsection_passwords() { probe sleep 40; }\nmain\n")
    assert slow != program()
    text = helped_script({"mounts", "passwords", "swaps"}, nonce=NONCE, deadline=16)
    result = LocalTransport(run_as=on_a_host(tmp_path, text=slow)).run(text, 60)
    record = parse(result.stdout, NONCE)
    assert (record.complete, record.warnings) == (True, ())
    assert record.section("passwords").state is State.TIMEOUT
    assert record.read("mounts")
    assert record.read("swaps")


def test_the_rule_allows_no_arguments(tmp_path):
    where = on_a_host(tmp_path)
    refused = LocalTransport(run_as=where).run(f"sudo -n {INSTALLED_AT} --help\n".encode(), 20)
    assert b"password is required" in refused.stderr or b"not allowed" in refused.stderr
    assert refused.stdout == b""


def test_root_reads_nothing_as_root_that_a_user_may_read():
    assert set(ROOT_COMMANDS) <= set(HELPED)
    assert set(HELPED).isdisjoint({"mounts", "profile", "apt_pending", "pam"})


def forced(directory: Path, line: str, shell: list[str] | None = None) -> subprocess.CompletedProcess[bytes]:
    path = directory / "facts"
    path.write_bytes(program())
    environment = {"PATH": os.environ["PATH"], "SSH_ORIGINAL_COMMAND": line}
    return subprocess.run(
        [*(shell or ["sh"]), path],
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
    )


@pytest.mark.parametrize("shell", SHELLS, ids=lambda shell: shell[0])
def test_a_forced_command_answers_what_the_original_command_asks(tmp_path, shell):
    if shutil.which(shell[0]) is None:
        pytest.skip(f"{shell[0]} is not installed")
    done = forced(tmp_path, request(ALL, nonce=NONCE, deadline=60).decode(), shell)
    record = parse(done.stdout, NONCE)
    assert (record.complete, set(record.sections), done.stderr) == (True, ALL, b"")


@pytest.mark.parametrize(
    "line",
    [
        "id",
        "/bin/sh -s",
        "nightledger-facts 2 c0ffee 60 machine",
        "nightledger-facts 1 c0ffee 60 machine; id",
        "nightledger-facts 1 c0ffee 60 $(id)",
        "nightledger-facts 1 c0ffee 60 `id`",
        "nightledger-facts 1 c0ffee 60 machine\nid",
        "nightledger-facts 1 c0ffee 0 machine",
        "nightledger-facts 1 c0ffee 08 machine",
        "nightledger-facts 1 c0ffee 9999 machine",
        "nightledger-facts 1 c0ffee",
        "nightledger-facts 1 nonce 60 machine",
        "nightledger-facts 1 c0ffee 60 ../../bin/id",
        "nightledger-facts 1 c0ffee 60 *",
        "nightledger-facts 1 " + "a" * 65 + " 60 machine",
        "nightledger-facts 1 c0ffee 60 " + "machine " * 600,
        "-c id",
        " ",
    ],
)
@pytest.mark.parametrize("shell", SHELLS[:2], ids=lambda shell: shell[0])
def test_anything_else_is_refused_with_64_and_no_word_of_output(tmp_path, shell, line):
    if shutil.which(shell[0]) is None:
        pytest.skip(f"{shell[0]} is not installed")
    done = forced(tmp_path, line, shell)
    assert (done.returncode, done.stdout) == (64, b"")


def test_a_section_it_does_not_have_is_an_error_not_an_absence(tmp_path):
    done = forced(tmp_path, "nightledger-facts 1 c0ffee 60 machine no_such_section")
    record = parse(done.stdout, NONCE)
    assert record.section("no_such_section").state is State.ERROR
    assert record.section("machine").state is State.OK


def test_on_standard_input_only_what_needs_root_is_answered(tmp_path):
    path = tmp_path / "facts"
    path.write_bytes(program())
    done = subprocess.run(
        ["sh", path], input=b"nightledger-facts 1 c0ffee 60 mounts\n", capture_output=True, check=False
    )
    assert (done.returncode, done.stdout) == (64, b"")


@pytest.fixture
def server(tmp_path):
    if why := sshd.why_not():
        cannot(why)
    with sshd.running(tmp_path) as running:
        path = tmp_path / "facts"
        path.write_bytes(program())
        path.chmod(path.stat().st_mode | stat.S_IXUSR)
        key = (tmp_path / "user_key.pub").read_text()
        (tmp_path / "authorized_keys").write_text(f'restrict,command="{path}" {key}')
        yield running


def test_a_key_with_the_forced_command_gives_a_whole_record_over_ssh(server):
    host = replace(server.host, mode=Mode.FORCED)
    result = SshTransport(host).run(request(ALL, nonce=NONCE, deadline=60), 90)
    record = parse(result.stdout, NONCE)
    assert (record.complete, set(record.sections), result.status) == (True, ALL, 0)
    assert b"over_ssh=yes" in record.read("machine")


def test_a_key_with_the_forced_command_runs_nothing_else(server):
    result = SshTransport(server.host).run(b"echo reached; id\n", 20)
    assert (result.status, result.stdout) == (64, b"")
    with pytest.raises(NotARecord):
        parse(result.stdout, NONCE)


def test_a_key_with_the_forced_command_opens_no_tunnel(server):
    with pytest.raises(Unreachable, match="forwarding_denied"):
        SshTransport(replace(server.host, jump=server.host)).run(b"true\n", 20)
