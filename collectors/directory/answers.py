"""How answers are read off our own connections: by whole messages, and no more of them than can be held."""

from __future__ import annotations

from typing import Any

from collectors.directory.wire import claimed_length

LONGEST = 64 * 2**20
"""Bytes of one answer, which is one page, that are read at most: 1,000 entries of our attributes are far below."""
EACH = 1024
"""What a message counts at least: ldap3 makes a dict of it, however short it is."""
_RECORD = 16_384


class AnswerRefused(Exception):
    """An answer is longer than LONGEST, or no LDAP; raised for the length that it claims, before it is held."""


class Answer:
    """The bytes of one answer as they come, given back as whole messages."""

    def __init__(self) -> None:
        self._data = bytearray()
        self._left = LONGEST

    @property
    def unfinished(self) -> bool:
        """Whether a message has begun and not ended."""
        return bool(self._data)

    def add(self, part: bytes) -> list[bytes]:
        """The messages that end in this part."""
        self._data += part
        ended = []
        while 0 < (length := self._length()) <= len(self._data):
            ended.append(bytes(self._data[:length]))
            del self._data[:length]
            self._left -= max(length, EACH)
        return ended

    def _length(self) -> int:
        length = claimed_length(self._data)
        if length is None:
            raise AnswerRefused("what answered does not speak LDAP")
        if length > self._left:
            raise AnswerRefused(f"the answer is longer than {LONGEST // 2**20} MiB and was not read")
        return length


def bounded_connection(server: Any, **settings: Any) -> Any:
    """An ldap3 `Connection` whose answers are read by `Answer`.

    ldap3's own reads for as long as a message claims to be, and copies all that came for every 4 KiB more.
    """
    from ldap3 import SYNC, Connection  # noqa: PLC0415 - the SDK is loaded only where a directory is polled
    from ldap3.strategy.sync import SyncStrategy  # noqa: PLC0415 - see above

    class Bounded(SyncStrategy):  # type: ignore[misc]  # the SDK has no types
        """Reads messages; all else is the library's."""

        def _get_response(self, message_id: int, timeout: float) -> Any:
            self._answer = Answer()
            return super()._get_response(message_id, timeout)

        def receiving(self) -> list[bytes]:
            """The messages that have come; none where the server hung up."""
            messages: list[bytes] = []
            # To the end of what came: what came before TLS must not be taken for what comes under it.
            while not messages or self._answer.unfinished:
                part = self.connection.socket.recv(_RECORD)
                if not part:
                    break
                messages += self._answer.add(part)
            return messages

    connection = Connection(server, client_strategy=SYNC, **settings)
    _use(connection, Bounded(connection))
    return connection


def _use(connection: Any, strategy: Any) -> None:
    # As the constructor of a connection does with the strategies that it knows by name.
    connection.strategy = strategy
    for name in ("send", "open", "get_response", "post_send_single_response", "post_send_search"):
        setattr(connection, name, getattr(strategy, name))
