"""Why a directory could not be read, each with the reason that evidence will give."""

from __future__ import annotations

from evidence.model import NightledgerError, Reason


class DirectoryError(NightledgerError):
    """A directory did not answer what was asked; `code` is its result code's name, or ours for what has none."""

    def __init__(self, code: str, reason: Reason, message: str, *, operation: str = "search") -> None:
        super().__init__(message)
        self.code = code
        self.reason = reason
        self.operation = operation


class NotVisible(DirectoryError):
    """Nothing came back, and nothing shows that there is nothing: most likely a right is lacking."""

    def __init__(self, what: str) -> None:
        super().__init__(
            "notVisible", Reason.DENIED, f"{what} did not come back, which does not show that there is none"
        )


class AttributeRefused(NightledgerError):
    """A query names an attribute that holds a secret, or a wildcard; raised before anything is sent."""


_RESULTS: dict[int, tuple[Reason, str]] = {
    3: (Reason.TIMEOUT, "the server's time limit cut the search short"),
    4: (Reason.TRUNCATED, "the server's size limit for this account cut the search short"),
    8: (Reason.DENIED, "the server asks for stronger authentication"),
    10: (Reason.NOT_AVAILABLE, "the server refers to another server, which is not followed"),
    11: (Reason.TRUNCATED, "an administrative limit cut the search short"),
    13: (Reason.DENIED, "the server asks for an encrypted connection"),
    32: (Reason.NOT_AVAILABLE, "the base does not exist or is hidden from this account"),
    48: (Reason.DENIED, "the server refuses this way to authenticate"),
    49: (Reason.DENIED, "the server does not accept the name and password"),
    50: (Reason.DENIED, "the account lacks the right"),
    51: (Reason.THROTTLED, "the server is busy"),
    52: (Reason.NOT_AVAILABLE, "the server is unavailable"),
}


def refused(code: int, name: str, *, operation: str = "search", about: str = "") -> DirectoryError:
    """The error for an LDAP result code other than success (RFC 4511 section 4.1.9); the server's text is not kept."""
    reason, meaning = _RESULTS.get(code, (Reason.ERROR, "the server refused"))
    place = f" at {about}" if about else ""
    return DirectoryError(
        name, reason, f"{operation}{place} answered {code} {name}: {meaning}", operation=operation
    )
