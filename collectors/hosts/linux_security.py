"""Facts of host.linux about what guards it: firewall, sockets, clock, integrity, endpoint protection, media, start."""

from __future__ import annotations

from collectors.hosts.parsers import firewall, network, protection, workstation
from collectors.hosts.reading import parsed
from collectors.hosts.record import Record, State
from collectors.hosts.sections import ROOT_COMMANDS
from collectors.kind import fact
from evidence.facts import host_security as facts
from evidence.facts.hosts import Machine
from evidence.model import Missing


class SecurityFacts:
    """The part of LinuxHost that speaks of its guards."""

    @fact(
        tags="nft iptables iptables_six listeners",
        needs={name: ROOT_COMMANDS[name] for name in ("nft", "iptables", "iptables_six")},
    )
    def firewall(self, record: Record) -> facts.Firewall | Missing:
        """What the kernel does with packets that no rule speaks of."""
        nft = record.read("nft")
        # Without nft the older filter may still be the one in use; without both nobody can look.
        if isinstance(nft, Missing):
            if record.section("nft").state is not State.TOOL_ABSENT or not record.read("iptables"):
                return nft
            return parsed(
                lambda *given: firewall.firewall(None, *given),
                record,
                "iptables",
                "iptables_six",
                "listeners",
            )
        alone = parsed(lambda sockets: firewall.firewall(nft, b"", b"", sockets), record, "listeners")
        # The older filter can refuse more, never let in what nft refuses.
        if not isinstance(alone, Missing) and alone["ipv4"] == alone["ipv6"] == "refused":
            return alone
        return parsed(
            lambda *given: firewall.firewall(nft, *given), record, "iptables", "iptables_six", "listeners"
        )

    @fact(tags="listeners", volatile=True)
    def listeners(self, record: Record, machine: Machine) -> list[facts.Listener] | Missing:
        """The ports somebody listens on; passing UDP sockets are among them."""
        return parsed(lambda data: network.listeners(data, machine["architecture"]), record, "listeners")

    @fact(tags="time_sync", volatile=True)
    def time_sync(self, record: Record) -> facts.TimeSync | Missing:
        """Whether the clock follows a source now."""
        return parsed(lambda data: network.time_sync(data, record.read_at), record, "time_sync")

    @fact(tags="file_integrity", volatile=True)
    def file_integrity(self, record: Record) -> facts.FileIntegrity | Missing:
        """What watches files, and when it last reached its end."""
        return parsed(protection.file_integrity, record, "file_integrity")

    @fact(tags="endpoint", volatile=True)
    def endpoint(self, record: Record) -> facts.Endpoint | Missing:
        """Which endpoint protection runs, and how old ClamAV's signatures are."""
        return parsed(protection.endpoint, record, "endpoint")

    @fact(tags="mdatp", volatile=True)
    def defender(self, record: Record) -> facts.Defender | Missing | None:
        """What Microsoft Defender for Endpoint says of itself; None where it is not installed."""
        if record.section("mdatp").state is State.TOOL_ABSENT:
            return None
        return parsed(protection.defender, record, "mdatp")

    @fact(tags="falcon", needs=ROOT_COMMANDS["falcon"])
    def falcon_in_full(self, record: Record) -> bool | Missing | None:
        """Whether the Falcon sensor works in full; None where it is not installed."""
        if record.section("falcon").state is State.ABSENT:
            return None
        return parsed(protection.sensor_is_whole, record, "falcon")

    @fact(tags="usb")
    def usb_storage(self, record: Record) -> facts.UsbStorage | Missing:
        """Whether the kernel would take a USB disk."""
        return parsed(workstation.usb_storage, record, "usb")

    @fact(tags="autologin")
    def auto_login(self, record: Record) -> facts.AutoLogin | Missing:
        """Settings that let somebody in without asking."""
        return parsed(workstation.auto_login, record, "autologin")

    @fact(tags="boot")
    def boot(self, record: Record) -> facts.Boot | Missing:
        """How the machine starts."""
        return parsed(workstation.boot, record, "boot")
