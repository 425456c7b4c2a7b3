"""A server that gives recorded answers at almost no cost of its own: what it does not know it asks upstream, once.

As a program (`python -m bench.replay UPSTREAM FOLDER`) it prints its URL, and then that of a proxy which plays AWS
itself (tests/servers/tunnel.py, whose bundle of authorities it writes into the folder), and reads orders, one a line, from
stdin: a JSON object of Orders' fields, or "told", which it answers with what it saw since the last order.
"""

from __future__ import annotations

import asyncio
import json
import os
import random
import re
import sys
import urllib.parse
from dataclasses import asdict, dataclass, field
from pathlib import Path

from tests.servers.tunnel import Tunnel

_HEAD_END = b"\r\n\r\n"
_SIGNED = re.compile(rb"Credential=[^/]+/\d+/([^/]+)/([^/]+)/")
_ACTION = re.compile(rb"Action=(\w+)")
_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
_PASSING = b"<State>STARTED</State>"
_TARGET = re.compile(rb"\r\nx-amz-target: *([^\r]+)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Orders:
    """Seconds added to every answer, the share of requests that is throttled, and which process is watched."""

    latency: float = 0.0
    throttled: float = 0.0
    pid: int = 0


@dataclass(slots=True)
class Seen:
    """What came since the last order: the requests by operation, those throttled, and those not on record."""

    operations: dict[str, int] = field(default_factory=dict)
    throttled: int = 0
    unknown: list[str] = field(default_factory=list)
    first_cpu_s: float = 0.0
    hosts: dict[str, int] = field(default_factory=dict)


class Replay:
    """The answers by request; a request is its method, path, target, body, service and region."""

    def __init__(self, upstream: str) -> None:
        parts = urllib.parse.urlsplit(upstream)
        self._upstream = (parts.hostname or "", parts.port or 80)
        self._answers: dict[tuple[bytes, ...], bytes] = {}
        self._dice = random.Random(20261122)
        self.orders = Orders()
        self.seen = Seen()

    def order(self, orders: Orders) -> None:
        self.orders, self.seen = orders, Seen()
        self._dice.seed(20261122)

    def connected(self, host: str) -> None:
        """Count a connection that was made to this host."""
        self.seen.hosts[host] = self.seen.hosts.get(host, 0) + 1

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer one connection until it closes."""
        try:
            while True:
                head = await reader.readuntil(_HEAD_END)
                size = _LENGTH.search(head)
                body = await reader.readexactly(int(size[1])) if size else b""
                answer = await self._answer(head, body)
                await asyncio.sleep(self.orders.latency)
                writer.write(answer)
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    async def _answer(self, head: bytes, body: bytes) -> bytes:
        signed, told = _SIGNED.search(head), _TARGET.search(head)
        region, service = (signed[1], signed[2]) if signed else (b"", b"unsigned")
        target = told[1] if told else b""
        self._note(service.decode(), head, target, body)
        if self._dice.random() < self.orders.throttled:
            self.seen.throttled += 1
            return _throttled(service, bool(target))
        line = head.split(b"\r\n", 1)[0]
        key = (line, target, body, service, region)
        if key not in self._answers:
            self.seen.unknown.append(b" ".join((line, target, body[:80])).decode())
            answer = await self._ask(head, body)
            if _PASSING in answer:
                return answer
            self._answers[key] = answer
        return self._answers[key]

    def _note(self, service: str, head: bytes, target: bytes, body: bytes) -> None:
        if not self.seen.operations and self.orders.pid:
            self.seen.first_cpu_s = _cpu_of(self.orders.pid)
        action = _ACTION.match(body)
        path = re.sub(rb"[^a-zA-Z?= /]+", b"*", head.split(b" HTTP", 1)[0])[:40]
        what = target.rpartition(b".")[2] or (action[1] if action else path)
        name = f"{service}.{what.decode()}"
        self.seen.operations[name] = self.seen.operations.get(name, 0) + 1

    async def _ask(self, head: bytes, body: bytes) -> bytes:
        reader, writer = await asyncio.open_connection(*self._upstream)
        writer.write(head.replace(_HEAD_END, b"\r\nConnection: close\r\n\r\n") + body)
        answer = await reader.read(-1)
        writer.close()
        status, _, content = answer.partition(_HEAD_END)
        kept = [
            row
            for row in status.split(b"\r\n")
            if not row.lower().startswith((b"connection:", b"content-length:", b"transfer-encoding:"))
        ]
        if b"transfer-encoding: chunked" in status.lower():
            sys.exit("the upstream chunks its answers")
        return b"\r\n".join([*kept, b"Content-Length: %d" % len(content)]) + _HEAD_END + content


def _cpu_of(pid: int) -> float:
    stat = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(stat[11]) + int(stat[12])) / os.sysconf("SC_CLK_TCK")


def _throttled(service: bytes, json_protocol: bool) -> bytes:
    if service == b"s3":
        return _http(503, b"<Error><Code>SlowDown</Code><Message>slower</Message></Error>")
    inner = b"<Error><Code>Throttling</Code><Message>Rate exceeded</Message></Error>"
    if service == b"ec2":
        return _http(
            503,
            b"<Response><Errors>"
            + inner.replace(b"Throttling", b"RequestLimitExceeded")
            + b"</Errors></Response>",
        )
    if json_protocol or service in _REST_JSON:
        told = json.dumps(
            {"__type": "ThrottlingException", "code": "ThrottlingException", "message": "Rate exceeded"}
        )
        return _http(400, told.encode())
    return _http(400, b"<ErrorResponse>" + inner + b"</ErrorResponse>")


_REST_JSON = frozenset(
    [
        b"apigateway",
        b"lambda",
        b"elasticfilesystem",
        b"backup",
        b"eks",
        b"es",
        b"guardduty",
        b"inspector2",
        b"macie2",
        b"securityhub",
        b"access-analyzer",
        b"artifact",
        b"kafka",
    ]
)


def _http(status: int, content: bytes) -> bytes:
    return b"HTTP/1.1 %d X\r\nx-amzn-RequestId: replay\r\nContent-Length: %d\r\n\r\n%b" % (
        status,
        len(content),
        content,
    )


async def main() -> None:
    replay = Replay(sys.argv[1])
    tunnel = Tunnel(replay.serve, replay.connected, Path(sys.argv[2]))
    for serve in (replay.serve, tunnel.serve):
        server = await asyncio.start_server(serve, "127.0.0.1", 0, limit=1 << 20)
        print(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}", flush=True)
    loop = asyncio.get_running_loop()
    while line := await loop.run_in_executor(None, sys.stdin.readline):
        if line.strip() == "told":
            print(json.dumps(asdict(replay.seen)), flush=True)
        else:
            replay.order(Orders(**json.loads(line)))
            print("{}", flush=True)


if __name__ == "__main__":
    asyncio.run(main())
