"""The directory server itself, as anyone on the network meets it and as its configuration describes it."""

from __future__ import annotations

from collections.abc import Iterator

from collectors.directory.base import ACCOUNTS, DirectoryKind, covers
from collectors.directory.client import DirectoryClient, Query, right, rights
from collectors.directory.decode import normal_dn, text
from collectors.directory.errors import NotVisible
from collectors.directory.probes import Probe
from collectors.kind import Found, fact, lists
from evidence.facts.directory import AnonymousRead, CleartextBind, DatabaseSettings
from evidence.facts.tls import TlsOffer
from evidence.model import Missing


class Server(DirectoryKind):
    """One LDAP server at its configured address."""

    kind = "directory.server"

    @lists()
    def every(self, probe: Probe) -> Iterator[Found]:
        """The one server of the source, without a call: it is there to be asked even when it does not answer."""
        yield Found(uid=probe.endpoint, name=probe.endpoint)

    @fact()
    def tls(self, probe: Probe) -> TlsOffer:
        """A TLS handshake by LDAPS or StartTLS (RFC 4513 section 3), checked against the configured authorities."""
        return probe.tls()

    @fact()
    def accepts_old_tls(self, probe: Probe) -> bool | None:
        """Whether TLS 1.0 or 1.1, which RFC 8996 forbids, is agreed to; None where no TLS is offered at all."""
        return probe.accepts_old_tls()

    @fact()
    def clear_text_bind(self, probe: Probe) -> CleartextBind:
        """Whether a password offered without encryption would be judged (RFC 4513 section 5.1.3)."""
        return probe.clear_text_bind()

    @fact(needs=right("objectClass", "accounts"))
    def anonymous_read(self, probe: Probe, ldap: DirectoryClient) -> AnonymousRead:
        """Whether people are listed to whoever asks; nothing returned counts only where we see people ourselves."""
        seen = probe.anonymous_read()
        if not seen["returned_entries"] and not any(
            True for _ in ldap.search(Query(ldap.base, ACCOUNTS, ("objectClass",)))
        ):
            raise NotVisible(f"any account below {ldap.base}")
        return seen

    @fact()
    def settings(self, database: DatabaseSettings) -> DatabaseSettings:
        """The server's configuration of the database that holds the people."""
        return database

    @fact(needs=right("objectClass", "pwdPolicy entries"))
    def default_policy(self, ldap: DirectoryClient, database: DatabaseSettings) -> str | None:
        """The password policy that applies where none is named; None where the overlay or its default is not set."""
        name = database["default_policy"]
        if "ppolicy" not in database["overlays"] or not name:
            return None
        return ldap.entry(name, ("objectClass",)).dn

    @fact(needs=rights("the suffix", "contextCSN"))
    def replicated(self, ldap: DirectoryClient) -> bool | Missing:
        """Whether replication has left its mark (contextCSN) on the suffix: then logins elsewhere do not show here."""
        suffix = _suffix(ldap)
        table = ldap.table("the suffix", Query(suffix, "(objectClass=*)", ("contextCSN",), "base"))
        marks = [table.value(uid, "contextCSN", text) for uid in table.rows]
        if not marks:
            raise NotVisible(suffix)
        return marks[0] if isinstance(marks[0], Missing) else marks[0] is not None


def _suffix(ldap: DirectoryClient) -> str:
    root = ldap.entry("", ("namingContexts",))
    covering = [name for name in root.all("namingContexts", text) if covers(name, ldap.base)]
    if not covering:
        raise NotVisible(f"the naming context of {ldap.base}")
    return max(covering, key=lambda name: len(normal_dn(name)))
