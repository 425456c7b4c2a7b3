"""Which extra of the distribution brings a package that is imported only where it is needed."""

from __future__ import annotations

from collections.abc import Mapping

from collectors.kind import Failure
from evidence.model import Reason

EXTRAS: Mapping[str, str] = {
    "botocore": "aws",
    "ldap3": "directory",
    "paramiko": "hosts",
    "pypsrp": "psrp",
}
"""By the package a client imports, the extra that brings it."""


def not_installed(error: Exception) -> Failure | None:
    """What it means that a package of ours is not there, with what to type; None for every other error."""
    match error:
        case ModuleNotFoundError(name=str(name)) if extra := EXTRAS.get(name.partition(".")[0]):
            return Failure("extra_missing", Reason.NOT_AVAILABLE, f"pip install 'nightledger[{extra}]'")
        case _:
            return None
