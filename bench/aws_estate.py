"""Requests, CPU, memory, time and bytes of nightly scans of a seeded AWS estate: `python -m bench.aws_estate`.

The scans are the command line's own, each in a process of its own, against the recorded answers of a moto server
(bench/replay.py): the first scan records, the others are measured. One table gives the bars beside the figures;
exit code 1 says that one was missed. `--scale 4` makes the estate four times as large.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from bench.command import ROOT, Bench, Spent, drifted, findings, helper, lost, stored
from collectors.aws.platform import AwsPlatform
from tests.servers.moto import DUMMY

LATENCY_S = 0.05
THROTTLED = 0.3
BARE = """
import sys
from concurrent.futures import ThreadPoolExecutor
import boto3
from botocore.config import Config
url, calls, workers = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
s3 = boto3.client("s3", "us-east-1", endpoint_url=url, config=Config(max_pool_connections=workers))
names = [bucket["Name"] for bucket in s3.list_buckets()["Buckets"]]
def ask(number):
    try:
        s3.get_bucket_versioning(Bucket=names[number % len(names)])
    except s3.exceptions.ClientError:
        pass
with ThreadPoolExecutor(workers) as pool:
    list(pool.map(ask, range(calls)))
"""
"""As many calls of the lightest kind by the SDK alone, on as many threads: what the machine makes of one call today."""


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table: a figure and, at the scale it was set for, its bar."""

    what: str
    figure: float
    unit: str = ""
    bar: float | None = None

    @property
    def held(self) -> bool:
        return self.bar is None or self.figure <= self.bar

    def __str__(self) -> str:
        bar = "" if self.bar is None else f"<= {self.bar:g}"
        figure = f"{self.figure:,.0f}" if self.figure == int(self.figure) else f"{self.figure:,.2f}"
        return f"{self.what:52} {figure:>9} {self.unit:4} {bar:>9}  {'' if self.held else 'MISSED'}".rstrip()


def measure(bench: Bench, scale: int) -> list[Row]:
    """The nights in order: one to record, two unchanged ones with latency, one throttled."""
    bench.run(bench.home("recording"), "scan")
    home = bench.home("nights")
    first = bench.run(home, "scan", latency=LATENCY_S)
    bytes_first = stored(home)
    second = bench.run(home, "scan", latency=LATENCY_S)
    bytes_second = stored(home) - bytes_first
    changed = drifted(bench.run(home, "drift"))
    one = bench.run(bench.home("one"), "check", "aws-s3-bucket-encryption", "--fail-on", "never")
    rough = bench.run(bench.home("rough"), "scan", throttled=THROTTLED)
    tunnelled = tunnel(bench)
    bare_s = bench.bare(BARE, first.requests, AwsPlatform.workers, latency=LATENCY_S)
    ours = scale == 1
    return [
        Row("findings", sum(first.out["summary"].values())),
        Row("requests, all checks", first.requests, bar=1_900 if ours else None),
        Row("requests, one S3 check", one.requests, bar=210 if ours else None),
        Row("requests that were not on record", len(first.unknown) + len(second.unknown)),
        Row("client CPU", first.cpu_s, "s", 8 if ours else None),
        Row("  for each request", first.cpu_s * 1000 / first.requests, "ms"),
        Row("  the SDK alone, as many light calls", bare_s, "s"),
        Row("  ratio", first.cpu_s / bare_s),
        Row("client CPU before the first request", first.first_cpu_s, "s", 1),
        Row("peak RSS", max(first.peak_mib, second.peak_mib), "MiB", {1: 150, 4: 200}.get(scale)),
        Row("wall, 50 ms before every answer", first.wall_s, "s", 15 if ours else None),
        Row("stored, first night", bytes_first / 1e6, "MB", 3 if ours else None),
        Row("stored, second night, nothing changed", bytes_second / 1e6, "MB", 0.5 if ours else None),
        Row("changes that drift shows between them", changed, bar=0),
        Row("client CPU over TLS, as AWS is reached", tunnelled.cpu_s, "s"),
        Row("  connections", sum(tunnelled.hosts.values())),
        Row("  to as many hosts", len(tunnelled.hosts)),
        Row("  wall, 50 ms before every answer", tunnelled.wall_s, "s"),
        Row("  findings that differ", len(findings(first) ^ findings(tunnelled)), bar=0),
        *throttled(first, rough),
    ]


def tunnel(bench: Bench) -> Spent:
    """A night over TLS through a proxy, after one that records what is asked otherwise there."""
    bench.run(bench.home("recording tunnel", tunnelled=True), "scan")
    return bench.run(bench.home("tunnel", tunnelled=True), "scan", latency=LATENCY_S)


def throttled(calm: Spent, rough: Spent) -> list[Row]:
    """What 30 % of throttled calls did: nothing may be lost, and no finding be another one."""
    return [
        Row("requests with 30 % throttled", rough.requests),
        Row("  of them throttled", rough.throttled),
        Row("  calls lost to throttling", lost(rough), bar=0),
        Row("  findings that differ", len(findings(calm) ^ findings(rough)), bar=0),
        Row("  wall", rough.wall_s, "s"),
    ]


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="python -m bench.aws_estate", description=(__doc__ or "").split("\n")[0]
    )
    parser.add_argument(
        "--scale", type=int, default=1, help="times 200 buckets, 50 users, 100 instances, ..."
    )
    scale = parser.parse_args().scale
    os.environ |= DUMMY | {"PYTHONPATH": str(ROOT)}
    with (
        tempfile.TemporaryDirectory() as folder,
        helper("-m", "bench.moto_estate", str(scale)) as moto,
        helper("-m", "bench.replay", moto.url, folder) as replay,
    ):
        rows = measure(Bench(replay, Path(folder)), scale)
    print(f"{'scale ' + str(scale):52} {'measured':>14} {'bar':>9}", *rows, sep="\n")
    return 0 if all(row.held for row in rows) else 1


if __name__ == "__main__":
    sys.exit(main())
