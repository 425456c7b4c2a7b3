from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import NoReturn

import pytest

from collectors.hosts import sections
from collectors.hosts.parsers import logs
from collectors.hosts.record import Record, State, parse
from collectors.hosts.sections import SECTIONS, VOLATILE, UnknownSection, script
from collectors.hosts.transport import Ending, LocalTransport
from evidence.model import Missing, Reason

SHELLS = {"dash": ("dash", "-s"), "bash": ("bash", "--posix", "-s"), "busybox": ("busybox", "sh", "-s")}
MOVING = {"clock"}
NONCE = "c0ffee"
TEXT = script((), nonce=NONCE, deadline=1, sudo=False).decode().partition("\n")[2]

pytestmark = pytest.mark.skipif(
    not Path("/proc/self/mountinfo").exists(), reason="this is not a Linux system"
)


def cannot(why: str) -> NoReturn:
    if os.environ.get("CI") == "true":
        pytest.fail(why)
    pytest.skip(why)


def run(names=SECTIONS, shell=("/bin/sh", "-s"), run_as=(), deadline=60, sudo=False) -> Record:
    transport = LocalTransport(shell, run_as)
    result = transport.run(script(names, nonce=NONCE, deadline=deadline, sudo=sudo), 90)
    assert result.ending is Ending.FINISHED
    assert result.stderr == b""
    return parse(result.stdout, NONCE)


@pytest.fixture(scope="module")
def whole() -> Record:
    return run()


@pytest.mark.parametrize("name", SHELLS)
def test_every_section_closes_under_each_shell(name):
    if shutil.which(SHELLS[name][0]) is None:
        pytest.skip(f"{name} is not installed")
    record = run(shell=SHELLS[name])
    assert record.complete
    assert record.warnings == ()
    assert set(record.sections) == SECTIONS


def test_two_shells_say_the_same():
    if shutil.which("bash") is None:
        pytest.skip("bash is not installed")
    asked = SECTIONS - MOVING
    # Between the two a daemon of another test may start or end: what differs is asked again.
    for _ in range(5):
        one, other = run(asked), run(asked, SHELLS["bash"])
        asked = frozenset(name for name in asked if said(one, name) != said(other, name))
        if not asked:
            return
    name = min(asked)
    assert said(other, name) == said(one, name), asked


def said(record: Record, name: str) -> tuple[str, State, bytes]:
    section = record.section(name)
    return name, section.state, b"" if name in VOLATILE else section.stdout


def test_the_sections_of_the_script_are_the_ones_declared():
    assert set(re.findall(r"^section_([a-z_]+)\(\)", TEXT, re.MULTILINE)) == SECTIONS
    assert set(sections.KEEP) == SECTIONS
    assert set(sections.ROOT_COMMANDS) <= SECTIONS


def test_a_section_that_does_not_exist_is_refused_before_anything_runs():
    with pytest.raises(UnknownSection, match="reboot"):
        script(["mounts", "reboot; rm"], nonce=NONCE, deadline=5, sudo=False)


def test_only_the_sections_asked_for_are_read():
    assert set(run({"mounts", "swaps"}).sections) == {"mounts", "swaps"}


def test_facts_known_from_elsewhere_are_what_the_script_reads(whole):
    assert f"kernel={os.uname().release}\n".encode() in whole.section("machine").stdout
    assert whole.section("mounts").stdout.count(b" / ") >= 1
    assert b"root:0:" in whole.section("accounts").stdout


def test_no_name_of_a_person_and_no_hash_is_read(whole):
    lines = whole.section("accounts").stdout.splitlines()
    assert all(line.count(b":") == 3 for line in lines)
    assert b"$6$" not in b"".join(section.stdout for section in whole.sections.values())
    assert b"$y$" not in b"".join(section.stdout for section in whole.sections.values())


@pytest.mark.parametrize(
    ("arguments", "kept"),
    [
        (" nullok debug", " nullok"),
        (" authfile=/etc/u2f nouserok cue", " nouserok"),
        (" usersfile=/etc/oath no_usersfile_okay", " no_usersfile_okay"),
        (" secret=hunter2 window=20", ""),
        (" preauth silent deny=5", " preauth"),
        (" authfail", " authfail"),
        ("", ""),
    ],
)
def test_of_a_module_s_arguments_only_those_that_weaken_it_leave_the_host(tmp_path, arguments, kept):
    (tmp_path / "sshd").write_text(f"auth required pam_any.so{arguments}\n")
    text = TEXT.replace("/etc/pam.d", str(tmp_path)).rpartition("\nmain\n")[0]
    said = subprocess.run(["sh"], input=f"{text}\npam\n", capture_output=True, text=True, check=True).stdout
    assert said == f"{tmp_path}/sshd:auth required pam_any.so{kept}\n"


def with_probe(
    probe: str, *, deadline: int = 30, limit: int = 15, cap: int = 262_144, shell=("/bin/sh", "-s")
):
    """The record of a script whose section zfs runs `probe`, between two sections that are as always."""
    text = script({"machine", "zfs", "swaps"}, nonce=NONCE, deadline=deadline, sudo=False)
    text = text.replace(f"limit={min(15, deadline)}".encode(), f"limit={limit}".encode(), 1)
    text = text.replace(b"cap=262144", f"cap={cap}".encode(), 1)
    text = re.sub(rb"(?m)^section_zfs\(\) .*$", lambda _: b"section_zfs() { " + probe.encode() + b"; }", text)
    result = LocalTransport(shell).run(text, 60)
    assert result.ending is Ending.FINISHED
    record = parse(result.stdout, NONCE)
    assert {record.section(name).state for name in ("machine", "swaps")} == {State.OK}
    return record


BOTH = [("dash", "-s"), ("bash", "--posix", "-s")]


@pytest.mark.parametrize("shell", BOTH)
@pytest.mark.parametrize(
    ("probe", "state", "stdout", "stderr"),
    [
        ("tool printf 'a\\nb'", State.OK, b"a\nb", b""),
        ("tool printf 'a\\n\\n'", State.OK, b"a\n\n", b""),
        ("tool printf '\\377\\376'", State.OK, b"\xff\xfe", b""),
        ("probe sh -c 'echo out; echo err >&2; exit 3'", State.ERROR, b"out\n", b"err"),
        ("tool no-such-tool", State.TOOL_ABSENT, b"", b""),
        ("tool yes", State.TRUNCATED, None, b""),
        ("probe sh -c 'yes 0 | head -c 4096'", State.OK, b"0\n" * 2048, b""),
        ("probe sh -c 'yes 0 | head -c 4200'", State.TRUNCATED, None, b""),
        ("probe sh -c 'yes \"\" | head -c 9999'", State.TRUNCATED, None, b""),
        ("probe sh -c 'head -c 3000000 /dev/zero | tr \"\\0\" e >&2; echo out'", State.OK, b"out\n", b"e" * 2000),
        ("probe cat", State.OK, b"", b""),
        ("probe sh -c 'echo sudo: unable to resolve host >&2'", State.OK, b"", b"sudo: unable to resolve host"),
        ("probe sh -c 'echo sudo: unable to resolve host >&2; exit 1'", State.ERROR, b"", b"sudo: unable to resolve host"),
        ("probe sh -c 'echo sudo: a password is required >&2; exit 1'", State.NO_PRIVILEGE, b"", b"sudo: a password is required"),
    ],
)  # fmt: skip
def test_a_probe_s_output_error_and_state_come_apart(probe, state, stdout, stderr, shell):
    if shutil.which(shell[0]) is None:
        pytest.skip(f"{shell[0]} is not installed")
    section = with_probe(probe, cap=4096, shell=shell).section("zfs")
    assert (section.state, section.stderr) == (state, stderr)
    assert stdout is None or section.stdout == stdout


def test_a_hanging_tool_is_ended_and_the_rest_is_read():
    if shutil.which("timeout") is None:
        pytest.skip("timeout is not installed")
    record = with_probe("tool sleep 300", limit=1)
    assert record.complete
    assert record.section("zfs").state is State.TIMEOUT


@pytest.mark.parametrize("shell", BOTH)
@pytest.mark.parametrize("probe", ["probe spin; }; spin() { while :; do :; done", "probe sleep 300"])
def test_a_probe_that_nothing_else_ends_is_ended_by_the_script_s_deadline(probe, shell):
    if shutil.which(shell[0]) is None:
        pytest.skip(f"{shell[0]} is not installed")
    text = script({"machine", "zfs"}, nonce=NONCE, deadline=1, sudo=False)
    text = re.sub(rb"(?m)^section_zfs\(\) .*$", lambda _: b"section_zfs() { " + probe.encode() + b"; }", text)
    record = parse(LocalTransport(shell).run(text, 30).stdout, NONCE)
    assert not record.complete
    assert record.section("machine").state is State.OK
    assert record.section("zfs").state is State.TIMEOUT


def test_what_was_read_before_homes_that_never_answer_is_told():
    if shutil.which("ssh-keygen") is None:
        pytest.skip("ssh-keygen is not installed")
    text = script({"machine", "ssh_keys"}, nonce=NONCE, deadline=60, sudo=False)
    text = text.replace(b"\nlogins() {", b"\nlogins() { sleep 60; }\nothers() {", 1)
    result = LocalTransport().run(text, 3)
    record = parse(result.stdout, NONCE)
    assert result.ending is Ending.TIMEOUT
    assert record.section("machine").state is State.OK
    assert record.section("ssh_keys").state is State.INCOMPLETE


def test_the_script_has_no_here_documents_and_no_redirection_to_a_file_but_the_null_device():
    code = "\n".join(line for line in TEXT.splitlines() if not line.lstrip().startswith("#"))
    assert "<<" not in code
    targets = re.findall(r"[0-9]?>\s*([^\s;|)&]+)", code)
    assert set(targets) <= {"/dev/null"}


def test_the_script_contains_no_command_that_changes_anything():
    words = set(re.findall(r"[a-z-]+", TEXT))
    assert not words & {
        "rm",
        "mv",
        "cp",
        "tee",
        "touch",
        "mkdir",
        "chmod",
        "chown",
        "mktemp",
        "find",
        "install-y",
    }


@pytest.mark.parametrize(
    "words", ["--showkeys", "makecache", "apt-get update", " --refresh", "apk -U", "apk update"]
)
def test_no_key_of_a_disk_is_asked_for_and_no_list_of_packages_is_fetched(words):
    assert words not in TEXT


OVERLAY = """
mount -t tmpfs none {place} && cd {place} && mkdir upper work root || exit 9
mount -t overlay overlay -o lowerdir=/,upperdir=upper,workdir=work root || exit 9
for name in proc sys dev; do mount --rbind "/$name" "root/$name" || exit 9; done
mount -t tmpfs none root/run && mkdir root/run/sshd || exit 9
find upper root/run | sort >before
chroot root /bin/sh -s
find upper root/run | sort | diff before - >&2
"""


def test_a_run_as_root_writes_nothing_anywhere(tmp_path):
    _as_nobody()
    text = script(SECTIONS, nonce=NONCE, deadline=60, sudo=False)
    command = ["unshare", "-m", "sh", "-c", OVERLAY.format(place=tmp_path)]
    done = subprocess.run(command, input=text, capture_output=True, timeout=90, check=False)
    if done.returncode == 9:
        cannot("this system cannot mount an overlay over its root")
    assert parse(done.stdout, NONCE).complete
    assert done.stderr == b""


OVERLAYROOT = """
mount -t tmpfs none /mnt && mkdir /mnt/upper /mnt/work /mnt/root || exit 9
mount -t overlay overlay -o lowerdir=/,upperdir=/mnt/upper,workdir=/mnt/work /mnt/root || exit 9
mount --bind /mnt /mnt/root/mnt && mount -t proc proc /mnt/root/proc || exit 9
mkdir -p /mnt/root/var/log/journal && exec chroot /mnt/root "$@"
"""


@pytest.mark.parametrize(("in_container", "lasting"), [(False, False), (True, None)])
def test_a_journal_on_an_overlay_lasts_no_longer_than_its_upper_layer(in_container, lasting):
    if os.geteuid() != 0 or shutil.which("unshare") is None:
        cannot("mounting an overlay needs root and unshare")
    transport = LocalTransport(run_as=("unshare", "-m", "sh", "-c", OVERLAYROOT, "sh"))
    names = {"journald", "mounts", "block"}
    done = transport.run(script(names, nonce=NONCE, deadline=60, sudo=False), 90)
    if done.status == 9:
        cannot("this system cannot mount an overlay over its root")
    record = parse(done.stdout, NONCE)
    said = [record.read(name) for name in ("journald", "mounts", "block")]
    found = logs.log_storage(*said, b"", in_container=in_container)
    assert found == {"at": "/var/log/journal", "lasting": lasting}


def _as_nobody() -> tuple[str, ...]:
    if os.geteuid() != 0 or shutil.which("setpriv") is None:
        cannot("the unprivileged run needs root and setpriv")
    return ("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "--")


def test_without_privilege_whatever_needs_root_says_which_line_to_add():
    record = run(run_as=_as_nobody())
    assert record.complete
    assert record.uid == 65534
    for name, command in sections.ROOT_COMMANDS.items():
        section = record.section(name)
        tool = command.split()[0].rpartition("/")[2]
        if section.state is State.TOOL_ABSENT:
            assert section.need == tool
            continue
        if section.state is State.ABSENT:
            continue
        missing = record.read(name)
        assert isinstance(missing, Missing)
        assert missing.reason is Reason.DENIED
        assert (
            missing.need
            == f"nobody ALL=(root) NOPASSWD: {shutil.which(tool, path='/usr/sbin:/usr/bin')} {command.split(' ', 1)[1]}"
        )


def test_a_file_that_may_not_be_read_is_denied_not_absent(tmp_path):
    run_as = _as_nobody()
    with tempfile.TemporaryDirectory(dir="/var/tmp") as name:
        directory = Path(name)
        directory.chmod(0o755)
        (directory / "closed").write_text("TMOUT=900\n")
        (directory / "closed").chmod(0o600)
        text = script({"profile"}, nonce=NONCE, deadline=20, sudo=False)
        text = text.replace(b"/etc/profile ", f"{directory}/closed ".encode())
        result = LocalTransport(run_as=run_as).run(text, 30)
    assert parse(result.stdout, NONCE).read("profile") == Missing(
        Reason.DENIED, f"read access to {directory}/closed"
    )


@pytest.mark.parametrize(("own", "state"), [(True, State.OK), (False, State.TOOL_ABSENT)])
def test_a_stack_of_pam_that_stands_where_nobody_reads_is_not_said_to_be_none(tmp_path, own, state):
    for name in ("usr", *(["etc"] if own else [])):
        (tmp_path / name).mkdir()
        (tmp_path / name / "sshd").write_text("auth required pam_unix.so\n")
    text = script({"pam"}, nonce=NONCE, deadline=20, sudo=False)
    text = text.replace(b"/usr/lib/pam.d", f"{tmp_path}/usr".encode())
    text = text.replace(b"/etc/pam.d", f"{tmp_path}/etc".encode())
    assert parse(LocalTransport().run(text, 30).stdout, NONCE).section("pam").state is state


@pytest.mark.parametrize("file", ["getty@tty1.service", "serial-getty@ttyS0.service.d/o.conf"])
def test_a_console_that_asks_nobody_is_seen_however_it_is_told(tmp_path, file):
    (tmp_path / file).parent.mkdir(exist_ok=True)
    (tmp_path / file).write_text("[Service]\nExecStart=-/sbin/agetty -a root %I\n")
    text = TEXT.replace("/etc/systemd/system", str(tmp_path)).rpartition("\nmain\n")[0]
    said = subprocess.run(["sh"], input=f"{text}\nautologin\n", capture_output=True, text=True, check=True)
    assert f"{tmp_path}/{file}:ExecStart=-/sbin/agetty -a root %I\n" in said.stdout


@pytest.mark.parametrize(
    ("files", "says"),
    [
        ({}, []),
        ({"dnf/releasever": "9.4\n"}, ["releasever=9.4"]),
        ({"rhsm/releasever.json": '{"releaseVer": "9.2"}'}, ["releasever=9.2"]),
        ({"rhsm/releasever.json": '{"releaseVer": null}'}, []),
    ],
)
def test_what_dnf_was_told_to_stay_at_is_read_where_it_is_told(tmp_path, files, says):
    for name, content in files.items():
        (tmp_path / name).parent.mkdir()
        (tmp_path / name).write_text(content)
    text = TEXT.replace("/etc/dnf/vars", f"{tmp_path}/dnf").replace("/var/lib/rhsm/cache", f"{tmp_path}/rhsm")
    text = text.replace("/etc/yum/vars", f"{tmp_path}/yum").rpartition("\nmain\n")[0]
    said = subprocess.run(
        ["sh"], input=f"{text}\nmachine\n", capture_output=True, text=True, check=True
    ).stdout
    assert [line for line in said.splitlines() if line.startswith("releasever")] == says


TABLE = """version,codename,series,created,release,eol,eol-server,eol-esm
18.04 LTS,Bionic Beaver,bionic,2017-10-19,2018-04-26,2023-05-31,2023-05-31,2028-04-26
18.10,Cosmic Cuttlefish,cosmic,2018-04-26,2018-10-18,2019-07-18
"""


def test_a_password_in_the_list_of_accounts_is_said_to_be_empty_or_set_and_never_told(tmp_path):
    if shutil.which("unshare") is None or os.geteuid() != 0:
        cannot("another /etc/passwd needs root and unshare")
    (tmp_path / "passwd").write_text(
        "root:x:0:0::/root:/bin/sh\nann::1:1:Ann Other:/:/bin/sh\nbob:$1$s$h:2:2::/:/bin/sh\neve:*:3:3::/:\n"
    )
    command = f'mount --bind {tmp_path}/passwd /etc/passwd && exec "$@"'
    said = run({"accounts"}, run_as=("unshare", "-m", "sh", "-c", command, "sh")).read("accounts")
    assert said.splitlines()[:4] == [
        b"root:0:/bin/sh:",
        b"ann:1:/bin/sh:empty",
        b"bob:2:/bin/sh:set",
        b"eve:3::",
    ]


@pytest.mark.parametrize("awk", ["awk", "mawk", "gawk", "busybox awk"])
def test_the_last_days_of_the_release_are_read_from_the_host_s_own_table(tmp_path, awk):
    if shutil.which(awk.split()[0]) is None:
        cannot(f"{awk} is not installed")
    (tmp_path / "os-release").write_text(
        "NAME=Ubuntu\nVERSION_ID='18.04'\nID=ubuntu\nSUPPORT_END=2023-06-01\nVERSION_CODENAME=bionic\n"
    )
    for name in ("debian.csv", "ubuntu.csv"):
        (tmp_path / name).write_text(TABLE)
    text = TEXT.replace("/etc/os-release", f"{tmp_path}/os-release")
    text = text.replace("/usr/share/distro-info", str(tmp_path)).replace("    awk -F, ", f"    {awk} -F, ")
    text = text.rpartition("\nmain\n")[0]
    said = subprocess.run(
        ["sh"], input=f"{text}\nmachine\n", capture_output=True, text=True, check=True
    ).stdout
    assert said.partition("VERSION_ID")[2].splitlines() == [
        "='18.04'",
        "ID=ubuntu",
        "SUPPORT_END=2023-06-01",
        "VERSION_CODENAME=bionic",
        "distro-info:eol=2023-05-31",
        "distro-info:eol-server=2023-05-31",
        "distro-info:eol-esm=2028-04-26",
    ]


@pytest.mark.parametrize(
    ("file", "lines", "says"),
    [
        ("grub/grub.cfg", 'set superusers="root"\npassword_pbkdf2 root grub.pbkdf2.x\n', "password"),
        ("grub/grub.cfg", "password_pbkdf2 root grub.pbkdf2.x\n", "open"),
        ("grub/grub.cfg", 'set superusers=""\npassword_pbkdf2 root grub.pbkdf2.x\n', "open"),
        ("grub2/user.cfg", "GRUB2_PASSWORD=grub.pbkdf2.x\n", "password"),
    ],
)
def test_grub_asks_only_where_a_password_stands_and_superusers_are_named(tmp_path, file, lines, says):
    (tmp_path / file).parent.mkdir()
    (tmp_path / file).write_text(lines)
    text = TEXT.replace(" /boot/", f" {tmp_path}/").rpartition("\nmain\n")[0]
    said = subprocess.run(["sh"], input=f"{text}\nboot\n", capture_output=True, text=True, check=True)
    assert f"grub={says}\n" in said.stdout


def test_processes_that_the_kernel_hides_are_not_said_to_be_none():
    if shutil.which("unshare") is None:
        cannot("unshare is not installed")
    hiding = ("unshare", "-m", "sh", "-c", 'mount -t proc -o hidepid=2 proc /proc && exec "$@"', "sh")
    names = {"processes", "endpoint", "file_integrity", "usb"}
    record = run(names, run_as=(*hiding, *_as_nobody()))
    for name in names:
        missing = record.read(name)
        assert isinstance(missing, Missing)
        assert missing.reason is Reason.DENIED
    assert isinstance(run({"processes"}, run_as=hiding).read("processes"), bytes)


@contextmanager
def running(directory: Path, name: str, *inside: str) -> Iterator[None]:
    """A process of this name, which does nothing."""
    shutil.copy(shutil.which("sleep") or "", directory / name)
    with subprocess.Popen([*inside, str(directory / name), "60"]) as process:
        end = time.monotonic() + 10
        while name not in _names() and time.monotonic() < end:
            time.sleep(0.02)
        yield
        process.kill()


def _names() -> set[str]:
    found = set()
    for path in Path("/proc").glob("[0-9]*/comm"):
        with suppress(OSError):
            found.add(path.read_text().strip())
    return found


@pytest.mark.parametrize("shell", BOTH)
def test_a_process_of_a_container_is_not_taken_for_the_host_s_own(tmp_path, shell):
    run_as = _as_nobody()
    if shutil.which("unshare") is None or shutil.which(shell[0]) is None:
        cannot("unshare or the shell is not installed")
    apart = ("unshare", "--pid", "--fork", "--kill-child")
    with (
        running(tmp_path, "syslog-ng", *apart),
        running(tmp_path, "clamd", *apart),
        running(tmp_path, "vector"),
    ):
        for privilege in ((), run_as):
            record = run({"processes", "endpoint"}, shell, privilege)
            said = record.read("processes").splitlines()
            assert {b"contained syslog-ng", b"vector"} <= set(said)
            assert b"contained clamd" in record.read("endpoint").splitlines()
        (tmp_path / "own").mkdir()
        with running(tmp_path / "own", "clamd"):
            assert b"runs clamd" in run({"endpoint"}, shell).read("endpoint").splitlines()


DOCKER = "0::/system.slice/docker-4f2c.scope"


@pytest.mark.parametrize(
    ("group", "ours", "contained"),
    [
        (DOCKER, "0::/user.slice/session-1.scope", True),
        ("4:memory:/docker/4f2c\n0::/", "0::/", True),
        ("0::/kubepods.slice/kubepods-pod1.slice/cri-containerd-4f2c.scope", "0::/", True),
        ("0::/machine.slice/libpod-4f2c.scope/container", "0::/", True),
        ("0::/system.slice/docker.service", "0::/", False),
        ("0::/system.slice/rsyslog.service", "0::/", False),
        (DOCKER, DOCKER, False),
    ],
)
def test_a_container_that_shares_the_host_s_numbers_is_known_by_its_control_group(
    tmp_path, group, ours, contained
):
    for name, text in {"7": group, "self": ours}.items():
        (tmp_path / name).mkdir()
        (tmp_path / name / "cgroup").write_text(f"{text}\n")
    text = TEXT.replace('"/proc/$1/cgroup"', f'"{tmp_path}/$1/cgroup"').rpartition("\nmain\n")[0]
    running = "running='1 systemd${nl}7 rsyslogd${nl}8 8 rsyslogd'".replace("'", '"')
    asked = f"{text}\n{running}\nif runs rsyslogd; then echo own; elif runs_contained rsyslogd; then echo contained; fi\n"
    for shell in SHELLS.values():
        if shutil.which(shell[0]):
            said = subprocess.run(shell, input=asked, capture_output=True, text=True, check=True).stdout
            assert said == ("contained\n" if contained else "own\n")


def test_refused_sudo_is_no_privilege(tmp_path):
    if shutil.which("sudo") is None:
        cannot("sudo is not installed")
    record = run({"passwords"}, run_as=_as_nobody(), sudo=True)
    missing = record.read("passwords")
    assert isinstance(missing, Missing)
    assert missing.reason is Reason.DENIED
    assert missing.need.endswith("NOPASSWD: /usr/bin/passwd -S -a")


def test_the_sudo_rules_that_are_asked_for_are_the_ones_that_are_enough(tmp_path):
    if shutil.which("sudo") is None or shutil.which("unshare") is None:
        cannot("sudo and unshare are not installed")
    run_as = _as_nobody()
    rules = {name: run({name}, run_as=run_as).read(name) for name in ("passwords", "sshd")}
    (tmp_path / "nightledger").write_text("".join(f"{rule.need}\n" for rule in rules.values()))
    (tmp_path / "nightledger").chmod(0o440)
    mount = f'mount --bind {tmp_path} /etc/sudoers.d && mkdir -p /run/sshd && exec "$@"'
    allowed = ("unshare", "-m", "sh", "-c", f"mount -t tmpfs none /run && {mount}", "sh", *run_as)
    record = run({"passwords", "sshd"}, run_as=allowed, sudo=True)
    assert b"root " in record.read("passwords")
    assert b"permitrootlogin" in record.read("sshd")
    assert isinstance(run({"passwords"}, run_as=run_as, sudo=True).read("passwords"), Missing)


@pytest.mark.parametrize("shell", BOTH)
def test_nothing_of_the_script_is_left_running(shell):
    if shutil.which(shell[0]) is None:
        pytest.skip(f"{shell[0]} is not installed")
    text = script({"machine", "clock"}, nonce=NONCE, deadline=60, sudo=False)
    with subprocess.Popen(
        shell, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, start_new_session=True
    ) as process:
        process.communicate(text, timeout=30)
    assert process.returncode == 0
    end = time.monotonic() + 10
    while _group_lives(process.pid) and time.monotonic() < end:
        time.sleep(0.05)
    assert not _group_lives(process.pid)


def _group_lives(group: int) -> bool:
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    return True
