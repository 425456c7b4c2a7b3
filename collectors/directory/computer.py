"""The computers of a directory: what each is called in DNS, so that they can be looked at as hosts."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from collectors.directory.base import DirectoryKind
from collectors.directory.client import DirectoryClient, Query, Row, right, rights
from collectors.directory.decode import Undecodable, guid, integer, text
from collectors.directory.errors import NotVisible
from collectors.kind import Found, lists
from evidence.facts.directory import ComputerReach
from evidence.model import Missing, Reason

WHO = "computers"
COMPUTERS = "(objectClass=computer)"

_ASKED = ("entryUUID", "objectGUID", "dNSHostName", "operatingSystem", "userAccountControl")
_DISABLED = 2
"""ACCOUNTDISABLE of userAccountControl, see [MS-ADTS] section 2.2.16."""


class Computer(DirectoryKind):
    """A computer that was joined to a directory of Active Directory's kind, by its objectGUID or entryUUID."""

    kind: ClassVar[str] = "directory.computer"
    reach: ComputerReach

    @lists(needs=rights(WHO, *_ASKED), gives="reach")
    def every(self, ldap: DirectoryClient) -> Iterator[Found]:
        """Every computer below the base; none at all is not believed."""
        seen = False
        for row in ldap.search(Query(ldap.base, COMPUTERS, _ASKED)):
            seen = True
            yield Found(uid=_uid(row), name=row.dn, gives={"reach": _reach(row)})
        if not seen:
            raise NotVisible(f"any computer below {ldap.base}")


def _uid(row: Row) -> str:
    return row.first("objectGUID", guid) or row.uid


def _reach(row: Row) -> ComputerReach | Missing:
    try:
        name, control = row.first("dNSHostName", text), row.first("userAccountControl", integer)
    except Undecodable as error:
        return Missing(Reason.ERROR, detail=f"userAccountControl: {error}")
    if name is None:
        return Missing(Reason.DENIED, need=right("dNSHostName", WHO), detail="or it has none")
    system = (row.first("operatingSystem", text) or "").lower()
    return {
        "dns_name": name,
        "windows": system.startswith("windows"),
        "enabled": not (control or 0) & _DISABLED,
    }
