"""The kind host.windows: one resource per host, every fact a section of its record. Not yet run against a live host."""

from __future__ import annotations

from collections.abc import Iterator

from collectors.hosts.foreign import KEEP_STATE
from collectors.hosts.parsers import windows
from collectors.hosts.reading import parsed
from collectors.hosts.record import NotARecord, Record
from collectors.hosts.shell import Shell
from collectors.kind import Found, Kind, fact, lists, lookup
from evidence.facts import host_foreign as facts
from evidence.model import Missing


class WindowsHost(Kind):
    """A Windows host. Its uid is its MachineGuid, which clones of one image share, and its host key or else its name."""

    kind, platform, part = "host.windows", "hosts", "global"
    keep = KEEP_STATE

    @lookup()
    def record(self, shell: Shell, tags: tuple[str, ...]) -> Record:
        """The facts record with the sections that the planned facts read, in one round trip."""
        return shell.facts(["win_system", *tags])

    @lists()
    def every(self, record: Record) -> Iterator[Found]:
        """The host itself; raises NotARecord when it did not even say what it is."""
        known = parsed(windows.identity, record, "win_system")
        if isinstance(known, Missing):
            raise NotARecord(f"the host did not say what it is: {known}")
        yield Found(uid="+".join(filter(None, (known[0], record.fingerprint or known[1]))), name=known[1])

    @fact(tags="win_system")
    def system(self, record: Record) -> facts.ForeignSystem | Missing:
        """Which Windows it is."""
        return parsed(windows.system, record, "win_system")

    @fact(tags="win_bitlocker")
    def bitlocker(self, record: Record) -> list[facts.BitLockerVolume] | Missing:
        """Every volume with its protection and its conversion."""
        return parsed(windows.bitlocker, record, "win_bitlocker")

    @fact(tags="win_lock", volatile=True)
    def lock(self, record: Record) -> facts.WindowsLock | Missing:
        """What locks an idle session; which accounts are seen changes with who is logged in."""
        return parsed(windows.lock, record, "win_lock")

    @fact(tags="win_rdp")
    def remote_desktop(self, record: Record) -> facts.RemoteDesktop | Missing:
        """Remote Desktop and its idle limit."""
        return parsed(windows.remote_desktop, record, "win_rdp")

    @fact(tags="win_updates", volatile=True)
    def updates(self, record: Record) -> facts.WindowsUpdates | Missing:
        """What the Windows Update Agent knows to be pending."""
        return parsed(windows.updates, record, "win_updates")

    @fact(tags="win_defender", volatile=True)
    def defender(self, record: Record) -> facts.WindowsDefender | Missing:
        """What Microsoft Defender says of itself."""
        return parsed(windows.defender, record, "win_defender")

    @fact(tags="win_audit")
    def audit_policy(self, record: Record) -> dict[str, int] | Missing:
        """The audit policy by subcategory."""
        return parsed(windows.audit_policy, record, "win_audit")

    @fact(tags="win_forwarding")
    def forwarding(self, record: Record) -> int | Missing:
        """How many collectors policy names for events."""
        return parsed(windows.forwarding, record, "win_forwarding")

    @fact(tags="win_firewall")
    def firewall(self, record: Record) -> list[facts.FirewallProfile] | Missing:
        """The firewall's profiles."""
        return parsed(windows.firewall, record, "win_firewall")
