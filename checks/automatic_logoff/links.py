"""What checks of automatic logoff may claim, once for all platforms."""

from __future__ import annotations

from checks.check import context, direct, supporting

IDLE_SESSION_ENDS = direct(
    "164.312(a)(2)(iii)",
    proves="a session on this path is ended after the measured time without activity",
    does_not_prove="that sessions on other paths, or inside applications, end too",
)
SESSION_IS_BOUNDED = supporting(
    "164.312(a)(2)(iii)",
    proves="a session ends at the latest after the measured time, used or not",
    does_not_prove="that it ends when it is left idle before that",
)
SHELL_SESSION_ENDS = direct(
    "164.312(a)(2)(iii)",
    proves="a shell left idle at a prompt is ended after the measured time and users cannot lengthen it",
    does_not_prove="that a program left open in the shell ends, or that sessions on other paths do",
)
SSH_SESSION_ENDS = direct(
    "164.312(a)(2)(iii)",
    proves="an idle session over SSH is ended after the measured time by the settings sshd would apply",
    does_not_prove="that the running sshd has loaded them, that a program which keeps writing counts as idle, or "
    "that sessions on other paths end",
)
GRAPHICAL_SESSION_LOCKS = supporting(
    "164.312(a)(2)(iii)",
    proves="an idle graphical session is locked after the measured time by settings that users cannot change",
    does_not_prove="that the session is terminated, since it is only locked, or that the dconf database was rebuilt "
    "since its files were changed",
)
UNATTENDED_SCREEN_LOCKS = supporting(
    "164.310(c)",
    proves="an unattended screen of this host locks itself",
    does_not_prove="that the workstation itself is guarded against theft or onlookers",
)
DATABASE_SESSION_ENDS = supporting(
    "164.312(a)(2)(iii)",
    proves="the database server ends a session that is left idle for the measured time, unless its client asked otherwise",
    does_not_prove="that a client does not set a longer time for its own session, or that the application in front logs "
    "people off",
)
REMOTE_ACCESS_BOUNDED = supporting(
    "164.312(a)(2)(iii)",
    proves="a connection from outside to the network ends at the latest after the measured time and must log in again",
    does_not_prove="that it ends when it is left idle before that, or that sessions made through it end",
)
DESKTOP_DISCONNECTS = supporting(
    "164.312(a)(2)(iii)",
    proves="a streamed desktop left idle is taken from the screen, and is ended, after the measured time",
    does_not_prove="that coming back asks for a login, which the application in front decides",
)
DESKTOP_STOPS = context(
    "164.312(a)(2)(iii)",
    proves="whether a desktop that its user has left is stopped",
    does_not_prove="that a desktop somebody left open is locked or ended",
)
LOGIN_IS_BOUNDED = supporting(
    "164.312(a)(2)(iii)",
    proves="an application must ask the person to log in again after the measured time",
    does_not_prove="that the application ends its own session then, or any session that is left idle",
)
