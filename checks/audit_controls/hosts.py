"""Audit controls on Linux hosts: what is recorded, whether it lasts, whether it leaves the host."""

from __future__ import annotations

from ipaddress import ip_address

from checks.audit_controls.links import (
    HOST_ACTIVITY_RECORDED,
    HOST_ACTIVITY_REVIEWABLE,
    HOST_LOGS_LAST,
    HOST_LOGS_LEAVE,
    HOST_RULES_LOADED,
)
from checks.check import Verdict, check, failed, not_applicable, passed, undecided
from evidence.facts.hosts import AuditStatus, Journal, LogForward, LogStorage, Machine, Service

_SHIPPERS = {
    "filebeat": "filebeat.service",
    "fluent-bit": "fluent-bit.service",
    "syslog-ng": "syslog-ng.service",
    "vector": "vector.service",
    "wazuh-agentd": "wazuh-agent.service",
    "systemd-journal-upload": "systemd-journal-upload.service",
}
_LOG_INS = frozenset({"*", "auth", "authpriv"})
_ALL_OF = frozenset({"*", "debug", "info"})
_HOLDING_BACK = frozenset({"exclude", "filesystem", "user"})


def in_a_container(machine: Machine) -> Verdict | None:
    """A container has no audit of its own: its host's kernel records for it."""
    if machine["container"]:
        return not_applicable(f"a container ({machine['container']}) is audited by its host's kernel")
    return None


@check(
    "host-audit-daemon-runs",
    on="host.linux",
    severity="high",
    links=[HOST_ACTIVITY_RECORDED, HOST_ACTIVITY_REVIEWABLE],
    first=in_a_container,
)
def audit_daemon_runs(machine: Machine, audit_status: AuditStatus | None) -> Verdict:  # noqa: ARG001 - see `first`
    """Does the kernel record audit events, and does the audit daemon store them?"""
    if audit_status is None:
        return failed("the audit daemon is not installed")
    if not audit_status["enabled"]:
        return failed("the kernel's audit is switched off")
    if not audit_status["running"]:
        return failed("the kernel's audit is on, but no daemon stores its events")
    locked = " and locked until the next start" if audit_status["enabled"] == 2 else ""
    return passed(f"the kernel's audit is on{locked}, and the audit daemon stores its events")


@check(
    "host-audit-rules-loaded",
    on="host.linux",
    severity="medium",
    links=[HOST_RULES_LOADED],
    first=in_a_container,
)
def audit_rules_are_loaded(machine: Machine, audit_rules: list[str] | None) -> Verdict:  # noqa: ARG001 - see `first`
    """Has the kernel any audit rule loaded?"""
    if audit_rules is None:
        return failed("the audit tools are not installed")
    if any(set(_action(rule)) == {"never", "task"} and "-F" not in rule.split() for rule in audit_rules):
        return failed("the rule never,task keeps the kernel from auditing any new process")
    watching = [rule for rule in audit_rules if _records(rule)]
    if not watching:
        return failed("the kernel has no audit rule that records anything")
    return passed(f"the kernel has {len(watching)} audit rules that record events")


@check("host-logs-forwarded", on="host.linux", severity="medium", links=[HOST_LOGS_LEAVE])
def logs_are_forwarded(
    log_forwards: list[LogForward],
    services: list[Service] | None,
    processes: list[str],
    contained_processes: list[str],
) -> Verdict:
    """Does the host send its log messages to another system?"""
    away = [forward for forward in log_forwards if not _is_here(forward["target"])]
    broad = [forward for forward in away if _is_broad(forward["selector"])]
    if broad and "rsyslogd" in processes:
        return passed(f"rsyslog sends messages to {_targets(broad)}")
    shippers = _running(services, processes)
    if shippers:
        return undecided(f"{', '.join(shippers)} runs; where it sends messages was not read")
    contained = sorted({*_SHIPPERS, "rsyslogd"} & set(contained_processes))
    if contained:
        return undecided(
            f"{', '.join(contained)} runs in a container; whether it sends the host's messages was not read"
        )
    if broad:
        return failed(f"rsyslog is told to send messages to {_targets(broad)}, but does not run")
    if any(forward["selector"] in {"", "&"} for forward in away):
        return undecided(f"rsyslog sends messages to {_targets(away)}; which ones is not settled by one line")
    if away:
        return failed(
            f"rsyslog sends only some messages away, log-ins not all among them, to {_targets(away)}"
        )
    return failed("nothing that was looked for sends messages to another system")


@check("host-journal-persistent", on="host.linux", severity="low", links=[HOST_LOGS_LAST])
def journal_is_persistent(
    journal: Journal | None,
    processes: list[str],
    contained_processes: list[str],
    log_storage: LogStorage,
) -> Verdict:
    """Do the host's log messages outlive a restart?"""
    place = log_storage["at"]
    if log_storage["lasting"] is False:
        return failed(f"messages are written to {place}, which lies in memory")
    kept = journal is not None and (
        journal["storage"] == "persistent" or (journal["storage"] == "auto" and journal["directory"])
    )
    if kept and log_storage["lasting"] is None:
        return undecided(f"journald stores messages in {place}; what lies below it does not show")
    if kept:
        return passed(f"journald stores messages on disk, in {place}")
    if {"rsyslogd", "syslog-ng"} & {*processes, *contained_processes}:
        return undecided("a syslog daemon runs; whether it writes messages to disk was not read")
    if journal is None:
        return undecided("journald does not run here; what else might keep messages was not looked for")
    return failed(
        f"journald keeps messages in memory (Storage={journal['storage']}) and no syslog daemon runs"
    )


def _action(rule: str) -> list[str]:
    # auditctl prints ACTION,LIST; rules written long ago have it the other way round.
    words = rule.split()
    return words[1].split(",") if words[0] in {"-a", "-A"} else []


def _records(rule: str) -> bool:
    # Rules on the lists exclude, filesystem and user only hold back what others record.
    return rule.startswith("-w ") or ("always" in _action(rule) and not {*_action(rule)} & _HOLDING_BACK)


def _running(services: list[Service] | None, processes: list[str]) -> list[str]:
    active = {service["unit"] for service in services or () if service["active"] == "active"}
    return sorted(name for name, unit in _SHIPPERS.items() if name in processes or unit in active)


def _is_here(target: str) -> bool:
    try:
        address = ip_address(target)
    except ValueError:
        return target in {"localhost", "localhost.localdomain"}
    return address.is_loopback or address.is_unspecified


def _is_broad(selector: str) -> bool:
    # Log-ins must be among what is sent: sshd, sudo and PAM tell them to auth or authpriv, mostly as info.
    parts = [(part.partition(".")[0].split(","), part.partition(".")[2]) for part in selector.split(";")]
    left_out = any(word == "none" and _LOG_INS & {*names} for names, word in parts)
    return not left_out and any(word in _ALL_OF and _LOG_INS & {*names} for names, word in parts)


def _targets(forwards: list[LogForward]) -> str:
    return ", ".join(sorted({forward["target"] for forward in forwards}))
