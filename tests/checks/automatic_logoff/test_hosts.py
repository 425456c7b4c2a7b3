from __future__ import annotations

import pytest

from checks.automatic_logoff.hosts import graphical_session_locks, idle_session_ends, ssh_idle_session_ends
from evidence.facts.hosts import (
    Account,
    Accounts,
    GraphicalLogin,
    SessionManager,
    SshOverride,
    SshServer,
    TimeoutLine,
)
from evidence.model import Status

BASH = Accounts(superusers=["root"], logins=[Account(name="root", shell="/bin/bash")])
NEVER = SessionManager(stop_idle_session_seconds=None, idle_action="ignore")


def tmout(
    seconds: int | None,
    *,
    readonly: bool = True,
    conditional: bool = False,
    file: str = "/etc/profile.d/t.sh",
):
    return TimeoutLine(file=file, seconds=seconds, readonly=readonly, conditional=conditional)


def manager(seconds: int) -> SessionManager:
    return SessionManager(stop_idle_session_seconds=seconds, idle_action="ignore")


def server(overrides: list[SshOverride] | None = None, **settings: str) -> SshServer:
    return SshServer(settings=settings, overrides=[] if overrides is None else overrides)


@pytest.mark.parametrize(
    ("lines", "logind", "accounts", "status"),
    [
        ([tmout(900)], NEVER, BASH, Status.PASS),
        ([tmout(901)], NEVER, BASH, Status.FAIL),
        ([tmout(0)], NEVER, BASH, Status.FAIL),
        ([tmout(600, readonly=False)], NEVER, BASH, Status.FAIL),
        ([tmout(600), tmout(3600)], NEVER, BASH, Status.PASS),
        ([tmout(600), tmout(3600, file="/etc/profile.d/u.sh")], NEVER, BASH, Status.UNKNOWN),
        ([tmout(600), tmout(600, file="/etc/profile.d/u.sh")], NEVER, BASH, Status.PASS),
        ([tmout(600), tmout(3600, file="/etc/profile")], NEVER, BASH, Status.PASS),
        ([tmout(600), tmout(0, readonly=False)], NEVER, BASH, Status.PASS),
        ([tmout(600), tmout(0, readonly=False, conditional=True)], NEVER, BASH, Status.PASS),
        ([tmout(600, readonly=False), tmout(0, readonly=False)], NEVER, BASH, Status.FAIL),
        ([tmout(600, readonly=False), tmout(0)], NEVER, BASH, Status.FAIL),
        ([tmout(0, readonly=False), tmout(600)], NEVER, BASH, Status.PASS),
        ([tmout(0, readonly=False, conditional=True), tmout(600)], NEVER, BASH, Status.PASS),
        ([tmout(0, conditional=True), tmout(600)], NEVER, BASH, Status.UNKNOWN),
        ([tmout(600), tmout(0, file="/etc/bash.bashrc")], NEVER, BASH, Status.UNKNOWN),
        ([tmout(600), tmout(600, file="/etc/bashrc")], NEVER, BASH, Status.PASS),
        ([tmout(600), tmout(0, readonly=False, file="/etc/bashrc")], NEVER, BASH, Status.PASS),
        ([tmout(600, conditional=True)], NEVER, BASH, Status.UNKNOWN),
        ([tmout(None)], NEVER, BASH, Status.UNKNOWN),
        ([tmout(600, file="/etc/zsh/zshrc")], NEVER, BASH, Status.FAIL),
        ([tmout(600, file="/etc/environment", readonly=False)], NEVER, BASH, Status.FAIL),
        ([], NEVER, BASH, Status.FAIL),
        ([], None, BASH, Status.FAIL),
        ([], manager(900), BASH, Status.PASS),
        ([], manager(901), BASH, Status.FAIL),
        ([tmout(3600)], manager(600), BASH, Status.PASS),
    ],
)
def test_the_smallest_bound_that_is_enforced_counts(lines, logind, accounts, status):
    assert idle_session_ends.judge(lines, logind, accounts).status is status


def test_a_shell_that_does_not_know_tmout_leaves_it_open():
    accounts = Accounts(
        superusers=["root"], logins=[Account(name="kim", shell="/usr/bin/fish"), *BASH["logins"]]
    )
    verdict = idle_session_ends.judge([tmout(600)], NEVER, accounts)
    assert verdict.status is Status.UNKNOWN
    assert "/usr/bin/fish" in verdict.sentence


def test_the_limit_is_the_organisation_s_to_set():
    assert idle_session_ends.judge([tmout(900)], NEVER, BASH, max_minutes=10).status is Status.FAIL


@pytest.mark.parametrize(
    ("value", "status"),
    [
        ("session:shell=10m", Status.PASS),
        ("session:*=600", Status.PASS),
        ("*=14m59s", Status.PASS),
        ("global=15m", Status.PASS),
        ("x11-connection=5m session:shell=10m", Status.PASS),
        ("session:shell=10m *=1h", Status.FAIL),
        ("session:command=10m", Status.FAIL),
        ("session=10m", Status.FAIL),
        ("session:shell=0", Status.FAIL),
        ("session:shell=soon", Status.FAIL),
        ("session:shell=1h", Status.FAIL),
        ("none", Status.FAIL),
    ],
)
def test_over_ssh_only_a_timeout_of_the_shell_s_channel_counts(value, status):
    assert ssh_idle_session_ends.judge(server(channeltimeout=value), [], NEVER, BASH).status is status


def test_client_alive_alone_never_passes_and_the_sentence_says_why():
    alive = server(clientaliveinterval="60", clientalivecountmax="0", channeltimeout="none")
    verdict = ssh_idle_session_ends.judge(alive, [], NEVER, BASH)
    assert verdict.status is Status.FAIL
    assert "only notices dead connections" in verdict.sentence


def test_a_match_block_that_lengthens_the_time_counts():
    longer = SshOverride(criteria="user ann", settings={"channeltimeout": "session:shell=8h"})
    verdict = ssh_idle_session_ends.judge(
        server([longer], channeltimeout="session:shell=5m"), [], NEVER, BASH
    )
    assert verdict.status is Status.FAIL


def test_match_blocks_that_could_not_be_read_leave_it_open():
    unread = SshServer(settings={"channeltimeout": "session:shell=5m"}, overrides=None)
    assert ssh_idle_session_ends.judge(unread, [], NEVER, BASH).status is Status.UNKNOWN
    assert ssh_idle_session_ends.judge(unread, [tmout(300)], NEVER, BASH).status is Status.PASS


@pytest.mark.parametrize(("usepam", "status"), [("yes", Status.PASS), ("no", Status.FAIL)])
def test_logind_ends_only_sessions_that_pam_told_it_of(usepam, status):
    ssh = server(channeltimeout="none", usepam=usepam)
    assert ssh_idle_session_ends.judge(ssh, [], manager(600), BASH).status is status


def test_without_an_ssh_server_there_is_no_such_session():
    assert ssh_idle_session_ends.judge(None, [], NEVER, BASH).status is Status.NOT_APPLICABLE


ALL = ["idle-delay", "lock-delay", "lock-enabled"]


@pytest.mark.parametrize(
    ("idle", "enabled", "delay", "locked", "status"),
    [
        (600, True, 0, ALL, Status.PASS),
        (600, True, 600, ALL, Status.FAIL),
        (0, True, 0, ALL, Status.FAIL),
        (600, False, 0, ALL, Status.FAIL),
        (None, None, None, [], Status.FAIL),
        (600, True, 0, ["idle-delay"], Status.FAIL),
    ],
)
def test_a_screen_must_lock_in_time_whatever_its_user_prefers(idle, enabled, delay, locked, status):
    login = GraphicalLogin(
        managers=["gdm3"], idle_delay=idle, lock_enabled=enabled, lock_delay=delay, locked=locked
    )
    assert graphical_session_locks.judge(login).status is status


def test_a_desktop_that_dconf_does_not_rule_is_unknown_and_none_at_all_not_applicable():
    login = GraphicalLogin(managers=["sddm"], idle_delay=None, lock_enabled=None, lock_delay=None, locked=[])
    assert graphical_session_locks.judge(login).status is Status.UNKNOWN
    unread = GraphicalLogin(managers=["sddm"], idle_delay=600, lock_enabled=True, lock_delay=0, locked=ALL)
    assert graphical_session_locks.judge(unread).status is Status.UNKNOWN
    assert graphical_session_locks.judge(None).status is Status.NOT_APPLICABLE
