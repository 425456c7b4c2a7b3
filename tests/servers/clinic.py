"""A small clinic's directory on two nights: sound on the first, and on the second what a busy day did to it.

Between the nights clear text was let in again, the shortest password became shorter, an administrator came without
a second factor, a stranger may read the staff list, and a right that the scan needs was lost.
"""

from __future__ import annotations

from datetime import date, timedelta

from tests.servers.slapd import COLLECTOR, GOOD_POLICY, POLICY, Person, SlapdServer

STAFF = (
    "agnes.ward",
    "boris.lab",
    "carla.radiology",
    "dmitri.pharmacy",
    "elif.reception",
    "farid.surgery",
    "greta.billing",
    "hugo.intensive",
    "ines.maternity",
    "jonas.transport",
)
UNLIMITED = (f'limits dn.exact="{COLLECTOR}" size=unlimited size.prtotal=unlimited',)
ENCRYPTED_LOGINS_ONLY = ("security simple_bind=128",)


def first_night(today: date, ports: tuple[int, int] | None = None) -> SlapdServer:
    """All is well but one: the account of somebody who left in the spring is still open."""
    return SlapdServer(people=_people(today), directives=ENCRYPTED_LOGINS_ONLY, limits=UNLIMITED, ports=ports)


def second_night(today: date, ports: tuple[int, int]) -> SlapdServer:
    """The same people a day later; the account that was open is locked, and five things are worse."""
    joined = _stamp(today - timedelta(days=1))
    newcomer = Person("nadia.admin", created=joined, last_login=joined, admin=True)
    return SlapdServer(
        people=(*_people(today, left_is_locked=True), newcomer),
        policy={**GOOD_POLICY, "pwdMinLength": "8"},
        acl=(f'access to dn.exact="{POLICY}" attrs=pwdMaxFailure by * none',),
        anonymous="read",
        limits=UNLIMITED,
        ports=ports,
    )


def _people(today: date, *, left_is_locked: bool = False) -> tuple[Person, ...]:
    yesterday = _stamp(today - timedelta(days=1))
    spring = _stamp(today - timedelta(days=200))
    return (
        *(Person(uid, last_login=yesterday) for uid in STAFF),
        Person("olga.admin", last_login=yesterday, totp=True, admin=True),
        Person("peter.left", last_login=spring, locked="000001010000Z" if left_is_locked else ""),
    )


def _stamp(day: date) -> str:
    return day.strftime("%Y%m%d070000Z")
