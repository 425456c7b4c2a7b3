"""Signing: the Ed25519 key kept outside the store, and C2SP signed-note checkpoints over the ledger's root."""

from __future__ import annotations

import base64
import binascii
import hashlib
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)

from evidence.model import NightledgerError

_ED25519 = b"\x01"
_SIGNATURES = re.compile("(\u2014 [^ +\n]+ [A-Za-z0-9+/=]+\n)+")
_WITNESS = ".checkpoint"
_KEY_FILE = "signing-key.pem"


class SealError(NightledgerError):
    """The signing key cannot be used."""

    exit_code = 2


class BadCheckpoint(NightledgerError):
    """A checkpoint is malformed or its signature is not by the expected key."""

    exit_code = 4


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """The size and root of one ledger (C2SP tlog-checkpoint); `origin` names the ledger and no other."""

    origin: str
    size: int
    root: bytes

    def text(self) -> str:
        """The signed lines: origin, decimal size, base64 root, each ended by a newline."""
        return f"{self.origin}\n{self.size}\n{base64.b64encode(self.root).decode()}\n"

    @staticmethod
    def parse(note: str) -> Checkpoint:
        """The checkpoint a note claims, its signature NOT checked; raises BadCheckpoint when malformed."""
        text, _, _ = note.partition("\n\n")
        return _parse(text + "\n")


@dataclass(frozen=True, slots=True)
class PublicKey:
    """The 32 raw bytes of an Ed25519 public key (RFC 8032)."""

    raw: bytes

    @property
    def fingerprint(self) -> str:
        """What is handed over out of band: "sha256:" and the hex digest of the raw key."""
        return "sha256:" + hashlib.sha256(self.raw).hexdigest()

    def key_id(self, name: str) -> bytes:
        """The four bytes by which a signed note names this key (C2SP signed-note)."""
        return hashlib.sha256(name.encode() + b"\n" + _ED25519 + self.raw).digest()[:4]

    def open(self, note: str) -> Checkpoint:
        """The checkpoint in a note this key signed; raises BadCheckpoint for every other note."""
        checkpoint = Checkpoint.parse(note)
        _, _, signatures = note.partition("\n\n")
        if not _SIGNATURES.fullmatch(signatures):
            raise BadCheckpoint("a checkpoint's signatures are lines of a dash, a name and base64")
        if any(self._signed(line, checkpoint) for line in signatures.splitlines()):
            return checkpoint
        raise BadCheckpoint(
            f"no signature by key {self.fingerprint} on the checkpoint of {checkpoint.origin}"
        )

    def _signed(self, line: str, checkpoint: Checkpoint) -> bool:
        _, name, encoded = line.split(" ")
        blob = _base64(encoded)
        if name != checkpoint.origin or blob[:4] != self.key_id(name):
            return False
        try:
            Ed25519PublicKey.from_public_bytes(self.raw).verify(blob[4:], checkpoint.text().encode())
        except InvalidSignature:
            return False
        return True


@dataclass(frozen=True, slots=True)
class KeyDirectory:
    """Where the signing key and a copy of each ledger's last checkpoint live, outside the store, mode 0700."""

    path: Path

    def signer(self) -> Signer:
        """The signer, its key made on first use (file mode 0600); raises SealError when it cannot be read."""
        try:
            self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
            if not self._key_file.exists():
                _write_new(self._key_file, _new_key())
            return Signer(_load_key(self._key_file))
        except OSError as error:
            raise SealError(
                f"cannot use the signing key in {self.path}: {error.strerror}",
                hint="Give a key directory this user can write, or restore the key file.",
            ) from None

    def has_key(self) -> bool:
        """Whether a signing key was already made here."""
        return self._key_file.exists()

    @property
    def open_to_others(self) -> bool:
        """Whether the modes let others read or replace the signing key."""
        return bool(self._key_file.stat().st_mode & 0o077 or self.path.stat().st_mode & 0o022)

    def remember(self, checkpoint: Checkpoint, note: str) -> None:
        """Keep the note as this machine's own witness of the ledger; replaced atomically, raises SealError."""
        target = self.witness_file(checkpoint.origin)
        fresh = target.with_name(f"{target.name}.{os.getpid()}")
        try:
            _write_synced(fresh, note.encode())
            fresh.replace(target)
        except OSError as error:
            raise SealError(
                f"the ledger was sealed, but its checkpoint could not be kept in {target}: {error.strerror}",
                hint="Make room or give a key directory this user can write; the next seal keeps its own.",
            ) from None
        finally:
            fresh.unlink(missing_ok=True)

    def witness(self, origin: str) -> str | None:
        """The last note remembered for a ledger, or None; what is no text comes back with replacement marks."""
        file = self.witness_file(origin)
        return file.read_bytes().decode(errors="replace") if file.exists() else None

    def witness_file(self, origin: str) -> Path:
        """Where the last note of a ledger is kept."""
        return self.path / f"{origin.replace('/', '-')}{_WITNESS}"

    def other_ledgers(self, origin: str) -> int:
        """How many ledgers beside this one were sealed with a note kept here."""
        own = self.witness_file(origin)
        return sum(file != own for file in self.path.glob(f"*{_WITNESS}"))

    @property
    def _key_file(self) -> Path:
        return self.path / _KEY_FILE


@dataclass(frozen=True, slots=True)
class Signer:
    """Signs checkpoints with one Ed25519 private key."""

    key: Ed25519PrivateKey

    @property
    def public_key(self) -> PublicKey:
        """The key that verifies what this signer signs."""
        return PublicKey(self.key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw))

    def sign(self, checkpoint: Checkpoint) -> str:
        """The checkpoint as a signed note; the key's name is the ledger's origin (C2SP tlog-checkpoint)."""
        text = checkpoint.text()
        blob = self.public_key.key_id(checkpoint.origin) + self.key.sign(text.encode())
        return f"{text}\n\u2014 {checkpoint.origin} {base64.b64encode(blob).decode()}\n"


def default_key_directory(environment: Mapping[str, str]) -> KeyDirectory:
    """$XDG_CONFIG_HOME/nightledger, or ~/.config/nightledger: outside the data directory on purpose."""
    base = environment.get("XDG_CONFIG_HOME") or Path(environment.get("HOME", "~")).expanduser() / ".config"
    return KeyDirectory(Path(base) / "nightledger")


def _parse(text: str) -> Checkpoint:
    match text.split("\n"):
        case [origin, size, root, ""] if origin and size.isdecimal() and str(int(size)) == size:
            return Checkpoint(origin, int(size), _base64(root))
        case _:
            raise BadCheckpoint("this is not a checkpoint: want origin, size and root, one a line")


def _base64(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise BadCheckpoint("a checkpoint holds text that is not base64") from None


def _new_key() -> bytes:
    return Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def _write_new(path: Path, data: bytes) -> None:
    """Write and sync before the name appears, and never over a key that another process made first."""
    fresh = path.with_name(f"{path.name}.{os.getpid()}")
    try:
        _write_synced(fresh, data)
        os.link(fresh, path)
    except FileExistsError:
        return
    finally:
        fresh.unlink(missing_ok=True)


def _write_synced(path: Path, data: bytes) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def _load_key(path: Path) -> Ed25519PrivateKey:
    try:
        key = load_pem_private_key(path.read_bytes(), password=None)
    except (ValueError, TypeError):
        key = None
    if not isinstance(key, Ed25519PrivateKey):
        raise SealError(f"{path} does not hold an Ed25519 private key", hint="Restore it from a backup.")
    return key
