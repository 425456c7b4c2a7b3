from dataclasses import dataclass, field
from pathlib import Path

import pytest

from config.load import ConfigError, parse

HERE = "sources:\n  - {type: hosts, name: here, local: true}\n"
WHY = "reason: decided by the security committee"


@dataclass
class Installed:
    checks: dict = field(default_factory=lambda: {"idle-ends": {"max_minutes": 15}, "ports-closed": {}})
    kinds: tuple = ("aws.s3.bucket", "aws.ec2.instance", "host.linux")
    platforms: tuple = ("aws", "demo")


class Nothing:
    def __getattr__(self, name):
        raise AssertionError(f"{name} were looked up")


def problems(text, known=None):
    with pytest.raises(ConfigError) as caught:
        parse(text, Path("n.yaml"), {}, known or Installed())
    return str(caught.value).splitlines()


def test_every_name_that_leads_nowhere_is_told_at_once_with_what_else_is_wrong():
    found = problems(
        "organisation: {nmae: x}\n"
        "sources:\n"
        "  - type: hosts\n"
        "    name: servers\n"
        "    inventories:\n"
        "      - source: clinik\n"
        "      - {source: office, tags: {a: b}}\n"
        "  - {type: aws, name: clinic, regoins: []}\n"
        "  - {type: directory, name: office, url: 'ldaps://h', base: dc=x}\n"
        "  - {type: plugin, name: boxes, platform: dmo}\n"
        "policy:\n"
        "  idle-end:\n"
        f"    {WHY}\n"
        "    max_minutes: 5\n"
        "  idle-ends:\n"
        f"    {WHY}\n"
        "    max_minutes: soon\n"
        "    max_minute: 5\n"
        "  ports-closed:\n"
        "    ports: [22]\n"
        f"    {WHY}\n"
        "selection:\n"
        "  exclude:\n"
        f"    - {{check: prots-closed, {WHY}}}\n"
        "ephi:\n"
        "  - name: ehr-*\n"
        "    kind: aws.s3.bukket\n"
        "schedule: {cron: nightly}\n"
    )
    assert found == [
        'n.yaml:1: organisation.nmae: unknown key; did you mean "name"?',
        'n.yaml:6: sources[0].inventories[0].source: is no aws or directory source of this file; did you mean "clinic"?',
        "n.yaml:7: sources[0].inventories[1].tags: only an aws source can be asked for tags",
        'n.yaml:8: sources[1].regoins: unknown key; did you mean "regions"?',
        'n.yaml:10: sources[3].platform: is no platform here; did you mean "demo"?',
        'n.yaml:12: policy.idle-end: is no check here; did you mean "idle-ends"?',
        "n.yaml:17: policy.idle-ends.max_minutes: must be a whole number",
        'n.yaml:18: policy.idle-ends.max_minute: is no parameter of this check; did you mean "max_minutes"?',
        "n.yaml:20: policy.ports-closed.ports: is no parameter of this check; it has: none",
        'n.yaml:24: selection.exclude[0].check: is no check here; did you mean "ports-closed"?',
        'n.yaml:27: ephi[0].kind: matches no kind; did you mean "aws.s3.bucket"?',
        'n.yaml:28: schedule.cron: a cron text has five fields, as in "0 2 * * *" for 02:00 every night',
    ]


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        (f"policy: {{zzz: {{x: y, {WHY}}}}}", "policy.zzz: is no check here; see `nightledger list checks`"),
        ("ephi: [{kind: zzz}]", "ephi[0].kind: matches no kind; see `nightledger list kinds`"),
        (f"selection: {{exclude: [{{check: [a], {WHY}}}]}}", "selection.exclude[0].check: must be text"),
        ("selection: {exclude: [{check: zzz}]}", "selection.exclude[0].reason: is required"),
    ],
)
def test_what_is_near_to_nothing_says_where_to_look(lines, message):
    assert f"n.yaml:3: {message}" in problems(HERE + lines)


def test_names_that_exist_are_no_problem():
    settings = parse(
        HERE
        + "  - {type: plugin, name: boxes, platform: demo}\n"
        + f"policy: {{idle-ends: {{max_minutes: 0, {WHY}}}}}\n"
        + f"selection: {{exclude: [{{check: ports-closed, {WHY}}}]}}\n"
        + 'ephi: [{kind: "aws.*.bucket"}, {kind: host.linux}, {name: "ehr-*"}]\n',
        Path("n.yaml"),
        {},
        Installed(),
    )
    assert settings.policy["idle-ends"].parameters == {"max_minutes": "0"}


def test_nothing_is_looked_up_for_a_file_that_refers_to_nothing():
    assert parse(HERE, Path("n.yaml"), {}, Nothing()).sources[0].name == "here"


def test_an_inventory_is_no_source_of_itself():
    text = "sources: [{type: hosts, name: servers, inventories: [{source: servers}]}]"
    assert problems(text) == [
        "n.yaml:1: sources[0].inventories[0].source: is no aws or directory source of this file"
    ]


@pytest.mark.parametrize(
    "odd", ["policy: [a]", "policy: {idle-ends: [a]}", "ephi: {kind: a}", "selection: {exclude: x}"]
)
def test_a_file_of_another_shape_is_refused_for_its_shape(odd):
    assert all("must be a" in problem for problem in problems(HERE + odd))
