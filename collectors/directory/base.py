"""What every directory kind shares: the platform's name, who counts as an account, the server's own settings."""

from __future__ import annotations

import re
from typing import ClassVar

from collectors.directory.client import DirectoryClient, Query, Row
from collectors.directory.decode import boolean, normal_dn, text
from collectors.directory.errors import NotVisible
from collectors.kind import Kind, lookup
from evidence.facts.directory import DatabaseSettings

ACCOUNTS = (
    "(|(objectClass=person)(objectClass=account)(objectClass=posixAccount)(objectClass=simpleSecurityObject))"
)

_CONFIG = "cn=config"
_SETTINGS = "(|(objectClass=olcGlobal)(objectClass=olcDatabaseConfig)(objectClass=olcOverlayConfig))"
_NAMES = ("olcDatabase", "olcDisabled", "olcOverlay", "olcPPolicyDefault", "olcRootDN", "olcSuffix")


class DirectoryKind(Kind):
    """A kind of the directory platform, with the lookup that several of them need."""

    platform: ClassVar[str] = "directory"

    @lookup(needs="read on cn=config")
    def database(self, ldap: DirectoryClient) -> DatabaseSettings:
        """OpenLDAP's configuration of the database below which we look; raises NotVisible where it is hidden."""
        return read_settings(ldap)


def read_settings(ldap: DirectoryClient) -> DatabaseSettings:
    """The settings in cn=config (slapd-config(5)); raises NotVisible unless our own database is among them."""
    rows = list(ldap.search(Query(_CONFIG, _SETTINGS, _NAMES, paged=False)))
    if not any(normal_dn(row.dn) == _CONFIG for row in rows):
        raise NotVisible(_CONFIG)
    database = _database(rows, ldap.base)
    overlays = [row for row in rows if "olcOverlay" in row.values and _below(row, database) and _is_on(row)]
    return {
        "overlays": sorted({_plain(row.first("olcOverlay", text) or "") for row in overlays}),
        "default_policy": next(
            (name for row in overlays if (name := row.first("olcPPolicyDefault", text))), ""
        ),
        "rootdn": bool(database.first("olcRootDN", text)),
    }


def _database(rows: list[Row], base: str) -> Row:
    ours = [(suffix, row) for row in rows for suffix in row.all("olcSuffix", text) if covers(suffix, base)]
    if not ours:
        raise NotVisible(f"the configuration of the database of {base}")
    return max(ours, key=lambda pair: len(normal_dn(pair[0])))[1]


def covers(suffix: str, base: str) -> bool:
    """Whether `base` is `suffix` or lies below it."""
    above, name = normal_dn(suffix), normal_dn(base)
    return not suffix or name == above or name.endswith("," + above)


def _below(overlay: Row, database: Row) -> bool:
    name = normal_dn(overlay.dn)
    frontend = normal_dn("olcDatabase={-1}frontend,cn=config")
    return name.endswith(("," + normal_dn(database.dn), "," + frontend))


def _is_on(overlay: Row) -> bool:
    return overlay.first("olcDisabled", boolean) is not True


def _plain(name: str) -> str:
    return re.sub(r"^\{-?\d+\}", "", name)
