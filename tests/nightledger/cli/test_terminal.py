import os
import pty
import threading

import pytest


def watched(desk, *arguments, out=True, **environ):
    """Run with stderr, and stdout when `out`, on a terminal; gives the exit code and what came to each."""
    screen, end = pty.openpty()
    seen = []

    def read():
        try:
            while data := os.read(screen, 4096):
                seen.append(data)
        except OSError:
            return

    reader = threading.Thread(target=read)
    reader.start()
    environ = {"TERM": "xterm", **environ}
    with desk.start(*arguments, stdout=end if out else -1, stderr=end, environ=environ) as process:
        os.close(end)
        text = process.stdout.read() if process.stdout else ""
        process.wait(timeout=60)
    reader.join(10)
    os.close(screen)
    return process.returncode, text, b"".join(seen).decode()


def test_progress_moves_only_when_both_streams_are_terminals(desk):
    desk.world({"ledger": 3, "petty-cash": 1}, slow=0.3)
    _, _, screen = watched(desk, "scan")
    assert "demo.box" in screen
    assert "\x1b[?25l" in screen
    _, text, screen = watched(desk, "scan", "--output", "json", out=False)
    assert text.startswith("{")
    assert "\x1b[?25" not in screen
    _, _, screen = watched(desk, "scan", "--quiet")
    assert "\x1b" not in screen


def test_a_run_that_could_read_nothing_is_red(desk):
    desk.world({"ledger": 3}, refuse=["ListBoxes"])
    code, _, screen = watched(desk, "scan")
    assert code == 3
    assert "\x1b[31mnothing could be read" in screen


@pytest.mark.parametrize("environ", [{"NO_COLOR": "1"}, {"TERM": "dumb"}])
def test_colour_is_left_out_where_it_is_not_wanted(desk, environ):
    desk.world({"ledger": 3}, refuse=["ListBoxes"])
    _, _, screen = watched(desk, "list", "sources", "--config", "none.yaml", **environ)
    assert "No such file" in screen
    assert "\x1b" not in screen
