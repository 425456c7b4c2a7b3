"""`status`: where each provision stands as of a run, with what was not seen and what is left to people."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

from evidence.model import NightledgerError
from nightledger.cli.codes import ExitCode
from nightledger.cli.output import Result, emit
from nightledger.cli.parser import Verbs, verb
from nightledger.cli.terminal import note

if TYPE_CHECKING:
    from checks.status_line import ProvisionStatus, Tally

DISCLAIMER = "evidence of safeguards, not a determination of compliance"


class NoEphiRules(NightledgerError):
    """Nobody has said which resources hold ePHI, so nothing can be limited to them."""

    exit_code = 2


def add(verbs: Verbs) -> None:
    """Add the verb."""
    parser = verb(
        verbs,
        "status",
        run,
        "show where each provision of the Security Rule stands",
        'nightledger status "164.312(a)(2)(iv)"',
    )
    parser.add_argument("provision", metavar="PROVISION", nargs="?", help="only this one, in full")
    parser.add_argument(
        "--ephi", action="store_true", help="only resources that the ephi rules of the settings name"
    )
    parser.add_argument("--run", default="last", metavar="REF", help="a run's number, `last` or a date")


def run(args: argparse.Namespace) -> int:
    """Print the provisions as of a run."""
    from checks.rule import catalog  # noqa: PLC0415 - not for --help
    from nightledger.cli.context import open_store, run_named, settings_of  # noqa: PLC0415 - not for --help
    from nightledger.standing import population, standing  # noqa: PLC0415 - not for --help

    wanted = catalog().get(args.provision) if args.provision else None
    settings = settings_of(args)
    if args.ephi and not settings.ephi:
        raise NoEphiRules("the settings do not say which resources hold ePHI", hint="add rules under `ephi:`")
    with open_store(settings, create=False) as store:
        sealed = run_named(store, settings, args.run)
        limit = population(store, sealed, lambda one: bool(settings.holds_ephi(one))) if args.ephi else None
        lines = [
            line for line in standing(store, sealed, limit) if wanted is None or line.provision is wanted
        ]
    about = {"run": sealed.id, "as_of": sealed.started, "note": DISCLAIMER, "limit": str(limit or "")}
    columns = ("provision", "state", "title", "why") if wanted is None else ("provision", "subject", "text")
    rows = (
        [_row(line) for line in lines] if wanted is None else [row for line in lines for row in _full(line)]
    )
    emit(Result("provisions", columns, rows, about, "nothing asks about this provision"), args.output)
    if not args.quiet:
        if limit is not None:
            note(str(limit))
        note(f"as of run {sealed.id} ({sealed.started}): {DISCLAIMER}")
    return ExitCode.DONE


def _row(line: ProvisionStatus) -> dict[str, Any]:
    return {
        "provision": line.provision.id,
        "state": line.state.value,
        "title": line.provision.title,
        "why": line.sentence.partition("; ")[2],
        **{role: _figures(tally) for role, tally in line.roles},
        "failing": len(line.direct.failing),
        "waived": len(line.direct.waived),
        "unknown": len(line.direct.unknown) + len(line.supporting.unknown),
        "gaps": list(line.gaps),
        "left_to_people": line.left_to_people,
        "not_measured": line.not_measured,
    }


def _figures(tally: Tally) -> dict[str, Any]:
    return {"passing": tally.passing, "asked": tally.asked, "checks": list(tally.checks)}


def _full(line: ProvisionStatus) -> list[dict[str, str]]:
    texts = [("state", line.state.value.replace("_", " ")), ("title", line.provision.title)]
    texts += [("not measured", line.not_measured or "no check asks")] if not line.roles else []
    for role, tally in line.roles:
        texts.append((f"{role} checks", f"{', '.join(tally.checks)}: {tally} pass"))
        for answer, findings in (
            ("fails", tally.failing),
            ("waived", tally.waived),
            ("unknown", tally.unknown),
        ):
            texts += [(answer, f"{bad.check} on {bad.name}: {bad.sentence} {bad.waiver}") for bad in findings]
    texts += [("not reached", gap) for gap in line.gaps]
    texts += [("left to people", line.left_to_people)] if line.left_to_people else []
    return [{"provision": line.provision.id, "subject": subject, "text": text} for subject, text in texts]
