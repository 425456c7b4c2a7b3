"""Client CPU, memory and wall time of looking at many hosts: `python bench/hosts_fanout.py [HOSTS] [--ansible [SOME]]`.

One sshd answers for every address of 127.0.0.0/8 in a network namespace of its own; 5 % and then 20 % of the addresses
never answer. The client runs in a process of its own, so its figures are its own; the hosts share the machine's cores
with it, so their time decides the wall clock, and crowds the client's memory out of the caches: hosts that answer from
a record show what the client takes by itself. What apt offers is left out: asking it costs the host alone. With
`--ansible`, `ansible -m setup` is asked about SOME of the same hosts (40), from a virtual environment that the bench
makes for itself and throws away. Needs root, for the namespace.
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

from collectors.hosts.platform import HostsPlatform  # noqa: E402 - after the path is set
from collectors.hosts.sections import SECTIONS, script  # noqa: E402 - after the path is set
from collectors.hosts.wire import Steps  # noqa: E402 - after the path is set
from tests.servers import sshd  # noqa: E402 - after the path is set

PORT = 2200
FORKS = HostsPlatform.workers
DEAD = (0, 5, 20)
CPU_MS = 25.0
MEGABYTES = 0.3
REST = 2
RECORDED = "5eed" * 8
ANSWER = """#!/bin/sh
read -r header
nonce=${{header#nonce=}}
cat >/dev/null
exec sed "s/{recorded}/${{nonce%% *}}/" {record}
"""
_INSIDE = "NIGHTLEDGER_BENCH_INSIDE"

CHILD = """
import gc, json, re, sys, time
from collections import Counter
sys.path.insert(0, {root!r})
from nightledger.cli import BETWEEN_COLLECTIONS
gc.set_threshold(*BETWEEN_COLLECTIONS)
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
lost = Counter()
last_live = 0.0
for result in poll([Errand(platform, "bench", HostsSource("bench", hosts), {{spec.name: plan}})]):
    why = result.coverage[0].why
    if result.observations or {resting!r} and "connect_timeout" not in why.detail:
        live += 1
        last_live = time.monotonic() - wall
    else:
        dead += 1
        lost[why.detail.partition(":")[0]] += 1
print(json.dumps({{
    "live": live, "dead": dead, "lost": dict(lost), "last_live_s": round(last_live, 1), "wall_s": round(time.monotonic() - wall, 1),
    "client_cpu_ms_per_host": round(1000 * (time.process_time() - cpu) / len(hosts), 1),
    "client_kib_per_host": round((high() - before) / len(hosts)), "peak_mib": high() // 1024,
}}))
"""


def addresses(count: int, percent: int) -> tuple[list[str], list[str]]:
    """Live addresses, and those that never answer."""
    lost = count * percent // 100
    live = [f"127.1.{number // 200}.{number % 200 + 1}" for number in range(count - lost)]
    return live, [f"10.9.0.{number + 1}" for number in range(lost)]


def pinned(server: sshd.Sshd, count: int, port: int) -> None:
    """One line in known_hosts for every address, as enrolling each host leaves them."""
    server.pin("host_key", *(f"[{address}]:{port}" for address in addresses(count, 0)[0]))


def mixed(live: list[str], dead: list[str]) -> list[str]:
    """Both, the dead ones spread evenly among the live."""
    step = max(1, len(live) // max(1, len(dead)))
    found = list(live)
    for number, one in enumerate(dead):
        found.insert(number * (step + 1), one)
    return found


def ours(server: sshd.Sshd, names: list[str], port: int = PORT, *, resting: bool = False) -> dict[str, Any]:
    """Our own figures, from a process of its own; `resting` hosts only sleep, and count as live when they took us in."""
    host = server.host
    login = {"port": port, "user": "root", "key_file": host.key_file, "known_hosts": host.known_hosts}
    code = CHILD.format(root=str(ROOT), login=login, addresses=names, resting=resting)
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


def ansible_environment(directory: Path) -> str:
    """The path of an `ansible` installed into `directory`."""
    subprocess.run([sys.executable, "-m", "venv", str(directory)], check=True)
    quiet = ["install", "--quiet", "--disable-pip-version-check", "ansible-core"]
    subprocess.run([str(directory / "bin/pip"), *quiet], check=True, stderr=subprocess.DEVNULL)
    return str(directory / "bin/ansible")


def main() -> None:
    """Measure inside a namespace and print one table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("hosts", nargs="?", type=int, default=200)
    parser.add_argument("--ansible", metavar="SOME", nargs="?", type=int, const=40, default=0)
    args = parser.parse_args()
    if why := sshd.why_not():
        sys.exit(why)
    with tempfile.TemporaryDirectory() as name:
        if _INSIDE in os.environ:
            measure(Path(name), args.hosts, args.ansible, os.environ[_INSIDE])
            return
        program = ansible_environment(Path(name) / "ansible") if args.ansible else "none"
        # What is routed to the loopback device and is nobody's address gets no answer, as a host that is off.
        begin = 'ip link set lo up && ip route add 10.9.0.0/16 dev lo && exec "$@"'
        line = ["unshare", "-n", "sh", "-c", begin, "sh", sys.executable, __file__, *sys.argv[1:]]
        subprocess.run(line, env={**os.environ, _INSIDE: program}, check=True)


def measure(directory: Path, hosts: int, some: int, program: str) -> None:
    """Print the table; all addresses at once are safe, since only this namespace reaches them."""
    everywhere = f"ListenAddress 0.0.0.0:{PORT}"
    load = os.getloadavg()[0]
    with sshd.running(directory, everywhere, "MaxStartups 1000") as server:
        pinned(server, hosts, PORT)
        say(f"{hosts} hosts; load of the machine {load:.1f}", "figure", "bar", "")
        for percent in DEAD:
            live, dead = addresses(hosts, percent)
            fan_out(ours(server, mixed(live, dead)), percent)
        if some:
            names = addresses(some, 0)[0]
            against(ours(server, names), ansible(program, server, names), some)
    rests = directory / "resting"
    rests.mkdir()
    everywhere = f"ListenAddress 0.0.0.0:{PORT + 1}"
    with sshd.running(rests, everywhere, "MaxStartups 1000", f"ForceCommand sleep {REST}") as server:
        pinned(server, hosts, PORT + 1)
        held_up(server, hosts)
    records = directory / "records"
    records.mkdir()
    with sshd.running(
        records, everywhere, "MaxStartups 1000", f"ForceCommand {answering(records)}"
    ) as server:
        pinned(server, hosts, PORT + 1)
        found = ours(server, addresses(hosts, 0)[0], PORT + 1)
        what = f"{found['live']} hosts that answer from a record: client CPU, ms a host"
        judged(what, found["client_cpu_ms_per_host"], CPU_MS)


def answering(directory: Path) -> Path:
    """A program that answers with what this machine says of itself now, under the nonce it is given."""
    text = script(SECTIONS - {"apt_pending"}, nonce=RECORDED, deadline=60, sudo=False)
    record = subprocess.run(["sh", "-s"], input=text, capture_output=True, check=True).stdout
    (directory / "record").write_bytes(record)
    program = directory / "answer"
    program.write_text(ANSWER.format(recorded=RECORDED, record=directory / "record"))
    program.chmod(0o755)
    return program


def held_up(server: sshd.Sshd, hosts: int) -> None:
    """The rows for hosts whose work is not done by this machine: whether dead ones hold up the live ones."""
    least = float("inf")
    for percent in DEAD:
        live, dead = addresses(hosts, percent)
        found = ours(server, mixed(live, dead), PORT + 1, resting=True)
        what = f"{percent} % dead, {found['live']} hosts that only rest {REST} s: last live one, s"
        judged(f"{what} (bar: with none dead)", found["last_live_s"], least)
        least = least if percent else found["last_live_s"]


def fan_out(found: dict[str, Any], percent: int) -> None:
    """The rows of one fan-out of ours."""
    when = f"{percent} % dead: "
    megabytes = found["client_kib_per_host"] * 1024 / 1e6
    bound = found["last_live_s"] + Steps().connect
    judged(when + "all done, s (bar: the slowest live host + connecting)", found["wall_s"], bound)
    judged(when + "client CPU, ms a host", found["client_cpu_ms_per_host"], CPU_MS)
    judged(when + "client memory, MB a host", round(megabytes, 2), MEGABYTES)
    say(when + "wall of a live host, s", round(found["last_live_s"] / max(1, found["live"]), 3), "", "")
    reasons = ", ".join(f"{count} {why}" for why, count in sorted(found["lost"].items()))
    say(when + "live / dead", f"{found['live']} / {found['dead']}", "", reasons)


def against(same: dict[str, Any], other: dict[str, Any], some: int) -> None:
    """The rows that compare with Ansible."""
    what = f"ansible -m setup, {some} hosts ({other['live']} answered): "
    for key, least in (("client_cpu_ms_per_host", 8.0), ("wall_s", 4.0)):
        say(f"{what}{key}, theirs / ours", f"{other[key]} / {same[key]}", "", "")
        ratio = round(other[key] / same[key], 1)
        say(f"{what}ratio of {key}", ratio, f">= {least:g}", "holds" if ratio >= least else "MISSED")


def judged(what: str, figure: float, most: float) -> None:
    """One row with a bar that it must not pass."""
    say(what, figure, f"<= {most:.4g}", "holds" if figure <= most else "MISSED")


def say(*cells: object) -> None:
    """One row of the table, at once."""
    what, figure, bar, verdict = cells
    sys.stdout.write(f"{what!s:<90} {figure!s:>16} {bar!s:>9}  {verdict!s}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
