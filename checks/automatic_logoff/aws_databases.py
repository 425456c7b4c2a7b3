"""Automatic logoff on databases: whether the server ends a session that is left idle."""

from __future__ import annotations

from checks.automatic_logoff.links import DATABASE_SESSION_ENDS
from checks.check import Verdict, check, failed, not_applicable, passed, undecided
from evidence.facts.aws_databases import DatabaseEngine, DatabaseParameters

_PER_MINUTE = {"idle_session_timeout": 60_000, "wait_timeout": 60, "interactive_timeout": 60}
_UNLESS_SET = {"idle_session_timeout": 0, "wait_timeout": 28_800, "interactive_timeout": 28_800}


@check("aws-rds-idle-session", on="aws.rds.instance", severity="low", links=[DATABASE_SESSION_ENDS])
def idle_session_ends(
    engine: DatabaseEngine, parameters: DatabaseParameters | None, *, max_minutes: int = 30
) -> Verdict:
    """Does the database end sessions that are left idle?"""
    if parameters is None or engine["name"].startswith("sqlserver-"):
        return not_applicable(f"{engine['name']} has no parameter that ends idle sessions")
    if not parameters["applied"]:
        return undecided(f"changes to the parameter group {parameters['group']} are not yet in effect")
    values = {name: value for name, value in parameters["values"].items() if name in _PER_MINUTE}
    if not values:
        return undecided(f"the parameter group {parameters['group']} names no idle timeout")
    inherited = sorted(name for name in values if name not in parameters["chosen"])
    if engine["cluster"] and inherited:
        return undecided(f"{inherited[0]} may come from the parameters of the cluster {engine['cluster']}")
    return _longest(values, int(max_minutes))


def _longest(values: dict[str, str | None], limit: int) -> Verdict:
    minutes: dict[str, float] = {}
    for name, value in sorted(values.items()):
        text = str(_UNLESS_SET[name]) if value is None else value
        if not text.isdecimal():
            return undecided(f"{name} is {text[:40]}, which is no number")
        if int(text) == 0:
            return failed(f"{name} is 0, so idle sessions stay open")
        minutes[name] = int(text) / _PER_MINUTE[name]
    name = max(minutes, key=lambda name: minutes[name])
    told = f"{name} ends a session after {minutes[name]:g} idle minutes"
    return passed(told) if minutes[name] <= limit else failed(f"{told}, more than {limit}")
