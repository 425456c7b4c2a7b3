"""Runs the real command line against a replayed estate and says what each run took and came to."""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
CONFIG = """\
organisation:
  name: Bench
store: sqlite:{home}/evidence.db
key_directory: {home}/key
sources:
  - type: aws
    name: bench
    regions: [eu-west-1, us-east-1]
"""
STRAIGHT = "    endpoint_url: {url}\n"
FINE = frozenset({0, 3})
"""The exit codes of a run that ended: done, and done but for what could not be read."""


@dataclass(frozen=True, slots=True)
class Spent:
    """What one command took, from its start to its end, what it asked and what it printed."""

    wall_s: float
    cpu_s: float
    peak_mib: int
    first_cpu_s: float
    requests: int
    throttled: int
    operations: dict[str, int]
    unknown: list[str]
    hosts: dict[str, int]
    out: dict[str, Any]


class Helper:
    """A server in a process of its own that prints its URL and takes orders on its stdin."""

    def __init__(self, *command: str) -> None:
        self._process = subprocess.Popen(
            [sys.executable, *command], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT
        )
        self.url = self.line()
        if not self.url:
            sys.exit(f"{' '.join(command)} did not start")

    def line(self) -> str:
        """The next line it prints."""
        return self._process.stdout.readline().strip()

    def ask(self, order: str) -> Any:
        self._process.stdin.write(f"{order}\n")
        self._process.stdin.flush()
        return json.loads(self._process.stdout.readline())

    def stop(self) -> None:
        self._process.stdin.close()
        self._process.wait(timeout=30)
        self._process.stdout.close()


@contextmanager
def helper(*command: str) -> Iterator[Helper]:
    made = Helper(*command)
    try:
        yield made
    finally:
        made.stop()


class Bench:
    """One estate, looked at again and again, into new stores or kept ones."""

    def __init__(self, replay: Helper, folder: Path) -> None:
        self._replay = replay
        self._folder = folder
        bundle = str(folder / "bundle.pem")
        # The replay itself speaks HTTP, which goes through no proxy.
        self._environment = {**os.environ, "HTTPS_PROXY": replay.line(), "AWS_CA_BUNDLE": bundle}
        # An installed command is compiled; here the first run compiles, which is not one of those that are measured.
        self._environment.pop("PYTHONDONTWRITEBYTECODE", None)

    def home(self, name: str, *, tunnelled: bool = False) -> Path:
        """A folder with the settings of a store of its own; `tunnelled`, AWS itself is asked, through the proxy."""
        home = self._folder / name
        home.mkdir(exist_ok=True)
        text = CONFIG if tunnelled else CONFIG + STRAIGHT
        (home / "nightledger.yaml").write_text(text.format(home=home, url=self._replay.url))
        return home

    def run(self, home: Path, *words: str, latency: float = 0.0, throttled: float = 0.0) -> Spent:
        """Run `nightledger WORDS`; ends the bench when it fails."""
        config = ["--config", str(home / "nightledger.yaml")]
        command = [sys.executable, "-m", "nightledger", *words, *config, "--output", "json", "--quiet"]
        out = home / "out.json"
        began = time.monotonic()
        with out.open("w") as to:
            child = subprocess.Popen(command, stdout=to, cwd=ROOT, env=self._environment)
            self._replay.ask(json.dumps({"latency": latency, "throttled": throttled, "pid": child.pid}))
            _, status, used = os.wait4(child.pid, 0)
        wall = time.monotonic() - began
        child.returncode = os.waitstatus_to_exitcode(status)
        if child.returncode not in FINE:
            sys.exit(f"{' '.join(command)} ended with {child.returncode}")
        seen = self._replay.ask("told")
        return Spent(
            wall_s=wall,
            cpu_s=used.ru_utime + used.ru_stime,
            peak_mib=used.ru_maxrss // 1024,
            first_cpu_s=seen["first_cpu_s"],
            requests=sum(seen["operations"].values()),
            throttled=seen["throttled"],
            operations=seen["operations"],
            unknown=seen["unknown"],
            hosts=seen["hosts"],
            out=json.loads(out.read_text()),
        )

    def bare(self, program: str, calls: int, workers: int, *, latency: float) -> float:
        """Seconds of CPU of a program of the SDK's own that makes so many calls of the estate."""
        self._replay.ask(json.dumps({"latency": latency}))
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        command = [sys.executable, "-c", program, self._replay.url, str(calls), str(workers)]
        subprocess.run(command, check=True, cwd=ROOT)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def stored(home: Path) -> int:
    """The bytes of the store, its journal included."""
    return sum(path.stat().st_size for path in home.glob("evidence.db*"))


def drifted(spent: Spent) -> int:
    """How many changes a `drift` showed."""
    changed: int = spent.out["changed"]
    return changed


def findings(spent: Spent) -> set[tuple[str, str, str, str]]:
    """Every finding of a scan with its sentence."""
    return {(row["check"], row["uid"], row["status"], row["sentence"]) for row in spent.out["rows"]}


def lost(spent: Spent) -> int:
    """How many answers are missing because a service throttled to the end."""
    return sum(
        str(why).startswith("throttled") for row in spent.out["rows"] for why in row["missing"].values()
    )
