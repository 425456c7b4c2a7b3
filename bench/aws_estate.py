"""Requests, CPU per request and memory of looking at a seeded AWS estate: `python bench/aws_estate.py [SCALE]`.

The moto server runs in a process of its own, so the figures are the client's alone.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tests.servers.moto import DUMMY  # noqa: E402 - after the path is set

CHILD = """
import json, re, sys, time
start = time.process_time()
sys.path.insert(0, {root!r})
from collectors.aws.clients import Clients
from collectors.aws.platform import AwsPlatform
from collectors.aws.source import Source
from collectors.poll import Errand, poll
from tests.collectors.aws.plans import plans

clients = Clients()
first = []
take = clients.limits.take
def noted(key):
    first.append(time.process_time() - start)
    return take(key)
clients.limits.take = noted
platform = AwsPlatform(clients)
source = Source("bench", regions=("eu-west-1", "us-east-1"), endpoint_url={url!r})
wall = time.monotonic()
results = list(poll([Errand(platform, "bench", source, plans(platform, {checks!r}))]))
# ru_maxrss would tell of the parent's memory; the high-water mark starts anew with this program.
peak_mib = int(re.search(r"VmHWM:\\s+(\\d+)", open("/proc/self/status").read())[1]) // 1024
print(json.dumps({{
    "resources": sum(len(r.observations) for r in results),
    "calls": sum(len(r.calls) for r in results),
    "sent": len(first),
    "wall_s": round(time.monotonic() - wall, 2),
    "cpu_s": round(time.process_time() - start, 2),
    "first_call_cpu_s": round(first[0], 3),
    "peak_rss_mib": peak_mib,
    "incomplete": sum(c.status.value != "complete" for r in results for c in r.coverage),
}}))
"""


class Server:
    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.servers.moto"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=ROOT,
            env={**os.environ, **DUMMY, "PYTHONPATH": str(ROOT)},
        )
        self.url = self._process.stdout.readline().strip()

    def ask(self, word: str) -> Any:
        self._process.stdin.write(f"{word}\n")
        self._process.stdin.flush()
        return json.loads(self._process.stdout.readline())

    def stop(self) -> None:
        self._process.stdin.close()
        self._process.wait(timeout=10)
        self._process.stdout.close()


def run(server: Server, title: str, checks: list[str]) -> None:
    server.ask("clear")
    script = CHILD.format(root=str(ROOT), url=server.url, checks=checks)
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=False, cwd=ROOT
    )
    if done.returncode:
        sys.exit(done.stderr)
    figures = json.loads(done.stdout)
    requests = sum(server.ask("counts").values())
    figures |= {"requests": requests, "cpu_ms_per_request": round(figures["cpu_s"] * 1000 / requests, 2)}
    print(title, json.dumps(figures, indent=2))


def main() -> None:
    scale = int(sys.argv[1]) if len(sys.argv) > 1 else 25
    os.environ.update(DUMMY)
    server = Server()
    from tests.collectors.aws.plans import seed_remote  # noqa: PLC0415 - moto reads its settings when imported

    began = time.monotonic()
    seed_remote(server.url, scale)
    print(f"seeded at scale {scale} in {time.monotonic() - began:.0f} s")
    run(server, "one check, S3 encryption:", ["aws-s3-bucket-encryption"])
    run(server, "all AWS checks:", [])
    run(server, "all AWS checks again:", [])
    server.stop()


if __name__ == "__main__":
    main()
