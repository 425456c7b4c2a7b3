from __future__ import annotations

import os
import re
import shutil
import tempfile
from contextlib import suppress
from pathlib import Path

import pytest

from collectors.hosts import sections
from collectors.hosts.record import Record, State, parse
from collectors.hosts.sections import SECTIONS, UnknownSection, script
from collectors.hosts.transport import Ending, LocalTransport
from evidence.model import Missing, Reason

SHELLS = {"dash": ("dash", "-s"), "bash": ("bash", "--posix", "-s"), "busybox": ("busybox", "sh", "-s")}
MOVING = {"clock"}
NONCE = "c0ffee"
TEXT = Path(sections.__file__).with_name("facts.sh").read_text()

pytestmark = pytest.mark.skipif(
    not Path("/proc/self/mountinfo").exists(), reason="this is not a Linux system"
)


def run(names=SECTIONS, shell=("/bin/sh", "-s"), run_as=(), deadline=60, sudo=False, said=b"") -> Record:
    transport = LocalTransport(shell, run_as)
    result = transport.run(script(names, nonce=NONCE, deadline=deadline, sudo=sudo), 90)
    assert result.ending is Ending.FINISHED
    assert result.stderr in {b"", said}
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


def test_two_shells_say_the_same(whole):
    if shutil.which("bash") is None:
        pytest.skip("bash is not installed")
    other = run(SECTIONS - MOVING, SHELLS["bash"])
    for name in sorted(SECTIONS - MOVING):
        assert (name, other.section(name).state) == (name, whole.section(name).state)
        if name not in {"mounts", "swaps", "processes"}:
            assert (name, other.section(name).stdout) == (name, whole.section(name).stdout)


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
    assert all(line.count(b":") == 2 for line in lines)
    assert b"$6$" not in b"".join(section.stdout for section in whole.sections.values())
    assert b"$y$" not in b"".join(section.stdout for section in whole.sections.values())


def test_the_script_ends_at_its_own_deadline_and_says_so():
    if shutil.which("apt-get") is None:
        pytest.skip("apt-get, the one slow probe, is not installed")
    record = run({"apt_pending", "machine", "zfs"}, deadline=1, said=b"Terminated\n")
    if record.complete:
        pytest.skip("this machine answered within the second")
    assert record.section("apt_pending").state is State.TIMEOUT
    assert {record.section(name).state for name in ("machine", "zfs")} == {State.TIMEOUT}


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


def test_a_run_as_root_leaves_the_package_manager_s_files_as_they_were():
    watched = [Path("/var/cache/apt"), Path("/var/lib/apt"), Path("/var/lib/dpkg"), Path("/etc")]

    def state():
        return {
            path: (path.stat().st_mtime_ns, path.stat().st_size)
            for root in watched
            if root.exists()
            for path in (root, *root.iterdir())
        }

    before = state()
    run()
    assert state() == before


def _as_nobody() -> tuple[str, ...]:
    if os.geteuid() != 0 or shutil.which("setpriv") is None:
        if os.environ.get("CI") == "true":
            pytest.fail("the unprivileged run needs root and setpriv")
        pytest.skip("the unprivileged run needs root and setpriv")
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


def test_refused_sudo_is_no_privilege(tmp_path):
    if shutil.which("sudo") is None:
        pytest.skip("sudo is not installed")
    record = run({"passwords"}, run_as=_as_nobody(), sudo=True)
    missing = record.read("passwords")
    assert isinstance(missing, Missing)
    assert missing.reason is Reason.DENIED
    assert missing.need.endswith("NOPASSWD: /usr/bin/passwd -S -a")


def test_the_sudo_rules_that_are_asked_for_are_the_ones_that_are_enough(tmp_path):
    if shutil.which("sudo") is None or shutil.which("unshare") is None:
        pytest.skip("sudo and unshare are not installed")
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


def test_nothing_of_the_script_is_left_running():
    before = _processes()
    run({"machine", "clock"})
    assert {line for line in _processes() - before if b"sh\0-s" in line} == set()


def _processes() -> set[bytes]:
    found = set()
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        with suppress(OSError):
            found.add(path.read_bytes())
    return found
