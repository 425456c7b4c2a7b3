from __future__ import annotations

import pytest

from checks.audit_controls.hosts import (
    audit_daemon_runs,
    audit_rules_are_loaded,
    in_a_container,
    journal_is_persistent,
    logs_are_forwarded,
)
from evidence.facts.hosts import AuditStatus, Journal, LogForward, LogStorage, Machine, Service
from evidence.model import Status

MACHINE = Machine(
    os="debian",
    version="12",
    family="debian",
    kernel="6.1",
    architecture="x86_64",
    container="",
    virtual=False,
    systemd=True,
)


def forward(target: str, selector: str = "*.*") -> LogForward:
    return LogForward(target=target, selector=selector, protocol="tcp", tls=True)


def unit(name: str, active: str) -> Service:
    return Service(unit=name, load="loaded", active=active, enabled="enabled")


def below(*, lasting: bool | None = True) -> LogStorage:
    return LogStorage(at="/var/log/journal", lasting=lasting)


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        (AuditStatus(enabled=1, running=True), Status.PASS),
        (AuditStatus(enabled=2, running=True), Status.PASS),
        (AuditStatus(enabled=1, running=False), Status.FAIL),
        (AuditStatus(enabled=0, running=True), Status.FAIL),
        (None, Status.FAIL),
    ],
)
def test_the_kernel_must_audit_and_a_daemon_store(status, expected):
    assert audit_daemon_runs.judge(MACHINE, status).status is expected


def test_a_container_is_audited_by_its_host():
    assert in_a_container(Machine(**{**MACHINE, "container": "lxc"})).status is Status.NOT_APPLICABLE
    assert in_a_container(MACHINE) is None
    assert audit_daemon_runs.first is audit_rules_are_loaded.first is in_a_container


@pytest.mark.parametrize(
    ("rules", "expected"),
    [
        (["-w /etc/passwd -p wa"], Status.PASS),
        (["-a always,exit -F path=/never"], Status.PASS),
        (["-a never,task"], Status.FAIL),
        (["-a never,task", "-w /etc/passwd -p wa"], Status.FAIL),
        (["-a task,never", "-w /etc/passwd -p wa"], Status.FAIL),
        (["-a never,task -F uid=81", "-w /etc/passwd -p wa"], Status.PASS),
        (["-a always,exclude -F msgtype=CWD"], Status.FAIL),
        (["-a exclude,always -F msgtype=CWD"], Status.FAIL),
        (["-a always,filesystem -F fstype=tracefs", "-a always,user -F uid=0"], Status.FAIL),
        (["-a always,io_uring -S openat -F key=x"], Status.PASS),
        ([], Status.FAIL),
        (None, Status.FAIL),
    ],
)
def test_a_rule_that_records_must_be_loaded(rules, expected):
    assert audit_rules_are_loaded.judge(MACHINE, rules).status is expected


@pytest.mark.parametrize(
    ("forwards", "services", "processes", "expected"),
    [
        ([forward("logs.example.org")], None, ["rsyslogd"], Status.PASS),
        ([forward("logs.example.org", "")], None, ["rsyslogd"], Status.UNKNOWN),
        ([forward("logs.example.org", "auth,authpriv.*")], None, ["rsyslogd"], Status.PASS),
        ([forward("logs.example.org", "mail.*")], None, ["rsyslogd"], Status.FAIL),
        ([forward("logs.example.org")], None, [], Status.FAIL),
        ([forward("127.0.0.1")], None, ["rsyslogd"], Status.FAIL),
        ([forward("::1")], None, ["rsyslogd"], Status.FAIL),
        ([forward("localhost")], None, ["rsyslogd"], Status.FAIL),
        ([], [unit("vector.service", "active")], [], Status.UNKNOWN),
        ([], [unit("vector.service", "inactive")], [], Status.FAIL),
        ([], None, ["filebeat"], Status.UNKNOWN),
        ([], None, [], Status.FAIL),
    ],
)
def test_messages_must_leave_the_host(forwards, services, processes, expected):
    assert logs_are_forwarded.judge(forwards, services, processes, []).status is expected


@pytest.mark.parametrize(
    ("selector", "expected"),
    [
        ("*.info;mail.none", Status.PASS),
        ("authpriv.debug", Status.PASS),
        ("*.emerg", Status.FAIL),
        ("auth,authpriv.err", Status.FAIL),
        ("*.*;auth,authpriv.none", Status.FAIL),
        ("*.info;mail.none;authpriv.none;cron.none", Status.FAIL),
    ],
)
def test_log_ins_must_be_among_the_messages_that_leave(selector, expected):
    forwards = [forward("logs.example.org", selector)]
    assert logs_are_forwarded.judge(forwards, None, ["rsyslogd"], []).status is expected


@pytest.mark.parametrize("name", ["rsyslogd", "fluent-bit"])
def test_what_runs_in_a_container_need_not_send_the_host_s_messages(name):
    verdict = logs_are_forwarded.judge([forward("logs.example.org")], None, [], [name])
    assert verdict.status is Status.UNKNOWN
    assert name in verdict.sentence


@pytest.mark.parametrize(
    ("journal", "processes", "expected"),
    [
        (Journal(storage="persistent", directory=False), [], Status.PASS),
        (Journal(storage="auto", directory=True), [], Status.PASS),
        (Journal(storage="auto", directory=False), [], Status.FAIL),
        (Journal(storage="volatile", directory=True), [], Status.FAIL),
        (Journal(storage="none", directory=True), ["rsyslogd"], Status.UNKNOWN),
        (None, [], Status.UNKNOWN),
    ],
)
def test_messages_must_outlive_a_restart(journal, processes, expected):
    assert journal_is_persistent.judge(journal, processes, [], below()).status is expected


@pytest.mark.parametrize(
    ("lasting", "expected"), [(True, Status.PASS), (False, Status.FAIL), (None, Status.UNKNOWN)]
)
def test_a_journal_in_memory_outlives_nothing_whatever_it_is_told(lasting, expected):
    for storage in ("persistent", "auto"):
        verdict = journal_is_persistent.judge(
            Journal(storage=storage, directory=True), ["rsyslogd"], [], below(lasting=lasting)
        )
        assert verdict.status is expected
