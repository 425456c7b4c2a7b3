"""A proxy that plays AWS: whichever of its hosts a client asks for, it gets TLS and what it asks is answered here."""

from __future__ import annotations

import asyncio
import ssl
import threading
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from queue import Queue

from botocore.httpsession import get_cert_path

from tests.servers.authority import Certificate, write_certificates

REGIONS = ("eu-west-1", "us-east-1")
NAMES = (
    "*.amazonaws.com",
    *(f"*.{region}.amazonaws.com" for region in REGIONS),
    *(f"*.{service}.{region}.amazonaws.com" for region in REGIONS for service in ("ecr", "s3-control")),
)

Serve = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]
"""What answers the requests of one connection."""


class Tunnel:
    """Takes connections that begin with CONNECT, tells which host they asked for, and writes `bundle.pem` to `home`."""

    def __init__(
        self, serve: Serve, tell: Callable[[str], None], home: Path, names: tuple[str, ...] = NAMES
    ) -> None:
        self._serve, self._tell = serve, tell
        write_certificates(home, Certificate(names=names))
        self._tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._tls.load_cert_chain(home / "server.pem", home / "server.key")
        # As long as a real bundle, for it is read by whoever connects.
        shipped = Path(get_cert_path(True)).read_bytes()
        (home / "bundle.pem").write_bytes(shipped + (home / "ca.pem").read_bytes())

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer one connection until it closes."""
        try:
            head = await reader.readuntil(b"\r\n\r\n")
            self._tell(head.split()[1].rpartition(b":")[0].decode())
            writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
            await writer.start_tls(self._tls)
        except (asyncio.IncompleteReadError, ConnectionError, ssl.SSLError):
            writer.close()
            return
        await self._serve(reader, writer)


@dataclass(slots=True)
class Running:
    """A tunnel at work; `hosts` are those that connections were made to, in order, `requests` their first lines."""

    home: Path
    url: str = ""
    hosts: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)

    @property
    def bundle(self) -> Path:
        """The authorities to trust: those that the SDK ships, and the tunnel's own."""
        return self.home / "bundle.pem"


@contextmanager
def running(home: Path, answer: bytes, names: tuple[str, ...] = NAMES) -> Iterator[Running]:
    """A tunnel that gives every request the same XML."""
    seen = Running(home)
    writers: list[asyncio.StreamWriter] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writers.append(writer)
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                seen.requests.append(head.split(b"\r\n")[0].decode())
                writer.write(
                    b"HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\nContent-Length: %d\r\n\r\n" % len(answer)
                )
                writer.write(answer)
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()

    tunnel = Tunnel(serve, seen.hosts.append, home, names)
    ready: Queue[tuple[str, Callable[[], object]]] = Queue()

    async def main() -> None:
        loop, stop = asyncio.get_running_loop(), asyncio.Event()
        async with await asyncio.start_server(tunnel.serve, "127.0.0.1", 0) as server:
            port = server.sockets[0].getsockname()[1]
            ready.put((f"http://127.0.0.1:{port}", partial(loop.call_soon_threadsafe, stop.set)))
            await stop.wait()
        for writer in writers:
            writer.transport.abort()
        # Aborted transports close their sockets in the loop's next rounds.
        await asyncio.sleep(0.05)

    thread = threading.Thread(target=asyncio.run, args=(main(),))
    thread.start()
    seen.url, stop = ready.get(timeout=10)
    try:
        yield seen
    finally:
        stop()
        thread.join()
