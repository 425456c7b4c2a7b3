"""Who changed an AWS resource: cloudtrail:LookupEvents, the account's own record of the last 90 days.

It holds management events of each region; a change that only data events would show is not in it. It is searched
by resource name, and the requests themselves, which may hold anything, are never kept.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from collectors.acts import Act, Acts, Drifted, Window
from collectors.aws.client import AwsClient
from collectors.aws.clients import RATES, Clients
from collectors.aws.errors import classify
from collectors.aws.opening import Desk, opened
from collectors.aws.source import Source
from collectors.aws.target import AwsTarget
from collectors.kind import Failure, Unreached
from collectors.limits import Limits, Rate
from evidence.model import Missing, Reason

KEEP = {
    "lookup_events": (
        "Events[]{EventId, EventName, EventTime, ReadOnly, Username, "
        "CloudTrailEvent:json{userIdentity{type, arn, invokedBy}, errorCode}}"
    )
}
_NEED = "cloudtrail:LookupEvents"
_PAGES = 5
_MOST = 5
_UNNAMED = Missing(
    Reason.NOT_AVAILABLE, detail="the event history cannot be searched for it: it has no name there"
)


def slow_clients() -> Clients:
    """Clients that keep to LookupEvents' two calls a second per account and region."""
    return Clients(Limits({**RATES, "cloudtrail": Rate(2, 2)}), workers=4)


def actors(
    clients: Clients, source: Source, drifted: Sequence[Drifted], window: Window
) -> Iterator[tuple[Drifted, Acts]]:
    """Who changed each of these, account by account; opens no account that nothing drifted in."""
    accounts = {one.target.removeprefix("aws/") for one in drifted}
    narrow = (
        replace(source, organization=False, accounts=tuple(sorted(accounts))) if source.role_name else source
    )
    targets = {target.name: target for target in opened(Desk(clients), narrow)}
    for one in drifted:
        match targets.get(one.target):
            case AwsTarget() as target:
                yield one, _acts(target, one, window)
            case Unreached(failure=failure):
                yield one, _missing(failure, failure.code)
            case _:
                yield one, Missing(Reason.NOT_AVAILABLE, detail=f"{one.target} could not be opened")


def names(uid: str) -> tuple[str, ...]:
    """What the event history may call a resource: the last part of its ARN, or the ARN; () for a whole account."""
    arn = uid.partition("#")[0]
    if re.match(r"[0-9]{12}(/|$)", arn):
        return ()
    last = re.split(r"[:/]", arn)[-1]
    return tuple(dict.fromkeys((last, arn)))


def _acts(target: AwsTarget, one: Drifted, window: Window) -> Acts:
    called = names(one.uid)
    if not called:
        return _UNNAMED
    cloudtrail = target.ask("cloudtrail", KEEP, "" if one.part == "global" else one.part)
    found: dict[str, Act] = {}
    whole = True
    for name in called:
        try:
            changes, all_read = _changes(cloudtrail, name, window)
        except Exception as error:  # noqa: BLE001 - a record that cannot be read is an answer about this resource
            return _missing(classify(error), _NEED)
        found |= {act.event: act for act in changes}
        whole = whole and all_read
    if not found and not whole:
        return Missing(Reason.TRUNCATED, detail=f"none of its latest {_PAGES * 50} events is a change")
    return tuple(sorted(found.values(), key=lambda act: (act.at, act.event), reverse=True)[:_MOST])


def _changes(cloudtrail: AwsClient, name: str, window: Window) -> tuple[list[Act], bool]:
    """The changes on the latest pages, and whether those were all; what is cut off is older."""
    asked = [{"AttributeKey": "ResourceName", "AttributeValue": name}]
    pages = cloudtrail.pages(
        "lookup_events", LookupAttributes=asked, StartTime=window.since, EndTime=window.until
    )
    found: list[Act] = []
    for number, page in enumerate(pages):
        if number == _PAGES:
            return found, False
        found += [_act(row) for row in page.get("Events", ()) if _changed(row)]
    return found, True


def _changed(row: Mapping[str, Any]) -> bool:
    """Whether the event is a call that was made to change something, and was not refused."""
    return str(row.get("ReadOnly")).lower() != "true" and not _inside(row).get("errorCode")


def _act(row: Mapping[str, Any]) -> Act:
    identity = _inside(row).get("userIdentity", {})
    actor = identity.get("arn") or row.get("Username") or identity.get("invokedBy") or identity.get("type")
    return Act(actor or "someone the event does not name", row["EventTime"], row["EventName"], row["EventId"])


def _inside(row: Mapping[str, Any]) -> Mapping[str, Any]:
    found: Mapping[str, Any] = row.get("CloudTrailEvent", {})
    return found


def _missing(failure: Failure, need: str) -> Missing:
    denied = failure.reason is Reason.DENIED
    return Missing(failure.reason, need if denied else "", failure.detail or failure.code)
