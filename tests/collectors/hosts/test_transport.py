from __future__ import annotations

import os
import time
from contextlib import suppress
from pathlib import Path

import pytest

from collectors.hosts.transport import STDERR_BYTES, Ending, LocalTransport, Phase, Unreachable


def test_a_script_s_output_and_status_come_back_apart():
    result = LocalTransport().run(b"echo out; echo err >&2; exit 3\n", 20)
    assert (result.stdout, result.stderr, result.status) == (b"out\n", b"err\n", 3)
    assert result.ending is Ending.FINISHED


def test_a_silent_script_ends_at_the_deadline():
    result = LocalTransport().run(b"sleep 60\n", 0.3)
    assert (result.status, result.ending) == (None, Ending.TIMEOUT)


def test_a_dripping_script_ends_at_the_deadline_too():
    result = LocalTransport().run(b"while :; do echo x; sleep 0.05; done\n", 0.5)
    assert result.ending is Ending.TIMEOUT
    assert set(result.stdout.split()) == {b"x"}


def test_a_flood_is_cut_at_the_limit():
    result = LocalTransport().run(b"yes\n", 20, 100_000)
    assert result.ending is Ending.TRUNCATED
    assert len(result.stdout) == 100_000


def test_a_flood_on_standard_error_does_not_stall_the_output():
    result = LocalTransport().run(b"head -c 5000000 /dev/zero >&2; echo done\n", 20)
    assert result.stdout == b"done\n"
    assert len(result.stderr) == STDERR_BYTES


def test_a_script_larger_than_a_pipe_is_sent_whole():
    padding = b"#" + b"x" * 1000 + b"\n"
    assert LocalTransport().run(padding * 300 + b"echo end\n", 20).stdout == b"end\n"


def test_a_script_that_closes_its_input_is_no_error():
    assert (
        LocalTransport().run(b"exec <&-; echo end; exit 0\n" + b"#\n" * 200_000, 20).ending is Ending.FINISHED
    )


def test_no_child_outlives_the_deadline():
    mark = f"sleep 4{os.getpid()}"
    LocalTransport().run(f"({mark}) & {mark}\n".encode(), 0.3)
    # A killed process may take a moment to go.
    end = time.monotonic() + 10
    while _runs(mark) and time.monotonic() < end:
        time.sleep(0.05)
    assert not _runs(mark)


def _runs(command: str) -> bool:
    words = command.replace(" ", "\0").encode() + b"\0"
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        with suppress(OSError):
            if path.read_bytes() == words:
                return True
    return False


def test_the_collector_s_environment_is_not_handed_on(monkeypatch):
    monkeypatch.setenv("NIGHTLEDGER_LDAP_PASSWORD", "hunter2")
    assert b"hunter2" not in LocalTransport().run(b"env\n", 20).stdout


def test_without_a_shell_the_phase_is_exec():
    with pytest.raises(Unreachable) as caught:
        LocalTransport(("/nonexistent/sh",)).run(b"", 5)
    assert (caught.value.phase, caught.value.code) == (Phase.EXEC, "no_shell")
