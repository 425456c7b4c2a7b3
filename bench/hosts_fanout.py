"""Client CPU, memory and wall time of looking at many hosts: `python bench/hosts_fanout.py [HOSTS] [--ansible PROGRAM]`.

One sshd answers for every address of 127.0.0.0/8 in a network namespace of its own; 5 % of the addresses never
answer. The client runs in a process of its own, so its figures are its own; the hosts share the machine's cores with
it, so their time decides the wall clock. The simulation by apt is left out: it costs the host alone. With `--ansible`
the same hosts are also asked by `ansible -m setup`. Needs root, for the namespace.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from collectors.hosts.ssh_wire import Steps  # noqa: E402 - after the path is set
from tests.servers import sshd  # noqa: E402 - after the path is set

PORT = 2200
FORKS = 32
_INSIDE = "NIGHTLEDGER_BENCH_INSIDE"

CHILD = """
import json, re, sys, time
sys.path.insert(0, {root!r})
def high():
    return int(re.search(r"VmHWM:\\s+(\\d+)", open("/proc/self/status").read())[1])
from collectors.hosts.platform import HostsPlatform
from collectors.hosts.source import Host, HostsSource
from collectors.plan import plan_kind, specs
from collectors.poll import Errand, poll
import paramiko
login = {login!r}
hosts = tuple(Host(address, **login) for address in {addresses!r})
platform = HostsPlatform()
spec = specs([platform])["host.linux"]
plan = plan_kind(spec, [name for name, step in spec.facts.items() if "apt_pending" not in step.tags])
before, cpu, wall = high(), time.process_time(), time.monotonic()
live = dead = 0
last_live = 0.0
for result in poll([Errand(platform, "bench", HostsSource("bench", hosts), {{spec.name: plan}})]):
    if result.observations:
        live += 1
        last_live = time.monotonic() - wall
    else:
        dead += 1
print(json.dumps({{
    "live": live, "dead": dead, "last_live_s": round(last_live, 1), "wall_s": round(time.monotonic() - wall, 1),
    "client_cpu_ms_per_host": round(1000 * (time.process_time() - cpu) / len(hosts), 1),
    "client_kib_per_host": round((high() - before) / len(hosts)), "peak_mib": high() // 1024,
}}))
"""


def addresses(count: int) -> tuple[list[str], list[str]]:
    """Live addresses, and the 5 % that never answer."""
    lost = count // 20
    live = [f"127.1.{number // 200}.{number % 200 + 1}" for number in range(count - lost)]
    return live, [f"10.9.0.{number + 1}" for number in range(lost)]


def mixed(live: list[str], dead: list[str]) -> list[str]:
    """Both, the dead ones spread evenly among the live."""
    step = max(1, len(live) // max(1, len(dead)))
    found = list(live)
    for number, one in enumerate(dead):
        found.insert(number * (step + 1), one)
    return found


def ours(server: sshd.Sshd, names: list[str]) -> dict[str, Any]:
    """Our own figures, from a process of its own."""
    host = server.host
    login = {"port": PORT, "user": "root", "key_file": host.key_file, "known_hosts": host.known_hosts}
    code = CHILD.format(root=str(ROOT), login=login, addresses=names)
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def ansible(program: str, server: sshd.Sshd, names: list[str]) -> dict[str, Any]:
    """What `ansible -m setup` costs the client; its ssh processes count as its own."""
    inventory = server.directory / "inventory"
    known = f"-o UserKnownHostsFile={server.host.known_hosts} -o ControlMaster=no"
    login = f"ansible_port={PORT} ansible_user=root ansible_ssh_private_key_file={server.host.key_file}"
    python = "ansible_python_interpreter=/usr/bin/python3"
    inventory.write_text(
        "".join(f"{name} {login} {python} ansible_ssh_common_args='{known}'\n" for name in names)
    )
    line = [program, "all", "-i", str(inventory), "-m", "setup", "-f", str(FORKS), "-o"]
    before, wall = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    home = {**os.environ, "ANSIBLE_HOME": str(server.directory / "ansible"), "LC_ALL": "C.UTF-8"}
    done = subprocess.run(line, env=home, capture_output=True, text=True, check=False)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return {
        "live": done.stdout.count("| SUCCESS"),
        "wall_s": round(time.monotonic() - wall, 1),
        "client_cpu_ms_per_host": round(1000 * cpu / len(names), 1),
    }


def main() -> None:
    """Measure inside the namespace and print one line of JSON for each measurement."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("hosts", nargs="?", type=int, default=200)
    parser.add_argument("--ansible", metavar="PROGRAM")
    args = parser.parse_args()
    if why := sshd.why_not():
        sys.exit(why)
    if _INSIDE not in os.environ:
        # What is routed to the loopback device and is nobody's address gets no answer, as a host that is off.
        begin = 'ip link set lo up && ip route add 10.9.0.0/16 dev lo && exec "$@"'
        line = ["unshare", "-n", "sh", "-c", begin, "sh", sys.executable, __file__, *sys.argv[1:]]
        os.execvpe("unshare", line, {**os.environ, _INSIDE: "yes"})
    live, dead = addresses(args.hosts)
    # All addresses at once are safe here: only this namespace reaches them.
    everywhere = f"ListenAddress 0.0.0.0:{PORT}"
    with (
        tempfile.TemporaryDirectory() as name,
        sshd.running(Path(name), everywhere, "MaxStartups 1000") as server,
    ):
        measure(server, live, dead, args.ansible)


def measure(server: sshd.Sshd, live: list[str], dead: list[str], program: str | None) -> None:
    """Print what was measured of these hosts."""
    server.pin(host=f"[127.*]:{PORT}")
    found = ours(server, mixed(live, dead))
    found["after_last_live_s"] = round(found["wall_s"] - found["last_live_s"], 1)
    found["connect_deadline_s"] = Steps().connect
    sys.stdout.write(json.dumps({"nightledger": found}) + "\n")
    sys.stdout.flush()
    if program:
        some = live[:40]
        same, other = ours(server, some), ansible(program, server, some)
        ratio = other["client_cpu_ms_per_host"] / same["client_cpu_ms_per_host"]
        sys.stdout.write(
            json.dumps({"nightledger": same, "ansible": other, "cpu_ratio": round(ratio, 1)}) + "\n"
        )


if __name__ == "__main__":
    main()
