"""References to secrets (`env:`, `file:`, `keyring:`), resolved only at the moment of use and never kept."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path

from evidence.model import NightledgerError

FORMS = "env:NAME, file:/path or keyring:service/user"
_REFERENCE = re.compile(
    r"env:[A-Za-z_][A-Za-z0-9_]*|file:/[^\x00-\x1f]+|keyring:[^/\x00-\x1f]+/[^\x00-\x1f]+"
)
_LARGEST_FILE = 65_536


class SecretError(NightledgerError):
    """A referenced secret cannot be read; the message names the reference, never a value."""

    exit_code = 2


@dataclass(frozen=True, slots=True)
class Secret:
    """Where a secret is, never the secret itself: printing, comparing or pickling it reveals nothing."""

    reference: str

    def __post_init__(self) -> None:
        if not is_reference(self.reference):
            raise SecretError("a secret is given by reference, never literally", hint=f"write {FORMS}")

    def __call__(self) -> str:
        """The value, read now; raises SecretError when it is absent, empty or unreadable."""
        form, _, where = self.reference.partition(":")
        value = {"env": _from_environment, "file": _from_file, "keyring": _from_keyring}[form](where)
        if not value:
            raise SecretError(f"the secret {self.reference} is empty")
        return value


def is_reference(text: str) -> bool:
    """Whether `text` has the form of a secret reference; it need not resolve."""
    return _REFERENCE.fullmatch(text) is not None


def _from_environment(name: str) -> str:
    value = os.environ.get(name)
    if value is None:
        raise SecretError(f"the secret env:{name} is not set", hint=f"export {name} before the run")
    return value


def _from_file(path: str) -> str:
    try:
        with Path(path).open("rb") as file:
            data = file.read(_LARGEST_FILE + 1)
    except OSError as error:
        raise SecretError(f"the secret file:{path} cannot be read: {error.strerror}") from None
    if len(data) > _LARGEST_FILE:
        raise SecretError(f"the secret file:{path} is larger than {_LARGEST_FILE} bytes")
    try:
        return data.decode().rstrip("\r\n")
    except UnicodeDecodeError:
        raise SecretError(f"the secret file:{path} is not UTF-8 text") from None


def _from_keyring(where: str) -> str:
    service, _, user = where.partition("/")
    try:
        import keyring  # type: ignore[import-not-found, unused-ignore]  # noqa: PLC0415 - an optional extra
    except ImportError:
        raise SecretError(
            f"the secret keyring:{where} needs the keyring package", hint="pip install 'nightledger[keyring]'"
        ) from None
    value = keyring.get_password(service, user)
    if value is None:
        raise SecretError(f"the keyring holds no secret for {user} at {service}")
    return str(value)
