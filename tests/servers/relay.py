"""Carry connections from a listening socket, which another network namespace opened, to port 22 of an address here."""

from __future__ import annotations

import socket
import sys
import threading


def carry(source: socket.socket, sink: socket.socket) -> None:
    """Pass bytes on until the source ends, then say so to the sink."""
    try:
        while data := source.recv(65_536):
            sink.sendall(data)
        sink.shutdown(socket.SHUT_WR)
    except OSError:
        sink.close()


def relay(near: socket.socket, address: str) -> None:
    """Serve one connection; a far side that does not answer ends it."""
    with near:
        try:
            far = socket.create_connection((address, 22), timeout=5)
        except OSError:
            return
        with far:
            far.settimeout(None)
            back = threading.Thread(target=carry, args=(far, near), daemon=True)
            back.start()
            carry(near, far)
            back.join()


def main(descriptor: int, address: str) -> None:
    """Accept until killed."""
    with socket.socket(fileno=descriptor) as listening:
        while True:
            near, _ = listening.accept()
            threading.Thread(target=relay, args=(near, address), daemon=True).start()


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2])
