"""A throw-away PostgreSQL on a loopback port, run as a user that is not root; one database per caller."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

_BINARIES = sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
_SETTINGS = {"unix_socket_directories": "", "shared_buffers": "64MB", "fsync": "on", "max_connections": "40"}


class PostgresServer:
    def __init__(self, port: int) -> None:
        self.port = port

    def url(self, database: str = "postgres") -> str:
        return f"postgresql://nightledger@127.0.0.1:{self.port}/{database}"

    def new_database(self) -> str:
        import psycopg  # noqa: PLC0415

        name = f"store_{uuid.uuid4().hex[:12]}"
        with psycopg.connect(self.url(), autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name}".encode())
        return self.url(name)


def why_not() -> str:
    if not _BINARIES:
        return "PostgreSQL's server programs are not installed"
    if os.geteuid() == 0 and shutil.which("runuser") is None:
        return "PostgreSQL does not run as root, and runuser is not installed"
    return ""


@contextmanager
def postgres_server(**settings: str) -> Iterator[PostgresServer]:
    if reason := why_not():
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    with tempfile.TemporaryDirectory(prefix="nightledger-pg-") as folder:
        yield from _serve(Path(folder), {**_SETTINGS, **settings})


def _serve(folder: Path, settings: dict[str, str]) -> Iterator[PostgresServer]:
    data, port = folder / "data", _free_port()
    data.mkdir()
    if os.geteuid() == 0:
        shutil.chown(folder, "postgres")
        shutil.chown(data, "postgres")
    _run("initdb", "-D", str(data), "-U", "nightledger", "--auth=trust", "--no-sync", "-E", "UTF8")
    options = " ".join(f"-c {key}='{value}'" for key, value in settings.items())
    listen = f"-c listen_addresses=127.0.0.1 -p {port} {options}"
    _run("pg_ctl", "-D", str(data), "-w", "-l", str(folder / "log"), "-o", listen, "start")
    try:
        yield PostgresServer(port)
    finally:
        _run("pg_ctl", "-D", str(data), "-w", "-m", "immediate", "stop")


def _run(program: str, *arguments: str) -> None:
    command = [str(_BINARIES[0] / program), *arguments]
    if os.geteuid() == 0:
        command = ["runuser", "-u", "postgres", "--", *command]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, cwd="/")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
