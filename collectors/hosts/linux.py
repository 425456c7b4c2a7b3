"""The kind host.linux: one resource per host, every fact a section or two of its record and a pure parser."""

from __future__ import annotations

from collections.abc import Iterator

from collectors.hosts.installed import installed_script
from collectors.hosts.linux_accounts import AccountFacts
from collectors.hosts.linux_packages import PackageFacts
from collectors.hosts.linux_security import SecurityFacts
from collectors.hosts.parsers import (
    accounts,
    cloud,
    logs,
    machine,
    pam,
    patches,
    sessions,
    sshd,
    storage,
    text,
)
from collectors.hosts.reading import parsed as _parsed
from collectors.hosts.record import NotARecord, Record, State, shown
from collectors.hosts.sections import KEEP, ROOT_COMMANDS
from collectors.hosts.shell import Shell
from collectors.kind import Found, Kind, fact, lists, lookup
from evidence.facts import hosts as facts
from evidence.facts.host_packages import Kernel, Release, UpdateAutomation
from evidence.model import Missing, Reason


class LinuxHost(AccountFacts, PackageFacts, SecurityFacts, Kind):
    """A Linux host. Its uid is its machine-id, and the fingerprint of its host key where that was seen."""

    kind, platform, part = "host.linux", "hosts", "global"
    keep = KEEP

    @lookup()
    def record(self, shell: Shell, tags: tuple[str, ...]) -> Record:
        """The facts record with the sections that the planned facts read, in one round trip."""
        return shell.facts(["machine", "helper", *tags])

    @lists(gives="installed_script")
    def every(self, record: Record) -> Iterator[Found]:
        """The host itself; raises NotARecord when it did not even say what it is."""
        data = record.read("machine")
        if isinstance(data, Missing):
            raise NotARecord(f"the host did not say what it is: {data}")
        found = text.pairs(data)
        name = found.get("hostname") or "host"
        machine_id = found.get("machine_id") or f"hostname:{name}"
        uid = "+".join(filter(None, (machine_id, record.fingerprint)))
        script = _parsed(installed_script, record, "helper")
        yield Found(uid, shown(name.encode()), gives={"installed_script": script})

    @fact(tags="machine")
    def machine(self, record: Record) -> facts.Machine | Missing:
        """What kind of system it is."""
        return _parsed(machine.machine, record, "machine")

    @fact(tags="machine")
    def release(self, record: Record) -> Release | Missing:
        """Which release it is, and until when its own files say that it is maintained."""
        return _parsed(machine.release, record, "machine")

    @fact(tags="clock", volatile=True)
    def clock(self, record: Record) -> facts.HostClock | Missing:
        """How long it runs and how far its clock is from the collector's."""
        return _parsed(lambda data: machine.clock(data, record.asked_at, record.read_at), record, "clock")

    @fact(tags="mounts block ciphers zfs", needs={"ciphers": ROOT_COMMANDS["ciphers"]})
    def mounts(self, record: Record) -> list[facts.StoredMount] | Missing:
        """Every file system that holds data, with what encrypts it."""
        zfs = record.read("zfs")
        return _parsed(
            lambda info, block: storage.mounts(info, block + _ciphers(record), zfs), record, "mounts", "block"
        )

    @fact(tags="swaps mounts block ciphers zfs", needs={"ciphers": ROOT_COMMANDS["ciphers"]})
    def swap(self, record: Record) -> list[facts.SwapArea] | Missing:
        """Every swap area in use, with what encrypts it."""
        zfs = record.read("zfs")
        return _parsed(
            lambda used, info, block: storage.swaps(used, info, block + _ciphers(record), zfs),
            record,
            "swaps",
            "mounts",
            "block",
        )

    @fact(tags="disks swaps mounts block ciphers zfs", needs={"ciphers": ROOT_COMMANDS["ciphers"]})
    def cloud_disks(self, record: Record) -> facts.CloudDisks | Missing | None:
        """The provider's volumes below its data; None where it is no machine of a provider that says so."""
        zfs = record.read("zfs")
        return _parsed(
            lambda disks, used, info, block: cloud.cloud_disks(
                disks, used, info, block + _ciphers(record), zfs
            ),
            record,
            "disks",
            "swaps",
            "mounts",
            "block",
        )

    @fact(tags="profile")
    def shell_timeout(self, record: Record) -> list[facts.TimeoutLine] | Missing:
        """Every statement about TMOUT in the shells' start-up files."""
        return _parsed(sessions.shell_timeout, record, "profile")

    @fact(tags="machine logind")
    def session_manager(self, record: Record) -> facts.SessionManager | Missing | None:
        """What logind does to idle sessions; None where systemd does not run."""
        section = record.section("logind")
        if section.need == "systemd":
            return None
        if section.state is State.ERROR and b"Unknown property" in section.stderr:
            # systemd before 252 has no such setting, so nothing of it ends a session.
            return facts.SessionManager(stop_idle_session_seconds=None, idle_action="")
        return _parsed(sessions.session_manager, record, "logind")

    @fact(tags="display dconf")
    def graphical_login(self, record: Record) -> facts.GraphicalLogin | Missing | None:
        """The mandatory screen lock; None where no display manager is installed."""
        return _parsed(sessions.graphical_login, record, "display", "dconf")

    @fact(tags="sshd sshd_config ssh_server machine", needs=ROOT_COMMANDS["sshd"])
    def ssh_server(self, record: Record) -> facts.SshServer | Missing | None:
        """What sshd would apply; None where there is no SSH server at all."""
        servers, about = record.read("ssh_server"), record.read("machine")
        if isinstance(servers, bytes) and isinstance(about, bytes) and not sshd.is_installed(servers):
            if "over_ssh" not in text.pairs(about):
                return None
            return Missing(Reason.NOT_AVAILABLE, "sshd", "its SSH server is not one that can be asked")
        config = record.read("sshd_config")
        return _parsed(lambda data: sshd.ssh_server(data, config), record, "sshd")

    @fact(tags="pam")
    def ssh_pam(self, record: Record) -> facts.Authentication | Missing | None:
        """PAM's stack for SSH; None where PAM has no such service."""
        return _parsed(pam.ssh_authentication, record, "pam")

    @fact(tags="accounts")
    def accounts(self, record: Record) -> facts.Accounts | Missing:
        """Who has UID 0 and who has a login shell."""
        return _parsed(accounts.accounts, record, "accounts")

    @fact(tags="passwords accounts", needs=ROOT_COMMANDS["passwords"])
    def password_states(self, record: Record) -> facts.PasswordStates | Missing:
        """Which accounts have an empty password."""
        return _parsed(accounts.password_states, record, "passwords", "accounts")

    @fact(tags="login_defs")
    def password_ageing(self, record: Record) -> facts.PasswordAgeing | Missing:
        """The default ages of passwords."""
        return _parsed(accounts.password_ageing, record, "login_defs")

    @fact(tags="audit_status", needs=ROOT_COMMANDS["audit_status"])
    def audit_status(self, record: Record) -> facts.AuditStatus | Missing | None:
        """Whether the kernel audits and auditd is attached; None where the audit tools are not installed."""
        if record.section("audit_status").state is State.TOOL_ABSENT:
            return None
        return _parsed(logs.audit_status, record, "audit_status")

    @fact(tags="audit_rules", needs=ROOT_COMMANDS["audit_rules"])
    def audit_rules(self, record: Record) -> list[str] | Missing | None:
        """The audit rules that the kernel has loaded; None where the audit tools are not installed."""
        if record.section("audit_rules").state is State.TOOL_ABSENT:
            return None
        return _parsed(logs.audit_rules, record, "audit_rules")

    @fact(tags="services")
    def services(self, record: Record) -> list[facts.Service] | Missing | None:
        """The state of the units that checks ask for; None where systemd does not run."""
        if record.section("services").need == "systemd":
            return None
        return _parsed(logs.services, record, "services")

    @fact(tags="processes")
    def processes(self, record: Record) -> list[str] | Missing:
        """Which of the programs that matter are running."""
        return _parsed(logs.processes, record, "processes")

    @fact(tags="processes")
    def contained_processes(self, record: Record) -> list[str] | Missing:
        """Which of them run in containers only, where they need not serve the host."""
        return _parsed(logs.contained_processes, record, "processes")

    @fact(tags="rsyslog")
    def log_forwards(self, record: Record) -> list[facts.LogForward] | Missing:
        """Where rsyslog sends messages."""
        return _parsed(logs.log_forwards, record, "rsyslog")

    @fact(tags="journald services")
    def journal(self, record: Record) -> facts.Journal | Missing | None:
        """Whether the journal outlives a restart; None where systemd does not run."""
        if record.section("services").need == "systemd":
            return None
        return _parsed(logs.journal, record, "journald")

    @fact(tags="journald mounts block zfs")
    def log_storage(self, record: Record, machine: facts.Machine) -> facts.LogStorage | Missing:
        """Whether the place of the journal outlives a restart."""
        zfs, in_container = record.read("zfs"), bool(machine["container"])
        return _parsed(
            lambda told, info, block: logs.log_storage(told, info, block, zfs, in_container=in_container),
            record,
            "journald",
            "mounts",
            "block",
        )

    @fact(tags="apt_periodic dnf_automatic services")
    def update_automation(
        self, record: Record, services: list[facts.Service] | None
    ) -> UpdateAutomation | Missing:
        """Which tool installs updates unattended, and whether it is told to."""
        # A host without apt has no apt-config; what dnf is told lies in a file.
        periodic = (
            b"" if record.section("apt_periodic").state is State.TOOL_ABSENT else record.read("apt_periodic")
        )
        if isinstance(periodic, Missing):
            return periodic
        return _parsed(
            lambda dnf: patches.update_automation(periodic, dnf, services), record, "dnf_automatic"
        )

    @fact(tags="kernels packages")
    def kernel(self, record: Record, machine: facts.Machine) -> Kernel | Missing:
        """The running kernel against the newest installed one."""
        installed = record.read("packages")
        known = installed if isinstance(installed, bytes) else b""
        return _parsed(lambda data: patches.kernel(data, machine["kernel"], known), record, "kernels")


def _ciphers(record: Record) -> bytes:
    """What the kernel says of ciphers; nothing where only root could look, and a mapping's uuid has to do."""
    found = record.read("ciphers")
    return b"" if isinstance(found, Missing) else b"\n" + found
