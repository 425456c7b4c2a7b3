"""Data in transit to databases on AWS: whether they refuse connections without TLS."""

from __future__ import annotations

from checks.check import Verdict, check, failed, not_applicable, passed, undecided
from checks.transmission.links import PLAINTEXT_REFUSED, TRANSFER_GUARDED
from evidence.facts.aws_databases import DatabaseEngine, DatabaseParameters

_ON = frozenset({"1", "on", "true", "enabled", "tls1.2+", "tls1.3+", "fips-140-3"})
_OFF = frozenset({"0", "off", "false", "disabled"})
_SWITCHES = ("rds.force_ssl", "require_secure_transport", "tls", "neptune_enforce_ssl")
_OFF_UNLESS_SET = frozenset({"mysql", "aurora-mysql"})


@check(
    "aws-rds-tls-only",
    on=("aws.rds.instance", "aws.rds.cluster"),
    severity="high",
    links=[PLAINTEXT_REFUSED, TRANSFER_GUARDED],
)
def database_refuses_plain_connections(
    engine: DatabaseEngine, parameters: DatabaseParameters | None
) -> Verdict:
    """Does the database refuse connections that come without TLS?"""
    if engine["cluster"]:
        return not_applicable(f"its cluster {engine['cluster']} decides whether TLS is asked for")
    if parameters is None:
        return undecided(f"how {engine['name']} is told to ask for TLS is not in a parameter group")
    if not parameters["applied"]:
        return undecided(f"changes to the parameter group {parameters['group']} are not yet in effect")
    name = next((name for name in _SWITCHES if name in parameters["values"]), None)
    if name is None:
        return undecided(f"the parameter group {parameters['group']} names no parameter that asks for TLS")
    return _read(engine["name"], name, parameters["values"][name], parameters["group"])


def _read(engine: str, name: str, value: str | None, group: str) -> Verdict:
    if value is None and engine in _OFF_UNLESS_SET:
        return failed(f"{name} is not set in {group}, so the engine accepts connections without TLS")
    if value is None:
        return undecided(f"{name} is not set in {group}; the default of {engine} was not read")
    if value.lower() in _ON:
        return passed(f"{name} is {value} in {group}")
    if value.lower() in _OFF:
        return failed(f"{name} is {value} in {group}, so connections without TLS are accepted")
    return undecided(f"{name} is {value[:40]} in {group}, which is not known here")
