"""Automatic logoff on Windows and macOS hosts: what locks or ends an idle session."""

from __future__ import annotations

from checks.check import Verdict, check, direct, failed, not_applicable, passed, supporting, undecided
from evidence.facts.host_foreign import ManagedLock, RemoteDesktop, WindowsLock

IDLE_DESKTOP_LOCKS = supporting(
    "164.312(a)(2)(iii)",
    proves="an idle session of this Windows or macOS host is locked after the measured time, whatever its user prefers",
    does_not_prove="that the session is ended, since it is only locked",
)
IDLE_REMOTE_SESSION_ENDS = direct(
    "164.312(a)(2)(iii)",
    proves="policy ends or disconnects a Remote Desktop session that is left idle for the measured time",
    does_not_prove="that sessions at the console, or inside applications, end",
)


@check("windows-inactivity-lock", on="host.windows", severity="medium", links=[IDLE_DESKTOP_LOCKS])
def idle_windows_locks(lock: WindowsLock, *, max_minutes: int = 15) -> Verdict:
    """Does the machine lock itself when it is left idle?"""
    seconds = lock["seconds"]
    if seconds and seconds <= max_minutes * 60:
        return passed(f"the machine locks itself after {seconds} idle seconds")
    savers = [user["seconds"] for user in lock["users"] if user["locks"] and user["seconds"]]
    if savers and len(savers) == len(lock["users"]) and max(savers) <= max_minutes * 60:
        return undecided(
            "policy locks the screens of the accounts that are loaded now; others could not be seen"
        )
    told = f"only after {seconds} seconds" if seconds else "never"
    return failed(f"the machine's inactivity limit locks it {told}, and no policy locks every screen seen")


@check("windows-rdp-idle", on="host.windows", severity="medium", links=[IDLE_REMOTE_SESSION_ENDS])
def idle_remote_desktop_ends(remote_desktop: RemoteDesktop, *, max_minutes: int = 15) -> Verdict:
    """Does a Remote Desktop session that is left idle end?"""
    if remote_desktop["refused"]:
        return not_applicable("Remote Desktop is refused")
    seconds = remote_desktop["idle_seconds"]
    if seconds is None:
        return failed("no policy ends idle Remote Desktop sessions")
    if seconds > max_minutes * 60:
        return failed(f"an idle Remote Desktop session ends only after {seconds} seconds")
    return passed(f"an idle Remote Desktop session ends after {seconds} seconds")


@check("macos-screen-lock", on="host.macos", severity="medium", links=[IDLE_DESKTOP_LOCKS])
def idle_mac_locks(lock: ManagedLock | None, *, max_minutes: int = 15) -> Verdict:
    """Does a managed setting lock the screen of a Mac that is left idle?"""
    if lock is None:
        return undecided(
            "no profile holds the screen lock; what users set themselves cannot be read reliably"
        )
    idle, delay = lock["idle_seconds"], lock["delay_seconds"]
    if lock["asks"] is False:
        return failed("the profile does not ask for the password after the screen saver")
    if not lock["asks"] or not idle or delay is None:
        return undecided("the profile leaves a part of the screen lock to its users")
    if idle + delay > max_minutes * 60:
        return failed(f"the screen locks only after {idle + delay} seconds")
    return passed(f"a profile locks the screen after {idle + delay} seconds")
