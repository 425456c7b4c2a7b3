"""`list`: what there is of checks, kinds, provisions, resources, runs and sources."""

from __future__ import annotations

import argparse
from typing import Any

from nightledger.cli.codes import ExitCode
from nightledger.cli.output import Result, emit
from nightledger.cli.parser import Verbs, verb


def add(verbs: Verbs) -> None:
    """Add the verb."""
    parser = verb(
        verbs,
        "list",
        run,
        "list checks, kinds, provisions, resources, runs or sources",
        "nightledger list checks --topic transmission",
    )
    parser.add_argument("what", metavar="WHAT", choices=tuple(_LISTS), help=", ".join(_LISTS))
    parser.add_argument("--topic", metavar="TOPIC", help="only the checks of one topic")


def run(args: argparse.Namespace) -> int:
    """Print the list."""
    emit(_LISTS[args.what](args), args.output)
    return ExitCode.DONE


def _checks(args: argparse.Namespace) -> Result:
    from checks.load import all_checks  # noqa: PLC0415 - not for --help

    catalogue = all_checks()
    chosen = catalogue.pick([args.topic]) if args.topic else tuple(catalogue.checks.values())
    rows = [
        {
            "id": check.id,
            "topic": check.topic,
            "severity": check.severity,
            "on": list(check.on),
            "provisions": [link.provision for link in check.links],
            "question": check.question,
        }
        for check in chosen
    ]
    return Result("checks", ("id", "severity", "provisions", "question"), rows)


def _kinds(_args: argparse.Namespace) -> Result:
    from collectors.plan import specs  # noqa: PLC0415 - not for --help
    from nightledger.platforms import disabled, platforms  # noqa: PLC0415 - not for --help

    without = {gap.name: gap.hint for gap in disabled()}
    rows = [
        {
            "kind": spec.name,
            "what": (spec.cls.__doc__ or "").split("\n")[0],
            "facts": sorted(spec.fact_names),
            "enabled": spec.cls.platform not in without,
            "state": without.get(spec.cls.platform, "enabled"),
        }
        for spec in specs(platforms().values()).values()
    ]
    return Result("kinds", ("kind", "state", "what"), rows)


def _provisions(_args: argparse.Namespace) -> Result:
    from checks.load import all_checks  # noqa: PLC0415 - not for --help
    from checks.rule import catalog  # noqa: PLC0415 - not for --help

    linked: dict[str, set[str]] = {}
    for check in all_checks().checks.values():
        for link in check.links:
            linked.setdefault(catalog().get(link.provision).id, set()).add(check.id)
    rows = [
        {
            "id": provision.id,
            "title": provision.title,
            "designation": provision.designation.value if provision.designation else "",
            "family": provision.family,
            "checks": sorted(linked.get(provision.id, ())),
            "number_of_checks": len(linked.get(provision.id, ())),
        }
        for provision in catalog()
    ]
    return Result("provisions", ("id", "designation", "number_of_checks", "title"), rows)


def _runs(args: argparse.Namespace) -> Result:
    from nightledger.cli.context import open_store, settings_of  # noqa: PLC0415 - not for --help

    with open_store(settings_of(args), create=False) as store:
        rows: list[dict[str, Any]] = [
            {
                "run": run.id,
                "series": run.series,
                "trigger": run.trigger,
                "state": run.state,
                "started": run.started,
                "finished": run.finished,
                "root": run.root,
            }
            for run in store.runs()
        ]
    return Result(
        "runs", ("run", "series", "state", "started", "finished", "root"), rows, empty="no runs yet"
    )


def _resources(args: argparse.Namespace) -> Result:
    from nightledger.cli.context import open_store, run_named, settings_of  # noqa: PLC0415 - not for --help

    settings = settings_of(args)
    with open_store(settings, create=False) as store:
        run = run_named(store, settings, "last")
        rows = [
            {
                "kind": row.resource.kind,
                "name": row.resource.name,
                "uid": row.resource.uid,
                "where": str(row.resource.scope),
                "seen": row.seen,
            }
            for row in store.observations(run.id)
        ]
    return Result(
        "resources", ("kind", "name", "where", "seen", "uid"), rows, {"run": run.id}, "no resources"
    )


def _sources(args: argparse.Namespace) -> Result:
    from nightledger.cli.context import settings_of  # noqa: PLC0415 - not for --help

    rows = [
        {"name": source.name, "type": source.type, "where": _where(source.model_dump())}
        for source in settings_of(args).sources
    ]
    return Result("sources", ("name", "type", "where"), rows)


def _where(source: dict[str, Any]) -> str:
    match source["type"]:
        case "aws":
            if source["organization"]:
                return f"every account of the organization, as {source['role_name']}"
            return ", ".join(source["accounts"]) or source["role_arn"] or "the account of the credentials"
        case "hosts":
            own = ("this machine",) if source["local"] else ()
            return ", ".join((*own, *(host["address"] for host in source["hosts"])))
        case "directory":
            return str(source["url"])
        case _:
            return f"the plug-in {source['platform']}"


_LISTS = {
    "checks": _checks,
    "kinds": _kinds,
    "provisions": _provisions,
    "resources": _resources,
    "runs": _runs,
    "sources": _sources,
}
