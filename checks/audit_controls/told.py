"""Whether somebody is told of an event: from a trail's log group over a filter and an alarm to a confirmed listener."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from checks.audit_controls.watched_events import ORDINARY, Event, Watch
from checks.check import Verdict, failed, passed, undecided
from checks.log_pattern import matches_event
from evidence.facts.aws_alarms import CountedMetric, LogFilter, MetricAlarm, TopicListeners, TrailLog

_ABOVE = {
    "GreaterThanThreshold": lambda limit: limit < 1,
    "GreaterThanOrEqualToThreshold": lambda limit: limit <= 1,
}


@dataclass(frozen=True, slots=True)
class Told:
    """How far an event gets: `heard` True, False or None (not known), and the step at which it stops."""

    heard: bool | None
    why: str
    steps: int = 0


@dataclass(frozen=True, slots=True)
class Chain:
    """What an account has to tell somebody with."""

    filters: list[LogFilter]
    alarms: list[MetricAlarm]
    listeners: list[TopicListeners]


def verdict(watch: Watch, trail_logs: list[TrailLog], chain: Chain) -> Verdict:
    """Passed where every event of the watch reaches a confirmed listener from one sound trail's log group."""
    if not trail_logs:
        return failed(
            "no trail of the account writes to a log group; rules of EventBridge were not considered"
        )
    sound = [log for log in trail_logs if not _shortcoming(log)]
    if not sound:
        return _without_sound_log(trail_logs)
    groups = {log["group"] for log in sound if log["own"]}
    if not groups:
        return undecided(
            f"{sound[0]['arn']} writes to a log group of another account, which was not looked at"
        )
    told = {name: _told(event, watch, chain, groups) for name, event in watch.events.items()}
    lost = {name: one for name, one in told.items() if not one.heard}
    if not lost:
        return passed(f"an alarm is set to tell a confirmed listener of {watch.about}")
    for name, one in lost.items():
        if one.heard is None:
            return undecided(f"whether somebody is told of {name} is not known: {one.why}")
    name, one = next(iter(lost.items()))
    return failed(f"nobody is told of {name}: {one.why}")


def _without_sound_log(trail_logs: list[TrailLog]) -> Verdict:
    told = "; ".join(f"{log['arn']} {_shortcoming(log)}" for log in trail_logs)
    if any(_shortcoming(log) == _UNSAID for log in trail_logs):
        return undecided(f"which events reach a log group is not known: {told}")
    return failed(f"no log group gets the events of every region: {told}")


def _shortcoming(log: TrailLog) -> str:
    if not log["logging"]:
        return "is stopped"
    if log["error"]:
        return f"cannot deliver to its log group ({log['error'][:60]})"
    if not log["every_region"]:
        return "records one region only"
    if not log["management"]:
        return _UNSAID
    return "" if log["management"] == "all" else "does not take all management events"


def _told(event: Event, watch: Watch, chain: Chain, groups: set[str]) -> Told:
    ways = [
        one
        for found in chain.filters
        if found["group"] in groups
        for one in _ways(event, watch, chain, found)
    ]
    return max(
        ways,
        key=_how_far,
        default=Told(False, "no metric filter matches it; rules of EventBridge were not considered"),
    )


def _how_far(one: Told) -> tuple[int, int]:
    return {True: 2, None: 1, False: 0}[one.heard], one.steps


def _ways(event: Event, watch: Watch, chain: Chain, found: LogFilter) -> Iterator[Told]:
    caught = _catches(found, event)
    for one in _onward(watch, chain, found):
        if caught:
            yield one
        elif caught is None and one.heard is not False:
            yield Told(None, f"what the metric filter {found['name']} matches could not be told")


def _catches(found: LogFilter, event: Event) -> bool | None:
    matched = matches_event(found["pattern"], event)
    noise = [matches_event(found["pattern"], ordinary) for ordinary in ORDINARY]
    if matched is False or True in noise:
        return False
    return None if matched is None or None in noise or found["narrowed"] else True


def _onward(watch: Watch, chain: Chain, found: LogFilter) -> Iterator[Told]:
    for metric in found["metrics"]:
        for alarm in chain.alarms:
            if metric["name"] in alarm["metrics"]:
                yield _heard(alarm, metric, watch, chain.listeners)
    yield Told(False, f"no alarm watches what the metric filter {found['name']} counts", 1)


def _heard(
    alarm: MetricAlarm, metric: CountedMetric, watch: Watch, listeners: Iterable[TopicListeners]
) -> Told:
    name = f"the alarm {alarm['name']}"
    raised = (
        None if metric["split"] else True if not watch.at_once else _raised_by_one(alarm, metric["value"])
    )
    if raised is False:
        return Told(False, f"{name} is not raised by a single event", 2)
    confirmed = {one["topic"]: one["confirmed"] for one in listeners}
    if not any(confirmed.get(action) for action in alarm["actions"]):
        return _unheard(alarm, name, confirmed)
    return Told(raised, f"whether {name} is raised by a single event could not be told", 4)


def _unheard(alarm: MetricAlarm, name: str, confirmed: Mapping[str, int]) -> Told:
    if alarm["combined"]:
        return Told(None, f"{name} is part of a composite alarm, which was not judged", 3)
    if any(action not in confirmed for action in alarm["actions"]):
        return Told(None, f"{name} calls something other than SNS, which was not judged", 3)
    if alarm["actions"]:
        return Told(False, f"nobody has confirmed a subscription to the topic that {name} calls", 3)
    return Told(False, f"{name} calls nobody", 2)


def _raised_by_one(alarm: MetricAlarm, value: str) -> bool | None:
    above = _ABOVE.get(alarm["operator"])
    if above is None or alarm["statistic"] not in {"Sum", "Maximum"} or value not in {"1", "1.0"}:
        return None
    return above(float(alarm["threshold"])) and alarm["datapoints"] == 1


_UNSAID = "does not say which events it takes"
