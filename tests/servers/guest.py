"""A whole machine to look at: a User-Mode-Linux guest with its own kernel, systemd and disks, reached over SSH.

scripts/guest builds what it boots. Its network is a namespace of its own; a port on loopback leads to its sshd.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from collectors.hosts.source import Host, Mode

_BUILD = Path(__file__).parents[2] / "scripts" / "guest"
_ADDRESS = "10.99.0.2"
_RELAY = Path(__file__).with_name("relay.py")
_BOOT_SECONDS = 240


def why_not() -> str:
    """Why no guest can run here, or an empty string."""
    if os.geteuid() != 0:
        return "a guest needs root for its network"
    if not Path("/dev/net/tun").exists():
        return "there is no /dev/net/tun"
    if not all(map(shutil.which, ("linux.uml", "ip", "unshare", "setpriv", "ssh"))):
        return "user-mode-linux, iproute2, util-linux or openssh-client is not installed"
    if not (kept() / "made-of").exists():
        return "scripts/guest has not built the guest"
    return ""


def kept() -> Path:
    """Where scripts/guest keeps what it built."""
    said = subprocess.run([_BUILD, "--where"], capture_output=True, text=True, check=True)
    return Path(said.stdout.strip())


@dataclass(frozen=True, slots=True)
class Guest:
    """A running guest; `host` is how the collector reaches it, `do` is the hands of its administrator."""

    directory: Path
    port: int

    def host(self, mode: Mode = Mode.STDIN) -> Host:
        return Host(
            "127.0.0.1",
            self.port,
            user="nightledger",
            key_file=str(kept() / "nightledger.key"),
            known_hosts=str(self.directory / "known_hosts"),
            mode=mode,
        )

    def do(self, script: str, seconds: int = 240) -> str:
        """Run `script` as root with `sh -eu`; raises with what it said when it fails."""
        done = subprocess.run(
            [*self._ssh(), "sh", "-eu"],
            input=script,
            capture_output=True,
            check=False,
            text=True,
            timeout=seconds,
        )
        if done.returncode:
            raise RuntimeError(f"the guest refused: {done.stdout}{done.stderr}")
        return done.stdout

    def answers(self) -> bool:
        """Whether systemd says that the start is over."""
        command = [*self._ssh(), "systemctl", "is-system-running", "--wait"]
        said = subprocess.run(command, capture_output=True, check=False, text=True).stdout
        return said.strip() in {"running", "degraded"}

    def _ssh(self) -> list[str]:
        known = f"UserKnownHostsFile={self.directory / 'known_hosts'}"
        options = [f"-o{known}", "-oBatchMode=yes", "-oConnectTimeout=5", f"-p{self.port}"]
        return ["ssh", "-F", "none", "-i", str(kept() / "root.key"), *options, "root@127.0.0.1"]


@contextmanager
def running(directory: Path) -> Iterator[Guest]:
    """Boot a guest whose disks are copies in `directory`; it is cut off with the block."""
    name = f"nightledger-{os.getpid()}"
    with ExitStack() as stack:
        stack.enter_context(_network(name))
        listening = stack.enter_context(socket.create_server(("127.0.0.1", 0)))
        guest = Guest(directory, listening.getsockname()[1])
        key = (kept() / "host.pub").read_text()
        (directory / "known_hosts").write_text(f"[127.0.0.1]:{guest.port} {key}")
        inside = ["ip", "netns", "exec", name]
        stack.enter_context(_process([*inside, *_kernel(directory)], directory / "console.log"))
        relay = [*inside, sys.executable, str(_RELAY), str(listening.fileno()), _ADDRESS]
        stack.enter_context(_process(relay, directory / "relay.log", listening.fileno()))
        _await_start(guest)
        yield guest


def _kernel(directory: Path) -> list[str]:
    for disk in ("records", "swap"):
        shutil.copy(kept() / f"{disk}.img", directory)
    disks = [
        f"ubd0={directory}/root.cow,{kept()}/root.img",
        f"ubd1={directory}/records.img",
        f"ubd2={directory}/swap.img",
    ]
    network = "vec0:transport=tap,ifname=tap0,depth=64,gro=1"
    consoles = ["con0=null,fd:1", "con=null", "ssl=null", f"uml_dir={directory}/uml"]
    # The kernel is a crowd of processes: they share a pid namespace, which ends as a whole.
    fence = ["unshare", "--pid", "--fork", "--kill-child", "--mount-proc"]
    kernel = ["env", f"LD_PRELOAD={kept()}/registers.so", "linux.uml"]
    return [*fence, *kernel, "mem=512M", "root=/dev/ubda", "rw", *disks, network, *consoles]


@contextmanager
def _network(name: str) -> Iterator[None]:
    ip = ["ip", "-n", name]
    subprocess.run(["ip", "netns", "add", name], check=True)
    try:
        subprocess.run([*ip, "tuntap", "add", "tap0", "mode", "tap"], check=True)
        subprocess.run([*ip, "address", "add", "10.99.0.1/30", "dev", "tap0"], check=True)
        subprocess.run([*ip, "link", "set", "tap0", "up"], check=True)
        yield
    finally:
        subprocess.run(["ip", "netns", "delete", name], check=True)


@contextmanager
def _process(command: Sequence[str | Path], log: Path, *descriptors: int) -> Iterator[None]:
    with (
        log.open("wb") as output,
        subprocess.Popen(
            # Nothing outlives a test run that was killed.
            ["setpriv", "--pdeathsig", "KILL", *command],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            pass_fds=descriptors,
        ) as process,
    ):
        try:
            yield
        finally:
            process.kill()


def _await_start(guest: Guest) -> None:
    end = time.monotonic() + _BOOT_SECONDS
    while time.monotonic() < end:
        if guest.answers():
            return
        time.sleep(0.5)
    raise RuntimeError((guest.directory / "console.log").read_text(errors="replace")[-4000:])
