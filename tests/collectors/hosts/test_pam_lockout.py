from __future__ import annotations

import ctypes.util
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from collectors.hosts.parsers.pam import ssh_stack
from collectors.hosts.parsers.pam_lockout import locks
from tests.collectors.hosts.test_script import cannot

PRE, FAIL, OK = (f"pam_faillock.so {part}" for part in ("preauth", "authfail", "authsucc"))
UNIX, DENY, PERMIT = "pam_unix.so", "pam_deny.so", "pam_permit.so"
STACKS: dict[str, tuple[bool | None, list[str]]] = {
    "Debian's way": (
        True,
        [f"required {PRE}", f"[success=2 default=ignore] {UNIX}", f"[default=die] {FAIL}", f"requisite {DENY}", f"required {OK}"],
    ),
    "Red Hat's way": (True, [f"required {PRE}", f"sufficient {UNIX}", f"required {FAIL}", f"required {DENY}"]),
    "only the last part says that it is locked": (
        True,
        [f"[success=1 default=bad] {UNIX}", f"[default=die] {FAIL}", f"sufficient {OK}", f"required {DENY}"],
    ),
    "nobody counts": (
        False,
        [f"required {PRE}", f"[success=1 default=ignore] {UNIX}", f"requisite {DENY}", f"required {PERMIT}"],
    ),
    "a password that is right ends it before anybody asks": (
        False,
        [f"sufficient {UNIX}", f"required {PRE}", f"required {FAIL}", f"required {DENY}"],
    ),
    "a password that is right ends it, and a wrong one is asked again": (
        False,
        [f"sufficient {UNIX}", f"required {PRE}", f"[success=1 default=ignore] {UNIX}", f"[default=die] {FAIL}", f"required {OK}"],
    ),
    "what it says first is not listened to": (
        False,
        [f"optional {PRE}", f"[success=1 default=ignore] {UNIX}", f"[default=die] {FAIL}", f"required {PERMIT}"],
    ),
    "a jump goes over the part that counts": (
        False,
        [f"required {PRE}", f"[success=2 default=1] {UNIX}", f"[default=die] {FAIL}", f"requisite {DENY}", f"required {PERMIT}"],
    ),
    "a wrong password ends it before it is counted": (
        False,
        [f"required {PRE}", f"requisite {UNIX}", f"required {FAIL}", f"required {PERMIT}"],
    ),
    "a jump goes over the part that asks": (
        False,
        [f"[default=1] {PERMIT}", f"required {PRE}", f"[success=1 default=ignore] {UNIX}", f"[default=die] {FAIL}", f"required {PERMIT}"],
    ),
}  # fmt: skip
TRY = """
import ctypes, os, sys
c, pam, libc = ctypes, ctypes.CDLL("libpam.so.0"), ctypes.CDLL(None)
libc.calloc.restype, libc.strdup.restype = c.c_void_p, c.c_void_p
class Message(c.Structure): _fields_ = [("style", c.c_int), ("text", c.c_char_p)]
class Response(c.Structure): _fields_ = [("text", c.c_void_p), ("code", c.c_int)]
TALK = c.CFUNCTYPE(c.c_int, c.c_int, c.POINTER(c.POINTER(Message)), c.POINTER(c.c_void_p), c.c_void_p)
class Talk(c.Structure): _fields_ = [("talk", TALK), ("data", c.c_void_p)]
def tries(password):
    def answer(count, asked, given, data):
        given[0] = libc.calloc(count, c.sizeof(Response))
        for i in range(count):
            if asked[i].contents.style == 1:
                c.cast(given[0], c.POINTER(Response))[i].text = libc.strdup(password)
        return 0
    handle, talk = c.c_void_p(), Talk(TALK(answer), None)
    assert pam.pam_start_confdir(b"sshd", b"ann", c.byref(talk), sys.argv[1].encode(), c.byref(handle)) == 0
    done = pam.pam_authenticate(handle, 0)
    pam.pam_end(handle, done)
    return done
assert tries(b"right") == 0
for _ in range(3): assert tries(b"wrong") != 0
print("kept out" if tries(b"right") else "let in")
"""


def stack_of(lines: list[str]) -> bytes:
    return "".join(f"/etc/pam.d/sshd:auth {line}\n" for line in lines).encode()


@pytest.mark.parametrize("name", STACKS)
def test_a_lockout_holds_where_wrong_passwords_are_counted_and_a_right_one_is_refused_then(name):
    expected, lines = STACKS[name]
    assert locks(ssh_stack(stack_of(lines))) is expected


@pytest.mark.parametrize("name", STACKS)
def test_the_real_pam_says_the_same(tmp_path, name):
    expected, lines = STACKS[name]
    if os.geteuid() != 0 or not shutil.which("unshare") or not ctypes.util.find_library("pam"):
        cannot("trying PAM needs root, unshare and libpam")
    if not any(Path("/lib").glob("*/security/pam_faillock.so")):
        cannot("pam_faillock is not installed")
    hashed = subprocess.run(
        ["perl", "-e", 'print crypt("right", q($1$salt))'], capture_output=True, text=True, check=True
    ).stdout
    (tmp_path / "passwd").write_text("root:x:0:0::/:/bin/sh\nann:x:4242:4242::/:/bin/sh\n")
    (tmp_path / "shadow").write_text(f"root:*:1::::::\nann:{hashed}:20000::::::\n")
    (tmp_path / "tally").mkdir()
    conf = tmp_path / "pam.d"
    conf.mkdir()
    (conf / "sshd").write_text("".join(f"auth {line}\n" for line in told(lines, tmp_path / "tally")))
    mounts = " && ".join(f"mount --bind {tmp_path}/{file} /etc/{file}" for file in ("passwd", "shadow"))
    command = [
        "unshare",
        "-m",
        "sh",
        "-c",
        f'{mounts} && exec "$@"',
        "sh",
        sys.executable,
        "-c",
        TRY,
        str(conf),
    ]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.stderr == ""
    assert done.stdout == ("kept out\n" if expected else "let in\n")


def told(lines: list[str], tally: Path) -> list[str]:
    """The lines with what spares the test PAM's delay and keeps its notes apart."""
    return [
        line.replace(UNIX, f"{UNIX} nodelay") + (f" dir={tally} deny=3 nodelay" if "faillock" in line else "")
        for line in lines
    ]


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (["[success=1 default=ignore] pam_succeed_if.so", *STACKS["Red Hat's way"][1]], None),
        (["required pam_env.so", "requisite pam_nologin.so", *STACKS["Debian's way"][1]], True),
        (
            [
                "required pam_env.so",
                f"required {PRE}",
                "[default=1 ignore=ignore success=ok] pam_usertype.so",
                "[default=1 ignore=ignore success=ok] pam_localuser.so",
                f"sufficient {UNIX}",
                "[default=1 ignore=ignore success=ok] pam_usertype.so",
                "sufficient pam_sss.so",
                f"required {FAIL}",
                f"required {DENY}",
            ],
            True,
        ),
        (
            [
                f"required {PRE}",
                f"sufficient {UNIX}",
                "[success=1 default=ignore] pam_listfile.so",
                f"required {FAIL}",
                f"required {DENY}",
            ],
            None,
        ),
        ([f"required {PRE}", f"required {FAIL}"], None),
        ([], None),
    ],
)
def test_what_other_modules_may_answer_is_tried_as_well(lines, expected):
    assert locks(ssh_stack(stack_of(lines)) or ()) is expected


def test_an_end_inside_a_substack_ends_that_only():
    inner = [f"required {PRE}", f"sufficient {UNIX}", f"required {FAIL}", f"required {DENY}"]
    text = b"/etc/pam.d/sshd:auth substack password-auth\n/etc/pam.d/sshd:auth required pam_permit.so\n"
    text += stack_of(inner).replace(b"/sshd:", b"/password-auth:")
    assert locks(ssh_stack(text)) is True
