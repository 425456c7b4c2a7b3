"""The documents that repeat what the code says: `python -m nightledger.docs` writes them, a test finds stale ones."""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from checks.check import Check
from checks.load import all_checks
from checks.rule import catalog
from config import schema
from nightledger.cli import build
from nightledger.cli.codes import MEANINGS
from nightledger.permissions import permissions
from nightledger.platforms import OURS, platforms

ROOT = Path(__file__).parents[1]
_GENERATED = "<!-- Written by `python -m nightledger.docs`; change the code, not this file. -->\n\n"


def documents() -> Mapping[str, str]:
    """Every generated document by its path from the root; plug-ins are left out."""
    checks = [check for check in all_checks().checks.values() if check.module.startswith("checks.")]
    return {
        "config/schema.json": schema.text(),
        "docs/checks.md": _GENERATED + "\n".join(_checks(checks)) + "\n",
        "docs/cli.md": _GENERATED + "\n".join(_command_line()) + "\n",
        "docs/permissions.md": _GENERATED + "\n".join(_permissions(checks)) + "\n",
        "docs/settings.md": _GENERATED + "\n".join(_settings()) + "\n",
    }


def _command_line() -> Iterator[str]:
    parser = build()
    yield "# Command line"
    yield ""
    yield "The result goes to stdout; progress, notes and errors go to stderr. An error is one line and a hint."
    yield ""
    yield from _rows(("exit code", "meaning"), ((str(code.value), text) for code, text in MEANINGS.items()))
    yield ""
    yield "Where several apply, the highest is given."
    for name, verb in _verbs(parser).items():
        yield from ("", f"## nightledger {name}", "", verb.description or "", "")
        rows = [_option(action) for action in verb._actions if action.help != argparse.SUPPRESS]  # noqa: SLF001 - argparse shows them nowhere else
        yield from _rows(("argument", "meaning"), rows)
        yield from ("", "```sh", *_example(verb), "```")


def _verbs(parser: argparse.ArgumentParser) -> Mapping[str, argparse.ArgumentParser]:
    for action in parser._actions:  # noqa: SLF001 - as above
        if isinstance(action, argparse._SubParsersAction):  # noqa: SLF001 - as above
            return action.choices
    return {}


def _option(action: argparse.Action) -> tuple[str, str]:
    value = action.metavar or ("|".join(map(str, action.choices)) if action.choices else action.dest.upper())
    takes_value = action.nargs != 0
    names = ", ".join(action.option_strings)
    shown = f"{names} {value}" if names and takes_value else names or str(value)
    return f"`{shown}`", (action.help or "") % {"default": action.default}


def _example(verb: argparse.ArgumentParser) -> Iterator[str]:
    text = (verb.epilog or "").partition("example:\n")[2]
    yield from (line.removeprefix("  ") for line in text.splitlines())


def _checks(checks: Iterable[Check]) -> Iterator[str]:
    checks = sorted(checks, key=lambda check: (check.topic, check.id))
    yield "# Checks"
    yield ""
    yield "Each check asks one question. A link says what an answer proves of a provision, and what it does not."
    yield "A fact that could not be read makes the answer unknown, never a pass and never a fail."
    topic = ""
    for check in checks:
        if check.topic != topic:
            topic = check.topic
            yield from ("", f"## {topic.replace('_', ' ').capitalize()}")
        yield from ("", f"### {check.id}", "", check.question, "")
        yield f"Severity {check.severity}; asked of {', '.join(f'`{kind}`' for kind in check.on)}."
        facts = ", ".join(f"`{fact}`" for fact in (*check.facts, *check.also))
        yield f"Reads {facts}." if facts else ""
        if check.policy:
            values = ", ".join(f"`{name}` (default `{value}`)" for name, value in check.policy.items())
            yield f"Policy values: {values}."
        yield ""
        rows = (
            (catalog().get(link.provision).id, link.type.value, link.proves, link.does_not_prove)
            for link in check.links
        )
        yield from _rows(("provision", "link", "proves", "does not prove"), rows)


def _permissions(checks: Iterable[Check]) -> Iterator[str]:
    checks = list(checks)
    yield "# Permissions"
    yield ""
    yield "What the shipped checks need, all of it read-only. `nightledger permissions PLATFORM` prints it to paste;"
    yield "`nightledger doctor` tries it."
    for name in OURS:
        yield from ("", f"## {name}", "")
        needed = permissions(platforms()[name], checks)
        yield from _rows(
            ("permission", "what is unknown without it"),
            ((f"`{one.name}`", ", ".join(one.reads)) for one in needed),
        )


def _settings() -> Iterator[str]:
    document = json.loads(schema.text())
    yield "# Settings"
    yield ""
    yield "One file, `nightledger.yaml`: the one that `--config` or `NIGHTLEDGER_CONFIG` names, else in the working"
    yield "directory, else in `/etc/nightledger`. Without any, this machine is looked at. `NIGHTLEDGER_STORE` replaces"
    yield "the store. Every value is read as text first, so that an account id keeps its zeros; secrets are only ever"
    yield "referred to. What is wrong is told at once, with file and line."
    yield from ("", "```yaml", (ROOT / "config" / "example.yaml").read_text(encoding="utf-8").rstrip(), "```")
    yield from _section("The file", document)
    for name, section in sorted(document["$defs"].items()):
        yield from _section(name, section)


def _section(name: str, section: Mapping[str, Any]) -> Iterator[str]:
    words = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name).lower().capitalize()
    yield from ("", f"## {words}", "", section.get("description", ""), "")
    required = section.get("required", ())
    rows = (
        (f"`{key}`", "required" if key in required else _default(value), value.get("description", ""))
        for key, value in section["properties"].items()
    )
    yield from _rows(("key", "default", "meaning"), rows)


def _default(value: Mapping[str, Any]) -> str:
    default = value.get("default")
    return f"`{json.dumps(default)}`" if default not in (None, [], {}) else ""


def _rows(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> Iterator[str]:
    yield f"| {' | '.join(head)} |"
    yield f"|{'---|' * len(head)}"
    for row in rows:
        yield f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in row)} |"


def main() -> None:
    """Write every document that is stale and name it."""
    for name, text in documents().items():
        path = ROOT / name
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            path.write_text(text, encoding="utf-8")
            sys.stdout.write(f"{name}\n")


if __name__ == "__main__":
    main()
