"""Automatic logoff on AWS: Session Manager, Identity Center, Cognito, virtual desktops."""

from __future__ import annotations

from checks.automatic_logoff.links import (
    DESKTOP_DISCONNECTS,
    DESKTOP_STOPS,
    IDLE_SESSION_ENDS,
    LOGIN_IS_BOUNDED,
    SESSION_IS_BOUNDED,
)
from checks.check import Verdict, check, failed, not_applicable, passed
from evidence.facts.aws_sessions import (
    DesktopRunning,
    FleetTimeouts,
    ManagedNodes,
    PermissionSetSession,
    SessionPreferences,
    TokenValidity,
)

_NO_MACHINE = "Systems Manager manages no machine in the region"
_DEFAULT_IDLE = 20
"""Minutes after which Session Manager ends an idle session where nobody set a time (its documentation)."""


@check(
    "aws-ssm-session-idle",
    on="aws.ssm.session_manager",
    severity="high",
    links=[IDLE_SESSION_ENDS],
)
def idle_shell_ends(
    nodes: ManagedNodes, preferences: SessionPreferences | None, *, max_minutes: int = 15
) -> Verdict:
    """Does Session Manager end a session that is left idle?"""
    if not nodes["some"]:
        return not_applicable(_NO_MACHINE)
    told = preferences["idle_minutes"] if preferences else None
    whose = "is ended" if told is not None else "is ended by AWS's default"
    minutes = told if told is not None else _DEFAULT_IDLE
    if minutes > max_minutes:
        return failed(f"an idle session {whose} after {minutes} minutes, more than {max_minutes}")
    return passed(f"an idle session {whose} after {minutes} minutes")


@check(
    "aws-ssm-session-longest",
    on="aws.ssm.session_manager",
    severity="low",
    links=[SESSION_IS_BOUNDED],
)
def shell_is_bounded(
    nodes: ManagedNodes, preferences: SessionPreferences | None, *, max_minutes: int = 480
) -> Verdict:
    """Does Session Manager end every session at some time?"""
    if not nodes["some"]:
        return not_applicable(_NO_MACHINE)
    longest = preferences["max_minutes"] if preferences else None
    if longest is None:
        return failed("a session that is kept busy is never ended")
    if longest > max_minutes:
        return failed(f"a session may last {longest} minutes, more than {max_minutes}")
    return passed(f"a session is ended after {longest} minutes at the latest")


@check(
    "aws-sso-permission-set-session",
    on="aws.sso.permission_set",
    severity="medium",
    links=[SESSION_IS_BOUNDED],
)
def permission_set_session_is_short(session: PermissionSetSession, *, max_minutes: int = 240) -> Verdict:
    """Does a session under the permission set end by itself soon enough?"""
    lasts = f"a session under {session['name']} lasts {session['minutes']} minutes"
    if session["minutes"] > max_minutes:
        return failed(f"{lasts}, more than {max_minutes}")
    return passed(lasts)


@check("aws-cognito-client-login", on="aws.cognito.client", severity="medium", links=[LOGIN_IS_BOUNDED])
def client_asks_for_login_again(tokens: TokenValidity, *, max_hours: int = 24) -> Verdict:
    """Must the application's users log in again soon enough?"""
    minutes = max(tokens["refresh_minutes"], tokens["access_minutes"])
    if minutes > 60 * max_hours:
        return failed(f"a login is good for {_hours(minutes)}, more than {max_hours} hours")
    return passed(f"a login is good for {_hours(minutes)}")


@check("aws-appstream-fleet-idle", on="aws.appstream.fleet", severity="medium", links=[DESKTOP_DISCONNECTS])
def idle_stream_ends(
    timeouts: FleetTimeouts, *, max_minutes: int = 15, max_resume_minutes: int = 60
) -> Verdict:
    """Is an idle user of the fleet disconnected, and the session ended?"""
    idle, resumable = timeouts["idle"], timeouts["disconnected"]
    if not idle:
        return failed("an idle user is never disconnected")
    if idle > max_minutes:
        return failed(f"an idle user is disconnected after {idle} minutes, more than {max_minutes}")
    if resumable > max_resume_minutes:
        return failed(
            f"a disconnected session lives on for {resumable} minutes, more than {max_resume_minutes}"
        )
    return passed(
        f"an idle user is disconnected after {idle} minutes, the session ended {resumable} minutes later"
    )


@check("aws-workspaces-workspace-stops", on="aws.workspaces.workspace", severity="low", links=[DESKTOP_STOPS])
def left_desktop_stops(running: DesktopRunning) -> Verdict:
    """Is the desktop stopped after its user has left?"""
    if running["mode"] != "AUTO_STOP":
        return failed(f"the desktop is not stopped by itself (running mode {running['mode'] or 'not told'})")
    if running["stop_minutes"] is None:
        return passed("the desktop is stopped after its user disconnected; AWS did not say how long after")
    return passed(f"the desktop is stopped {running['stop_minutes']} minutes after its user disconnected")


def _hours(minutes: int) -> str:
    return f"{minutes // 60} hours" if minutes >= 60 else f"{minutes} minutes"
