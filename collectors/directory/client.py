"""The client a directory kind asks for as `ldap`: searches that are complete, or say why they are not.

Only named, harmless attributes are asked for; whatever else a server returns is dropped and counted.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TypeVar

from collectors.directory.decode import Undecodable, entry_uuid, text
from collectors.directory.errors import DirectoryError, NotVisible, refused
from collectors.directory.secret_attributes import require_harmless
from collectors.directory.session import Page, SessionPool
from collectors.directory.source import DirectorySource
from collectors.kind import Recorder
from evidence.model import Json, Missing, Reason

MAX_PAGES = 100_000

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Query:
    """One search: `scope` is base, one or subtree. Raises AttributeRefused for secrets and wildcards.

    `paged` is False only where a server is known to refuse paging, as OpenLDAP does for cn=config.
    """

    base: str
    filter: str
    attributes: tuple[str, ...]
    scope: str = "subtree"
    paged: bool = True

    def __post_init__(self) -> None:
        require_harmless(self.attributes, self.filter)

    def asked(self) -> dict[str, Json]:
        """The query as evidence records it."""
        return {
            "base": self.base,
            "filter": self.filter,
            "scope": self.scope,
            "attributes": sorted(self.attributes),
        }


@dataclass(frozen=True, slots=True)
class Row:
    """One entry: its name and the raw values of the attributes that were asked for and came back."""

    dn: str
    values: Mapping[str, tuple[bytes, ...]]

    def first(self, attribute: str, decode: Callable[[bytes], T]) -> T | None:
        """The first value, or None where none came back, which alone does not show that there is none."""
        values = self.values.get(attribute)
        return decode(values[0]) if values else None

    def all(self, attribute: str, decode: Callable[[bytes], T]) -> list[T]:
        """Every value that came back."""
        return [decode(value) for value in self.values.get(attribute, ())]

    @property
    def uid(self) -> str:
        """The entryUUID, which no rename changes; raises NotVisible where it may not be read."""
        uid = self.first("entryUUID", entry_uuid)
        if uid is None:
            raise NotVisible(f"entryUUID of {self.dn}")
        return uid


@dataclass(frozen=True, slots=True)
class Table:
    """Entries by entryUUID, and for each attribute those entries that were proven to have no value of it.

    The proof is the server's own: a search for `(!(attribute=*))` returns an entry only where the asker may
    search the attribute and it is absent (RFC 4511 section 4.5.1.7: undefined never matches). `of` says what
    the entries are, as permissions name them.
    """

    of: str
    rows: Mapping[str, Row]
    lacking: Mapping[str, frozenset[str]]

    def value(self, uid: str, attribute: str, decode: Callable[[bytes], T]) -> T | Missing | None:
        """The value; None only where proven absent; else Missing, naming the right that is lacking."""
        row = self.rows.get(uid)
        if row is None:
            return Missing(Reason.STALE, detail="the entry came after this search, or went before it")
        try:
            value = row.first(attribute, decode)
        except Undecodable as error:
            return Missing(Reason.ERROR, detail=f"{attribute}: {error}")
        if value is None and uid not in self.lacking.get(attribute, frozenset()):
            return Missing(Reason.DENIED, need=right(attribute, self.of))
        return value


def right(attribute: str, of: str) -> str:
    """The permission to read one attribute of some entries, as it is named everywhere."""
    return f"read on {attribute} of {of}"


def rights(of: str, *attributes: str) -> dict[str, str]:
    """The permissions that a kind declares for the attributes it asks for."""
    return {attribute: right(attribute, of) for attribute in attributes}


class DirectoryClient:
    """Read-only searches of one directory, each recorded as it ended.

    `base` and `privileged_groups` are those of the configuration.
    """

    def __init__(self, source: DirectorySource, sessions: SessionPool, recorder: Recorder) -> None:
        self.base = source.base
        self.privileged_groups = source.privileged_groups
        self._size = source.page
        self._sessions = sessions
        self._recorder = recorder

    def search(self, query: Query) -> Iterator[Row]:
        """Yield every entry, page by page; raises DirectoryError after the last one seen if there may be more."""
        referrals: set[str] = set()
        for page in self._pages(query):
            rows = self._kept(query, page)
            self._record(query, page, rows)
            yield from rows
            referrals.update(page.referrals)
            # A continuation reference is not followed: our password is for the configured server only.
            if page.code:
                raise refused(page.code, page.name, about=query.base)
        if referrals:
            detail = f"part of {query.base} is kept by another server: {', '.join(sorted(referrals))}"
            raise DirectoryError("referral", Reason.NOT_AVAILABLE, detail)

    def table(self, of: str, query: Query) -> Table:
        """Every entry by entryUUID, with the absence of each attribute proven where it could be."""
        query = replace(query, attributes=tuple(dict.fromkeys(("entryUUID", *query.attributes))))
        rows = {row.uid: row for row in self.search(query)}
        doubtful = [name for name in query.attributes if any(name not in row.values for row in rows.values())]
        return Table(of, rows, {name: self._lacking(query, name) for name in doubtful})

    def entry(self, dn: str, attributes: tuple[str, ...]) -> Row:
        """One entry by name; raises DirectoryError noSuchObject, NotVisible where it came back empty-handed."""
        for row in self.search(Query(dn, "(objectClass=*)", attributes, "base")):
            return row
        raise NotVisible(dn)

    def knows(self, attribute: str) -> bool:
        """Whether the server's schema defines an attribute (RFC 4512 section 4.2)."""
        if self._in_schema(attribute):
            return True
        if not self._in_schema("objectClass"):
            raise NotVisible("the schema")
        return False

    def _in_schema(self, attribute: str) -> bool:
        query = Query("cn=Subschema", f"(attributeTypes={attribute})", ("cn",), "base")
        return len(list(self.search(query))) == 1

    def _lacking(self, query: Query, attribute: str) -> frozenset[str]:
        absent = f"(&{query.filter}(!({attribute}=*)))"
        return frozenset(
            row.uid for row in self.search(replace(query, filter=absent, attributes=("entryUUID",)))
        )

    def _pages(self, query: Query) -> Iterator[Page]:
        seen: set[bytes] = set()
        cookie = b""
        size = self._size if query.paged else 0
        with self._sessions.lease() as session:
            for _ in range(MAX_PAGES):
                page = session.page(
                    query.base, query.filter, query.scope, query.attributes, size=size, cookie=cookie
                )
                yield page
                cookie = page.cookie
                if page.code or not cookie:
                    return
                if cookie in seen:
                    raise DirectoryError(
                        "repeatedCookie", Reason.TRUNCATED, "the server repeats a page of the search"
                    )
                seen.add(cookie)
        raise DirectoryError(
            "tooManyPages", Reason.TRUNCATED, f"the search did not end after {MAX_PAGES} pages"
        )

    def _kept(self, query: Query, page: Page) -> list[Row]:
        wanted = {name.lower(): name for name in query.attributes}
        rows = []
        for dn, raw in page.entries:
            values = {}
            for returned, content in raw.items():
                name = wanted.get(returned.lower())
                if name is None:
                    self._recorder.dropped(f"search.{returned}")
                elif content:
                    values[name] = tuple(sorted(bytes(value) for value in content))
            rows.append(Row(dn, values))
        return rows

    def _record(self, query: Query, page: Page, rows: list[Row]) -> None:
        if page.code:
            self._recorder.failed("search", query.asked(), page.name)
        if rows or not page.code:
            kept = sorted((_as_json(row) for row in rows), key=lambda row: str(row["dn"]))
            self._recorder.answered("search", query.asked(), kept)


def _as_json(row: Row) -> dict[str, Json]:
    values: dict[str, Json] = {
        name: [text(value) for value in content] for name, content in row.values.items()
    }
    return {"dn": row.dn, "values": values}
