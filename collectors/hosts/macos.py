"""The kind host.macos: one resource per Mac, every fact a section of its record. Not yet run against a live host."""

from __future__ import annotations

from collections.abc import Iterator

from collectors.hosts.foreign import KEEP_STATE
from collectors.hosts.parsers import macos
from collectors.hosts.reading import parsed
from collectors.hosts.record import NotARecord, Record
from collectors.hosts.shell import Shell
from collectors.kind import Found, Kind, fact, lists, lookup
from evidence.facts import host_foreign as facts
from evidence.model import Missing


class MacHost(Kind):
    """A Mac. Its uid is its hardware's UUID, and the fingerprint of its host key."""

    kind, platform, part = "host.macos", "hosts", "global"
    keep = KEEP_STATE

    @lookup()
    def record(self, shell: Shell, tags: tuple[str, ...]) -> Record:
        """The facts record with the sections that the planned facts read, in one round trip."""
        return shell.facts(["mac_system", *tags])

    @lists()
    def every(self, record: Record) -> Iterator[Found]:
        """The Mac itself; raises NotARecord when it did not even say what it is."""
        known = parsed(macos.identity, record, "mac_system")
        if isinstance(known, Missing):
            raise NotARecord(f"the host did not say what it is: {known}")
        yield Found(uid="+".join(filter(None, (known[0], record.fingerprint))), name=known[1])

    @fact(tags="mac_system")
    def system(self, record: Record) -> facts.ForeignSystem | Missing:
        """Which macOS it is."""
        return parsed(macos.system, record, "mac_system")

    @fact(tags="mac_filevault")
    def filevault(self, record: Record) -> bool | Missing:
        """Whether FileVault is on, with nothing left to encrypt."""
        return parsed(macos.filevault, record, "mac_filevault")

    @fact(tags="mac_integrity")
    def system_integrity(self, record: Record) -> bool | Missing:
        """Whether System Integrity Protection is on."""
        return parsed(macos.integrity, record, "mac_integrity")

    @fact(tags="mac_firewall")
    def firewall(self, record: Record) -> bool | Missing:
        """Whether the application firewall is on."""
        return parsed(macos.firewall, record, "mac_firewall")

    @fact(tags="mac_lock")
    def lock(self, record: Record) -> facts.ManagedLock | Missing | None:
        """The screen lock that a profile holds; None where no profile does."""
        return parsed(macos.lock, record, "mac_lock")

    @fact(tags="mac_updates", volatile=True)
    def updates(self, record: Record) -> facts.MacUpdates | Missing:
        """What Software Update remembers."""
        return parsed(macos.updates, record, "mac_updates")
