import itertools
import json
import shlex
import subprocess
import sys

import pytest

from nightledger.cli import build

VERBS = ["init", "doctor", "permissions", "scan", "check", "drift", "status", "show", "report", "verify", "waive", "list", "explain", "schedule"]  # fmt: skip

HEAVY = {
    "boto3", "botocore", "pandas", "pydantic", "rich", "psycopg", "sqlite3", "ldap3", "paramiko", "apscheduler",
    "jinja2", "zstandard", "cryptography", "orjson", "yaml", "httpx", "distributed",
}  # fmt: skip


@pytest.mark.parametrize(
    "arguments", [[], *([verb] for verb in VERBS)], ids=lambda words: " ".join(words) or "top"
)
def test_help_imports_nothing_heavy(desk, arguments):
    program = (
        "import json, sys\nfrom nightledger.cli import main\n"
        "try:\n    main(sys.argv[1:])\nexcept SystemExit:\n    pass\n"
        "sys.stderr.write(json.dumps([n for n in sys.modules if '.' not in n]))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, *arguments, "--help"],
        env=desk.environ,
        capture_output=True,
        text=True,
        check=True,
    )
    assert not HEAVY & set(json.loads(done.stderr))


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_shows_an_example_that_it_can_read(verb, run):
    help_ = run(verb, "--help")
    assert help_.code == 0
    _, _, example = help_.out.partition("example:\n")
    words = shlex.split(example.replace("\\\n", " "))
    words = list(itertools.takewhile(lambda word: word != ">", words))
    assert words[:2] == ["nightledger", verb]
    assert build().parse_args(words[1:]).command == verb


def test_version_is_one_line(run):
    ended = run("--version")
    assert (ended.code, ended.out.split()[0], ended.out.count("\n")) == (0, "nightledger", 1)


@pytest.mark.parametrize(
    ("words", "meant"),
    [
        (["chek", "x"], "did you mean check?"),
        (["list", "check"], "did you mean checks?"),
        (["list", "zzz"], "one of checks, kinds"),
        (["scan", "--output", "jsn"], "did you mean json"),
        ([], "required: COMMAND"),
        (["scan", "--fast"], "unrecognized arguments: --fast"),
        (["waive", "x", "--until", "tomorrow"], "invalid"),
    ],
)
def test_a_wrong_word_is_answered_in_one_line_with_a_hint(run, words, meant):
    ended = run(*words)
    first, hint, *_ = ended.err.splitlines()
    assert ended.code == 2
    assert meant in first
    assert hint.startswith("hint: nightledger")
    assert ended.out == ""


def test_a_hostile_word_does_not_reach_the_terminal_as_it_is(run):
    assert "\x1b" not in run("list", "\x1b[2J").err
    assert "\x1b" not in run("explain", "\x1b[2Jx").err


def test_debug_shows_the_traceback_and_keeps_the_exit_code(run):
    ended = run("explain", "no-such-thing", "--debug")
    assert ended.code == 2
    assert "Traceback" in ended.err
    assert "Traceback" not in run("explain", "no-such-thing").err


@pytest.mark.parametrize(
    "line", ["--config a.yaml drift", "drift --config a.yaml", "--config b.yaml drift --config a.yaml"]
)
def test_which_settings_may_be_said_before_the_command_or_after_it(line):
    args = build().parse_args(line.split())
    assert (args.command, args.config, args.data) == ("drift", "a.yaml", None)
