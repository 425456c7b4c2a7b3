"""A moto server that holds the seeded estate: `python -m bench.moto_estate SCALE` prints its URL when it is filled."""

from __future__ import annotations

import sys

from bench.clinic_estate import seed
from tests.servers.moto import MotoServer


def main() -> None:
    server = MotoServer().start()
    seed(server.url, int(sys.argv[1]))
    print(server.url, flush=True)
    sys.stdin.read()


if __name__ == "__main__":
    main()
