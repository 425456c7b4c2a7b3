"""Updates of virtual desktops on AWS."""

from __future__ import annotations

from checks.check import Verdict, check, failed, passed, undecided
from checks.patching.links import DESKTOP_UPDATES_KEEP_COMING
from evidence.facts.aws_people import DesktopRules


@check(
    "aws-workspaces-directory-maintenance",
    on="aws.workspaces.directory",
    severity="low",
    links=[DESKTOP_UPDATES_KEEP_COMING],
)
def desktops_are_maintained(rules: DesktopRules) -> Verdict:
    """Are desktops that stop by themselves started at times to be updated?"""
    match rules["maintenance"]:
        case None:
            return undecided("AWS did not say whether the directory's desktops are updated")
        case True:
            return passed("maintenance is on for the directory's desktops")
        case False:
            return failed("maintenance is off, so a desktop that is stopped misses updates")
