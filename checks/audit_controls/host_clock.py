"""The clock behind a host's records: does it follow a source, and does it agree with ours?"""

from __future__ import annotations

from checks.audit_controls.host_links import HOST_CLOCK_RIGHT
from checks.check import Verdict, check, failed, not_applicable, passed
from evidence.facts.host_security import TimeSync
from evidence.facts.hosts import HostClock, Machine


def clock_of_its_host(machine: Machine) -> Verdict | None:
    """A container has no clock of its own."""
    if machine["container"]:
        return not_applicable(f"a container ({machine['container']}) has the clock of its host")
    return None


@check(
    "host-clock-synchronised",
    on="host.linux",
    severity="medium",
    links=[HOST_CLOCK_RIGHT],
    first=clock_of_its_host,
)
def clock_is_synchronised(
    machine: Machine,  # noqa: ARG001 - see `first`
    time_sync: TimeSync,
    clock: HostClock,
    *,
    max_offset_seconds: int = 60,
) -> Verdict:
    """Does the host's clock follow a source, and does it agree with the collector's?"""
    if abs(clock["offset_seconds"]) > max_offset_seconds:
        return failed(f"the host's clock is more than {max_offset_seconds} seconds from the collector's")
    if not time_sync["synchronised"]:
        return failed(f"{time_sync['tool']} says that the clock follows no source")
    return passed(
        f"{time_sync['tool']} says that the clock follows a source, and it agrees with the collector's"
    )
