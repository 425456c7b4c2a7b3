"""Facts of host.linux about packages: what is installed, what is pending by whichever packager, and what ran."""

from __future__ import annotations

from collectors.hosts.parsers import apt_lists, packages, patches
from collectors.hosts.reading import parsed
from collectors.hosts.record import Record, State
from collectors.hosts.sections import ROOT_COMMANDS
from collectors.kind import fact
from evidence.facts.host_packages import PackageLists, PendingUpdates, UpdateRuns
from evidence.facts.host_security import Inventory
from evidence.model import Missing


class PackageFacts:
    """The part of LinuxHost that speaks of packages. apt comes first: Debian may carry another's tools too."""

    @fact(
        tags="apt_pending apt_pins apt_lists packages dnf_pending dnf_excludes zypper_patches",
        needs=ROOT_COMMANDS["dnf_pending"],
    )
    def pending_updates(self, record: Record) -> PendingUpdates | Missing:
        """What the package lists offer, by apt, dnf or zypper; dnf and zypper are asked for security only."""
        installed = record.read("packages")
        known = installed if isinstance(installed, bytes) else b""
        if record.section("apt_pending").state is State.TOOL_ABSENT:
            if record.section("dnf_pending").state is not State.ABSENT:
                return parsed(
                    lambda pending, excludes: packages.dnf_pending(
                        pending, packages.dnf_held(excludes, known)
                    ),
                    record,
                    "dnf_pending",
                    "dnf_excludes",
                )
            if record.section("zypper_patches").state is not State.ABSENT:
                return parsed(packages.zypper_patches, record, "zypper_patches")
        return parsed(
            lambda pending, pins, releases: patches.pending_updates(
                pending, apt_lists.withheld(pins, known), apt_lists.unmarked(releases)
            ),
            record,
            "apt_pending",
            "apt_pins",
            "apt_lists",
        )

    @fact(tags="apt_pending apt_lists apt_stamps apt_pins dnf_lists zypper_lists", volatile=True)
    def package_lists(self, record: Record) -> PackageLists | Missing:
        """How fresh the lists of the security archives are at least."""
        if record.section("apt_pending").state is State.TOOL_ABSENT:
            for name in ("dnf_lists", "zypper_lists"):
                if record.section(name).state is not State.ABSENT:
                    return parsed(packages.repository_lists, record, name)
        return parsed(apt_lists.package_lists, record, "apt_lists", "apt_stamps", "apt_pins")

    @fact(tags="apt_stamps update_units", volatile=True)
    def update_runs(self, record: Record) -> UpdateRuns | Missing:
        """When unattended updates last ended well: apt's own stamp, or the end of dnf-automatic's service."""
        apt = parsed(patches.update_runs, record, "apt_stamps")
        if isinstance(apt, Missing) or apt["upgraded_on"] is not None:
            return apt
        return parsed(packages.dnf_runs, record, "update_units")

    @fact(tags="packages")
    def package_inventory(self, record: Record) -> Inventory | Missing:
        """Everything that dpkg, rpm or apk has installed."""
        return parsed(packages.inventory, record, "packages")

    @fact(tags="needrestart", needs=ROOT_COMMANDS["needrestart"])
    def outdated_services(self, record: Record) -> list[str] | Missing:
        """Services that still run code which an update has replaced."""
        return parsed(packages.outdated_services, record, "needrestart")
