"""What the evidence store costs: nights of an estate through the real ingest, on either engine.

Prints one table. The floor of a night is the time to canonicalise and hash the same documents, taken in the
same run; the floor of the bytes is new compressed documents, verdicts and journals, one 32-byte digest per
unit and journal, 16 bytes per interval that began or ended, and the names of the first night, compressed.

    python -m bench.store --engine both --resources 100000 --nights 90
"""

from __future__ import annotations

import argparse
import gc
import random
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import zstandard

from evidence.canonical import canonical, digest
from evidence.documents import evidence_document
from evidence.model import (
    Call,
    Coverage,
    FactCoverage,
    Finding,
    Observation,
    Resource,
    Scope,
    ScopeStatus,
    Status,
    Unit,
    UnitResult,
)
from evidence.store import Store
from evidence.verify import verify
from nightledger.cli import BETWEEN_COLLECTIONS

_SQLITE_SIZES = "SELECT name, sum(pgsize) FROM dbstat GROUP BY name ORDER BY 2 DESC LIMIT 20"
_PG_BYTES = """
SELECT sum(pg_total_relation_size(c.oid)) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE nspname = current_schema() AND relkind IN ('r', 'S')"""
_TIDYING = "SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'autovacuum worker'"
_PG_SIZES = """
SELECT relname, pg_relation_size(c.oid) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE nspname = current_schema() AND relkind IN ('r', 'i') ORDER BY 2 DESC LIMIT 20"""

CHECKS = dict.fromkeys(("encrypted", "logged", "versioned"), "sha256:" + 64 * "0")
KINDS = ("aws.s3.bucket", "aws.ec2.volume", "aws.rds.instance", "aws.kms.key", "aws.iam.user")


@dataclass(slots=True)
class Estate:
    """The world: one version number per resource; a changed version is a changed fact."""

    units: list[Unit]
    per_unit: int
    change: float
    versions: list[int] = field(default_factory=list)
    rng: random.Random = field(default_factory=lambda: random.Random(20261122))

    @classmethod
    def of(cls, resources: int, per_unit: int, change: float) -> Estate:
        units = [Unit("prod", f"aws/{n // 5:012d}", KINDS[n % 5]) for n in range(resources // per_unit)]
        return cls(units, per_unit, change, [0] * (len(units) * per_unit))

    def pass_night(self) -> None:
        for index in self.rng.sample(range(len(self.versions)), round(len(self.versions) * self.change)):
            self.versions[index] += 1

    def poll(self, number: int, unit: Unit, night: int) -> tuple[UnitResult, list[Finding]]:
        scope = Scope(unit.target, "us-east-1")
        seen = [self._observe(number * self.per_unit + n, unit, scope) for n in range(self.per_unit)]
        raw = canonical([o.resource.name for o in seen])
        at = f"2026-{1 + night // 28:02}-{1 + night % 28:02}T01:00:00Z"
        gave = UnitResult(
            unit=unit,
            principal=f"arn:aws:iam::{unit.target[4:]}:role/nightledger",
            started=at,
            finished=at,
            coverage=(
                Coverage(scope, ScopeStatus.COMPLETE, len(seen), facts={"a": FactCoverage(len(seen))}),
            ),
            observations=tuple(seen),
            calls=(Call("list", "{}", at, f"{self.rng.getrandbits(128):032x}", digest(raw)),),
            objects={digest(raw): raw},
        )
        return gave, [self._judge(o, check, n) for o in seen for n, check in enumerate(CHECKS)]

    def _observe(self, index: int, unit: Unit, scope: Scope) -> Observation:
        version = self.versions[index]
        key = f"{(index * 2654435761 + version) % 2**64:016x}"
        facts = {
            "encryption": {
                "SSEAlgorithm": "aws:kms",
                "KMSMasterKeyID": f"arn:aws:kms:us-east-1:{unit.target[4:]}:key/{key}",
            },
            "logging": {"TargetBucket": f"logs-{index % 50}", "TargetPrefix": f"resource-{index:07d}/"},
            "versioning": {"Status": "Enabled" if version % 3 else "Suspended", "MFADelete": "Disabled"},
            "public_access": {
                "BlockPublicAcls": True,
                "IgnorePublicAcls": True,
                "RestrictPublicBuckets": True,
            },
            "acl": [{"Grantee": {"Type": "CanonicalUser"}, "Permission": "FULL_CONTROL"}],
            "policy": {
                "Version": "2012-10-17",
                "Statement": [{"Effect": "Deny", "Action": "s3:*", "Principal": "*"}],
            },
        }
        name = f"resource-{index:07d}"
        labels = (("Environment", "production"), ("Owner", f"team-{index % 40}"))
        return Observation(Resource(unit.kind, f"arn:aws:x:::{name}", name, scope, labels), facts)

    def _judge(self, observation: Observation, check: str, number: int) -> Finding:
        status = observation.facts["versioning"]["Status"] if number == 2 else "Enabled"
        good = status == "Enabled"
        sentence = f"{check} holds" if good else f"{check} does not hold: the status is {status}"
        return Finding(check, observation.resource, Status.PASS if good else Status.FAIL, sentence, (check,))


@dataclass(slots=True)
class Cost:
    """Seconds and bytes of one engine's nights, with the floors beside them."""

    ingest: list[float] = field(default_factory=list)
    floor: list[float] = field(default_factory=list)
    floor_bytes: int = 0


class FloorBytes:
    """The least any store must keep, given the same compressor with a dictionary per kind of document."""

    def __init__(self, sample: list[bytes]) -> None:
        dictionary = zstandard.train_dictionary(16_384, sample, k=200, d=8)
        self._compress = zstandard.ZstdCompressor(level=3, dict_data=dictionary, write_dict_id=False).compress
        self._known: set[bytes] = set()

    def of(self, data: bytes, name: str) -> int:
        raw = bytes.fromhex(name[7:])
        if raw in self._known:
            return 0
        self._known.add(raw)
        return 32 + len(self._compress(data))

    def of_unit(self, documents: list[bytes], names: list[str]) -> int:
        """New documents, and the unit's digest, journal digest, row and journal."""
        return sum(map(self.of, documents, names)) + 32 + 32 + 16 + 60

    @staticmethod
    def first(gave: UnitResult, findings: list[Finding]) -> int:
        """The names and intervals of the first night."""
        uids = [o.resource.uid + o.resource.name for o in gave.observations]
        return len(zstandard.compress("".join(uids).encode())) + 16 * (len(uids) + len(findings))


def measure(url: str, keys: Path, estate: Estate, nights: int) -> tuple[Cost, Store]:
    cost, store = Cost(), Store.open(url, keys=keys)
    sample = [
        canonical(evidence_document(o))
        for n in range(5)
        for o in estate.poll(n, estate.units[n], 0)[0].observations
    ]
    floor = FloorBytes(sample)
    for night in range(nights):
        ingest = floor_time = 0.0
        run = store.begin_run(
            trigger="bench",
            started="2026-01-01T01:00:00Z",
            tool="bench",
            selection={},
            checks=CHECKS,
            planned=estate.units,
        )
        with store.ingest(run) as writer:
            for number, unit in enumerate(estate.units):
                gave, findings = estate.poll(number, unit, night)
                plain = [evidence_document(o) for o in gave.observations]
                begun = time.perf_counter()
                documents = [canonical(document) for document in plain]
                names = [digest(data) for data in documents]
                middle = time.perf_counter()
                writer.commit(gave, findings)
                ingest += time.perf_counter() - middle
                floor_time += middle - begun
                cost.floor_bytes += floor.of_unit(documents, names)
                if night == 0:
                    cost.floor_bytes += FloorBytes.first(gave, findings)
            begun = time.perf_counter()
        ingest += time.perf_counter() - begun
        begun = time.perf_counter()
        store.finish_run(run, "2026-01-01T02:00:00Z")
        cost.ingest.append(ingest + time.perf_counter() - begun)
        cost.floor.append(floor_time)
        if night:
            changes = len(store.evidence_changes(run - 1, run)) + len(store.finding_changes(run - 1, run))
            cost.floor_bytes += 16 * changes
        estate.pass_night()
        print(f"\r{url[:10]} night {night + 1} of {nights}", end="", file=sys.stderr)
    return cost, store


def timed(action: Callable[[], object], rounds: int = 31) -> list[float]:
    """How long each of some rounds took, in milliseconds."""
    times = []
    for _ in range(rounds):
        begun = time.perf_counter()
        action()
        times.append((time.perf_counter() - begun) * 1000)
    return times


def in_turn(actions: Mapping[str, Callable[[], object]], turns: int = 31) -> dict[str, float]:
    """The median of each, in milliseconds, over many rounds in turn, so that no slow second decides for one alone."""
    times: dict[str, list[float]] = {name: [] for name in actions}
    for _ in range(turns):
        for name, action in actions.items():
            times[name] += timed(action)
    return {name: statistics.median(taken) for name, taken in times.items()}


def disk_bytes(url: str, store: Store) -> int:
    """What the store's tables and indexes take; of PostgreSQL without the server's own catalog of 7 MiB."""
    if url.startswith("postgres"):
        return int(store.backend.query(_PG_BYTES)[0][0])
    store.backend.query("PRAGMA wal_checkpoint(TRUNCATE)")
    path = Path(url.removeprefix("sqlite:"))
    return sum(file.stat().st_size for file in path.parent.glob(path.name + "*"))


def table_bytes(url: str, store: Store) -> None:
    for name, size in store.backend.query(_PG_SIZES if url.startswith("postgres") else _SQLITE_SIZES):
        print(f"    {name:34} {size / 2**20:8.2f} MiB", file=sys.stderr)


def rows(url: str, keys: Path, options: argparse.Namespace) -> Iterator[tuple[str, str]]:
    estate = Estate.of(options.resources, options.per_unit, options.change)
    cost, store = measure(url, keys, estate, options.nights)
    if url.startswith("postgres"):
        come_to_rest(url)
    with store:
        last = options.nights
        mid = max(1, last // 2)
        uid = f"arn:aws:x:::resource-{len(estate.versions) // 2:07d}"
        later = list(zip(cost.ingest[1:], cost.floor[1:], strict=True)) or [(0.0, 1.0)]
        size = disk_bytes(url, store)
        yield "first night, s", f"{cost.ingest[0]:.2f} ({cost.ingest[0] / cost.floor[0]:.1f}x floor)"
        yield "later night, s (median)", f"{statistics.median(i for i, _ in later):.2f}"
        yield "floor of a night, s (median)", f"{statistics.median(f for _, f in later):.2f}"
        yield "later night / floor (<= 2)", f"{statistics.median(i / f for i, f in later):.2f}"
        yield "bytes on disk, MiB", f"{size / 2**20:.1f}"
        yield "floor of the bytes, MiB", f"{cost.floor_bytes / 2**20:.1f}"
        yield "bytes / floor (<= 2.5)", f"{size / cost.floor_bytes:.3f}"
        reads = {
            "findings changed, adjacent nights, ms (<= 5)": lambda: store.finding_changes(last - 1, last),
            "evidence changed, adjacent nights, ms (<= 5)": lambda: store.evidence_changes(last - 1, last),
            "one resource as of a night, ms (<= 1)": lambda: store.evidence_at(uid, mid),
            "its whole history, ms": lambda: store.resource_history(uid),
        }
        yield from ((name, f"{taken:.3f}") for name, taken in in_turn(reads).items())
        yield (
            "rows changed, adjacent nights",
            str(len(store.finding_changes(last - 1, last)) + len(store.evidence_changes(last - 1, last))),
        )
        one_night = statistics.median(timed(lambda: verify(store, run=last), 3))
        yield "verify one night, ms (<= 1000)", f"{one_night:.0f}"
        if options.verify_all:
            yield "verify everything, s", f"{timed(lambda: verify(store), 1)[0] / 1000:.1f}"
        sound = verify(store, run=last).sound
        yield "sound", str(sound)
        yield "peak memory, MiB (<= 200)", f"{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f}"
        if options.tables:
            table_bytes(url, store)


def one_engine(options: argparse.Namespace) -> None:
    gc.set_threshold(*BETWEEN_COLLECTIONS)
    with tempfile.TemporaryDirectory(prefix="nightledger-bench-") as folder:
        keys = Path(folder) / "keys"
        if options.engine == "sqlite":
            show(rows(f"sqlite:{folder}/store.sqlite", keys, options))
            return
        from tests.servers.postgres import postgres_server  # noqa: PLC0415 - only this engine needs a server

        # PostgreSQL's own default; the tests' servers take less, which is less than this store.
        with postgres_server(shared_buffers="128MB") as server:
            url = server.new_database()
            keep_tidy(url)
            show(rows(url, keys, options))


def keep_tidy(url: str) -> None:
    """A night takes seconds here: the server shall look for dead rows as often in one as it does in a day."""
    _look_for_dead_rows(url, "1s").close()


def come_to_rest(url: str) -> None:
    """Changes are read in the morning: what the server tidied and wrote after the last night has ended by then."""
    with _look_for_dead_rows(url, "1d") as server:
        server.execute("CHECKPOINT")
        while server.execute(_TIDYING).fetchall() != [(0,)]:
            time.sleep(0.5)


def _look_for_dead_rows(url: str, every: str) -> Any:
    import psycopg  # noqa: PLC0415 - see one_engine

    server = psycopg.connect(url, autocommit=True)
    server.execute(f"ALTER SYSTEM SET autovacuum_naptime = '{every}'".encode())
    server.execute("SELECT pg_reload_conf()")
    return server


def show(found: Iterator[tuple[str, str]]) -> None:
    for name, value in found:
        print(f"{name}\t{value}", flush=True)


def both(arguments: list[str]) -> None:
    """Each engine in a process of its own, so that peak memory is its own."""
    tables = []
    for engine in ("sqlite", "postgres"):
        command = [sys.executable, "-m", "bench.store", *arguments, "--engine", engine]
        answer = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
        tables.append(dict(line.split("\t") for line in answer.stdout.splitlines()))
    print(f"\n{'':48}{'SQLite':>22}{'PostgreSQL':>22}")
    for name, value in tables[0].items():
        print(f"{name:48}{value:>22}{tables[1].get(name, '-'):>22}")


def main() -> None:
    parser = argparse.ArgumentParser(description="What the evidence store costs, beside its floors.")
    parser.add_argument("--engine", choices=("sqlite", "postgres", "both"), default="both")
    parser.add_argument("--resources", type=int, default=100_000)
    parser.add_argument("--nights", type=int, default=90)
    parser.add_argument("--per-unit", type=int, default=100)
    parser.add_argument(
        "--change", type=float, default=0.005, help="share of resources that change in a night"
    )
    parser.add_argument("--verify-all", action="store_true")
    parser.add_argument("--tables", action="store_true", help="also say what each table and index takes")
    options = parser.parse_args()
    if options.engine == "both":
        plain = sys.argv[1:]
        if "--engine" in plain:
            at = plain.index("--engine")
            del plain[at : at + 2]
        both(plain)
    else:
        one_engine(options)


if __name__ == "__main__":
    main()
